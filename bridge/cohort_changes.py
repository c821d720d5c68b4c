"""The way back: a cohort's batch arrives from Amplitude, is one change for each user, and leaves for OneSignal."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bridge.cohort_messages import CohortMessages
from bridge.cohort_runs import CohortRuns
from bridge.errors import Malformed, Unknown
from bridge.identifiers import hints
from bridge.outbox import ALREADY_RECEIVED
from bridge.records import ClaimedDelivery, NewDelivery, Outcomes, to_microseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from bridge.answers import Answer
    from bridge.cohort_batch import WebhookBatch
    from bridge.cohort_lists import CohortLists
    from bridge.database import Database
    from bridge.memberships import Decided, Memberships, Operation
    from bridge.outbox import Outbox

UNRESOLVED = "unresolved mapping"  # Amplitude's own words (facts/integration.md 2.4)
OPERATIONS: tuple[Operation, ...] = ("add", "remove")
_LIST_NAME = re.compile(r"\[Amplitude\] (?P<name>.+): (?P<cohort_id>\S+)", re.DOTALL)


class WayIntoOneSignal(Protocol):
    """How OneSignal is told who is in a cohort."""

    @property
    def claim_max(self) -> int:
        """How many changes it likes to be given at once."""

    @property
    def tells_names(self) -> bool:
        """Whether OneSignal keeps the cohort itself, also while nobody is in it."""

    def send(self, deliveries: Sequence[ClaimedDelivery]) -> dict[int, Answer]:
        """Tell OneSignal; answers by delivery id what became of those that were tried."""

    def close(self) -> None:
        """Let go of what the sending holds."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Users who enter or leave one cohort together, each once, and how many were left out before for which reason.

    `computed_at` is the microsecond since 1970 in which Amplitude found out; None: it does not say, so now.
    """

    cohort_id: str
    operation: Operation
    users: tuple[str, ...]
    left_out: Counter[str] = field(default_factory=Counter)
    computed_at: int | None = None

    @classmethod
    def of(
        cls, cohort_id: str, operation: Operation, ids: Iterable[str | None], *, computed_at: int | None = None
    ) -> Batch:
        """Gather mapped ids as they come: None has no mapping, and nobody is twice in a batch."""
        every = tuple(ids)
        resolved = [each for each in every if each is not None]
        each_once = dict.fromkeys(resolved)
        users = tuple(user for user in each_once if user.strip() and "\0" not in user)
        blank = sum(1 for user in each_once if not user.strip())
        left_out = {
            UNRESOLVED: len(every) - len(resolved),
            "blank user id": blank,
            "an id with a NUL character": len(each_once) - len(users) - blank,
            "repeated in the batch": len(resolved) - len(each_once),
        }
        return cls(cohort_id, operation, users, +Counter(left_out), computed_at)


class CohortChanges:
    """Cohorts of one connection: what arrives, what it means, what leaves. Users are never created."""

    def __init__(
        self,
        connection: str,
        *,
        database: Database,
        outbox: Outbox,
        lists: CohortLists,
        memberships: Memberships,
        way: WayIntoOneSignal,
        now: Callable[[], datetime],
    ) -> None:
        self._connection = connection
        self._database = database
        self._outbox = outbox
        self._lists = lists
        self._way = way
        self._now = now
        self._messages = CohortMessages(database, connection=connection, now=now)
        self.memberships = memberships
        self.runs = CohortRuns(database, connection=connection, now=now)
        self.claim_max = way.claim_max

    def open_list(self, list_name: str) -> str:
        """Answer the list id of a cohort, always the same one; raises Malformed (facts/integration.md 2.1)."""
        cohort_id, name = parse_list_name(list_name)
        return self.open_cohort(cohort_id, name)

    def open_cohort(self, cohort_id: str, name: str) -> str:
        """Answer the list id of a cohort, always the same one; a new name is told to OneSignal."""
        list_id = self._lists.open(cohort_id, name)
        if self._way.tells_names and self._lists.name_to_announce(cohort_id) is not None:
            naming = NewDelivery(lane=f"cohort {cohort_id}", kind="name", payload=cohort_id.encode())
            self._outbox.put(self._connection, "cohorts", [naming])
        return list_id

    def knows(self, cohort_id: str) -> bool:
        """Say whether Amplitude has pushed a cohort here, or the bridge has pulled it."""
        return self._lists.knows(cohort_id)

    def change_list(self, list_id: str, operation: Operation, external_ids: Sequence[str]) -> None:
        """Store what a batch of a list changes, durably and all together; raises Unknown."""
        cohort_id = self._lists.cohort_of(list_id)
        if cohort_id is None:
            raise Unknown("this list was never created here")
        batch = Batch.of(cohort_id, operation, external_ids)
        with self._database.transaction():
            self.take(batch, run=self.runs.enter(cohort_id, "list"))

    def take_webhook(self, sent: WebhookBatch, mapped_property: str) -> str | None:
        """Store what a webhook's batch changes, durably; answers why it was not stored, or None when it was."""
        ids = (user.mapped(mapped_property) for user in sent.users)
        operation: Operation = "add" if sent.in_cohort else "remove"
        batch = Batch.of(sent.cohort_id, operation, ids, computed_at=sent.computed_at)
        with self._database.transaction():
            if sent.message_id and not self._messages.is_news(sent.message_id):
                self._outbox.ignore(self._connection, "cohorts", ALREADY_RECEIVED)
                return ALREADY_RECEIVED
            self.open_cohort(sent.cohort_id, sent.cohort_name)
            self.take(batch, run=self.runs.enter(sent.cohort_id, "webhook", str(sent.computed_time or "")))
            if batch.computed_at is not None:
                self.memberships.confirm(batch.cohort_id, batch.users, computed_at=batch.computed_at)
        return None

    def take(self, batch: Batch, *, run: int) -> Decided:
        """Decide about a batch and store what it changes, all or nothing; answers what was decided."""
        computed_at = self._computed_at(batch)
        with self._database.transaction():
            self._lists.lock(batch.cohort_id)
            decided = self.decide(batch)
            self.memberships.enter(batch.cohort_id, batch.operation, decided, computed_at=computed_at, run=run)
            skipped = decided.skipped_altogether + batch.left_out
            self.runs.count(run, batch.operation, told=len(decided.changes), skipped=skipped)
            passed_over = decided.skipped + batch.left_out
            self._outbox.put(self._connection, "cohorts", _deliveries(batch, decided), passed_over=passed_over)
        return decided

    def decide(self, batch: Batch) -> Decided:
        """Say what a batch would change; changes nothing."""
        computed_at = self._computed_at(batch)
        return self.memberships.decide(batch.cohort_id, batch.operation, batch.users, computed_at=computed_at)

    def send(self, deliveries: Sequence[ClaimedDelivery]) -> dict[int, Answer]:
        """Tell OneSignal; answers by delivery id what became of those that were tried."""
        return self._way.send(deliveries)

    def close(self) -> None:
        """Let go of what the sending holds."""
        self._way.close()

    def _computed_at(self, batch: Batch) -> int:
        return to_microseconds(self._now()) if batch.computed_at is None else batch.computed_at

    def settled(self, deliveries: Sequence[ClaimedDelivery], outcomes: Outcomes) -> None:
        """Bring the ledger up to date, just before the outbox is."""
        delivered, buried = set(outcomes.delivered), dict(outcomes.buried)
        for operation in OPERATIONS:
            changes = [delivery for delivery in deliveries if delivery.kind == operation]
            taken = [(each.payload.decode(), each.lane) for each in changes if each.id in delivered]
            refused = [(each.payload.decode(), each.lane, buried[each.id]) for each in changes if each.id in buried]
            if taken:
                self.memberships.settle(operation, taken)
            if refused:
                self.memberships.refuse(operation, refused)


def _deliveries(batch: Batch, decided: Decided) -> list[NewDelivery]:
    payload = batch.cohort_id.encode()
    changes = [
        NewDelivery(lane=user, kind=batch.operation, payload=payload, notes=hints("external_id", user))
        for user in decided.changes
    ]
    buried = [
        NewDelivery(lane=user, kind=batch.operation, payload=payload, buried_because=against)
        for user, against in decided.objections
    ]
    return [*changes, *buried]


def parse_list_name(list_name: str) -> tuple[str, str]:
    """Answer cohort id and cohort name of `[Amplitude] {name}: {id}`; raises Malformed."""
    matched = _LIST_NAME.fullmatch(list_name)
    if matched is None or "\0" in list_name:
        raise Malformed("the list's name is not of the form '[Amplitude] {cohort name}: {cohort id}'")
    return matched["cohort_id"], matched["name"]
