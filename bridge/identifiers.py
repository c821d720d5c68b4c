"""Which ids may travel: both vendors' rules joined, because one bad id poisons a whole upload."""

from __future__ import annotations

CHARACTERS_MAX = 1024

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
