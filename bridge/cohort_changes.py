"""The way back: a cohort's batch arrives from Amplitude, is one change for each user, and leaves for OneSignal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from bridge.answers import Answer, Delivered, Later, Refused, Stopped
from bridge.errors import Malformed, Unknown
from bridge.identifiers import objection
from bridge.onesignal import MEMBERS_MAX, Indivisible, OneSignal, UnknownCohort
from bridge.records import ClaimedDelivery, NewDelivery

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bridge.cohort_lists import CohortLists
    from bridge.outbox import Outbox

Operation = Literal["add", "remove"]

_LIST_NAME = re.compile(r"\[Amplitude\] (?P<name>.+): (?P<cohort_id>\S+)", re.DOTALL)


class CohortChanges:
    """Cohorts of one connection: what arrives, what it means, what leaves. Users are never created."""

    claim_max = MEMBERS_MAX

    def __init__(self, connection: str, *, outbox: Outbox, lists: CohortLists, onesignal: OneSignal) -> None:
        self._connection = connection
        self._outbox = outbox
        self._lists = lists
        self._onesignal = onesignal

    def open_list(self, list_name: str) -> str:
        """Answer the list id of a cohort, always the same one; raises Malformed (facts/integration.md 2.1)."""
        cohort_id, name = parse_list_name(list_name)
        list_id = self._lists.open(cohort_id, name)
        if self._lists.name_to_announce(cohort_id) is not None:
            naming = NewDelivery(lane=f"cohort {cohort_id}", kind="name", payload=cohort_id.encode())
            self._outbox.put(self._connection, "cohorts", [naming])
        return list_id

    def change_list(self, list_id: str, operation: Operation, external_ids: Sequence[str]) -> None:
        """Store one change for each user, durably and all together; raises Unknown."""
        cohort_id = self._lists.cohort_of(list_id)
        if cohort_id is None:
            raise Unknown("this list was never created here")
        payload = cohort_id.encode()
        users = dict.fromkeys(external_ids)
        blank = sum(1 for user in users if not user.strip())
        ignored = {"blank user id": blank, "repeated in the batch": len(external_ids) - len(users)}
        changes = [
            NewDelivery(lane=user, kind=operation, payload=payload, buried_because=objection("external_id", user))
            for user in users
            if user.strip()
        ]
        counted = {reason: times for reason, times in ignored.items() if times}
        self._outbox.put(self._connection, "cohorts", changes, passed_over=counted)

    def send(self, deliveries: Sequence[ClaimedDelivery]) -> dict[int, Answer]:
        """Tell OneSignal; answers by delivery id what became of those that were tried."""
        answers: dict[int, Answer] = {}
        for cohort_id, deliveries_of_call in _calls(deliveries):
            told = self._tell(cohort_id, deliveries_of_call)
            answers.update(told)
            if not _goes_on(told):
                return answers
        return answers

    def _tell(self, cohort_id: str, deliveries: Sequence[ClaimedDelivery]) -> dict[int, Answer]:
        """Make the cohort's name known, then change its members."""
        announced = self._announce(cohort_id)
        if not isinstance(announced, Delivered):
            return dict.fromkeys((delivery.id for delivery in deliveries), announced)
        changes = [delivery for delivery in deliveries if delivery.kind != "name"]
        namings = (delivery.id for delivery in deliveries if delivery.kind == "name")
        answers: dict[int, Answer] = dict.fromkeys(namings, announced)
        return answers | self._change(cohort_id, changes) if changes else answers

    def _announce(self, cohort_id: str) -> Answer:
        """Tell OneSignal the newest name, once."""
        name = self._lists.name_to_announce(cohort_id)
        if name is None:
            return Delivered()
        answer = self._onesignal.name_cohort(cohort_id, name)
        if isinstance(answer, Delivered):
            self._lists.announced(cohort_id, name)
        return answer

    def _change(self, cohort_id: str, changes: Sequence[ClaimedDelivery]) -> dict[int, Answer]:
        """Change members; what cannot be taken as a whole is halved until the bad one is alone."""
        answer = self._change_known(cohort_id, changes)
        if not isinstance(answer, Indivisible):
            return dict.fromkeys((change.id for change in changes), answer)
        if len(changes) == 1:
            return {changes[0].id: Refused(answer.why)}
        middle = len(changes) // 2
        answers = self._change(cohort_id, changes[:middle])
        return answers | self._change(cohort_id, changes[middle:]) if _goes_on(answers) else answers

    def _change_known(self, cohort_id: str, changes: Sequence[ClaimedDelivery]) -> Answer | Indivisible:
        """Change members; a cohort that OneSignal has forgotten is named once more."""
        add = [change.lane for change in changes if change.kind == "add"]
        remove = [change.lane for change in changes if change.kind == "remove"]
        answer = self._onesignal.change_members(cohort_id, add=add, remove=remove)
        if not isinstance(answer, UnknownCohort):
            return answer
        self._lists.announced(cohort_id, None)
        announced = self._announce(cohort_id)
        if not isinstance(announced, Delivered):
            return announced
        again = self._onesignal.change_members(cohort_id, add=add, remove=remove)
        return Refused(again.why) if isinstance(again, UnknownCohort) else again


def _calls(deliveries: Sequence[ClaimedDelivery]) -> Iterator[tuple[str, list[ClaimedDelivery]]]:
    """Gather deliveries to calls, one cohort each; a user's later change goes into a later call."""
    rest = deliveries
    while rest:
        taken: set[str] = set()
        calls: dict[bytes, list[ClaimedDelivery]] = {}
        left: list[ClaimedDelivery] = []
        for delivery in rest:
            if delivery.lane in taken:
                left.append(delivery)
            else:
                taken.add(delivery.lane)
                calls.setdefault(delivery.payload, []).append(delivery)
        for cohort_id, gathered in calls.items():
            yield cohort_id.decode(), gathered
        rest = left


def _goes_on(answers: dict[int, Answer]) -> bool:
    """Say whether the vendor takes more now."""
    return not any(isinstance(answer, Later | Stopped) for answer in answers.values())


def parse_list_name(list_name: str) -> tuple[str, str]:
    """Answer cohort id and cohort name of `[Amplitude] {name}: {id}`; raises Malformed."""
    matched = _LIST_NAME.fullmatch(list_name)
    if matched is None or "\0" in list_name:
        raise Malformed("the list's name is not of the form '[Amplitude] {cohort name}: {cohort id}'")
    return matched["cohort_id"], matched["name"]
