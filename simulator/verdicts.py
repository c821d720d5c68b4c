"""The bench: judges the clients under test as they speak, call by call, and keeps every verdict."""

from collections.abc import Iterable, Iterator
from typing import Final

from simulator.judge import EARLY, FRESH_KEY, HAMMERING, HOPELESS, SENT_AGAIN, Judge, Verdict
from simulator.network import YOU
from simulator.said import Said

__all__ = ["EARLY", "FRESH_KEY", "HAMMERING", "HOPELESS", "SENT_AGAIN", "Bench", "Verdict", "verdicts"]

CLIENTS: Final = (YOU, "bridge")
_KEPT_MAX: Final = 10_000


class Bench:
    """Judges the calls of `senders` to the vendors, by what they saw of the answers.

    `senders` are houses, or "you" for everybody outside: by default the bridge and your own code. An ear on the network
    hears a run of any length whole; of its sins the first 10,000 are kept in words.
    """

    def __init__(self, senders: Iterable[str] = CLIENTS) -> None:
        self._judges = {sender: Judge(sender) for sender in senders}
        self._found: dict[int, list[Verdict]] = {}
        self._count = 0

    def __call__(self, said: Said) -> None:
        """Hear one call."""
        judge = self._judges.get(said.sender)
        if judge is None or not said.is_seen:
            return
        for verdict in judge.judge(said):
            self._count += 1
            if self._count <= _KEPT_MAX:
                self._found.setdefault(said.number, []).append(verdict)

    def verdicts(self, senders: Iterable[str] = CLIENTS) -> tuple[Verdict, ...]:
        """Give the verdicts on `senders` so far, in the order of the exchanges."""
        asked = frozenset(senders)
        return tuple(sorted(self._all(asked), key=lambda verdict: verdict.exchange))

    def told(self) -> dict[int, tuple[str, ...]]:
        """Give all verdicts in words, by the number of the exchange."""
        words: dict[int, tuple[str, ...]] = {}
        for verdict in self.verdicts(self._judges):
            words[verdict.exchange] = (*words.get(verdict.exchange, ()), f"{verdict.sin}: {verdict.words}")
        return words

    def _all(self, asked: frozenset[str]) -> Iterator[Verdict]:
        for found in tuple(self._found.values()):
            yield from (verdict for verdict in found if verdict.sender in asked)
        for sender, judge in self._judges.items():
            if sender in asked:
                yield from judge.fresh_keys()


def verdicts(exchanges: Iterable[Said], *, senders: Iterable[str] = CLIENTS) -> tuple[Verdict, ...]:
    """Judge exchanges that were kept, in the order in which they were said."""
    asked = tuple(senders)
    bench = Bench(asked)
    for exchange in exchanges:
        bench(exchange)
    return bench.verdicts(asked)
