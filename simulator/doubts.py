"""What a client sent and does not know the fate of: it must come again under the same key, or counts twice."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from simulator.recent import Recent
from simulator.said import Piece


@dataclass(slots=True)
class _Doubt:
    """A piece that was sent in one exchange; `again` is the exchange and the key with which it came anew."""

    exchange: int
    key: str
    content: bytes
    again: tuple[int, str] | None = None


class Doubts:
    """The pieces of one client that are in doubt, each under its key; without one, under a name of ours."""

    def __init__(self) -> None:
        self._open: Recent[str, _Doubt] = Recent()
        self._alike: Recent[bytes, dict[str, _Doubt]] = Recent()

    def hear(self, exchange: int, pieces: Iterable[Piece], known: Iterable[Container[str]]) -> None:
        """Compare what is said now with what is in doubt; a key that is in `known` was used before the doubt."""
        if not self._open:
            return
        for piece in pieces:
            if piece.key and piece.key in self._open:
                self._resolve(piece.key)
            elif not any(piece.key in keys for keys in known):
                self._suspect(exchange, piece)

    def add(self, exchange: int, pieces: Iterable[Piece]) -> None:
        """Doubt what became of these."""
        for piece in pieces:
            content = piece.content
            name = piece.key or f"#{exchange} {content.hex()}"
            alike = self._alike.get(content, {})
            alike[name] = doubt = _Doubt(exchange, piece.key, content)
            self._open.remember(name, doubt)
            self._alike.remember(content, alike)

    def found(self) -> Iterator[tuple[int, str]]:
        """Find what came again under another key, or under none, while the first never came again."""
        for doubt in tuple(self._open.values()):
            if doubt.again is not None:
                number, key = doubt.again
                instead = f"{key!r} instead of {doubt.key!r} of #{doubt.exchange}" if key else "none at all"
                yield number, instead

    def _resolve(self, key: str) -> None:
        doubt = self._open.pop(key)
        alike = self._alike.get(doubt.content, {})
        alike.pop(key, None)
        if not alike:
            self._alike.pop(doubt.content, None)

    def _suspect(self, exchange: int, piece: Piece) -> None:
        for doubt in self._alike.get(piece.content, {}).values():
            if doubt.again is None:
                doubt.again = exchange, piece.key
