"""What lies in the outbox: one delivery for each message event and for each user's change of a cohort."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

Direction = Literal["events", "cohorts", "custom_events"]
State = Literal["waiting", "delivered", "buried"]


class NewDelivery(msgspec.Struct, frozen=True):
    """A delivery on its way into the outbox; with a `buried_because` it is stored, but will never be sent.

    `notes` are what was decided about it on the way; each is counted by its words.
    """

    lane: str
    kind: str
    payload: bytes
    source_id: str | None = None
    buried_because: str | None = None
    notes: tuple[str, ...] = ()


class ClaimedDelivery(msgspec.Struct, frozen=True):
    """What a sender needs of a delivery; claimed in the order of `id`."""

    id: int
    lane: str
    kind: str
    payload: bytes
    attempts: int
    created_at: int
    first_tried_at: int | None = None
    in_doubt_since: int | None = None


class Delivery(msgspec.Struct, frozen=True):
    """All that is known of one delivery, for operators.

    `lane` is the user (or the device of an anonymous one), `source_id` the id of the message event, and `reason`
    the last thing that was said against it; since `in_doubt_since` the vendor may have it without our knowing. Of a
    message event `kind` is the event's kind and `payload` the JSON that Amplitude gets (of an unknown kind: what
    was read); of a cohort's change `kind` is `add`, `remove` or `name` and `payload` the cohort's id; of a custom
    event `kind` is its name and `payload` the JSON that OneSignal gets. `notes` are separated by `; `.
    """

    id: int
    connection: str
    direction: Direction
    lane: str
    kind: str
    source_id: str | None
    payload: bytes
    state: State
    attempts: int
    not_before: datetime | None
    first_tried_at: datetime | None
    in_doubt_since: datetime | None
    reason: str | None
    notes: str | None
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Postponed:
    """A delivery that is tried again; with `not_before` its lane waits until then, else only its route.

    `in_doubt_since` is when the vendor may first have taken it without our hearing of it; None when it surely has not.
    """

    delivery_id: int
    why: str
    not_before: datetime | None
    in_doubt_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What one round of sending came to: the delivered, the buried with their reasons, the postponed, the untouched.

    Whatever is untouched was not tried, or for sure not taken.
    """

    delivered: tuple[int, ...]
    buried: tuple[tuple[int, str], ...]
    postponed: tuple[Postponed, ...]
    untouched: tuple[int, ...] = ()

    def only_of(self, ids: Container[int]) -> Outcomes:
        """Answer what became of these deliveries, and of no others."""
        return Outcomes(
            delivered=tuple(each for each in self.delivered if each in ids),
            buried=tuple(each for each in self.buried if each[0] in ids),
            postponed=tuple(each for each in self.postponed if each.delivery_id in ids),
            untouched=tuple(each for each in self.untouched if each in ids),
        )


@dataclass(frozen=True, slots=True)
class RouteStatus:
    """The account of one direction of a connection: `received` is the sum of all other counts.

    `noted` counts what was decided about deliveries that go on; `held_because` is set while the route is stopped until
    somebody mends its credentials.
    """

    received: int
    ignored: Mapping[str, int]
    waiting: int
    delivered: int
    buried: Mapping[str, int]
    noted: Mapping[str, int]
    held_because: str | None


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """The account of one connection, by direction."""

    name: str
    events: RouteStatus
    cohorts: RouteStatus
    custom_events: RouteStatus


@dataclass(frozen=True, slots=True)
class Status:
    """The account of the whole bridge."""

    connections: tuple[ConnectionStatus, ...]


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_MICROSECOND = timedelta(microseconds=1)


def to_microseconds(moment: datetime) -> int:
    """Answer an aware moment as whole microseconds since 1970; exact, and ordered in every database."""
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """Answer the moment, in UTC."""
    return _EPOCH + microseconds * _MICROSECOND
