"""Rules that a setting must keep; each complaint names the setting, and the nearest value that could be meant."""

from __future__ import annotations

from difflib import get_close_matches

from bridge.errors import SettingsError


def require_text(name: str, value: str) -> None:
    """Refuse an empty or unprintable text."""
    if not value or not value.isprintable():
        raise SettingsError(f"{name} must be a printable text that is not empty")


def require_header_text(name: str, value: str) -> None:
    """Refuse what an HTTP header cannot carry: such a secret would lock everybody out."""
    if not value or not value.isascii() or not value.isprintable() or value != value.strip():
        raise SettingsError(f"{name} must be printable ASCII without spaces around it")


def require_one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """Refuse a value that is not among the allowed ones."""
    if value in allowed:
        return
    by_folded = {each.casefold(): each for each in allowed}
    nearest = get_close_matches(value.casefold(), by_folded, n=1, cutoff=0)
    hint = f"; did you mean {by_folded[nearest[0]]!r}?" if nearest else ""
    raise SettingsError(f"{name}: {value!r} is not one of {', '.join(allowed)}{hint}")
