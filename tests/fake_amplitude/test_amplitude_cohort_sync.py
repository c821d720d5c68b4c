"""What a partner hears of a cohort, over a real socket (facts/amplitude-api.md 4; facts/integration.md 2.5)."""

import json
from datetime import timedelta
from itertools import pairwise

import pytest
from werkzeug import Response

from fake_amplitude.rules import Performed

PLAYERS = Performed("Play", days=None)


class Partner:
    """A list-based partner that keeps its members, and can be told what to answer first."""

    def __init__(self, httpserver, clock):
        self.members, self.calls, self.answers, self.clock = {}, [], [], clock
        self.url = httpserver.url_for("/partner")
        self.headers, self.raw_paths, self.stumbles_over = [], [], None
        for path in ("lists", "lists/the%2Flist/add", "lists/the%2Flist/remove"):
            httpserver.expect_request(f"/partner/{path.replace('%2F', '/')}").respond_with_handler(self.answer)

    def answer(self, request):
        verb, body = request.path.rpartition("/")[2], json.loads(request.data)
        self.calls.append((verb, self.clock.moment, body))
        self.headers.append(dict(request.headers))
        self.raw_paths.append(request.environ["REQUEST_URI"])
        planned = self.answers.pop(0) if self.answers else None
        if planned is not None:
            return planned
        if verb == "lists":
            return Response('{"listId":"the/list"}', content_type="application/json")
        if self.stumbles_over in body["userIds"]:
            return Response(status=500)
        for user in body["userIds"]:
            self.members[user] = verb == "add"
        return Response("{}", content_type="application/json")

    @property
    def present(self):
        return sorted(user for user, is_in in self.members.items() if is_in)

    def verbs(self):
        return [verb for verb, _, _ in self.calls]


@pytest.fixture
def partner(httpserver, clock):
    return Partner(httpserver, clock)


@pytest.fixture
def synced(amplitude, partner, event):
    """Five players u0..u4 in a cohort, and a destination with batches of two."""

    class Synced:
        fake, clock = amplitude.fake, amplitude.clock
        run = staticmethod(amplitude.run_until_quiet)

        def play(self, name, **fields):
            amplitude.upload(event(user_id=f"user-{name}", device_id=f"device-{name}", **fields))

        def schedule(self, cadence="one-time", **destination):
            self.destination = amplitude.fake.add_destination(
                amplitude.project,
                name="Bridge",
                url=partner.url,
                headers={"Authorization": "Bearer s"},
                **{"batch_size": 2, **destination},
            )
            self.cohort = amplitude.fake.create_cohort(amplitude.project, "Players", PLAYERS)
            return amplitude.fake.schedule_sync(self.cohort.id, self.destination.id, cadence)

        def history(self):
            return amplitude.fake.sync_history(self.cohort.id)

    made = Synced()
    for name in range(5):
        made.play(name)
    return made


def test_the_first_sync_makes_the_list_and_adds_everybody_in_batches(synced, partner):
    synced.schedule()

    assert synced.fake.run_due() == 5
    assert partner.verbs() == ["lists", "add", "add", "add"]
    created = partner.calls[0][2]
    context = {"integration": {"name": "Amplitude Cohort Sync", "version": "1.0.0"}}
    assert created == {"name": f"[Amplitude] Players: {synced.cohort.id}", "context": context}
    assert partner.calls[1][2] == {"userIds": ["user-0", "user-1"], "context": context}
    assert partner.headers[1]["Authorization"] == "Bearer s"
    assert partner.raw_paths[1] == "/partner/lists/the%2Flist/add"
    assert synced.fake.next_due() is None


def test_later_syncs_send_only_who_entered_and_who_left(synced, partner):
    synced.schedule("hourly")
    synced.fake.run_due()
    partner.calls.clear()

    synced.play("new")
    synced.clock.moment = synced.fake.next_due()
    synced.fake.run_due()

    assert [(verb, body["userIds"]) for verb, _, body in partner.calls] == [("add", ["user-new"])]
    assert [(run.added, run.removed, run.skipped, run.status) for run in synced.history()] == [
        (5, 0, 0, "Successful"),
        (1, 0, 0, "Successful"),
    ]


@pytest.fixture
def listed(synced, amplitude):
    """The same five as an uploaded list, whose members can be taken away."""
    body = {
        "name": "Listed",
        "app_id": amplitude.project.id,
        "id_type": "BY_USER_ID",
        "owner": "o@example.com",
        "ids": [f"user-{name}" for name in range(5)],
        "published": True,
    }
    synced.schedule("hourly")
    cohort_id = amplitude.post("/api/3/cohorts/upload", body).json["cohortId"]
    amplitude.fake.world.state.syncs.clear()
    amplitude.fake.world.state.audiences.clear()
    amplitude.fake.schedule_sync(cohort_id, synced.destination.id, "hourly")

    def change(operation, *ids):
        changes = [{"ids": list(ids), "id_type": "BY_NAME", "operation": operation}]
        amplitude.post("/api/3/cohorts/membership", {"cohort_id": cohort_id, "memberships": changes})

    change.cohort_id = cohort_id
    return change


def test_removals_follow_the_additions_of_the_same_run(synced, partner, listed):
    synced.play("new")
    synced.fake.run_due()
    partner.calls.clear()

    listed("REMOVE", "user-0", "user-1", "user-2")
    listed("ADD", "user-new")
    synced.clock.moment = synced.fake.next_due()
    synced.fake.run_due()

    assert partner.verbs() == ["add", "remove", "remove"]
    assert partner.present == ["user-3", "user-4", "user-new"]


def test_a_removal_waits_for_an_addition_that_is_being_retried(synced, partner, listed):
    synced.play("new")
    synced.fake.run_due()
    partner.calls.clear()
    listed("REMOVE", "user-0")
    listed("ADD", "user-new")
    synced.clock.moment = synced.fake.next_due()
    partner.answers = [Response(status=503)]

    synced.fake.run_due()
    assert partner.verbs() == ["add"]
    synced.clock.advance(seconds=1)
    synced.fake.run_due()

    assert partner.verbs() == ["add", "add", "remove"]


def test_a_503_is_retried_after_a_second_and_then_taken(synced, partner):
    synced.schedule()
    partner.answers = [None, Response(status=503)]

    synced.fake.run_due()
    assert synced.fake.next_due() == synced.clock.moment + timedelta(seconds=1)
    assert synced.history() == ()
    synced.run()

    assert len(partner.present) == 5
    assert synced.history()[0].status == "Successful"


def test_a_retry_after_is_honoured(synced, partner):
    synced.schedule(batch_size=10)
    partner.answers = [None, Response(status=429, headers={"Retry-After": "90"})]

    synced.fake.run_due()

    assert synced.fake.next_due() == synced.clock.moment + timedelta(seconds=90)


def test_a_batch_is_given_up_after_eight_retries_and_the_next_sync_sends_it_again(synced, partner):
    synced.schedule("daily")
    partner.stumbles_over = "user-2"

    synced.run(timedelta(minutes=5))
    (run,) = synced.history()
    partner.stumbles_over = None
    synced.clock.moment = synced.fake.next_due()
    synced.fake.run_due()

    assert (run.status, run.added, run.undelivered) == ("Successful", 3, 2)
    assert partner.calls[-1][2]["userIds"] == ["user-2", "user-3"]
    assert len(partner.present) == 5


def test_the_waits_between_retries_double_up_to_over_two_minutes(synced, partner):
    synced.schedule(batch_size=10)
    partner.answers = [None, *[Response(status=500) for _ in range(9)]]

    synced.run()

    tried = [at for verb, at, _ in partner.calls if verb == "add"]
    waits = [(after - before).total_seconds() for before, after in pairwise(tried)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128]
    (run,) = synced.history()
    assert (run.status, run.added, run.undelivered) == ("Failed", 0, 5)


def test_a_partly_failed_run_is_shown_as_successful_and_the_rest_comes_later(synced, partner):
    synced.schedule("hourly")
    partner.answers = [None, Response(status=400)]

    synced.fake.run_due()
    (run,) = synced.history()
    synced.clock.moment = synced.fake.next_due()
    synced.fake.run_due()

    assert (run.status, run.added, run.skipped) == ("Successful", 3, 2)
    assert [(row.mapped_value, row.skip_reason) for row in run.rows if row.skip_detected] == [
        ("user-0", "Rejected by partner"),
        ("user-1", "Rejected by partner"),
    ]
    assert len(partner.present) == 5


def test_an_unreachable_partner_is_retried(synced):
    synced.schedule(batch_size=10)
    unreachable = synced.fake.add_destination(
        synced.fake.world.state.projects[synced.destination.project_id],
        name="Gone",
        url="http://127.0.0.1:9/partner",
        headers={},
    )
    synced.fake.schedule_sync(synced.cohort.id, unreachable.id, "one-time")

    synced.fake.run_due()

    assert synced.fake.next_due() == synced.clock.moment + timedelta(seconds=1)


@pytest.mark.parametrize("answer", ["", "[]", "{}", '{"listId":""}', '{"listId":null}'])
def test_a_partner_that_gives_no_list_id_fails_the_run(synced, partner, answer):
    synced.schedule()
    partner.answers = [Response(answer, content_type="application/json")]

    synced.fake.run_due()

    assert [run.status for run in synced.history()] == ["Failed"]
    assert partner.verbs() == ["lists"]


def test_anonymous_users_and_empty_properties_are_skipped_as_unresolved(synced, partner, amplitude, event):
    synced.play("mailed", user_properties={"email": "m@example.org"})
    synced.play("empty", user_properties={"email": ""})
    amplitude.upload(event(user_id=None, device_id="device-anonymous"))
    synced.schedule(mapped_property="gp:email", batch_size=10)

    synced.fake.run_due()

    (run,) = synced.history()
    assert (run.added, run.skipped) == (1, 7)
    assert {row.skip_reason for row in run.rows if row.skip_detected} == {"Unresolved mapping"}
    assert partner.present == ["m@example.org"]


def test_a_changed_mapping_applies_to_new_users_only(synced, partner, listed):
    synced.fake.run_due()
    synced.fake.change_mapping(synced.destination.id, "gp:email")
    synced.play("new", user_properties={"email": "new@example.org"})
    listed("ADD", "user-new")
    listed("REMOVE", "user-0")

    synced.clock.moment = synced.fake.next_due()
    synced.fake.run_due()

    assert partner.present == ["new@example.org", "user-0", "user-1", "user-2", "user-3", "user-4"]


def test_a_ghost_that_comes_back_is_added_under_the_new_mapping(synced, partner, listed):
    synced.fake.run_due()
    synced.fake.change_mapping(synced.destination.id, "gp:email")
    synced.play("0", user_properties={"email": "zero@example.org"})
    for operation in ("REMOVE", "ADD", "REMOVE"):
        listed(operation, "user-0")
        synced.clock.moment = synced.fake.next_due()
        synced.fake.run_due()

    assert [verb for verb in partner.verbs() if verb != "lists"][-2:] == ["add", "remove"]
    assert partner.members["zero@example.org"] is False
    assert partner.members["user-0"] is True


def test_a_mapping_that_stays_the_same_freezes_nobody(synced, partner, listed):
    synced.fake.run_due()
    synced.fake.change_mapping(synced.destination.id, synced.destination.mapped_property)
    listed("REMOVE", "user-0")

    synced.clock.moment = synced.fake.next_due()
    synced.fake.run_due()

    assert partner.present == ["user-1", "user-2", "user-3", "user-4"]


def test_a_ghost_stays_one_when_its_user_is_merged(synced, partner, amplitude, event):
    amplitude.upload(event(user_id=None, device_id="device-x", user_properties={"email": "x@example.org"}))
    synced.schedule("hourly", mapped_property="gp:email")
    synced.fake.run_due()
    synced.fake.change_mapping(synced.destination.id, "user_id")
    amplitude.upload(event(user_id="user-0", device_id="device-x"))

    synced.clock.moment = synced.fake.next_due()
    synced.fake.run_due()

    assert partner.present == ["user-1", "user-2", "user-3", "user-4", "x@example.org"]


def test_a_value_that_a_remaining_member_shares_stays_on_the_list(synced, partner, listed):
    synced.play("twin-a", user_properties={"email": "e@example.org"})
    synced.play("twin-b", user_properties={"email": "e@example.org"})
    synced.fake.change_mapping(synced.destination.id, "email")
    listed("ADD", "user-twin-a", "user-twin-b")
    synced.fake.run_due()

    listed("REMOVE", "user-twin-a")
    synced.clock.moment = synced.fake.next_due()
    synced.fake.run_due()

    assert partner.present == ["e@example.org"]


@pytest.mark.parametrize(
    ("cadence", "period"),
    [
        ("minute", timedelta(minutes=1)),
        ("hourly", timedelta(hours=1)),
        ("daily", timedelta(days=1)),
        ("weekly", timedelta(weeks=1)),
    ],
)
def test_a_cadence_begins_at_once_and_is_then_exactly_periodic(synced, cadence, period):
    begun = synced.clock.moment
    synced.schedule(cadence)

    starts = []
    for _ in range(4):
        synced.clock.moment = synced.fake.next_due()
        synced.fake.run_due()
        starts.append(synced.history()[-1].started)

    first, *later = [after - before for before, after in pairwise(starts)]
    assert starts[0] == begun
    assert timedelta(0) < first <= period
    assert later == [period, period]


def test_an_archived_cohort_is_not_synced_any_more(synced, partner):
    synced.schedule("hourly")
    synced.fake.run_due()

    synced.fake.archive_cohort(synced.cohort.id)

    assert synced.fake.next_due() is None
    synced.play("new")
    synced.clock.advance(hours=3)
    assert synced.fake.run_due() == 0
    assert len(partner.present) == 5


def test_a_renamed_cohort_keeps_its_list(synced, partner):
    synced.schedule("hourly")
    synced.fake.run_due()

    synced.fake.rename_cohort(synced.cohort.id, "Gamers")
    synced.run(timedelta(hours=3))

    assert partner.verbs().count("lists") == 1


def test_a_user_merged_between_two_syncs_is_neither_added_nor_removed_twice(synced, partner, amplitude, event):
    amplitude.upload(event(user_id=None, device_id="device-x", user_properties={"email": "x@example.org"}))
    amplitude.upload(event("Open", user_id="user-x", device_id="device-y"))
    synced.schedule("hourly", mapped_property="email")
    synced.fake.run_due()
    partner.calls.clear()

    amplitude.upload(event("Open", user_id="user-x", device_id="device-x"))
    synced.clock.moment = synced.fake.next_due()
    synced.fake.run_due()

    assert partner.calls == []
    assert partner.present == ["x@example.org"]


def test_the_second_value_of_two_merged_users_leaves_the_list(synced, partner, amplitude, event):
    amplitude.upload(event(user_id=None, device_id="device-x", user_properties={"email": "old@example.org"}))
    amplitude.upload(event(user_id="user-x", device_id="device-y", user_properties={"email": "x@example.org"}))
    synced.schedule("hourly", mapped_property="email")
    synced.fake.run_due()

    amplitude.upload(event("Open", user_id="user-x", device_id="device-x"))
    synced.clock.moment = synced.fake.next_due()
    synced.fake.run_due()

    assert partner.present == ["x@example.org"]


def test_history_is_kept_for_fourteen_days(synced):
    synced.schedule()
    synced.fake.run_due()

    synced.clock.advance(days=14)
    assert len(synced.history()) == 1
    synced.clock.advance(seconds=1)
    assert synced.history() == ()


def test_the_list_of_cohorts_shows_how_they_are_synced(synced, amplitude):
    synced.schedule("daily")
    synced.fake.run_due()

    (row,) = amplitude.get("/api/3/cohorts", includeSyncInfo="true").json["cohorts"]

    (sync,) = row["syncMetadata"]
    assert (sync["target"], sync["frequency"]) == ("Bridge", "daily")
    assert sync["last_successful"] == synced.clock.moment.isoformat()
    assert sync["last_failure"] is None


def test_the_same_seed_syncs_the_same(another):
    first, second = another(seed=4), another(seed=4)

    slots = []
    for each in (first, second):
        destination = each.fake.add_destination(each.project, name="B", url="http://127.0.0.1:9", headers={})
        cohort = each.fake.create_cohort(each.project, "P", PLAYERS)
        slots.append(each.fake.schedule_sync(cohort.id, destination.id, "daily"))

    assert slots[0] == slots[1]
    assert first.fake.fingerprint() == second.fake.fingerprint()
