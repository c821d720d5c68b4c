"""Large files, usage, staleness and callers in each other's way (facts/amplitude-api.md 1.11)."""

import gzip
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from fake_amplitude import limits
from fake_amplitude.rules import Performed

PLAYERS = Performed("Play", days=None)


@pytest.fixture
def cohort(amplitude, event):
    amplitude.upload(event())
    return amplitude.fake.create_cohort(amplitude.project, "Players", PLAYERS)


def ordered(amplitude, cohort):
    return amplitude.get(f"/api/5/cohorts/request/{cohort.id}").json["request_id"]


def follow(amplitude, link, **headers):
    return amplitude.client.get(f"{link.path}?{link.query}", headers=headers)


@pytest.fixture
def link(amplitude):
    """The link to a file of 10,000 users."""
    for start in range(0, 10_000, 2_000):
        events = [{"event_type": "Play", "user_id": f"user-{n}"} for n in range(start, start + 2_000)]
        amplitude.upload(*events, path="/batch")
    request_id = ordered(amplitude, amplitude.fake.create_cohort(amplitude.project, "Many", PLAYERS))
    answer = amplitude.get(f"/api/5/cohorts/request/{request_id}/file")
    assert answer.status_code == 302
    return urlsplit(answer.headers["Location"])


def test_a_large_file_is_a_link_that_is_valid_for_a_minute(amplitude, link, clock):
    clock.advance(seconds=60)
    in_time = follow(amplitude, link, **{"Accept-Encoding": "gzip"})
    clock.advance(seconds=1)
    late = follow(amplitude, link)

    assert gzip.decompress(in_time.data).count(b"\n") == 10_001
    assert (late.status_code, late.content_type) == (403, "application/xml")
    assert b"AccessDenied" in late.data


FILE = "/modelled/cohort-files/"


@pytest.mark.parametrize(("old", "new"), [("signature=", "signature=0"), ("expires=", "expires=9"), (FILE, f"{FILE}x")])
def test_a_changed_link_is_refused(amplitude, link, old, new):
    answer = amplitude.client.get(f"{link.path}?{link.query}".replace(old, new))

    assert answer.status_code == 403


def test_a_file_can_be_fetched_for_seven_days(amplitude, cohort, clock):
    request_id = ordered(amplitude, cohort)

    clock.advance(days=7)
    assert amplitude.get(f"/api/5/cohorts/request/{request_id}/file").status_code == 200
    clock.advance(seconds=1)
    assert amplitude.get(f"/api/5/cohorts/request/{request_id}/file").status_code == 404


def test_usage_tells_how_many_downloads_are_left(amplitude, cohort, clock):
    assert amplitude.get("/api/3/cohorts/usage").json["rest_download"]["usage"] == 0
    ordered(amplitude, cohort)
    ordered(amplitude, cohort)

    assert amplitude.get("/api/3/cohorts/usage").json == {
        "rest_download": {
            "limit": 500,
            "usage": 2,
            "resets_at": (clock.moment + timedelta(days=30)).isoformat(),
        },
        "limit": 500,
        "count": 2,
    }
    clock.advance(days=30)
    assert amplitude.get("/api/3/cohorts/usage").json["rest_download"]["usage"] == 0


def test_the_list_computes_a_cohort_anew_after_a_day(amplitude, cohort, clock, event):
    amplitude.upload(event(user_id="user-2", device_id="device-2"))

    def size():
        (row,) = amplitude.get("/api/3/cohorts").json["cohorts"]
        assert row["id"] == cohort.id
        return row["size"]

    assert size() == 1
    clock.advance(hours=24)
    assert size() == 2


def test_two_callers_at_one_cohort_are_in_each_others_way(documented, event):
    documented.upload(event())
    body = {
        "name": "Listed", "app_id": documented.project.id, "id_type": "BY_USER_ID", "ids": ["user-1"],
        "owner": "o@example.com", "published": True,
    }  # fmt: skip
    cohort_id = documented.post("/api/3/cohorts/upload", body).json["cohortId"]
    change = {"ids": ["user-1"], "id_type": "BY_NAME", "operation": "ADD"}

    def statuses():
        return [
            documented.post("/api/3/cohorts/membership", {"cohort_id": cohort_id, "memberships": [change]}).status_code,
            documented.post("/api/3/cohorts/upload", {**body, "existing_cohort_id": cohort_id}).status_code,
            documented.get(f"/api/5/cohorts/request/{cohort_id}").status_code,
        ]

    with documented.fake.world.at_once(("cohort", cohort_id), 1):
        assert statuses() == [429, 429, 429]
    assert statuses() == [200, 200, 202]


def test_a_cohort_of_too_many_users_is_not_downloaded_nor_written(documented, event, monkeypatch):
    documented.upload(*[event(user_id=f"user-{n}", device_id=f"device-{n}") for n in range(3)])
    rule = documented.fake.create_cohort(documented.project, "All", PLAYERS)
    body = {
        "name": "Listed", "app_id": documented.project.id, "id_type": "BY_USER_ID", "owner": "o@example.com",
        "published": True,
    }  # fmt: skip
    listed = documented.post("/api/3/cohorts/upload", {**body, "ids": ["user-0", "user-1"]}).json["cohortId"]
    monkeypatch.setattr(limits, "COHORT_USERS_MAX", 2)
    before = documented.fake.fingerprint()

    one_more = [{"ids": ["user-2"], "id_type": "BY_NAME", "operation": "ADD"}]
    answers = [
        documented.get(f"/api/5/cohorts/request/{rule.id}"),
        documented.post("/api/3/cohorts/upload", {**body, "ids": ["user-0", "user-1", "user-2"]}),
        documented.post("/api/3/cohorts/membership", {"cohort_id": listed, "memberships": one_more}),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert documented.fake.fingerprint() == before
    assert documented.get(f"/api/5/cohorts/request/{listed}").status_code == 202
