"""Which ids Amplitude takes (facts/amplitude-api.md 2.2, facts/integration.md 4.3)."""

from __future__ import annotations

MIN_ID_LENGTH = 5
ID_LENGTH_MAX = 1_024
INVALID_IDS = frozenset(
    {
        "",
        "-1",
        "0",
        "00000000-0000-0000-0000-000000000000",
        "anonymous",
        "lmy47d",
        "n/a",
        "na",
        "nil",
        "none",
        "null",
        "undefined",
        "unknown",
        "{}",
    }
)
