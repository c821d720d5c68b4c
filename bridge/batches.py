"""Sends deliveries in batches, in order, and finds the one that spoils a batch."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bridge.answers import Answer, Later, Stopped
from bridge.records import ClaimedDelivery

Batch = Sequence[ClaimedDelivery]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer to the whole batch, or one for each event that was singled out, or neither: halve the batch."""

    whole: Answer | None = None
    singled_out: Mapping[int, Answer] = field(default_factory=dict)


HALVE = Verdict()


def cut(deliveries: Batch, *, envelope: int, events_max: int, bytes_max: int) -> deque[Batch]:
    """Cut into batches that keep the limits of count and bytes; `envelope` is what a request needs besides events."""
    batches: deque[Batch] = deque()
    batch: list[ClaimedDelivery] = []
    size = envelope
    for delivery in deliveries:
        size += len(delivery.payload) + 1
        if batch and (size >= bytes_max or len(batch) == events_max):
            batches.append(batch)
            batch, size = [], envelope + len(delivery.payload) + 1
        batch.append(delivery)
    if batch:
        batches.append(batch)
    return batches


def deliver(batches: deque[Batch], post: Callable[[Batch], Verdict]) -> dict[int, Answer]:
    """Post in order; when the vendor takes nothing more now, the rest stays without an answer.

    What the vendor names is left out and the others are sent again; when it names nothing, the batch is halved until
    the bad one is alone. An event's own key travels inside the payload and is the same on every try.
    """
    answers: dict[int, Answer] = {}
    while batches:
        batch = batches.popleft()
        verdict = post(batch)
        if verdict.whole is not None:
            answers.update(dict.fromkeys((delivery.id for delivery in batch), verdict.whole))
            if isinstance(verdict.whole, Later | Stopped):
                return answers
        elif verdict.singled_out:
            answers.update((batch[index].id, answer) for index, answer in verdict.singled_out.items())
            batches = _rest_of(batch, verdict.singled_out, batches)
        else:
            middle = len(batch) // 2
            batches.extendleft((batch[middle:], batch[:middle]))
    return answers


def _rest_of(batch: Batch, singled_out: Mapping[int, Answer], following: Sequence[Batch]) -> deque[Batch]:
    """Answer what is still to be sent, without the lanes of which a part must wait: nobody may overtake."""
    held = {batch[index].lane for index, answer in singled_out.items() if isinstance(answer, Later)}
    rest = [delivery for index, delivery in enumerate(batch) if index not in singled_out]
    remaining = ([each for each in some if each.lane not in held] for some in (rest, *following))
    return deque(some for some in remaining if some)
