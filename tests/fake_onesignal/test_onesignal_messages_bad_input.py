"""Bad input to the routes of messages: the vendor's own refusal, never a crash, and nothing remembered of it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

UUID = "11111111-2222-4333-8444-555555555555"
ROUTES = [
    ("POST", "/notifications"),
    ("POST", "/notifications/count-unsaved"),
    ("PUT", "/notifications/{sent}"),
    ("PUT", "/notifications/{sent}/report_received"),
    ("POST", "/in_app_messages/{iam}/impression"),
    ("POST", "/in_app_messages/{iam}/click"),
    ("POST", "/in_app_messages/{iam}/pageImpression"),
]
NO_JSON_OBJECT = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"7",
    b'"text"',
    b"1e999",
    b'{"app_id": "\\ud800"}',
    b"\xff\xfe",
    b"[" * 50_000,
    b'{"app_id": {"a": [null]}}',
    b'{"app_id": "\\u0000"}',
    b'{"app_id": 123456789012345678901234567890}',
]
WRONG_FIELDS = [
    {"contents": "Hello"},
    {"contents": {"en": 7}},
    {"contents": [None]},
    {"headings": {"en": None}},
    {"included_segments": "All"},
    {"included_segments": [None]},
    {"include_aliases": ["anna"]},
    {"include_aliases": {"external_id": "anna"}},
    {"include_subscription_ids": {"a": 1}},
    {"include_subscription_ids": ["\x00"]},
    {"include_player_ids": [7]},
    {"filters": {"field": "tag"}},
    {"included_segments": None, "filters": [{"operator": "OR"}]},
    {"included_segments": None, "filters": [None]},
    {"target_channel": "fax"},
    {"send_after": 7},
    {"send_after": "9999-12-31T23:59:59-14:00"},
    {"send_after": "\x00"},
    {"send_after": "(" * 500_000},
    {"isIos": "yes"},
    {"name": {"a": "b"}},
    {"idempotency_key": ["a"]},
    {"template_id": 9},
    {"email_to": "a@example.com"},
    {"include_phone_numbers": 4915100000001},
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    "contents",
    "headings",
    "included_segments",
    "excluded_segments",
    "include_aliases",
    "include_subscription_ids",
    "include_player_ids",
    "include_external_user_ids",
    "email_to",
    "include_phone_numbers",
    "filters",
    "target_channel",
    "send_after",
    "name",
    "isIos",
    "external_id",
    "player_id",
    "opened",
    "click_id",
    "device_type",
]


@pytest.fixture
def busy(shop):
    """A shop that has sent something; answers it with the ids that paths need."""
    device = shop.device("anna")
    shop.ids = {
        "sent": shop.push("anna"),
        "iam": shop.fake.create_in_app_message(shop.app.id, name="Welcome").id,
        "device": device,
    }
    shop.fake.run_due()
    return shop


@pytest.mark.parametrize("body", NO_JSON_OBJECT, ids=range(len(NO_JSON_OBJECT)))
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_what_is_no_proper_object_is_refused(busy, method, path, body):
    before = busy.fake.fingerprint()

    answer = busy.call(method, path.format(**busy.ids), data=body, headers={"Content-Type": "application/json"})

    assert answer.status_code in {400, 401, 403}, answer.text
    assert answer.json["errors"]
    assert busy.fake.fingerprint() == before


@pytest.mark.parametrize("wrong", WRONG_FIELDS, ids=range(len(WRONG_FIELDS)))
def test_a_field_of_the_wrong_type_is_refused(busy, wrong):
    before = busy.fake.fingerprint()

    answer = busy.post(**{"included_segments": ["All"], "contents": {"en": "Hello"}} | wrong)

    assert answer.status_code == 400, answer.text
    assert answer.json["errors"]
    assert busy.fake.fingerprint() == before


@pytest.mark.parametrize(("method", "path"), ROUTES[2:])
@pytest.mark.parametrize("wrong", [{"player_id": 7}, {"player_id": [None]}, {"device_type": "iOS"}, {"app_id": UUID}])
def test_a_report_of_the_wrong_shape_is_refused(busy, method, path, wrong):
    before = busy.fake.fingerprint()
    report = {"app_id": busy.app.id, "player_id": busy.ids["device"], "opened": True}

    answer = busy.sdk(method, path.format(**busy.ids), report | wrong)

    assert answer.status_code == 400, answer.text
    assert busy.fake.fingerprint() == before


@pytest.mark.parametrize("said", [{"opened": True}, {}])
@pytest.mark.parametrize(("method", "path"), ROUTES[2:])
def test_a_report_on_an_unknown_message_is_not_found(busy, method, path, said):
    before = busy.fake.fingerprint()
    report = {"app_id": busy.app.id, "player_id": busy.ids["device"], **said}

    answer = busy.sdk(method, path.format(sent=UUID, iam="%2F%00"), report)

    assert answer.status_code == 404
    assert busy.fake.fingerprint() == before


@pytest.mark.parametrize(
    "query", ["", "?app_id=", "?app_id=shop", f"?app_id={UUID}", "?app_id={app}&limit=-1", "?app_id={app}&kind=x"]
)
def test_a_view_without_a_proper_query_is_refused(busy, query):
    answer = busy.call("GET", "/notifications" + query.format(app=busy.app.id))

    assert answer.status_code in {400, 401, 403}
    assert answer.json["errors"]


@pytest.mark.parametrize("query", ["", "?app_id=shop", f"?app_id={UUID}"])
@pytest.mark.parametrize(("method", "verb"), [("GET", ""), ("DELETE", ""), ("POST", "/export_events")])
def test_a_message_is_only_touched_by_those_who_name_its_app(busy, method, verb, query):
    before = busy.fake.fingerprint()

    answer = busy.call(method, f"/notifications/{busy.ids['sent']}{verb}{query}")

    assert answer.status_code in {400, 401, 403}
    assert busy.fake.fingerprint() == before


@pytest.mark.parametrize(
    ("method", "path"),
    [("PATCH", "/notifications"), ("POST", "/in_app_messages"), ("GET", "/in_app_messages/x/impression")],
)
def test_a_route_or_method_that_does_not_exist_answers_in_the_vendors_envelope(busy, method, path):
    answer = busy.call(method, path)

    assert answer.status_code in {404, 405}
    assert answer.json["errors"]


def test_an_oversized_body_is_refused(busy):
    before = busy.fake.fingerprint()

    answer = busy.post(included_segments=["All"], contents={"en": "x" * 6_000_000})

    assert answer.status_code == 413
    assert busy.fake.fingerprint() == before


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(route=st.sampled_from(ROUTES), body=st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=6))
def test_no_object_makes_it_crash_and_a_refusal_leaves_no_trace(busy, route, body):
    method, path = route
    before = busy.fake.fingerprint()

    answer = busy.call(method, path.format(**busy.ids), {**body, "app_id": busy.app.id})
    busy.fake.run_due()

    assert answer.status_code in {200, 400, 404}
    if answer.status_code != 200:
        assert busy.fake.fingerprint() == before


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"ttl": "soon"}, "ttl: expected integer, got string"),
        ({"buttons": [{}] * 4}, "buttons: expected array of length <= 3"),
        ({"throttle_rate_per_minute": []}, "throttle_rate_per_minute: expected integer or string, got array"),
    ],
)
def test_a_field_of_the_wrong_type_is_named_with_what_it_should_be(shop, more, text):
    answer = shop.post(contents={"en": "Hello"}, included_segments=["All"], **more)

    assert (answer.status_code, answer.json) == (400, {"errors": [f"Request is malformed: {text}"]})
