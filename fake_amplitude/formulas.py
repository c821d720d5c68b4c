"""What a chart's formula says: `UNIQUES(A)/UNIQUES(B)` and the like (facts/amplitude-api.md 1.13)."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fake_amplitude import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fake_amplitude.chart_buckets import Measure

LENGTH_MAX, DEPTH_MAX = 500, 50
EVENTS = "AB"
FUNCTIONS: dict[str, Measure] = {
    "UNIQUES": "uniques",
    "TOTALS": "totals",
    "AVG": "average",
    "ACTIVE": "pct_dau",
    "PROPSUM": "sums",
    "PROPAVG": "value_avg",
    "PROPMIN": "value_min",
    "PROPMAX": "value_max",
}
SIGNS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda left, right: left / right if right else 0,
}
_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<word>[A-Za-z_]+)|(?P<sign>\S))")


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure of the chart's first event, A, or of its second."""

    measure: Measure
    event: int


@dataclass(frozen=True, slots=True)
class Joined:
    """Two formulas with a sign between them; what is divided by 0 is 0."""

    left: Formula
    sign: str
    right: Formula


Formula = float | Measured | Joined


def measured_in(formula: Formula) -> Iterator[Measured]:
    """Answer every measure that the formula needs."""
    match formula:
        case Measured():
            yield formula
        case Joined(left, _, right):
            yield from measured_in(left)
            yield from measured_in(right)


def value(formula: Formula, value_of: Callable[[Measured], float]) -> float:
    """Answer what the formula comes to."""
    match formula:
        case Measured():
            return value_of(formula)
        case Joined(left, sign, right):
            return SIGNS[sign](value(left, value_of), value(right, value_of))
        case number:
            return number


def parse_formula(said: str) -> Formula:
    """Read a formula. Raises `InvalidRestRequest`, and `UnbuiltRest` for a function that this fake does not compute."""
    if len(said) > LENGTH_MAX:
        raise errors.InvalidRestRequest("The formula is too long.")
    reader = _Reader(list(_TOKEN.finditer(said)))
    formula = reader.sum()
    reader.end()
    return formula


class _Reader:
    """Reads tokens from the left; the grammar is a sum of products of what stands in brackets."""

    def __init__(self, tokens: list[re.Match[str]]) -> None:
        self._tokens = tokens[::-1]
        self._depth = 0

    def sum(self) -> Formula:
        return self._joined("+-", self._product)

    def end(self) -> None:
        if self._tokens:
            raise errors.InvalidRestRequest(f"Invalid formula at: {self._tokens[-1].group().strip()}")

    def _product(self) -> Formula:
        return self._joined("*/", self._factor)

    def _joined(self, signs: str, operand: Callable[[], Formula]) -> Formula:
        """Read operands with such signs between them, and join them from the left."""
        formula = operand()
        while (sign := self._take(signs)) is not None:
            formula = Joined(formula, sign, operand())
        return formula

    def _factor(self) -> Formula:
        self._depth += 1
        if not self._tokens or self._depth > DEPTH_MAX:
            raise errors.InvalidRestRequest("Invalid formula.")
        token = self._tokens.pop()
        if token["number"]:
            formula: Formula = float(token["number"])
        elif token["word"]:
            formula = self._measured(token["word"])
        elif token["sign"] == "-":
            formula = Joined(0.0, "-", self._factor())
        else:
            formula = self._bracketed(token["sign"])
        self._depth -= 1
        return formula

    def _measured(self, function: str) -> Measured:
        self._expect("(")
        event = self._tokens.pop()["word"] if self._tokens else None
        self._expect(")")
        if event is None or len(event) != 1 or event.upper() not in EVENTS:
            raise errors.InvalidRestRequest(f"Invalid formula: {function} of what is not A or B.")
        if function.upper() not in FUNCTIONS:
            raise errors.UnbuiltRest(f"formula: {function}; these are computed: {', '.join(FUNCTIONS)}")
        return Measured(FUNCTIONS[function.upper()], EVENTS.index(event.upper()))

    def _bracketed(self, sign: str) -> Formula:
        if sign != "(":
            raise errors.InvalidRestRequest(f"Invalid formula at: {sign}")
        formula = self.sum()
        self._expect(")")
        return formula

    def _take(self, signs: str) -> str | None:
        if not self._tokens or self._tokens[-1]["sign"] is None or self._tokens[-1]["sign"] not in signs:
            return None
        return self._tokens.pop()["sign"]

    def _expect(self, sign: str) -> None:
        if self._take(sign) is None:
            raise errors.InvalidRestRequest(f"Invalid formula: {sign} is missing.")
