"""Data subject access: ask, poll, and download numbered files (facts/amplitude-api.md 1.16)."""

import gzip
import json

import pytest

PATH = "/api/2/dsar/requests"
DAY = 86_400_000
WISH = {"userId": "user-1", "startDate": "2026-02-01", "endDate": "2026-03-10"}


@pytest.fixture
def known(amplitude, event, clock):
    """The user did something on two days of February and on one of March, and something in another project."""
    other = amplitude.fake.create_project("Other")
    amplitude.upload(*[event(time=clock.ms - days * DAY) for days in (40, 12, 11, 0)], event(user_id="user-2"))
    amplitude.client.post("/2/httpapi", json={"api_key": other.api_key, "events": [event()]})
    return amplitude


def asked(amplitude, wish=None, **how):
    answer = amplitude.client.post(PATH, auth=amplitude.auth, **(how or {"json": wish or WISH}))
    assert answer.status_code == 202, answer.text
    return answer.json["requestId"]


def test_everything_known_of_a_user_is_asked_for_polled_and_downloaded(known):
    number = asked(known)

    told = known.get(f"{PATH}/{number}").json
    files = [known.client.get(url, auth=known.auth) for url in told["urls"]]

    assert {**told, "urls": []} == {
        "requestId": number, "userId": "user-1", "amplitudeId": None, "startDate": "2026-02-01",
        "endDate": "2026-03-10", "status": "done", "failReason": None, "urls": [], "expires": "2026-03-12",
    }  # fmt: skip
    lines = [[json.loads(line) for line in gzip.decompress(each.data).splitlines()] for each in files]
    assert [[row["event_time"][:10] for row in each] for each in lines] == [
        ["2026-02-26", "2026-02-27"],
        ["2026-03-10"],
        ["2026-03-10"],
    ]
    assert [each[0]["app"] for each in lines] == [known.project.id, known.project.id, known.project.id + 1]
    assert list(lines[0][0]) == sorted(lines[0][0])


def test_an_amplitude_id_names_a_user_of_one_project_and_a_form_does_too(known):
    amplitude_id = known.warehouse.identity.users["user-1"]
    form = {"amplitudeId": str(amplitude_id), "startDate": "2026-03-01", "endDate": "2026-03-31"}

    told = known.get(f"{PATH}/{asked(known, data=form)}").json

    assert (told["amplitudeId"], len(told["urls"])) == (amplitude_id, 1)


def test_of_nobody_there_are_no_files(known):
    told = known.get(f"{PATH}/{asked(known, {**WISH, 'userId': 'nobody'})}").json

    assert (told["status"], told["urls"]) == ("done", [])


def test_a_documented_request_takes_up_to_five_days_and_is_kept_for_two(documented, event):
    documented.upload(event())
    number = asked(documented)
    seen = []

    for _ in range(8 * 24):
        told = documented.get(f"{PATH}/{number}").json
        seen.append((told["status"], len(told["urls"])))
        documented.clock.advance(hours=1)

    assert list(dict.fromkeys(seen)) == [("submitted", 0), ("done", 1), ("done", 0)]
    assert 0 < seen.index(("done", 1)) <= 5 * 24
    assert seen.count(("done", 1)) == 48
    assert documented.get(f"{PATH}/{number}/outputs/0").status_code == 404


def test_an_hour_has_a_cost_limit(documented):
    for _ in range(1_799):
        asked(documented)

    assert [documented.get(f"{PATH}/1").status_code for _ in range(9)] == [404] * 8 + [429]
    documented.clock.advance(hours=1)
    assert documented.get(f"{PATH}/1").status_code == 404


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"startDate": "2026-02-01", "endDate": "2026-03-01"},
        {**WISH, "amplitudeId": 1},
        {**WISH, "startDate": "soon"},
        {**WISH, "startDate": "2026-03-11"},
        {**WISH, "userId": ["user-1"]},
    ],
)
def test_an_unusable_request_is_refused_and_not_remembered(amplitude, wish):
    before = amplitude.fake.fingerprint()

    assert amplitude.post(PATH, wish).status_code == 400
    assert amplitude.fake.fingerprint() == before
