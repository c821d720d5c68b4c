"""API keys: they open the app until they are rotated or deleted; and the log of who changed what."""

from __future__ import annotations

import pytest
from onesignal_caller import Caller
from onesignal_official import models

PHONE = {"type": "AndroidPush", "token": "t"}
WEEK = {"start_time": "2026-03-01T00:00:00Z"}


@pytest.fixture
def organization(fake):
    """Calls with the organization's key."""
    return Caller(fake, fake.organization_api_key)


@pytest.fixture
def tokens(app):
    return f"/apps/{app.id}/auth/tokens"


def opens(fake, app, key):
    return Caller(fake, key)("GET", f"/apps/{app.id}/segments").status_code == 200


def test_the_official_client_makes_lists_changes_rotates_and_deletes_a_key(official, fake, app):
    settings = models.CreateApiKeyRequest(name="Backend", ip_allowlist_mode="explicit", ip_allowlist=["10.0.0.0/8"])
    made = official.create_api_key(app.id, settings)
    official.update_api_key(app.id, made.token_id, models.UpdateApiKeyRequest(name="Frontend"))
    listed = official.view_api_keys(app.id).tokens
    rotated = official.rotate_api_key(app.id, made.token_id)

    assert [(one.token_id, one.name, one.ip_allowlist) for one in listed] == [
        (made.token_id, "Frontend", ["10.0.0.0/8"])
    ]
    assert "formatted_token" not in listed[0].to_dict()
    assert rotated.token_id == made.token_id
    assert [opens(fake, app, one.formatted_token) for one in (made, rotated)] == [False, True]

    official.delete_api_key(app.id, made.token_id)

    assert not opens(fake, app, rotated.formatted_token)
    assert official.view_api_keys(app.id).tokens == []


def test_a_key_opens_its_app_and_no_other(organization, fake, app, tokens):
    other = fake.create_app("Another shop")

    key = organization("POST", tokens, {"name": "Backend"}).json["formatted_token"]

    assert (opens(fake, app, key), opens(fake, other, key)) == (True, False)
    assert opens(fake, app, app.rest_api_key)


def test_keys_are_managed_by_the_organization_only(organization, call, sdk, tokens):
    by_app, by_nobody = call("GET", tokens), sdk("GET", tokens)
    unknown = organization("GET", "/apps/00000000-0000-4000-8000-000000000000/auth/tokens")

    assert by_app.json == {"errors": ["Current organization permissions do not allow this action."]}
    assert (by_app.status_code, by_nobody.status_code) == (403, 403)
    assert (unknown.status_code, unknown.json) == (404, {"errors": ["App not found"]})


@pytest.mark.parametrize(("method", "more"), [("PATCH", ""), ("DELETE", ""), ("POST", "/rotate")])
def test_an_unknown_key_is_not_found(organization, tokens, method, more):
    answer = organization(method, f"{tokens}/00000000-0000-4000-8000-000000000000{more}", {})

    assert (answer.status_code, answer.json) == (404, {"errors": ["Token not found"]})


@pytest.mark.parametrize(
    "settings",
    [
        {"name": 7},
        {"name": "x" * 129},
        {"ip_allowlist_mode": "open"},
        {"ip_allowlist_mode": []},
        {"ip_allowlist": "10.0.0.0/8"},
        {"ip_allowlist": ["10.0.0.0/33"]},
        {"ip_allowlist": [7]},
    ],
)
def test_malformed_settings_are_refused_without_a_reason(organization, fake, tokens, settings):
    before = fake.fingerprint()

    answer = organization("POST", tokens, settings)

    assert (answer.status_code, answer.json) == (400, {})
    assert fake.fingerprint() == before


def test_the_seventeenth_key_is_refused(organization, tokens):
    statuses = [organization("POST", tokens, {}).status_code for _ in range(17)]

    assert statuses == [200] * 16 + [400]


def test_a_secret_is_shown_once_and_never_in_a_repr(organization, fake, app, tokens):
    secret = organization("POST", tokens, {}).json["formatted_token"]

    assert secret not in organization("GET", tokens).text
    assert secret not in repr(fake.world.apps[app.id].keys)


def test_every_change_over_the_api_is_one_row_of_the_audit_log(official, organization, call, fake, app, tokens):
    key = organization("POST", tokens, {"name": "Backend"}).json
    keyed = Caller(fake, key["formatted_token"])
    segment = keyed(
        "POST",
        f"/apps/{app.id}/segments",
        {"name": "Berlin", "filters": [{"field": "country", "relation": "=", "value": "DE"}]},
    )
    call("DELETE", f"/apps/{app.id}/segments/{segment.json['id']}")
    organization("PUT", f"/apps/{app.id}", {"name": "Corner shop 2"})
    organization("PUT", f"/apps/{app.id}", {"name": ""})

    rows = official.list_audit_logs(fake.world.organization.id, **WEEK).audit_logs

    assert [(row.action, row.actor.name, row.targets[0].name) for row in rows] == [
        ("api_key.created", "Organization API key", "Backend"),
        ("segment.created", "Backend", "Berlin"),
        ("segment.deleted", "App API key", "Berlin"),
        ("app.updated", "Organization API key", "Corner shop 2"),
    ]
    assert {row.app_id for row in rows} == {app.id}
    assert rows[1].actor.id == key["token_id"]


def test_a_message_is_a_row_of_the_audit_log_with_who_and_from_where(official, call, fake, app):
    call("POST", f"/apps/{app.id}/users", {"identity": {"external_id": "anna"}, "subscriptions": [PHONE]})
    later = {"app_id": app.id, "included_segments": ["All"], "contents": {"en": "Hi"}, "name": "Sale"}
    later |= {"send_after": "2026-03-03T09:00:00Z", "idempotency_key": "spring"}
    shop = {"REMOTE_ADDR": "203.0.113.7", "HTTP_USER_AGENT": "shop/1.0"}

    sent = call("POST", "/notifications", later, environ_overrides=shop).json["id"]
    call("POST", "/notifications", later)
    call(
        "POST",
        "/notifications",
        later | {"idempotency_key": "", "included_segments": ["Nobody here"], "send_after": ""},
    )
    call("DELETE", f"/notifications/{sent}?app_id={app.id}")
    call("DELETE", f"/notifications/{sent}?app_id={app.id}")
    organization_id = fake.world.organization.id
    rows = official.list_audit_logs(organization_id, **WEEK).audit_logs
    from_there = official.list_audit_logs(organization_id, ip_addresses=["203.0.113.7"], **WEEK).audit_logs

    assert [(row.action, row.targets[0].id, row.targets[0].name) for row in rows] == [
        ("notification.sent", sent, "Sale"),
        ("notification.canceled", sent, "Sale"),
    ]
    assert [(row.action, row.context.ip, row.context.user_agent) for row in from_there] == [
        ("notification.sent", "203.0.113.7", "shop/1.0")
    ]


def test_the_audit_log_is_read_by_pages_and_narrowed(official, organization, fake, tokens):
    for name in ("one", "two", "three"):
        organization("POST", tokens, {"name": name})

    first = official.list_audit_logs(fake.world.organization.id, limit=2, **WEEK)
    second = official.list_audit_logs(fake.world.organization.id, limit=2, cursor=first.next_cursor)
    none = official.list_audit_logs(fake.world.organization.id, actions=["segment.created"], **WEEK)
    some = official.list_audit_logs(fake.world.organization.id, actions=["api_key.created"], limit=1, **WEEK)

    assert [row.targets[0].name for row in first.audit_logs] == ["one", "two"]
    assert [row.targets[0].name for row in second.audit_logs] == ["three"]
    assert (first.has_more, second.has_more, "next_cursor" in second.to_dict()) == (True, False, False)
    assert (none.audit_logs, len(some.audit_logs)) == ([], 1)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "start_time=yesterday",
        "start_time=2025-01-01T00:00:00Z",
        "start_time=2026-03-01T00:00:00Z&end_time=2026-02-01T00:00:00Z",
        "cursor=%00",
        "cursor=W10=",
        "start_time=2026-03-01T00:00:00Z&limit=many",
        "start_time=2026-03-01T00:00:00Z&app_ids=" + ",".join("abcdefghijk"),
    ],
)
def test_a_malformed_audit_query_is_refused_without_a_reason(organization, fake, query):
    answer = organization("GET", f"/organizations/{fake.world.organization.id}/audit_logs?{query}")

    assert (answer.status_code, answer.json) == (400, {})


def test_the_audit_log_belongs_to_one_organization(organization, call, fake):
    strange = organization("GET", "/organizations/00000000-0000-4000-8000-000000000000/audit_logs")
    by_app = call("GET", f"/organizations/{fake.world.organization.id}/audit_logs")

    assert (strange.status_code, by_app.status_code) == (404, 403)
