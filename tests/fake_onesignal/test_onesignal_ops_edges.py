"""What every operation of the list has in common: roots, HEAD, encoded ids, methods, pages, keys, envelopes."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest
from onesignal_caller import Caller
from werkzeug.test import Client

from fake_onesignal import FakeOneSignal
from fake_onesignal.coverage import operation_of
from fake_onesignal.operations import shape

OPERATIONS = FakeOneSignal.operations()
READS = [one for one in OPERATIONS if one.method == "GET"]
UNKNOWN = "00000000-0000-4000-8000-000000000000"
ROOTS = ("https://api.onesignal.com", "https://onesignal.com/api/v1", "https://api.onesignal.com/api/v1")
STRUCTURED = ("/users/", "/subscriptions")
OPEN_WITH_ANY_KEY = {"fetch_csv_export", "fetch_events_export", "fetch_history_file", "in_app_message_html", "sync_web"}


def by_name(operation):
    return operation.operation


def path_of(operation, app, value=UNKNOWN):
    path = re.sub(r"\{[^}]*\}", value, operation.path.replace("{app_id}", app.id))
    return path + f"?app_id={app.id}"


def answer(fake, method, url, key):
    headers = {"Authorization": f"Key {key}"}
    return Client(fake).open(url, method=method, headers=headers, json=None if method in {"GET", "HEAD"} else {})


@pytest.mark.parametrize("operation", OPERATIONS, ids=by_name)
def test_the_three_roots_are_one(new_fake, operation):
    answers = []
    for root in ROOTS:
        fake = new_fake()
        app = fake.create_app("Corner shop")
        seen = answer(fake, operation.method, root + path_of(operation, app), app.rest_api_key)
        answers.append((seen.status_code, seen.text, fake.fingerprint()))

    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("operation", READS, ids=by_name)
def test_head_is_get_without_the_body(fake, app, operation):
    got, head = (answer(fake, method, path_of(operation, app), app.rest_api_key) for method in ("GET", "HEAD"))

    assert (head.status_code, head.content_type, head.data) == (got.status_code, got.content_type, b"")


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.path.count("{")], ids=by_name)
def test_an_encoded_slash_belongs_to_the_id(operation):
    path = re.sub(r"\{[^}]*\}", "a%2Fb%20%C3%BC", operation.path)

    assert operation_of(operation.method, path) == operation


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.path.count("{")], ids=by_name)
def test_an_id_that_is_no_text_leads_nowhere(fake, app, operation):
    seen = answer(fake, operation.method, re.sub(r"\{[^}]*\}", "%ff", operation.path), app.rest_api_key)

    assert (seen.status_code, seen.json) == (404, {"errors": ["Not Found"]})


def test_a_wrong_method_names_the_right_ones(fake, app):
    methods = defaultdict(set)
    for one in OPERATIONS:
        methods[shape("", one.path)[1]].add(one.method)
    for one in OPERATIONS:
        known = methods[shape("", one.path)[1]]
        expected = {*known, "OPTIONS", *({"HEAD"} if "GET" in known else ())}

        seen = answer(fake, "TRACE", path_of(one, app), app.rest_api_key)

        assert (seen.status_code, seen.json) == (405, {"errors": ["Method Not Allowed"]})
        assert expected <= set(seen.headers["Allow"].split(", ")), one.path


@pytest.mark.parametrize("operation", OPERATIONS, ids=by_name)
def test_a_page_may_ask_first_and_read_refusals_too(fake, app, operation):
    path = path_of(operation, app)
    asks = {
        "Origin": "https://shop.test",
        "Access-Control-Request-Method": operation.method,
        "Access-Control-Request-Headers": "authorization,content-type,sdk-version,onesignal-subscription-id",
    }

    before, after = Client(fake).options(path, headers=asks), answer(fake, operation.method, path, "wrong")

    assert before.status_code == 200
    assert operation.method in before.headers["Access-Control-Allow-Methods"]
    assert {seen.headers["Access-Control-Allow-Origin"] for seen in (before, after)} == {"*"}


@pytest.mark.parametrize("operation", OPERATIONS, ids=by_name)
def test_a_wrong_key_opens_nothing_and_changes_nothing(fake, app, operation):
    before = fake.fingerprint()

    seen = answer(fake, operation.method, path_of(operation, app), "os_v2_app_wrong")

    if operation.operation not in OPEN_WITH_ANY_KEY:
        assert seen.status_code >= 400
    assert fake.fingerprint() == before


@pytest.mark.parametrize(
    ("method", "path", "keys"),
    [
        ("POST", "/apps/{app}/users", {"errors"}),
        ("GET", "/apps/{app}/users/by/external_id/nobody", {"errors"}),
        ("POST", "/apps/{app}/segments", {"success", "errors"}),
        ("GET", "/apps/{app}/segments/1", {"errors"}),
        ("DELETE", "/apps/{app}/segments/1", {"success"}),
        ("POST", "/notifications?app_id={app}", {"errors", "reference"}),
        ("GET", "/notifications/1?app_id={app}", {"errors"}),
        ("GET", "/templates/1?app_id={app}", {"success", "errors"}),
        ("GET", "/apps/{app}/journeys/1", {"errors"}),
        ("PUT", "/players/1", {"errors", "reference"}),
    ],
)
def test_the_envelope_of_a_refusal_is_that_of_its_family(call, app, method, path, keys):
    seen = call(method, path.format(app=app.id), None if method == "GET" else {})

    assert seen.status_code >= 400
    assert set(seen.json) == keys
    is_structured = "/users" in path
    assert all(isinstance(error, dict if is_structured else str) for error in seen.json.get("errors", ()))


@pytest.mark.parametrize(
    ("method", "path", "envelope"),
    [
        ("GET", "/apps/x", {"errors": ["Couldn't find app with id = x"]}),
        ("PUT", "/apps/x", {"status": 404, "error": "Not Found"}),
        ("POST", "/apps", {"errors": ["Name Enter an app name"]}),
        ("GET", "/apps/x/auth/tokens", {"errors": ["App not found"]}),
        ("POST", "/apps/{app}/auth/tokens", {}),
        ("GET", "/organizations/{organization}/audit_logs", {}),
    ],
)
def test_the_organizations_refusals_have_envelopes_of_their_own(fake, app, method, path, envelope):
    organization = Caller(fake, fake.organization_api_key)
    url = path.format(app=app.id, organization=fake.world.organization.id)

    seen = organization(method, url, None if method == "GET" else {"name": []})

    assert (seen.status_code >= 400, seen.json) == (True, envelope)
