"""Why a member is where it is: one code of the catalogue, by the first clue that fits (`facts/integration.md` 2.5)."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final, NamedTuple

from bridge.identifiers import CHARACTERS_MAX, PLACEHOLDERS, SHORT
from simulator.accounts.records import History, Member, Told
from simulator.accounts.subscribers import Subscribers

_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_UNTOLD: Final = Told("", "", "")
_REJECTED: Final = "Rejected by partner"


class Cause(NamedTuple):
    """A reason by its code; a near miss is named, and `told` says what it is near to or where the clue is."""

    code: str
    near_miss: str = ""
    told: str = ""


def is_placeholder(value: str) -> bool:
    """Say whether a value stands for "nobody"."""
    return value.strip().casefold() in PLACEHOLDERS


class Clues:
    """What decides between the reasons: OneSignal's side, the sync history, and the other members."""

    def __init__(self, subscribers: Subscribers, history: History, members: Iterable[Member]) -> None:
        self._subscribers = subscribers
        self._history = history
        self._members = tuple(members)

    def of_no_value(self, member: Member) -> Cause:
        """Say why there is no value."""
        return Cause("A01" if member.user_id.strip() else "A02")

    def of_absent(self, member: Member) -> Cause:
        """Say why OneSignal does not have the member under the mapped value."""
        value = member.value
        if self._told(member).skip_reason == _REJECTED:
            return Cause("A06")
        if is_placeholder(value):
            return Cause("A07")
        near = self._subscribers.spellings.near(value)
        if near is not None:
            return Cause(near.code, near.what, f"OneSignal has {near.external_id!r}")
        if max(len(value), len(value.encode(errors="replace"))) > CHARACTERS_MAX:
            return Cause("A09")
        return self._by_address(member) or self._by_device(member) or self._by_label(member) or Cause("A03")

    def of_no_subscription(self, member: Member) -> Cause:
        """Say why the member has no subscription."""
        return self._by_orphan(member) or self._by_device(member) or Cause("A10")

    def of_left_out(self, member: Member) -> Cause:
        """Say why a member who can be reached is not in the segment."""
        told = self._told(member)
        if told.skip_reason == _REJECTED:
            return Cause("A06")
        if self._history.is_refused:
            return Cause("A40")
        if told.operation == "ADD" and told.value != member.value:
            return Cause("A34", told=f"sent as {told.value!r} under an earlier mapping")
        return self._of_a_sync_that_went_well(member, told)

    def _of_a_sync_that_went_well(self, member: Member, told: Told) -> Cause:
        is_acknowledged = told.operation == "ADD" and not told.skip_reason
        if is_acknowledged and not self._history.has_segment:
            return Cause("A24")
        if self._types.get(member.value, {""}) <= self._subscribers.kept_out:
            return Cause("A27")
        if is_acknowledged:
            return Cause("A36")
        if self._history.undelivered and not told.operation:
            return Cause("A35")
        return self._late()

    def of_stranger(self, external_id: str) -> Cause:
        """Say why somebody is in the segment who is not in the cohort."""
        if external_id in self._history.former_values:
            return Cause("A34", told="sent under an earlier mapping")
        column = self._columns.get(external_id)
        return self._late() if column is None else Cause("A34", told=f"a member's {column}")

    def _late(self) -> Cause:
        return Cause("A31" if self._history.is_one_time else "A29")

    def _told(self, member: Member) -> Told:
        return self._history.told.get(member.amplitude_id, _UNTOLD)

    def _by_address(self, member: Member) -> Cause | None:
        """Find the address that somebody took for an id, on either side."""
        subscribers = self._subscribers
        holder = subscribers.addresses.get(member.value.lower())
        if holder:
            what = "e-mail" if _ADDRESS.fullmatch(member.value) else "phone number"
            return Cause("A03", f"{what} instead of id", f"OneSignal has this address under {holder!r}")
        for column, value in member.others:
            if len(value) >= SHORT and value not in self._values and subscribers.reach(value) is not None:
                what = "e-mail instead of id" if _ADDRESS.fullmatch(value) else f"{column} instead of id"
                return Cause("A03", what, f"OneSignal has {value!r}")
        return self._by_orphan(member) or self._by_person(member)

    def _by_orphan(self, member: Member) -> Cause | None:
        """Find a channel of nobody that is this member's, by its address or by its id."""
        subscribers = self._subscribers
        values = (member.value, *(value for _, value in member.others))
        for value in values:
            if value.lower() in subscribers.nobodys_addresses:
                return Cause("A16", told=f"{value} is nobody's")
        for value in values:
            if value in subscribers.now and not subscribers.now[value].external_id:
                return Cause("A18", told=f"device {value} is nobody's")
        return None

    def _by_person(self, member: Member) -> Cause | None:
        for address in _addresses(member):
            for other in self._by_mail.get(address, ()):
                if other.value != member.value and self._subscribers.reach(other.value) is not None:
                    return Cause("A44", told=f"{address} is also {other.value!r}")
        return None

    def _by_device(self, member: Member) -> Cause | None:
        """Find what became of a device that was this member's."""
        for device in self._subscribers.former_devices.get(member.value, ()):
            now = self._subscribers.now.get(device.subscription_id)
            if now is None:
                return Cause("A22", told=f"device {device.subscription_id} is not there any more")
            if not now.external_id:
                return Cause("A14", told=f"device {device.subscription_id} is nobody's now")
            if now.external_id != member.value:
                is_same_user = device.onesignal_id and device.onesignal_id == now.onesignal_id
                told = f"device {device.subscription_id} is of {now.external_id!r} now"
                return Cause("A20" if is_same_user else "A15", told=told)
        return None

    def _by_label(self, member: Member) -> Cause | None:
        label = self._subscribers.alias_of(member.value)
        return Cause("A46", told=f"OneSignal has it as {label}") if label else None

    @cached_property
    def _values(self) -> frozenset[str]:
        """What is some member's own value, and so nobody else's in another column."""
        return frozenset(member.value for member in self._members)

    @cached_property
    def _types(self) -> dict[str, set[str]]:
        return self._subscribers.types_of(member.value for member in self._members if member.value)

    @cached_property
    def _columns(self) -> dict[str, str]:
        """The column of each value that a member has besides the mapped one."""
        return {
            value: column
            for member in self._members
            for column, value in member.others
            if len(value) >= SHORT and value != member.value
        }

    @cached_property
    def _by_mail(self) -> dict[str, list[Member]]:
        found: dict[str, list[Member]] = {}
        for member in self._members:
            for address in _addresses(member):
                found.setdefault(address, []).append(member)
        return found


def _addresses(member: Member) -> Iterator[str]:
    return (value.lower() for _, value in member.others if _ADDRESS.fullmatch(value))
