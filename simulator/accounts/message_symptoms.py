"""What is said beside the account of messages, reason by reason."""

from itertools import chain
from typing import Final

from simulator.accounts import message_arrivals, message_credits, message_meanings
from simulator.accounts.message_evidence import look
from simulator.accounts.notes import Note
from simulator.simulation import Simulation

_TELLERS: Final = (*message_meanings.TELLERS, *message_arrivals.TELLERS, *message_credits.TELLERS)


def symptoms(simulation: Simulation) -> tuple[Note, ...]:
    """Look at all messages of a simulation, and make every remark that there is to make."""
    evidence = look(simulation)
    return tuple(note for note in chain.from_iterable(tell(evidence) for tell in _TELLERS) if note.count)
