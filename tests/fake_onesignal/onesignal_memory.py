"""Everything that a fake remembers, by walking through it, without a list of what there is to be found."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

if TYPE_CHECKING:
    from fake_onesignal import FakeOneSignal

GIVEN = {"lock", "now", "ids", "random", "session", "carrier", "profile", "limits"}
"""What a world was given and what it uses up of its limits, which a refused request does, too."""

COMPILED = {"request", "url", "body", "headers"}
"""What a stream's templates were made into; the stream itself has them as text."""


def memory(fake: FakeOneSignal) -> dict[str, Any]:
    """Take a copy of it all, as plain as can be, with orders kept."""
    return {name: opened(kept) for name, kept in vars(fake.world).items() if name not in GIVEN}


def opened(kept: Any) -> Any:
    """Take one thing apart."""
    if isinstance(kept, dict):
        return [(opened(name), opened(value)) for name, value in kept.items()]
    if isinstance(kept, list | tuple | deque):
        return [opened(part) for part in kept]
    if isinstance(kept, Struct):
        return [(name, opened(value)) for name, value in structs.asdict(kept).items()]
    if hasattr(kept, "__dict__"):
        skipped = COMPILED if type(kept).__name__ == "Lane" else set()
        return [(name, opened(value)) for name, value in vars(kept).items() if name not in skipped]
    if hasattr(kept, "__slots__") and type(kept).__module__.startswith("fake_onesignal"):
        return [(name, opened(getattr(kept, name))) for name in kept.__slots__]
    return kept
