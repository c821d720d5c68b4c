"""What is said beside an account, because it moves no row: one function a reason, over the same two lists."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from bridge.identifiers import SHORT
from simulator.accounts.subscribers import Subscribers
from simulator.reconcile import Account, Outcome

SUBSCRIPTIONS_MAX: Final = 20
UNINSTALLED: Final = -10
_MET: Final = frozenset({Outcome.NO_SUBSCRIPTION, Outcome.ALL_UNSUBSCRIBED, Outcome.NOT_IN_SEGMENT, Outcome.REACHABLE})


@dataclass(frozen=True, slots=True)
class Note:
    """One remark: its code in the catalogue ("" for one about the files), how many it is about, and in words."""

    code: str
    count: int
    told: str


class Examined(NamedTuple):
    """An account, and what is to be said beside it."""

    account: Account
    notes: tuple[Note, ...]


def notes(account: Account, subscribers: Subscribers) -> tuple[Note, ...]:
    """Make every remark that there is to make."""
    found = (note(account, subscribers) for note in _NOTES)
    return tuple(note for note in found if note.count)


def _too_short(account: Account, subscribers: Subscribers) -> Note:
    met = {verdict.member.value for verdict in account.verdicts}
    short = [each for each in subscribers.external_ids if len(each) < SHORT and each not in met]
    return Note("A08", len(short), f"OneSignal has {_some(short)}")


def _full(_: Account, subscribers: Subscribers) -> Note:
    full = [each for each in subscribers.external_ids if _count(subscribers, each) >= SUBSCRIPTIONS_MAX]
    orphans = sum(1 for each in subscribers.every if not each.external_id)
    return Note("A13", len(full) if orphans else 0, f"{_some(full)}; {orphans:,} channels are nobody's")


def _gone(_: Account, subscribers: Subscribers) -> Note:
    gone = sum(1 for each in subscribers.every if each.notification_types == UNINSTALLED)
    return Note("A21", gone, f"{gone:,} devices were found uninstalled when something was sent")


def _doubled(_: Account, subscribers: Subscribers) -> Note:
    pairs = {(each.external_id, each.onesignal_id) for each in subscribers.every if each.onesignal_id}
    users = Counter(external_id for external_id, _ in pairs if external_id)
    doubled = sorted(external_id for external_id, count in users.items() if count > 1)
    return Note("A17", len(doubled), f"{_some(doubled)}")


def _only_in_journeys(account: Account, _: Subscribers) -> Note:
    unsubscribed = [v.member.value for v in account.verdicts if v.outcome is Outcome.ALL_UNSUBSCRIBED]
    return Note("A28", len(unsubscribed), f"{len(unsubscribed):,} unsubscribed members would enter a journey")


def _strangers_all(account: Account, subscribers: Subscribers) -> Note:
    asked = len({verdict.member.value for verdict in account.verdicts if verdict.member.value.strip()})
    met = any(verdict.outcome in _MET for verdict in account.verdicts)
    known = any(subscribers.external_ids)
    return Note("A41", 0 if met or not known else asked, f"not one of {asked:,} values is an external_id of this app")


def _count(subscribers: Subscribers, external_id: str) -> int:
    reach = subscribers.reach(external_id)
    return reach.subscriptions if reach else 0


def _some(ids: list[str], most: int = 3) -> str:
    shown = ", ".join(map(repr, ids[:most]))
    return f"{shown} and {len(ids) - most:,} more" if len(ids) > most else shown


_NOTES: Final[tuple[Callable[[Account, Subscribers], Note], ...]] = (
    _too_short,
    _full,
    _gone,
    _doubled,
    _only_in_journeys,
    _strangers_all,
)
