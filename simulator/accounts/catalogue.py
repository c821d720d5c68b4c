"""Every reason why the two services count differently: `catalogue.txt`, read once."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal, get_args

from simulator.errors import no_such

Place = Literal["row", "note", "none"]
Needs = Literal["files", "history", "before", "street"]

_COHORTS: Final = "A"


@dataclass(frozen=True, slots=True)
class Entry:
    """One reason: its code, where the account shows it, what it takes to see it, and both in words."""

    code: str
    place: Place
    needs: Needs
    sentence: str
    recognised: str

    def __post_init__(self) -> None:
        assert self.place in get_args(Place), self
        assert self.needs in get_args(Needs), self

    @property
    def is_about_cohorts(self) -> bool:
        """Whether it explains a cohort and its segment (A), or messages and their events (B)."""
        return self.code.startswith(_COHORTS)


@cache
def entries() -> dict[str, Entry]:
    """Give the whole catalogue by code, in its own order."""
    lines = files("simulator.accounts").joinpath("catalogue.txt").read_text("utf-8").splitlines()
    found = (_entry(line) for line in lines if line and not line.startswith("#"))
    return {entry.code: entry for entry in found}


def entry(code: str) -> Entry:
    """Find one reason by its code, in any case."""
    known = entries()
    if code.upper() not in known:
        raise no_such("reason", code, known)
    return known[code.upper()]


def _entry(line: str) -> Entry:
    code, place, needs, sentence, recognised = (field.strip() for field in line.split("|"))
    return Entry(code, place, needs, sentence, recognised)  # type: ignore[arg-type]  # checked by the record
