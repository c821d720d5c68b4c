"""Which ids may travel: both vendors' rules joined, because one bad id poisons a whole upload."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import is_normalized

if TYPE_CHECKING:
    from collections.abc import Mapping

CHARACTERS_MAX = 1024
SHORT = 5  # what Amplitude takes by default; another sender of the same project would lose a shorter id

# facts/integration.md 4.3: Amplitude refuses most of these, OneSignal advises against the others; compared without
# case, because `None` as a user id would merge many people into one
PLACEHOLDERS = frozenset(
    {
        "0",
        "-1",
        "null",
        "nil",
        "none",
        "undefined",
        "unknown",
        "anonymous",
        "n/a",
        "na",
        "{}",
        "lmy47d",
        "all",
        "00000000-0000-0000-0000-000000000000",
    }
)


def objection(name: str, identifier: str, *, min_length: int = 1) -> str | None:
    """Answer why an id may not be sent, in one line; None when it may."""
    if len(identifier) > CHARACTERS_MAX:
        return f"{name} is longer than {CHARACTERS_MAX} characters"
    if not identifier.strip():
        return f"{name} is blank"
    if identifier.strip().casefold() in PLACEHOLDERS:
        return f"{name} {identifier!r} is a placeholder, not an id"
    if "\0" in identifier:
        return f"{name} holds a NUL character"
    if len(identifier) < min_length:
        return f"{name} {identifier!r} is shorter than {min_length} characters"
    return None


def hints(name: str, identifier: str) -> tuple[str, ...]:
    """Say what may go wrong with an id that does travel (facts/integration.md 4.3, A05, B13)."""
    if not identifier:
        return ()
    doubts = (
        (len(identifier) < SHORT, f"{name} is shorter than {SHORT} characters: others may send this user without it"),
        (identifier != identifier.strip(), f"{name} has spaces around it"),
        (not is_normalized("NFC", identifier), f"{name} is not in Unicode's composed form"),
    )
    return tuple(words for doubtful, words in doubts if doubtful)


def mapped_id(name: str, user_id: object, user_properties: Mapping[str, object] | None) -> str | None:
    """Answer the external id out of the mapped property, `user_id` or a user property; None when it has no value."""
    value = user_id if name == "user_id" else (user_properties or {}).get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value)
