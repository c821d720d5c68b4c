"""One way into OneSignal: the app keeps the cohort itself, by the modelled route, and hears of it in large calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.answers import Answer, Delivered, Later, Refused, Stopped
from bridge.onesignal import MEMBERS_MAX, Indivisible, OneSignal, UnknownCohort

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bridge.cohort_lists import CohortLists
    from bridge.memberships import Memberships
    from bridge.records import ClaimedDelivery


class ModelledMembership:
    """The cohorts of one connection as OneSignal keeps them."""

    claim_max = MEMBERS_MAX
    tells_names = True

    def __init__(self, *, lists: CohortLists, memberships: Memberships, onesignal: OneSignal) -> None:
        self._lists = lists
        self._memberships = memberships
        self._onesignal = onesignal

    def send(self, deliveries: Sequence[ClaimedDelivery]) -> dict[int, Answer]:
        """Tell OneSignal; answers by delivery id what became of those that were tried."""
        answers: dict[int, Answer] = {}
        for cohort_id, deliveries_of_call in _calls(deliveries):
            told = self._tell(cohort_id, deliveries_of_call)
            answers.update(told)
            if not _goes_on(told):
                return answers
        return answers

    def close(self) -> None:
        """Hold nothing."""

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
        """Change members; a cohort that OneSignal has forgotten is named once more, and everybody in it is news."""
        add = [change.lane for change in changes if change.kind == "add"]
        remove = [change.lane for change in changes if change.kind == "remove"]
        answer = self._onesignal.change_members(cohort_id, add=add, remove=remove)
        if not isinstance(answer, UnknownCohort):
            return answer
        self._lists.announced(cohort_id, None)
        self._memberships.forget(cohort_id)
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
