"""Which id of OneSignal a member would have met if it were spelled otherwise (`facts/integration.md` 8, idea 2)."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from itertools import chain, combinations
from typing import Final, NamedTuple
from urllib.parse import unquote


class NearMiss(NamedTuple):
    """An id of OneSignal that is almost the member's: what differs, the id, and the code of the catalogue."""

    what: str
    external_id: str
    code: str


def _decoded(text: str) -> str:
    while (plain := unquote(text)) != text:
        text = plain
    return text


def _without_white_space(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text.replace(" ", "")
    return "".join(sign for sign in text if not sign.isspace() and unicodedata.category(sign) not in _HIDDEN)


def _without_leading_zeros(text: str) -> str:
    return text.lstrip("0") or "0" if text.isascii() and text.isdigit() else text


_HIDDEN: Final = frozenset({"Cf", "Cc"})
_FOLDS: Final[Mapping[str, Callable[[str], str]]] = {
    "encoded": _decoded,
    "Unicode form": lambda text: unicodedata.normalize("NFKC", text),
    "white space": _without_white_space,
    "case": str.casefold,
    "leading zeros": _without_leading_zeros,
}
_EVERY: Final = tuple(_FOLDS)
_WAYS: Final = sorted(  # from the smallest difference to the largest; of two equals the one of case is the plainer
    chain.from_iterable(combinations(_EVERY, size) for size in range(1, len(_EVERY) + 1)),
    key=lambda way: (len(way), "case" not in way),
)
_CODES: Final[Mapping[tuple[str, ...], str]] = {("case",): "A04", ("leading zeros",): "A03"}
_ANY_SPELLING: Final = "A05"


class Spellings:
    """Knows OneSignal's external ids by what they come to when case, white space, Unicode form and so on are undone."""

    def __init__(self, external_ids: Iterable[str]) -> None:
        self._alike: dict[str, list[str]] = {}
        for external_id in filter(str.strip, external_ids):
            self._alike.setdefault(_fold(external_id, _EVERY), []).append(external_id)

    def near(self, value: str) -> NearMiss | None:
        """Find the id that `value` almost is, and say what differs; several differences are joined by "and".

        Of several ids it is the one that differs least, the first of them where two differ alike.
        """
        alike = self._alike.get(_fold(value, _EVERY), []) if value.strip() else []
        if not alike or value in alike:
            return None
        order, found = min((_difference(value, each), place) for place, each in enumerate(alike))
        way = _WAYS[order]
        return NearMiss(" and ".join(way), alike[found], _CODES.get(way, _ANY_SPELLING))


def _fold(text: str, way: Iterable[str]) -> str:
    for what in way:
        text = _FOLDS[what](text)
    return text


def _difference(value: str, found: str) -> int:
    """Give the place of the smallest difference that there is between two ids that are alike."""
    return next(place for place, way in enumerate(_WAYS) if _fold(value, way) == _fold(found, way))
