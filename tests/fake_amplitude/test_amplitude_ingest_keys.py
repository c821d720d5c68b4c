"""Several projects in an organisation, and several secret keys in a project (facts/amplitude-api.md 1.1)."""

import pytest


def test_a_project_may_own_several_secret_keys_and_each_opens_the_door(amplitude):
    second = amplitude.fake.create_secret_key(amplitude.project)

    for secret_key in (amplitude.project.secret_key, second):
        answer = amplitude.client.get("/api/3/cohorts", auth=(amplitude.project.api_key, secret_key))
        assert answer.status_code == 200


def test_a_rotated_secret_key_stops_working_at_its_revocation(amplitude):
    new = amplitude.fake.create_secret_key(amplitude.project)
    amplitude.fake.revoke_secret_key(amplitude.project, amplitude.project.secret_key)

    old_key = amplitude.get("/api/3/cohorts")
    new_key = amplitude.client.get("/api/3/cohorts", auth=(amplitude.project.api_key, new))

    assert (old_key.status_code, new_key.status_code) == (403, 200)


def test_a_secret_key_opens_its_own_project_only(amplitude):
    other = amplitude.fake.create_project("Other")

    answer = amplitude.client.get("/api/3/cohorts", auth=(other.api_key, amplitude.project.secret_key))

    assert answer.status_code == 403


def test_a_key_that_the_project_does_not_have_cannot_be_revoked(amplitude):
    with pytest.raises(KeyError):
        amplitude.fake.revoke_secret_key(amplitude.project, "never made")


def test_without_any_secret_key_nothing_opens(amplitude):
    amplitude.fake.revoke_secret_key(amplitude.project, amplitude.project.secret_key)

    assert amplitude.client.get("/api/3/cohorts", auth=(amplitude.project.api_key, "")).status_code == 403


def test_projects_of_one_organisation_keep_their_events_apart(amplitude, event):
    other = amplitude.fake.create_project("Other")

    amplitude.upload(event())
    answer = amplitude.client.get("/api/2/events/list", auth=(other.api_key, other.secret_key))

    assert answer.json == {"data": []}
