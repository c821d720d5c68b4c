"""The way in: roots, unknown and unbuilt routes, limits, the hot route, bad input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from fake_onesignal import hot
from fake_onesignal.doors import doors

if TYPE_CHECKING:
    from collections.abc import Callable

    from onesignal_caller import Caller, Clock
    from werkzeug.test import TestResponse

    from fake_onesignal import FakeOneSignal
    from fake_onesignal.records import App

    Call = Callable[..., TestResponse]

ADA = {"identity": {"external_id": "ada"}, "subscriptions": [{"type": "Email", "token": "a@b.c"}]}
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "null", "\0", "ada", "email", "Email", "t" * 200]),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "token", "tags", "external_id", "a"]), children, max_size=3)
    ),
    max_leaves=6,
)
KEYS = st.sampled_from(
    [
        "identity",
        "properties",
        "subscriptions",
        "subscription",
        "deltas",
        "name",
        "filters",
        "app_id",
        "device_type",
        "identifier",
        "tags",
        "external_user_id",
        "extra_fields",
        "last_active_since",
        "segment_name",
        "purchases",
        "add",
        "remove",
    ]
)
BROKEN = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"1",
    b'"x"',
    b"[" * 2_000,
    b'{"identity":{"a":"\\ud800"}}',
    b"\xff\xfe",
    b'{"a":1e999}',
]
ROUTES = [
    ("POST", "/apps/{app}/users"),
    ("PATCH", "/apps/{app}/users/by/external_id/ada"),
    ("PATCH", "/apps/{app}/users/by/external_id/ada/identity"),
    ("POST", "/apps/{app}/users/by/external_id/ada/subscriptions"),
    ("PATCH", "/apps/{app}/subscriptions/{subscription}"),
    ("PATCH", "/apps/{app}/subscriptions/{subscription}/owner"),
    ("PATCH", "/apps/{app}/subscriptions/{subscription}/user/identity"),
    ("PATCH", "/apps/{app}/subscriptions_by_token/Email/a@b.c"),
    ("POST", "/apps/{app}/segments"),
    ("PATCH", "/apps/{app}/segments/{subscription}"),
    ("POST", "/players"),
    ("PUT", "/players/{subscription}"),
    ("POST", "/players/{subscription}/on_purchase"),
    ("PUT", "/apps/{app}/users/ada"),
    ("POST", "/players/csv_export?app_id={app}"),
    ("PUT", "/modelled/apps/{app}/amplitude_cohorts/c1"),
    ("POST", "/modelled/apps/{app}/amplitude_cohorts/c1/members"),
]


def reached(route: tuple[str, str], app: App, call: Call) -> tuple[str, str]:
    """The route with the ids of a user who exists."""
    method, path = route
    seen = call("POST", f"/apps/{app.id}/users", ADA)
    return method, path.format(app=app.id, subscription=seen.json["subscriptions"][0]["id"])


@pytest.mark.parametrize("route", ROUTES)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(body=st.dictionaries(KEYS, JSON_VALUES, max_size=4) | JSON_VALUES)
def test_whatever_is_sent_a_refusal_leaves_the_world_as_it_was(
    app: App, call: Caller, route: tuple[str, str], body: Any
) -> None:
    fake = call.fake
    target = reached(route, app, call)
    before = fake.fingerprint()

    answer = call(*target, body)

    assert answer.status_code < 500
    assert isinstance(answer.json, dict)
    if answer.status_code >= 400:
        assert fake.fingerprint() == before


@pytest.mark.parametrize("route", ROUTES)
def test_a_broken_body_is_refused_without_any_change(app: App, call: Caller, route: tuple[str, str]) -> None:
    fake = call.fake
    target = reached(route, app, call)
    for body in BROKEN:
        before = fake.fingerprint()

        answer = call(*target, data=body, content_type="application/json")

        assert answer.status_code < 500, body
        if answer.status_code >= 400:
            assert fake.fingerprint() == before


@pytest.mark.parametrize("route", ROUTES)
def test_a_wrong_key_opens_nothing(app: App, call: Caller, route: tuple[str, str]) -> None:
    fake = call.fake
    target = reached(route, app, call)
    before = fake.fingerprint()

    answer = call(*target, {"app_id": app.id}, headers={"Authorization": "Key os_v2_app_wrong"})

    assert answer.status_code == 403
    assert fake.fingerprint() == before


def test_unknown_routes_methods_and_apps_answer_in_the_vendors_envelope(call: Call, sdk: Call, app: App) -> None:
    unknown, method = call("GET", "/nowhere"), call("PUT", f"/apps/{app.id}/segments")

    assert (unknown.status_code, unknown.json) == (404, {"errors": ["Not Found"]})
    assert (method.status_code, method.headers["Allow"]) == (405, "GET, HEAD, OPTIONS, POST")
    assert call("GET", "/apps/00000000-0000-4000-8000-000000000000/segments").status_code == 403
    assert sdk("POST", "/apps/00000000-0000-4000-8000-000000000000/users", ADA).status_code == 400
    assert call("GET", f"/apps/{app.id}/users/by/external_id/%ff").status_code == 404
    assert call("GET", f"/apps/{app.id}/users/by/onesignal_id/7").json["errors"][0]["code"] == "request-1"


@pytest.mark.parametrize("uri", ["http://api.onesignal.com/api/v1/nowhere?x=1", "http://[", "//", "*", "%", "/%00"])
def test_any_request_uri_finds_its_way(fake: FakeOneSignal, uri: str) -> None:
    answer = Client(fake).get("/", environ_overrides={"REQUEST_URI": uri})

    assert (answer.status_code, answer.json) == (404, {"errors": ["Not Found"]})


@pytest.mark.parametrize(
    "root", ["", "/", "/api/v1", "//api/v1", "/api/v1/", "http://api.onesignal.com/", "http://h/api/v1/"]
)
def test_a_base_url_may_end_with_a_slash(call: Call, app: App, root: str) -> None:
    answer = call("GET", "/", environ_overrides={"REQUEST_URI": f"{root}/apps/{app.id}/segments?limit=1"})

    assert (answer.status_code, answer.json["total_count"]) == (200, 6)


def test_known_but_unbuilt_operations_say_so(call: Call, app: App) -> None:
    inbox, of_user = f"/apps/{app.id}/inbox", f"/apps/{app.id}/users/by/external_id/ada/inbox"
    calls = [("POST", inbox), ("GET", inbox), ("GET", of_user), ("PATCH", of_user)]
    calls += [("PATCH", f"{of_user}/1"), ("GET", f"{of_user}/unread_count")]

    answers = [call(method, path) for method, path in calls]

    assert [answer.status_code for answer in answers] == [501] * 6
    said = answers[2].json["errors"][0]
    assert said.startswith("fake_onesignal does not have the operation view_inbox: OneSignal publishes the paths")


def test_too_large_a_body_is_refused(call: Call, app: App) -> None:
    answer = call("POST", f"/apps/{app.id}/users", data=b" " * 5_000_001)

    assert answer.status_code == 413


def test_a_web_page_may_call(sdk: Call, app: App) -> None:
    preflight = sdk("OPTIONS", f"/apps/{app.id}/users", headers={"Origin": "https://shop.test"})

    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("body", [ADA, {}, {"identity": 1}, {"subscriptions": [{"type": "Toaster"}]}])
def test_the_hot_route_answers_as_flask_does(
    new_fake: Callable[..., FakeOneSignal], monkeypatch: pytest.MonkeyPatch, body: dict[str, Any]
) -> None:
    seen = []
    for is_hot in (True, False):
        fake = new_fake()
        app = fake.create_app("Corner shop")
        if not is_hot:
            monkeypatch.setattr(hot, "BODY_BYTES_MAX", -1)
        client = Client(fake)
        answers = [
            client.post(f"/apps/{app.id}/users", json=body, headers=headers)
            for headers in ({}, {"Authorization": f"Key {app.rest_api_key}"}, {"Authorization": "Key no"})
        ]
        seen.append([(one.status, sorted(one.headers.items()), one.data) for one in answers] + [fake.fingerprint()])

    assert seen[0] == seen[1]


def test_two_worlds_share_one_flask_app_and_nothing_else(new_fake: Callable[..., FakeOneSignal], call: Call) -> None:
    one, other = new_fake(), new_fake()
    app = one.create_app("Corner shop")
    same = other.create_app("Corner shop")

    assert type(call)(one, app.rest_api_key)("POST", f"/apps/{app.id}/users", ADA).status_code == 201
    answer = type(call)(other, same.rest_api_key)("GET", f"/apps/{same.id}/users/by/external_id/ada")

    assert (app.id, answer.status_code, doors()) == (same.id, 404, doors())


def test_documented_limits_are_kept_on_the_clock(
    new_fake: Callable[..., FakeOneSignal], clock: Clock, call: Call
) -> None:
    fake = new_fake(limits="documented")
    app = fake.create_app("Corner shop")
    call = type(call)(fake, app.rest_api_key)
    call("POST", f"/apps/{app.id}/users", ADA)
    path = f"/apps/{app.id}/users/by/external_id/ada"
    change = {"properties": {"language": "de"}}

    views = [call("GET", path).status_code for _ in range(2)]
    first, second = call("PATCH", path, change), call("PATCH", path, change)
    clock.advance(seconds=1)

    assert views == [200, 429]
    assert (first.status_code, second.status_code, second.headers["Retry-After"]) == (202, 429, "1")
    assert second.json == {"errors": ["API rate limit exceeded"], "limit": "Subscription/User Update Per Device"}
    assert (call("PATCH", path, change).status_code, call("GET", path).status_code) == (202, 200)


def test_keys_are_not_in_a_repr(fake: FakeOneSignal, app: App) -> None:
    assert app.rest_api_key not in repr(app)
    assert fake.organization_api_key not in repr(fake.world.organization)
