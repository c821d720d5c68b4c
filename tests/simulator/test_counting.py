"""A count is read from both services' answers, with every reason found again after it was made."""

from datetime import timedelta

import pytest

from fake_amplitude.cohort_downloads import LARGE_FROM
from simulator import counting
from simulator.devices import Sdk
from simulator.moving_in import LESSON
from simulator.reconcile import Outcome

COHORT = "Learners"


def learn(simulation, who, **properties):
    event = {"event_type": LESSON, "user_properties": properties, "device_id": f"device-of-{who}"}
    if who is not None:
        event["user_id"] = who
    simulation.amplitude_ingestion().post("/2/httpapi", {"api_key": simulation.project.api_key, "events": [event]})


def phone(simulation, who, token):
    sdk = Sdk(simulation.onesignal_sdk(), simulation.app.id, type_="AndroidPush", token=token)
    sdk.login(who)
    return sdk


@pytest.fixture
def synced(simulation):
    """Five learners, one for each reason, synced once."""
    for who in ("alice", "absent", "nobody-home", "muted", None):
        learn(simulation, who)
    for token in ("a1", "a2", "a3"):
        phone(simulation, "alice", token)
    phone(simulation, "muted", "m1").opt_out()
    simulation.onesignal_api().post(f"/apps/{simulation.app.id}/users", {"identity": {"external_id": "nobody-home"}})
    cohort_id = simulation.behavioural_cohort(COHORT, LESSON, at_least=1, within_days=30)
    simulation.sync(cohort_id, "one-time")
    simulation.run_until_quiet()
    return cohort_id


def account_of(simulation, cohort_id):
    return counting.count(simulation, cohort_id, simulation.onesignal_reader().segment_id(COHORT))


def outcomes(account):
    return {verdict.member.value: verdict.outcome for verdict in account.verdicts}


def test_a_cohort_so_large_that_its_file_is_a_link_is_read_whole(simulation):
    ingestion = simulation.amplitude_ingestion()
    for start in range(0, LARGE_FROM, 2_000):
        events = [{"event_type": LESSON, "user_id": f"user-{number}"} for number in range(start, start + 2_000)]
        ingestion.post("/batch", {"api_key": simulation.project.api_key, "events": events})
    cohort_id = simulation.behavioural_cohort(COHORT, LESSON, at_least=1, within_days=30)

    values = {member.value for member in simulation.amplitude_reader().members(cohort_id)}

    assert values == {f"user-{number}" for number in range(LARGE_FROM)}


def test_each_reason_that_was_made_is_found(simulation, synced):
    account = account_of(simulation, synced)

    assert outcomes(account) == {
        "alice": Outcome.REACHABLE,
        "absent": Outcome.NOT_IN_ONESIGNAL,
        "nobody-home": Outcome.NO_SUBSCRIPTION,
        "muted": Outcome.ALL_UNSUBSCRIBED,
        "": Outcome.NO_VALUE,
    }
    assert account.segment.subscriptions == 3
    assert account.sum_holds


def test_a_user_is_explained_in_words_by_id_or_amplitude_id(simulation, synced):
    account = account_of(simulation, synced)
    anonymous = next(verdict.member.amplitude_id for verdict in account.verdicts if not verdict.member.value)

    assert list(counting.explain(account, "alice")) == [
        f"user 'alice' (Amplitude ID {account.explain('alice').member.amplitude_id}): users OneSignal can reach",
        "OneSignal has 3 subscriptions under that external_id: 3 subscribed, 3 in the segment",
    ]
    assert "no value in the mapped property" in next(counting.explain(account, anonymous))
    assert not list(counting.explain(account, "stranger"))


def test_who_learns_after_the_sync_is_in_the_cohort_but_not_in_the_segment(simulation, synced):
    """`facts/integration.md` 2.5 A29, A31."""
    learn(simulation, "late-comer")
    phone(simulation, "late-comer", "l1")
    simulation.run_for(timedelta(hours=2))

    account = account_of(simulation, synced)

    assert outcomes(account)["late-comer"] is Outcome.NOT_IN_SEGMENT
    assert account.sum_holds


def test_everybody_is_listed_once(simulation, synced):
    listed = list(counting.everybody(account_of(simulation, synced)))

    assert len(listed) == len(dict(listed)) == 5
