"""What only a simulation sees of a cohort's way: on the wire, in the sync history, in segments and settings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from fake_amplitude.partner import UNCLASSIFIED
from fake_amplitude.records import SyncRun
from fake_amplitude.sync_schedule import PERIODS
from simulator.accounts.notes import Note
from simulator.hosts import AMPLITUDE_HOSTS
from simulator.journal import Exchange
from simulator.reconcile import Account
from simulator.simulation import Simulation

_UNAUTHORIZED: Final = 401
_REFUSED: Final = frozenset({401, 403})
_ARRIVED_OTHERWISE: Final = ("twice", "overtaken")
_AMPLITUDE: Final = tuple(host for hosts in AMPLITUDE_HOSTS.values() for host in hosts)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything there is to look at: the account, the cohort as Amplitude lists it, its runs, segments, the wire."""

    account: Account
    cohort: Mapping[str, Any]
    runs: Sequence[SyncRun]
    segments: Sequence[Mapping[str, Any]]
    exchanges: Sequence[Exchange]
    raw_users: Iterable[tuple[str, int]]

    @property
    def own_segments(self) -> list[Mapping[str, Any]]:
        """The segments that ask for this cohort."""
        return [each for each in self.segments if _asks_for(each, self.cohort["id"])]

    @property
    def met(self) -> int:
        """How many members OneSignal knows."""
        return sum(1 for verdict in self.account.verdicts if verdict.reach.subscriptions)

    @property
    def was_sent(self) -> bool:
        """Whether some run brought somebody to the destination."""
        return any(run.added for run in self.runs)


def look(simulation: Simulation, cohort: Mapping[str, Any], account: Account) -> Evidence:
    """Look at everything once; `cohort` is how Amplitude listed it before it was downloaded, which counts it anew."""
    amplitude, onesignal = simulation.amplitude_reader(), simulation.onesignal_reader()
    today = simulation.clock.now()
    return Evidence(
        account=account,
        cohort=cohort,
        runs=simulation.sync_history(cohort["id"]),
        segments=[onesignal.segment(each["id"]) | each for each in onesignal.segments() if not each["read_only"]],
        exchanges=tuple(simulation.journal),
        raw_users=[(str(each["device_id"]), int(each["amplitude_id"])) for each in amplitude.exported(today, today)],
    )


def symptoms(evidence: Evidence) -> tuple[Note, ...]:
    """Make every remark that there is to make."""
    return tuple(note for tell in _TELLERS for note in tell(evidence) if note.count)


def _refused_logins(evidence: Evidence) -> Iterator[Note]:
    calls = [each for each in evidence.exchanges if each.status == _UNAUTHORIZED and "/users" in each.url]
    yield Note("A19", len(calls), f"{len(calls)} calls about users were answered 401")


def _no_segment(evidence: Evidence) -> Iterator[Note]:
    if evidence.was_sent and not evidence.own_segments:
        yield Note("A25", int(not evidence.met), "no member is known to OneSignal")


def _paused(evidence: Evidence) -> Iterator[Note]:
    names = [each["name"] for each in evidence.own_segments if not each["is_active"]]
    yield Note("A26", len(names), ", ".join(names))


def _slots(evidence: Evidence) -> Iterator[Note]:
    for first, second in zip(evidence.runs[:1], evidence.runs[1:2], strict=False):
        period = PERIODS[second.cadence] or timedelta(0)
        gap = second.started - first.started
        yield Note("A30", int(gap < period), f"the second run began {gap} after the first, not {period}")


def _loading(evidence: Evidence) -> Iterator[Note]:
    real_time = [sync for sync in evidence.cohort.get("syncMetadata", ()) if sync["frequency"] == "minute"]
    yield Note("A32", len(real_time) if not evidence.runs else 0, "no run has finished yet")


def _size(evidence: Evidence) -> Iterator[Note]:
    shown, members = evidence.cohort["size"], evidence.account.cohort.users
    yield Note("A33", abs(shown - members), f"the list shows {shown:,}, the download has {members:,}")


def _delivered_otherwise(evidence: Evidence) -> Iterator[Note]:
    odd = [each for each in _batches(evidence) if any(word in each.weather for word in _ARRIVED_OTHERWISE)]
    yield Note("A37", len(odd), "; ".join(each.weather for each in odd))


def _again(evidence: Evidence) -> Iterator[Note]:
    known: set[int] = set()
    for number, run in enumerate(evidence.runs, 1):
        added = {row.amplitude_id for row in run.rows if row.operation == "ADD" and not row.skip_detected}
        twice = added & known
        yield Note("A38", len(twice), f"run {number} brought {len(twice)} members again")
        removed = {row.amplitude_id for row in run.rows if row.operation == "REMOVE"}
        known = (known | added) - removed


def _renamed(evidence: Evidence) -> Iterator[Note]:
    name = evidence.cohort["name"]
    names = [each["name"] for each in evidence.own_segments if len(each["filters"]) == 1 and each["name"] != name]
    yield Note("A39", len(names), f"the cohort is {name!r}, its segment {', '.join(map(repr, names))}")


def _other_region(evidence: Evidence) -> Iterator[Note]:
    strangers = [
        each for each in evidence.exchanges if each.status in _REFUSED and urlsplit(each.url).hostname in _AMPLITUDE
    ]
    yield Note("A42", len(strangers), ", ".join(dict.fromkeys(each.url for each in strangers)))


def _merged(evidence: Evidence) -> Iterator[Note]:
    ids: dict[str, set[int]] = {}
    for device_id, amplitude_id in evidence.raw_users:
        ids.setdefault(device_id, set()).add(amplitude_id)
    counted = {int(verdict.member.amplitude_id) for verdict in evidence.account.verdicts}
    merged = [device for device, found in ids.items() if found & counted and found - counted]
    yield Note("A45", len(merged), f"on {len(merged)} devices raw events have an Amplitude ID that is not counted")


def _groups(evidence: Evidence) -> Iterator[Note]:
    counted = evidence.cohort["definition"].get("countGroup", {}).get("name", "User")
    yield Note("A49", int(counted != "User"), f"the cohort counts {counted}")


def _wordless(evidence: Evidence) -> Iterator[Note]:
    runs = [run for run in evidence.runs if run.problem == UNCLASSIFIED]
    yield Note("A50", len(runs), UNCLASSIFIED)


def _batches(evidence: Evidence) -> Iterator[Exchange]:
    """Give the calls that bring a cohort's changes to the bridge."""
    return (each for each in evidence.exchanges if "/cohorts/" in each.url and "/connections/" in each.url)


def _asks_for(segment: Mapping[str, Any], cohort_id: str) -> bool:
    return any(each.get("value") == cohort_id for each in segment["filters"])


_TELLERS: Final = (
    _refused_logins,
    _no_segment,
    _paused,
    _slots,
    _loading,
    _size,
    _delivered_otherwise,
    _again,
    _renamed,
    _other_region,
    _merged,
    _groups,
    _wordless,
)
