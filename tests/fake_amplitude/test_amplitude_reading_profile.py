"""What the profile API tells of one user (facts/amplitude-api.md 1.9)."""

import pytest

from fake_amplitude.rules import Performed

PATH = "/v1/userprofile"


@pytest.fixture
def read(amplitude, event):
    amplitude.upload(event(user_properties={"plan": "pro"}, country="DE"), event(user_id=None, device_id="device-x"))

    def ask(key=None, **query):
        headers = {"Authorization": f"Api-Key {key or amplitude.project.secret_key}"}
        return amplitude.client.get(PATH, query_string=query, headers=headers)

    return ask


def test_what_was_not_asked_for_is_null(read):
    assert read(user_id="user-1").json == {
        "userData": {
            "recommendations": None,
            "user_id": "user-1",
            "device_id": "device-1",
            "amp_props": None,
            "cohort_ids": None,
        }
    }


def test_properties_are_told_when_asked_for(read):
    assert read(device_id="device-1", get_amp_props="true").json["userData"]["amp_props"] == {
        "country": "DE",
        "plan": "pro",
    }


def test_only_cohorts_that_are_synced_to_the_profile_api_are_told(read, amplitude):
    synced, _, empty = (
        amplitude.fake.create_cohort(amplitude.project, name, Performed(event_type, ">=", 1, None))
        for name, event_type in [("Players", "Play"), ("Also players", "Play"), ("Nobody", "Pay")]
    )
    for cohort in (synced, empty):
        amplitude.fake.dashboard.sync_to_profile_api(cohort.id)

    assert read(user_id="user-1", get_cohort_ids="true").json["userData"]["cohort_ids"] == [synced.id]


def test_an_anonymous_user_is_read_by_the_device(read):
    assert read(device_id="device-x").json["userData"]["user_id"] is None


@pytest.mark.parametrize("query", [{"user_id": "nobody"}, {"device_id": "nothing"}, {}])
def test_nobody_was_not_seen_before(read, query):
    answer = read(**query)

    assert (answer.status_code, answer.json) == (400, {"error": "User id and device id not seen before"})


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({}, "Missing Api-Key in Authorization header"),
        ({"Authorization": "Basic eDp5"}, "Missing Api-Key in Authorization header"),
        ({"Authorization": "Api-Key wrong"}, "Invalid Api-Key"),
    ],
)
def test_a_missing_or_wrong_key_is_a_401_in_plain_text(amplitude, headers, words):
    answer = amplitude.client.get(PATH, headers=headers)

    assert (answer.status_code, answer.text) == (401, words)
    assert answer.content_type.startswith("text/plain")


def test_there_is_no_profile_api_in_the_eu(another):
    european = another(region="EU")

    answer = european.client.get(PATH, headers={"Authorization": f"Api-Key {european.project.secret_key}"})

    assert (answer.status_code, answer.data) == (404, b"")


def test_an_organisation_reads_six_hundred_profiles_a_minute(documented):
    headers = {"Authorization": f"Api-Key {documented.project.secret_key}"}

    statuses = [documented.client.get(PATH, headers=headers).status_code for _ in range(601)]

    assert statuses == [400] * 600 + [429]
