"""What OneSignal has, by external id, by address and by device: its exports, counted up once and asked many times."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from simulator.accounts.near_misses import Spellings
from simulator.accounts.records import Channel


class Reach(NamedTuple):
    """What OneSignal has of one external id: subscriptions, those subscribed, and those of them in the segment."""

    subscriptions: int
    subscribed: int
    in_segment: int


NOTHING: Final = Reach(0, 0, 0)
_WRITTEN_TO: Final = frozenset({"Email", "SMS"})


def nobody(_: str) -> int | None:
    """Know nobody besides the exports."""
    return None


class Subscribers:
    """OneSignal's side of an account.

    `every` is the export of all channels and `in_segment` the one of a segment (None: the segment is whatever the
    members come to). `ask` is asked about an external id that no channel has: None when OneSignal knows no such user,
    else how many subscriptions there are. `alias_of` says under which other label OneSignal knows a value, if any.
    """

    def __init__(
        self,
        every: Iterable[Channel],
        in_segment: Iterable[Channel] | None = None,
        *,
        ask: Callable[[str], int | None] = nobody,
        alias_of: Callable[[str], str] = lambda _: "",
        before: Iterable[Channel] = (),
    ) -> None:
        self.every = tuple(every)
        self.segment: Sequence[Channel] | None = None if in_segment is None else tuple(in_segment)
        self.alias_of = alias_of
        self._ask = ask
        self._subscriptions = Counter(each.external_id for each in self.every)
        self._subscribed = Counter(each.external_id for each in self.every if each.subscribed)
        shown = self._subscribed if self.segment is None else Counter(each.external_id for each in self.segment)
        self._in_segment = shown
        self._before = tuple(before)

    def reach(self, external_id: str) -> Reach | None:
        """Say what OneSignal has of a user; None when it knows no such user, as under the id of nobody."""
        if not external_id:
            return None
        subscriptions = self._subscriptions[external_id]
        if subscriptions:
            return Reach(subscriptions, self._subscribed[external_id], self._in_segment[external_id])
        known = self._ask(external_id)
        return None if known is None else Reach(known, 0, 0)

    @cached_property
    def users_count(self) -> int:
        """How many users have a channel; whoever has no external id is a user of its own."""
        return len({each.external_id or each.onesignal_id or each.subscription_id for each in self.every})

    @property
    def external_ids(self) -> Iterable[str]:
        """Every external id that has a channel, in the order of the export."""
        return (external_id for external_id in self._subscriptions if external_id)

    def strangers(self, known: Iterable[str]) -> dict[str, int]:
        """Give whoever is in the segment besides those who are known, with how many channels; "" is nobody."""
        besides = set(known)
        return {who: count for who, count in self._in_segment.items() if who not in besides and count}

    @cached_property
    def spellings(self) -> Spellings:
        """The external ids by what they come to when their spelling is undone."""
        return Spellings(self.external_ids)

    @cached_property
    def now(self) -> dict[str, Channel]:
        """Each subscription as it is now."""
        return {each.subscription_id: each for each in self.every}

    @cached_property
    def addresses(self) -> dict[str, str]:
        """Whose each e-mail address and phone number is, in lower case."""
        return {each.address.lower(): each.external_id for each in self._written_to() if each.external_id}

    @cached_property
    def nobodys_addresses(self) -> frozenset[str]:
        """The e-mail addresses and phone numbers of nobody, in lower case."""
        return frozenset(each.address.lower() for each in self._written_to() if not each.external_id)

    @cached_property
    def former_devices(self) -> dict[str, list[Channel]]:
        """Which subscriptions each external id had in the earlier export."""
        devices: dict[str, list[Channel]] = {}
        for each in self._before:
            if each.external_id:
                devices.setdefault(each.external_id, []).append(each)
        return devices

    @cached_property
    def kept_out(self) -> frozenset[str]:
        """The types of channels that a further filter keeps out of the segment.

        There is one when some subscribed channels of a user are in the segment and others are not; whoever has
        channels of those types only is not in the segment for the same reason.
        """
        if self.segment is None:
            return frozenset()
        let_in = {each.subscription_id for each in self.segment}
        types_in = {each.type for each in self.segment}
        return frozenset(
            each.type
            for each in self.every
            if each.subscribed
            and each.subscription_id not in let_in
            and self._in_segment[each.external_id]
            and each.type not in types_in
        )

    def types_of(self, external_ids: Iterable[str]) -> dict[str, set[str]]:
        """Give the types of the subscribed channels of some users."""
        wanted: dict[str, set[str]] = {external_id: set() for external_id in external_ids}
        for each in self.every:
            if each.subscribed and each.external_id in wanted:
                wanted[each.external_id].add(each.type)
        return wanted

    def _written_to(self) -> Iterator[Channel]:
        return (each for each in self.every if each.type in _WRITTEN_TO)
