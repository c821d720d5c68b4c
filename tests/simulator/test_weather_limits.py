"""Every documented limit that answers 429: one second before the wait is over it is 429 still, at its end it is not.

OneSignal says how long to wait in Retry-After; Amplitude's waits are documented (`facts/amplitude-api.md` 2.4, 6) and
each is the length of the window. Numbers that would take thousands of calls are made small; the tests of each fake hold
the documented ones.
"""

from datetime import UTC, datetime
from typing import NamedTuple

import pytest

import fake_amplitude.limits
import fake_amplitude.throttle
import fake_onesignal.activity
import fake_onesignal.exports
import fake_onesignal.limits
from simulator import Simulation
from simulator.caller import basic

MIDNIGHT = datetime(2026, 1, 5, tzinfo=UTC)  # Amplitude's windows are counted in steps; at midnight each begins one
LATER = "2027-01-01 00:00:00 UTC"
HOUR = 3_600
SMALL = 3
CALLS_MAX = 200


class Limit(NamedTuple):
    """A call that is limited: how it is made on a street, and how long whoever made too many must wait."""

    make: object
    wait_s: int
    smaller: object = None


class Street:
    """Calls with the keys of one simulation, and nobody who waits by himself."""

    def __init__(self, simulation):
        self.simulation = simulation
        self.session = simulation.session()
        self.app = simulation.app.id
        self.project = simulation.project
        self.cohort_id = None
        self.keys = {
            "https://api.onesignal.com": f"Key {simulation.app.rest_api_key}",
            "https://amplitude.com": basic(self.project.api_key, self.project.secret_key),
        }

    def ask(self, method, url, body=None, **words):
        headers = {"Authorization": next((key for host, key in self.keys.items() if url.startswith(host)), "")}
        return self.session.request(method, url, json=body, headers=headers, timeout=10, **words)

    def onesignal(self, method, path, body=None):
        return self.ask(method, f"https://api.onesignal.com{path}", body)

    def amplitude(self, method, path, body=None):
        return self.ask(method, f"https://amplitude.com{path}", body)

    def upload(self, path):
        events = [{"user_id": "user-1", "event_type": "Play"}]
        return self.ask(
            "POST", f"https://api2.amplitude.com{path}", {"api_key": self.project.api_key, "events": events}
        )

    def user(self):
        return self.onesignal(
            "POST",
            f"/apps/{self.app}/users",
            {"identity": {"external_id": "user-1"}, "subscriptions": [{"type": "AndroidPush", "token": "token"}]},
        )


def smaller(owner, name, small=SMALL):
    return lambda patch: patch.setattr(owner, name, small)


def rest(call):
    def patch_it(patch):
        length_ms = fake_amplitude.limits.REST_CALLS[call][1]
        patch.setitem(fake_amplitude.limits.REST_CALLS, call, (24 if call == "subject access" else SMALL, length_ms))

    return patch_it


def eps(path):
    def patch_it(patch):
        patch.setitem(fake_amplitude.throttle.EPS, path, 1)

    return patch_it


def update_twice(street):
    return street.onesignal(
        "PATCH", f"/apps/{street.app}/users/by/external_id/user-1", {"properties": {"tags": {"a": "1"}}}
    )


def identify(street):
    form = {"api_key": street.project.api_key, "identification": '{"user_id": "user-1", "user_properties": {"a": 1}}'}
    return street.session.post("https://api2.amplitude.com/identify", data=form, timeout=10)


def map_users(street):
    form = {"api_key": street.project.api_key, "mapping": '{"user_id": "user-1", "global_user_id": "user-2"}'}
    return street.session.post("https://api.amplitude.com/usermap", data=form, timeout=10)


def message(street):
    body = {
        "app_id": street.app,
        "included_segments": ["Total Subscriptions"],
        "contents": {"en": "Hello"},
        "send_after": LATER,
    }
    return street.onesignal("POST", "/notifications", body)


def cohort(street):
    street.cohort_id = street.cohort_id or street.simulation.property_cohort("Anybody", "plan", "pro")
    return street.amplitude("GET", f"/api/5/cohorts/request/{street.cohort_id}")


def chart(street):
    street.upload("/2/httpapi")
    return street.amplitude("GET", '/api/2/events/segmentation?e={"event_type":"Play"}&start=20260101&end=20260131')


LIMITS = {
    "OneSignal: writes of an app": Limit(
        lambda street: street.user(), 1, smaller(fake_onesignal.limits, "WRITES_PER_S")
    ),
    "OneSignal: updates of one user": Limit(update_twice, 1),
    "OneSignal: views of users": Limit(
        lambda street: street.onesignal("GET", f"/apps/{street.app}/users/by/external_id/user-1"), 1
    ),
    "OneSignal: views of messages": Limit(
        lambda street: street.onesignal("GET", f"/notifications?app_id={street.app}"), 1
    ),
    "OneSignal: views of templates": Limit(
        lambda street: street.onesignal("GET", f"/templates?app_id={street.app}"), 1
    ),
    "OneSignal: messages of the free plan": Limit(message, 1),
    "OneSignal: exports": Limit(
        lambda street: street.onesignal("POST", f"/players/csv_export?app_id={street.app}", {}),
        1,
        smaller(fake_onesignal.exports, "ROWS_PER_S", 1),
    ),
    "Amplitude: events of a user": Limit(lambda street: street.upload("/2/httpapi"), 30, eps("/2/httpapi")),
    "Amplitude: a user's batched events": Limit(lambda street: street.upload("/batch"), 30, eps("/batch")),
    "Amplitude: a user's events in a day": Limit(
        lambda street: street.upload("/batch"), 24 * HOUR, smaller(fake_amplitude.throttle, "DAILY_QUOTA")
    ),
    "Amplitude: events of a project": Limit(
        lambda street: street.upload("/2/httpapi"), 30, smaller(fake_amplitude.throttle, "PROJECT_EPS", 0.5)
    ),
    "Amplitude: batches of a project": Limit(
        lambda street: street.upload("/2/httpapi"), 30, smaller(fake_amplitude.throttle, "PROJECT_BATCHES", 0.5)
    ),
    "Amplitude: identifications": Limit(identify, 30, eps("/identify")),
    "Amplitude: user mappings": Limit(map_users, 30, smaller(fake_amplitude.throttle, "MAPPING_REQUESTS", 0.5)),
    "Amplitude: cohort requests": Limit(cohort, 600, rest("cohort request")),
    "Amplitude: cohort downloads": Limit(cohort, 30 * 24 * HOUR, rest("cohort download")),
    "Amplitude: user searches": Limit(
        lambda street: street.amplitude("GET", "/api/2/usersearch?user=user-1"), HOUR, rest("user search and activity")
    ),
    "Amplitude: deletions": Limit(
        lambda street: street.amplitude(
            "POST", "/api/2/deletions/users", {"user_ids": ["user-1"], "requester": "r", "ignore_invalid_id": "true"}
        ),
        1,
    ),
    "Amplitude: charts": Limit(chart, 300),
}


@pytest.mark.parametrize("name", LIMITS)
def test_one_second_before_the_wait_is_over_it_is_429_and_at_its_end_it_is_not(name, monkeypatch):
    limit = LIMITS[name]
    if limit.smaller is not None:
        limit.smaller(monkeypatch)
    simulation = Simulation(limits="documented", start=MIDNIGHT)
    simulation.onesignal.set_plan(simulation.app.id, "free")
    street = Street(simulation)
    assert street.user().status_code < 300
    statuses = []
    while 429 not in statuses and len(statuses) < CALLS_MAX:
        answer = limit.make(street)
        statuses.append(answer.status_code)

    assert statuses[-1] == 429
    assert all(status < 300 for status in statuses[:-1]), statuses
    assert int(answer.headers.get("Retry-After", limit.wait_s)) == limit.wait_s
    if limit.wait_s > 1:
        simulation.wait(limit.wait_s - 1)
    assert limit.make(street).status_code == 429
    simulation.wait(1)
    assert limit.make(street).status_code < 300
