"""Which id of OneSignal a member would have met if it were spelled otherwise (`facts/integration.md` 8, idea 2)."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple
from urllib.parse import unquote


class NearMiss(NamedTuple):
    """An id of OneSignal that is almost the member's: what differs, the id, and the code of the catalogue."""

    what: str
    external_id: str
    code: str


def _without_white_space(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text.strip()
    visible = "".join(sign for sign in text if unicodedata.category(sign) not in _HIDDEN)
    return visible.strip()


def _without_leading_zeros(text: str) -> str:
    return text.lstrip("0") or "0" if text.isascii() and text.isdigit() else text


_HIDDEN: Final = frozenset({"Cf", "Cc"})
_FOLDS: Final[Mapping[str, Callable[[str], str]]] = {
    "encoded": unquote,
    "Unicode form": lambda text: unicodedata.normalize("NFKC", text),
    "white space": _without_white_space,
    "case": str.casefold,
    "leading zeros": _without_leading_zeros,
}
_CODES: Final = {"case": "A04", "leading zeros": "A03"}
_ANY_SPELLING: Final = "A05"


class Spellings:
    """Knows OneSignal's external ids by what they come to when case, white space, Unicode form and so on are undone."""

    def __init__(self, external_ids: Iterable[str]) -> None:
        self._by_fold: dict[str, str] = {}
        for external_id in filter(str.strip, external_ids):
            self._by_fold.setdefault(_fold(external_id), external_id)

    def near(self, value: str) -> NearMiss | None:
        """Find the id that `value` almost is, and say what differs; several differences are joined by "and"."""
        found = self._by_fold.get(_fold(value)) if value.strip() else None
        if found is None or found == value:
            return None
        differing = _differing(value, found)
        code = _CODES[differing[0]] if len(differing) == 1 and differing[0] in _CODES else _ANY_SPELLING
        return NearMiss(" and ".join(differing), found, code)


def _fold(text: str, *, besides: str = "") -> str:
    for what, fold in _FOLDS.items():
        text = text if what == besides else fold(text)
    return text


def _differing(value: str, found: str) -> list[str]:
    """Name the differences without which the two would still not be equal, all others being undone."""
    needed = [what for what in _FOLDS if _fold(value, besides=what) != _fold(found, besides=what)]
    return needed or [what for what, fold in _FOLDS.items() if (fold(value), fold(found)) != (value, found)]
