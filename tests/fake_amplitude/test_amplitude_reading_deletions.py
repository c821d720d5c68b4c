"""Users are deleted for good, on their day (facts/amplitude-api.md 1.14)."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from fake_amplitude.rules import Performed

USERS = "/api/2/deletions/users"
PLAYERS = Performed("Play", days=None)


@pytest.fixture
def ids(amplitude, event):
    """Ann, whose second device was anonymous at first, and Ben."""
    amplitude.upload(event(user_id="user-ann", device_id="device-1", insert_id="i-1"))
    amplitude.upload(event(user_id=None, device_id="device-2"))
    amplitude.upload(event("Open", user_id="user-ann", device_id="device-2"))
    amplitude.upload(event(user_id="user-ben", device_id="device-3"))
    return amplitude.warehouse.identity.users


def shown(amplitude):
    answer = amplitude.get(USERS, start_day="2026-03-01", end_day="2026-04-30")
    assert answer.content_type == "text/html; charset=UTF-8"
    return json.loads(answer.text)


def delete_ann(amplitude, **more):
    return amplitude.post(USERS, {"user_ids": ["user-ann"], "requester": "me", **more})


def test_a_deletion_is_answered_with_its_job(amplitude, ids):
    answer = amplitude.post(USERS, {"amplitude_ids": [ids["user-ann"]]})

    assert answer.json == [
        {
            "active_scrub_done_date": None,
            "amplitude_ids": [{"amplitude_id": ids["user-ann"], "requested_on_day": "2026-03-10", "requester": "rest"}],
            "app": str(amplitude.project.id),
            "day": "2026-03-22",
            "status": "staging",
        }
    ]
    assert shown(amplitude) == answer.json


def test_a_job_is_staging_then_submitted_then_done(amplitude, ids, clock):
    assert ids
    delete_ann(amplitude)
    seen = []
    for day in (18, 19, 21, 22):
        clock.moment = datetime(2026, 3, day, tzinfo=UTC)
        seen.append(shown(amplitude)[0]["status"])

    assert seen == ["staging", "submitted", "submitted", "done"]
    assert shown(amplitude)[0]["active_scrub_done_date"] == "2026-03-22"


def test_on_its_day_the_user_really_disappears(amplitude, ids, clock):
    cohort = amplitude.fake.create_cohort(amplitude.project, "Players", PLAYERS)
    ann = ids["user-ann"]
    delete_ann(amplitude)
    assert amplitude.fake.next_due() == datetime(2026, 3, 22, tzinfo=UTC)

    clock.moment = amplitude.fake.next_due()
    assert amplitude.fake.run_due() == 1

    assert amplitude.get("/api/2/usersearch", user="user-ann").json["type"] == "nomatch"
    assert amplitude.get("/api/2/usersearch", user="device-2").json["type"] == "nomatch"
    assert amplitude.get("/api/2/useractivity", user=ann).json["userData"]["num_events"] == 0
    assert amplitude.get(f"/api/3/cohorts/{cohort.id}").json["user_ids"] == ["user-ben"]
    totals = {row["name"]: row["totals"] for row in amplitude.get("/api/2/events/list").json["data"]}
    assert totals == {"Open": 0, "Play": 1}
    chart = {"e": '{"event_type":"_active"}', "m": "totals", "start": "20260310", "end": "20260310"}
    assert amplitude.get("/api/2/events/segmentation", **chart).json["data"]["series"] == [[1]]
    assert len(list(amplitude.warehouse.uploaded_between(0, clock.ms))) == 1
    assert amplitude.fake.next_due() is None


def test_new_events_make_a_brand_new_user(amplitude, ids, clock, event):
    before = ids["user-ann"]
    delete_ann(amplitude)
    clock.advance(days=12)
    amplitude.fake.run_due()

    amplitude.upload(event(user_id="user-ann", device_id="device-1", insert_id="i-1"))

    after = amplitude.warehouse.identity.users["user-ann"]
    assert after != before
    told = amplitude.get("/api/2/useractivity", user=after).json
    assert (told["userData"]["num_events"], told["userData"]["device_ids"]) == (1, ["device-1"])
    assert amplitude.get("/api/2/usersearch", user="user-a").json["matches"][0]["amplitude_id"] == after


def test_a_deleted_user_is_not_found_by_prefix_when_another_one_came(amplitude, ids, clock, event):
    assert len(ids) == len(amplitude.get("/api/2/usersearch", user="user-").json["matches"])
    delete_ann(amplitude)
    clock.advance(days=12)
    amplitude.fake.run_due()

    amplitude.upload(event(user_id="user-cem", device_id="device-9"))

    found = amplitude.get("/api/2/usersearch", user="user-").json["matches"]
    assert [each["user_id"] for each in found] == ["user-ben", "user-cem"]


def test_a_cancelled_user_stays(amplitude, ids, clock):
    delete_ann(amplitude)

    answer = amplitude.client.delete(f"{USERS}/{ids['user-ann']}/2026-03-22", auth=amplitude.auth)
    clock.advance(days=13)
    amplitude.fake.run_due()

    assert json.loads(answer.text) == {
        "amplitude_id": ids["user-ann"],
        "requested_on_day": "2026-03-10",
        "requester": "me",
    }
    assert shown(amplitude) == []
    assert amplitude.get("/api/2/usersearch", user="user-ann").json["type"] == "match_user_or_device_id"


@pytest.mark.parametrize(("days", "status"), [(0, 200), (8, 200), (9, 400), (13, 400)])
def test_a_deletion_can_be_cancelled_while_it_is_staging(amplitude, ids, clock, days, status):
    delete_ann(amplitude)
    clock.advance(days=days)

    answer = amplitude.client.delete(f"{USERS}/{ids['user-ann']}/2026-03-22", auth=amplitude.auth)

    assert answer.status_code == status


@pytest.mark.parametrize("path", ["1/2026-03-22", "1/2026-03-23", "x/2026-03-22", "1/yesterday"])
def test_an_unknown_deletion_cannot_be_cancelled(amplitude, ids, path):
    assert ids
    delete_ann(amplitude)

    assert amplitude.client.delete(f"{USERS}/{path}", auth=amplitude.auth).status_code in (400, 404)


@pytest.mark.parametrize("ignore", [{"ignore_invalid_id": "True"}, {"ignore_invalid_ids": True}])
def test_invalid_ids_are_refused_unless_they_are_ignored(amplitude, ids, ignore):
    assert ids
    wrong = {"user_ids": ["nobody"], "amplitude_ids": [7]}

    refused = amplitude.post(USERS, wrong)
    nothing = amplitude.post(USERS, {**wrong, **ignore})

    assert (refused.status_code, refused.json["error"]["metadata"]["invalid_ids"]) == (400, ["7", "nobody"])
    assert nothing.status_code == 200
    app = amplitude.project.id
    assert nothing.json == {" message": f"Nothing scheduled due to invalid amplitude/user ids for app {app}"}


def test_a_form_under_a_json_content_type_is_taken(amplitude, ids):
    body = "user_ids=user-ann&user_ids=nobody&ignore_invalid_id=true&requester=x"

    answer = amplitude.client.post(USERS, data=body, content_type="application/json", auth=amplitude.auth)

    assert [user["amplitude_id"] for user in answer.json[0]["amplitude_ids"]] == [ids["user-ann"]]


def test_one_id_may_be_said_without_a_list(amplitude, ids):
    answer = amplitude.post(USERS, {"user_ids": "user-ann"})

    assert [user["amplitude_id"] for user in answer.json[0]["amplitude_ids"]] == [ids["user-ann"]]


def test_a_user_can_be_deleted_from_every_project_of_the_organisation(amplitude, ids):
    assert ids
    other = amplitude.fake.create_project("Other")
    body = {"api_key": other.api_key, "events": [{"event_type": "Play", "user_id": "user-ann"}]}
    amplitude.client.post("/2/httpapi", json=body)

    apps = [job["app"] for job in delete_ann(amplitude, delete_from_org="true").json]

    assert apps == [str(amplitude.project.id), str(other.id)]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b'{"user_ids":[]}', b'{"user_ids":"x"}', b'{"user_ids":[[]]}', b"\xff=1"]
)
def test_an_unusable_body_is_refused_and_changes_nothing(amplitude, ids, body):
    assert ids
    before = amplitude.fake.fingerprint()

    answer = amplitude.client.post(USERS, data=body, auth=amplitude.auth)

    assert (answer.status_code, answer.json["error"]["http_code"]) == (400, 400)
    assert amplitude.fake.fingerprint() == before


def test_more_than_a_hundred_ids_and_more_than_six_months_are_refused(amplitude):
    assert amplitude.post(USERS, {"user_ids": [f"user-{n}" for n in range(101)]}).status_code == 400
    assert amplitude.get(USERS, start_day="2026-01-01", end_day="2026-12-31").status_code == 400


def test_a_deleted_user_leaves_the_partner_at_the_next_sync(amplitude, ids, httpserver):
    assert ids
    httpserver.expect_request("/hook").respond_with_data("ok")
    cohort = amplitude.fake.create_cohort(amplitude.project, "Players", PLAYERS)
    hook = amplitude.fake.add_destination(
        amplitude.project, name="H", url=httpserver.url_for("/hook"), headers={}, protocol="webhook"
    )
    amplitude.fake.schedule_sync(cohort.id, hook.id, "daily")
    delete_ann(amplitude)

    amplitude.run_until_quiet(timedelta(days=13))

    last = json.loads(httpserver.log[-1][0].data)
    assert (last["in_cohort"], last["users"]) == (False, [{"user_id": "user-ann", "user_properties": {}}])
