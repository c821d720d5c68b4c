"""The account of two real files: Amplitude's cohort and OneSignal's export, with what else there is to look into."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from simulator.accounts.exports import channels, members, told
from simulator.accounts.notes import Examined, Note, notes
from simulator.accounts.records import Channel, History
from simulator.accounts.subscribers import Subscribers
from simulator.accounts.tables import Table, table
from simulator.reconcile import reconcile


@dataclass(frozen=True, slots=True)
class Files:
    """Where the files are: a cohort and all subscriptions; optionally the segment's, the sync history, and before."""

    cohort: Path
    users: Path
    segment: Path | None = None
    history: Path | None = None
    before: Path | None = None


def reconcile_files(files: Files, *, mapped_property: str = "user_id", segment_count: int | None = None) -> Examined:
    """Account for two files; raises WrongUsageError with file and line for what cannot be read.

    Without `segment_count` the segment is what its file holds, and without one of both what the cohort comes to.
    """
    with ExitStack() as opened:
        tables = _Tables(opened)
        cohort = tuple(members(tables.of(files.cohort), mapped_property))
        every, bare, repeated = _each_once(channels(tables.of(files.users)))
        segment = None if files.segment is None else _each_once(channels(tables.of(files.segment)))[0]
        before = () if files.before is None else tuple(channels(tables.of(files.before)))
        history = None if files.history is None else History(told(tables.of(files.history), mapped_property))
    in_segment = None if segment is None else [each for each in segment if each.subscribed]
    newer = _besides(every, segment or ())
    subscribers = Subscribers(every + newer, in_segment, ask=lambda value: 0 if value in bare else None, before=before)
    account = reconcile(
        name=files.cohort.name.partition(".")[0],
        members=cohort,
        subscribers=subscribers,
        segment_count=len(in_segment) if segment_count is None and in_segment is not None else segment_count,
        history=history,
    )
    remarks = (
        Note("", repeated, f"{repeated:,} lines of {files.users.name} repeat a subscription; each counts once"),
        Note(
            "",
            len(newer),
            f"{len(newer):,} subscriptions of the segment are not in {files.users.name}, and count",
        ),
        *notes(account, subscribers),
    )
    return Examined(account, tuple(remark for remark in remarks if remark.count))


class _Tables:
    """Opens tables, and closes them all together."""

    def __init__(self, opened: ExitStack) -> None:
        self._opened = opened

    def of(self, path: Path) -> Table:
        return self._opened.enter_context(table(path))


def _each_once(found: Iterable[Channel]) -> tuple[list[Channel], set[str], int]:
    """Give each subscription once (its last line), the users without any, and how many lines were repetitions."""
    every: dict[str, Channel] = {}
    bare: set[str] = set()
    lines = 0
    for channel in found:
        if channel.subscription_id:
            lines += 1
            every[channel.subscription_id] = channel
        elif channel.external_id:
            bare.add(channel.external_id)
    return list(every.values()), bare, lines - len(every)


def _besides(every: Iterable[Channel], others: Iterable[Channel]) -> list[Channel]:
    """Give the others whose subscription is not among all: one file may be younger than the other."""
    known = {channel.subscription_id for channel in every}
    return [channel for channel in others if channel.subscription_id not in known]
