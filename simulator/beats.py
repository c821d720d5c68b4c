"""The beats of a story: what the street does at its top level, one thing after the other; a player can hold it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Beats:
    """Is struck before everything that begins at the top level: a call from outside, a house's turn to work.

    Between two beats no house is in the middle of anything, so a story can be held, left, or gone on with there.
    Nobody listens at first, and then a beat costs next to nothing.
    """

    def __init__(self) -> None:
        self.listener: Callable[[str], None] | None = None

    def strike(self, what: str) -> None:
        """Say what is about to happen; the listener may take its time, or raise to leave the story here."""
        if self.listener is not None:
            self.listener(what)
