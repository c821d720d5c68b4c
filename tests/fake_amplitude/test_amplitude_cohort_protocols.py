"""What a cohort webhook and a property-based partner hear, and which cadence is allowed (facts/amplitude-api.md 4)."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from werkzeug import Response

from fake_amplitude.rules import FirstTime, Not, Performed
from fake_amplitude.sync_gates import check
from fake_amplitude.sync_protocols import slug

PLAYERS = Performed("Play", days=None)


class Receiver:
    """Takes whatever is posted, keeps it, and answers as planned first."""

    def __init__(self, httpserver, clock):
        self.bodies, self.headers, self.moments, self.answers, self.clock = [], [], [], [], clock
        self.url = httpserver.url_for("/hook")
        httpserver.expect_request("/hook", method="POST").respond_with_handler(self.answer)

    def answer(self, request):
        self.bodies.append(json.loads(request.data))
        self.headers.append(request.headers)
        self.moments.append(self.clock.moment)
        return self.answers.pop(0) if self.answers else Response("{}", content_type="application/json")

    @property
    def message_ids(self):
        return [body["message_id"] for body in self.bodies]


@pytest.fixture
def receiver(httpserver, clock):
    return Receiver(httpserver, clock)


@pytest.fixture
def connect(amplitude, receiver, event):
    """Five players in a cohort, synced in batches of two by the protocol that a test asks for."""
    for n in range(5):
        amplitude.upload(event(user_id=f"user-{n}", device_id=f"device-{n}", user_properties={"n": n}))

    def connected(protocol, cadence="hourly", name="Players", **more):
        options = {"name": "Hook", "url": receiver.url, "headers": {"X-Key": "k"}, "batch_size": 2, **more}
        destination = amplitude.fake.add_destination(amplitude.project, protocol=protocol, **options)
        cohort = amplitude.fake.create_cohort(amplitude.project, name, PLAYERS)
        amplitude.fake.schedule_sync(cohort.id, destination.id, cadence)
        return cohort, destination

    return connected


def test_a_webhook_hears_who_entered_in_numbered_batches(amplitude, connect, receiver):
    cohort, _ = connect("webhook")

    amplitude.fake.run_due()

    first = receiver.bodies[0]
    run_id = first["message_id"].partition("::")[0]
    assert receiver.message_ids == [f"{run_id}::enter::{n}" for n in range(3)]
    assert first == {
        "cohort_name": "Players",
        "cohort_id": cohort.id,
        "in_cohort": True,
        "computed_time": str(amplitude.clock.ms // 1_000),
        "message_id": f"{run_id}::enter::0",
        "users": [
            {"user_id": "user-0", "user_properties": {"n": 0}},
            {"user_id": "user-1", "user_properties": {"n": 1}},
        ],
    }
    assert receiver.headers[0]["User-Agent"] == "Amplitude/Webhook/1.0"
    assert (receiver.headers[0]["Content-Type"], receiver.headers[0]["X-Key"]) == ("application/json", "k")


def test_a_retried_batch_has_the_same_message_id_and_payload(amplitude, connect, receiver):
    connect("webhook", batch_size=10)
    receiver.answers = [Response(status=503)]

    amplitude.fake.run_due()
    amplitude.clock.advance(seconds=1)
    amplitude.fake.recompute(next(iter(amplitude.fake.world.state.cohorts)))
    amplitude.fake.run_due()

    assert len(receiver.bodies) == 2
    assert receiver.bodies[0] == receiver.bodies[1]


def test_a_receiver_that_answers_too_late_gets_the_same_message_again(amplitude, connect, monkeypatch):
    connect("webhook", url="http://127.0.0.1:9/nobody")
    heard = []
    send = amplitude.session.send

    def listening(request, **options):
        heard.append((json.loads(request.body)["message_id"], options["timeout"]))
        return send(request, **options)

    monkeypatch.setattr(amplitude.session, "send", listening)

    amplitude.fake.run_due()
    amplitude.clock.advance(seconds=1)
    amplitude.fake.run_due()

    assert [message for message, _ in heard[:3]] == [message for message, _ in heard[3:]]
    assert {timeout for _, timeout in heard} == {2}


def test_a_webhook_hears_who_left_and_the_new_name(amplitude, connect, receiver, clock):
    cohort, _ = connect("webhook")
    amplitude.fake.run_due()
    receiver.bodies.clear()

    amplitude.fake.rename_cohort(cohort.id, "Gamers")
    _leave(amplitude, cohort, "user-0")
    clock.moment = amplitude.fake.next_due()
    amplitude.fake.run_due()

    (left,) = receiver.bodies
    assert (left["in_cohort"], left["cohort_name"]) == (False, "Gamers")
    assert left["message_id"].endswith("::exit::0")
    assert [user["user_id"] for user in left["users"]] == ["user-0"]


def _leave(amplitude, cohort, *user_ids):
    """Make the cohort a list without these users."""
    cohorts, gone = amplitude.fake.world.state.cohorts, {amplitude.warehouse.identity.users[each] for each in user_ids}
    cohorts[cohort.id] = replace(cohorts[cohort.id], rule=None, members=cohort.members - gone)


def test_a_webhook_shows_at_most_fifty_properties_of_a_user(amplitude, connect, receiver, event):
    amplitude.upload(event(user_id="user-rich", device_id="d-rich", user_properties={f"p{n}": n for n in range(60)}))
    connect("webhook", batch_size=10)

    amplitude.fake.run_due()

    assert len(receiver.bodies[0]["users"][-1]["user_properties"]) == 50


def test_a_webhook_has_at_most_five_headers_of_its_own(connect):
    with pytest.raises(ValueError, match="at most 5 headers"):
        connect("webhook", headers={f"X-{n}": "v" for n in range(6)})


def test_a_property_based_partner_hears_a_trait_that_is_true_and_later_false(amplitude, connect, receiver, clock):
    cohort, _ = connect("traits", batch_size=5)
    amplitude.fake.run_due()
    _leave(amplitude, cohort, "user-0")
    clock.moment = amplitude.fake.next_due()
    amplitude.fake.run_due()

    entered, left = receiver.bodies
    context = {"integration": {"name": "Amplitude Cohort Sync", "version": "1.0.0"}}
    trait = f"[Amplitude] Players: {cohort.id}"
    assert len(entered["batch"]) == 5
    assert entered["batch"][0] == {
        "type": "identify", "traits": {trait: True}, "userId": "user-0", "context": context
    }  # fmt: skip
    assert left == {"type": "identify", "traits": {trait: False}, "userId": "user-0", "context": context}


def test_a_slug_is_the_vendors_vector():
    assert slug("Saturday's cohort & héllo") == "Saturday-s-cohort-he-llo"
    assert len(slug("x" * 200)) == 100


def test_a_destination_that_slugifies_is_told_the_slug(amplitude, connect, receiver):
    connect("webhook", name="Saturday's cohort & héllo", slugifies=True)

    amplitude.fake.run_due()

    assert receiver.bodies[0]["cohort_name"] == "Saturday-s-cohort-he-llo"


def test_four_batches_are_in_flight_and_a_fifth_waits_for_one_of_them(amplitude, connect, receiver):
    connect("webhook", batch_size=1)
    receiver.answers = [Response(status=503) for _ in range(4)]

    amplitude.fake.run_due()
    assert [each[-1] for each in receiver.message_ids] == ["0", "1", "2", "3"]
    amplitude.clock.advance(seconds=1)
    amplitude.fake.run_due()

    assert [each[-1] for each in receiver.message_ids[4:]] == ["0", "1", "2", "3", "4"]


def test_a_rotated_key_fails_the_run_and_new_credentials_mend_it(amplitude, connect, receiver):
    cohort, destination = connect("webhook", batch_size=10)
    receiver.answers = [Response(status=401)]
    amplitude.fake.run_due()

    amplitude.fake.dashboard.rotate_credentials(destination.id, {"X-Key": "new"})
    amplitude.clock.moment = amplitude.fake.next_due()
    amplitude.fake.run_due()

    assert [(run.status, run.problem) for run in amplitude.fake.sync_history(cohort.id)] == [
        ("Failed", "Invalid API key"),
        ("Successful", ""),
    ]
    assert receiver.headers[-1]["X-Key"] == "new"


def test_a_status_that_nobody_classified_is_told_as_such(amplitude, connect, receiver):
    cohort, _ = connect("webhook", batch_size=10)
    receiver.answers = [Response(status=418)]

    amplitude.fake.run_due()

    assert "unidentified kind of error" in amplitude.fake.sync_history(cohort.id)[0].problem


def test_mails_tell_how_each_sync_ended(amplitude, connect, receiver):
    cohort, _ = connect("webhook", batch_size=10)
    receiver.answers = [Response(status=401)]
    amplitude.fake.run_due()
    amplitude.clock.moment = amplitude.fake.next_due()
    amplitude.fake.run_due()

    failed, succeeded = amplitude.fake.dashboard.mails(cohort.id)

    assert failed.subject == "Your cohort sync failed: Players"
    assert failed.text == "0 added, 0 removed, 5 skipped. Invalid API key"
    assert (succeeded.subject, succeeded.text) == (
        "Your cohort sync succeeded: Players",
        "5 added, 0 removed, 0 skipped.",
    )


def test_the_history_of_a_run_is_a_csv_under_the_name_of_the_mapped_property(amplitude, connect, event):
    amplitude.upload(event(user_id=None, device_id="device-anonymous"))
    cohort, _ = connect("webhook", mapped_property="gp:n", batch_size=10)

    amplitude.fake.run_due()

    first, *lines = amplitude.fake.dashboard.sync_history_csv(cohort.id).splitlines()
    anonymous = amplitude.warehouse.identity.devices["device-anonymous"].anonymous
    assert first == "amplitude_id,operation,gp:n,skip_detected,skip_reason"
    assert lines[0] == f"{anonymous},ADD,,true,Unresolved mapping"
    assert lines[1].endswith(",ADD,0,false,")


def test_a_real_time_sync_has_no_csv(amplitude, connect):
    cohort, _ = connect("webhook", "minute")
    amplitude.fake.run_due()

    with pytest.raises(ValueError, match="no CSV"):
        amplitude.fake.dashboard.sync_history_csv(cohort.id)


def test_a_plan_left_behind_puts_its_schedules_to_rest(amplitude, connect, receiver):
    connect("webhook", "minute", batch_size=10)
    amplitude.fake.run_due()

    amplitude.fake.dashboard.change_plan("Plus")

    assert amplitude.fake.next_due() is None
    amplitude.fake.dashboard.change_plan("Growth")
    assert amplitude.fake.next_due() is not None
    assert len(receiver.bodies) == 1


@pytest.mark.parametrize(
    ("plan", "cadence"), [("Starter", "one-time"), ("Plus", "hourly"), ("Plus", "weekly"), ("Growth", "minute")]
)
def test_a_plan_has_its_cadences(amplitude, connect, plan, cadence):
    cohort, destination = connect("webhook")
    amplitude.fake.dashboard.change_plan(plan)

    assert amplitude.fake.schedule_sync(cohort.id, destination.id, cadence).cadence == cadence


@pytest.mark.parametrize(("plan", "cadence"), [("Starter", "daily"), ("Starter", "hourly"), ("Plus", "minute")])
def test_a_plan_does_not_have_the_cadences_of_a_higher_one(amplitude, connect, plan, cadence):
    cohort, destination = connect("webhook")
    amplitude.fake.dashboard.change_plan(plan)

    with pytest.raises(ValueError, match="need the plan"):
        amplitude.fake.schedule_sync(cohort.id, destination.id, cadence)


def test_a_real_time_sync_takes_a_million_users_and_no_first_times(connect):
    cohort, _ = connect("webhook")
    million = frozenset(range(1_000_000))

    check("Growth", replace(cohort, members=million), "minute")
    with pytest.raises(ValueError, match="at most 1000000 users"):
        check("Growth", replace(cohort, members=million | {-1}), "minute")
    with pytest.raises(ValueError, match="first time"):
        check("Growth", replace(cohort, rule=Not(FirstTime("Play"))), "minute")
    check("Growth", replace(cohort, rule=FirstTime("Play")), "hourly")


def test_a_removed_destination_hears_no_more_and_keeps_what_it_has(amplitude, connect, receiver):
    _, destination = connect("webhook", batch_size=2)
    receiver.answers = [Response(status=503)]
    amplitude.fake.run_due()

    amplitude.fake.dashboard.remove_destination(destination.id)

    assert amplitude.fake.next_due() is None
    amplitude.clock.advance(hours=3)
    assert amplitude.fake.run_due() == 0
    assert len(receiver.bodies) == 3


def test_a_stopped_sync_can_be_begun_again_and_knows_what_was_sent(amplitude, connect, receiver, event):
    cohort, destination = connect("webhook", batch_size=10)
    amplitude.fake.run_due()
    amplitude.fake.dashboard.stop_sync(cohort.id, destination.id)
    amplitude.clock.advance(hours=5)
    assert amplitude.fake.run_due() == 0

    amplitude.upload(event(user_id="user-new", device_id="device-new"))
    amplitude.fake.schedule_sync(cohort.id, destination.id, "one-time")
    amplitude.fake.run_due()

    assert [user["user_id"] for user in receiver.bodies[-1]["users"]] == ["user-new"]
    assert amplitude.fake.sync_history(cohort.id)[-1].finished - receiver.moments[0] == timedelta(hours=5)
