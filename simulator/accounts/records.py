"""Who is there, as either service tells it: a cohort's members, OneSignal's channels, a sync history's lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Member(NamedTuple):
    """One user of an Amplitude cohort: the Amplitude ID, the value of the mapped property, and what else is told.

    An empty text is "none": no value, no `user_id`. `others` holds the further columns by name.
    """

    amplitude_id: str
    value: str
    user_id: str = ""
    others: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> tuple[str, str, str]:
        """Everything that somebody may call this member."""
        return self.value, self.amplitude_id, self.user_id


class Channel(NamedTuple):
    """One row of OneSignal's export: whose it is (empty: nobody's), its id, and whether it is subscribed.

    `type` is spelled as OneSignal spells it, `address` is the token, e-mail address or phone number.
    """

    external_id: str
    subscription_id: str
    subscribed: bool
    type: str = ""
    address: str = ""
    onesignal_id: str = ""
    notification_types: int | None = None


class Told(NamedTuple):
    """What Amplitude's sync history says of one user: ADD or REMOVE, the value sent, and why it was skipped."""

    operation: str
    value: str
    skip_reason: str


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a cohort's syncs.

    `told` is the last line of each Amplitude ID; `former_values` are values that were sent under another mapping;
    `undelivered` counts users of batches that were given up, `is_refused` says that OneSignal takes no updates now, and
    `has_segment` whether there is a segment at all.
    """

    told: Mapping[str, Told] = field(default_factory=dict)
    former_values: frozenset[str] = frozenset()
    undelivered: int = 0
    is_one_time: bool = False
    is_refused: bool = False
    has_segment: bool = True
