"""The bench: judges the clients under test as they speak, call by call, and keeps every verdict."""

import threading
from collections.abc import Iterable
from typing import Final

from simulator.judge import EARLY, FRESH_KEY, HAMMERING, HOPELESS, SENT_AGAIN, Judge, Verdict
from simulator.network import YOU
from simulator.said import Said

__all__ = ["EARLY", "FRESH_KEY", "HAMMERING", "HOPELESS", "SENT_AGAIN", "Bench", "Verdict", "verdicts"]

CLIENTS: Final = (YOU, "bridge")
_KEPT_MAX: Final = 10_000
_WAITING_MAX: Final = 2_000
_WAITING_BYTES_MAX: Final = 16_000_000


class Bench:
    """Judges the calls of `senders` to the vendors, by what they saw of the answers.

    `senders` are houses, or "you" for everybody outside: by default the bridge and your own code. An ear on the network
    hears a run of any length whole; of each sender's sins the first 10,000 are kept in words.
    """

    def __init__(self, senders: Iterable[str] = CLIENTS) -> None:
        self._hearings = {sender: _Hearing(Judge(sender)) for sender in senders}

    def __call__(self, said: Said) -> None:
        """Hear one call."""
        hearing = self._hearings.get(said.sender)
        if hearing is not None and said.is_seen:
            hearing.hear(said)

    def verdicts(self, senders: Iterable[str] = CLIENTS) -> tuple[Verdict, ...]:
        """Give the verdicts on `senders` so far, in the order of the exchanges."""
        found = (verdict for sender in senders for verdict in self._hearings[sender].verdicts())
        return tuple(sorted(found, key=lambda verdict: verdict.exchange))

    def told(self) -> dict[int, tuple[str, ...]]:
        """Give all verdicts in words, by the number of the exchange."""
        words: dict[int, tuple[str, ...]] = {}
        for verdict in self.verdicts(self._hearings):
            words[verdict.exchange] = (*words.get(verdict.exchange, ()), f"{verdict.sin}: {verdict.words}")
        return words


class _Hearing:
    """One client's calls wait to be judged until somebody asks, or until there are too many: the wire stays fast."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._waiting: list[Said] = []
        self._waiting_bytes = 0
        self._found: list[Verdict] = []
        self._lock = threading.Lock()

    def hear(self, said: Said) -> None:
        """Put a call on the list."""
        with self._lock:
            self._waiting.append(said)
            self._waiting_bytes += said.request_bytes + len(said.answer)
            if len(self._waiting) >= _WAITING_MAX or self._waiting_bytes >= _WAITING_BYTES_MAX:
                self._judge_all()

    def verdicts(self) -> list[Verdict]:
        """Judge all that was heard so far."""
        with self._lock:
            self._judge_all()
            return [*self._found, *self._judge.fresh_keys()]

    def _judge_all(self) -> None:
        for said in self._waiting:
            self._found += self._judge.judge(said)
        del self._found[_KEPT_MAX:]
        self._waiting, self._waiting_bytes = [], 0


def verdicts(exchanges: Iterable[Said], *, senders: Iterable[str] = CLIENTS) -> tuple[Verdict, ...]:
    """Judge exchanges that were kept, in the order in which they were said."""
    asked = tuple(senders)
    bench = Bench(asked)
    for exchange in exchanges:
        bench(exchange)
    return bench.verdicts(asked)
