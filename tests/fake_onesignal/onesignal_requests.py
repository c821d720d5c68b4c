"""Requests for every operation of OneSignal's list: valid, nearly valid, and garbage; drawn by Hypothesis."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from conftest import Caller
from hypothesis import strategies as st
from werkzeug.test import Client

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from fake_onesignal import FakeOneSignal
    from fake_onesignal.operations import Operation

ADA = {
    "identity": {"external_id": "ada"},
    "properties": {"tags": {"level": "1"}},
    "subscriptions": [
        {"type": "iOSPush", "token": "t"},
        {"type": "Email", "token": "a@b.test"},
        {"type": "SMS", "token": "+15550100199"},
    ],
}
FILTERS = [{"field": "tag", "key": "level", "relation": "=", "value": "1"}]
MESSAGE = {"included_segments": ["All"], "contents": {"en": "Hello"}, "name": "Hello"}
SUBSCRIPTION = {"subscription": {"type": "AndroidPush", "token": "u", "enabled": False}}
EVENT = {"name": "bought", "external_id": "ada", "properties": {"a": 1}}
JOURNEY = {"name": "Welcome", "nodes": []}
VALID: dict[str, Any] = {
    "create_app": {"name": "Shop"},
    "update_app": {"name": "Shop"},
    "create_api_key": {"name": "Key"},
    "update_api_key": {"name": "Key"},
    "create_user": ADA,
    "update_user": {"properties": {"tags": {"a": "1"}}, "deltas": {"session_count": 1, "purchases": []}},
    "create_alias": {"identity": {"crm": "7"}},
    "create_alias_by_subscription": {"identity": {"crm": "7"}},
    "create_subscription": SUBSCRIPTION,
    "update_subscription": SUBSCRIPTION,
    "update_subscription_by_token": SUBSCRIPTION,
    "transfer_subscription": {"identity": {"external_id": "bob"}},
    "create_segment": {"name": "Level 1", "filters": FILTERS},
    "update_segment": {"name": "Level 2", "filters": FILTERS, "description": ""},
    "create_notification": MESSAGE,
    "estimate_notification_recipients": {"included_segments": ["All"]},
    "create_custom_events": {"events": [EVENT]},
    "start_live_activity": {
        **MESSAGE,
        "event": "start",
        "headings": {"en": "Hello"},
        "activity_id": "a",
        "event_attributes": {},
        "event_updates": {},
    },
    "update_live_activity": {**MESSAGE, "event": "update", "event_updates": {}},
    "begin_live_activity": {"push_token": "live", "subscription_id": "{subscription_id}"},
    "create_template": {"name": "Hello", "contents": {"en": "Hello"}},
    "update_template": {"name": "Hello", "contents": {"en": "Hello"}},
    "create_journey": JOURNEY,
    "update_journey": {"name": "Welcome back"},
    "update_journey_node": {"duration_seconds": 7200},
    "duplicate_journey": {},
    "in_app_message_impression": {"player_id": "{subscription_id}"},
    "in_app_message_click": {"player_id": "{subscription_id}", "click_id": "yes"},
    "in_app_message_page": {"player_id": "{subscription_id}", "page_id": "p"},
    "copy_template_to_app": {"target_app_id": "{app_id}"},
    "measure_outcome": {"id": "bought", "subscription": {"id": "{subscription_id}", "type": "iOSPush"}},
    "get_notification_history": {"events": "sent", "email": "a@b.test"},
    "add_a_device": {"device_type": 0, "identifier": "t", "tags": {"a": 1}},
    "edit_device": {"tags": {"a": "1"}, "external_user_id": "bob"},
    "edit_tags": {"tags": {"a": "1"}},
    "on_purchase": {"purchases": [{"sku": "a", "amount": "1", "iso": "EUR"}]},
    "put_cohort": {"name": "Power users"},
    "change_cohort_members": {"add": ["ada"], "remove": ["bob"]},
}
ORGANIZATIONS_OWN = re.compile(r"^/apps(/\{app_id\})?$|/auth/tokens|^/organizations|/copy_to_app$")
MONTH = {"domain": "shop.test", "start": "2026-02-01T00:00:00Z", "end": "2026-03-01T00:00:00Z"}
QUERIES: dict[str, dict[str, str]] = {
    "get_email_provider_metrics": MONTH,
    "get_email_provider_metrics_timeseries": {**MONTH, "granularity": "daily"},
    "get_outcomes": {"outcome_names": "os__click.count"},
}
NAMES = sorted({name for body in VALID.values() for name in body} | {"id", "app_id", "external_id", "type", "token"})
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "null", "ada", "email", "\0", "x" * 300, "2026-13-45T99:00:00Z", "{{ a }}", "{% a", "é"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*NAMES, "en", ""]), inner, max_size=3),
    max_leaves=6,
)
DEEP = (b"[" * 100_000, b'{"a":' * 50_000 + b"1" + b"}" * 50_000, b'{"identity":' + b"[" * 5_000 + b"]" * 5_000 + b"}")
GARBAGE = (b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", b'{"a":"\xff"}', b'{"a":"\\ud800"}', b'{"a":1e999}')
PATH_VALUES = ["", "a/b", "%", "\0", "é", "x" * 2_000, "null", "..", "5a35dbd2-3e6c-4a1c-93b5-45ba6ee25f1d"]


class Request(NamedTuple):
    """One request as it goes out."""

    method: str
    target: str
    body: bytes
    headers: dict[str, str]
    is_chunked: bool = False


class Town:
    """A small furnished world: two users, three channels, one of everything that has an id."""

    def __init__(self, fake: FakeOneSignal) -> None:
        self.fake = fake
        self.app = fake.create_app("Corner shop", plan="enterprise")
        call = Caller(fake, self.app.rest_api_key)
        people = f"/apps/{self.app.id}/users"
        devices = call("POST", people, ADA).json["subscriptions"]
        call("POST", people, {"identity": {"external_id": "bob"}})
        call("PUT", f"/modelled/apps/{self.app.id}/amplitude_cohorts/c1", {"name": "Power users"})
        template = call("POST", f"/templates?app_id={self.app.id}", {"app_id": self.app.id, **VALID["create_template"]})
        segment = call("POST", f"/apps/{self.app.id}/segments", {"name": "Mine", "filters": FILTERS})
        key = Caller(fake, fake.organization_api_key)("POST", f"/apps/{self.app.id}/auth/tokens", {"name": "Key"})
        runs_on = {"push_token": "live", "subscription_id": devices[0]["id"]}
        call("POST", f"/apps/{self.app.id}/live_activities/a/token", runs_on)
        wait = {"kind": "wait", "duration_seconds": 3600}
        journey = call("POST", f"/apps/{self.app.id}/journeys", {"name": "Welcome", "nodes": [wait]})
        message = call("POST", "/notifications", {"app_id": self.app.id, **MESSAGE})
        self.places = {
            "app_id": self.app.id,
            "alias_label": "external_id",
            "alias_id": "ada",
            "external_user_id": "ada",
            "alias_label_to_delete": "external_id",
            "subscription_id": devices[0]["id"],
            "player_id": devices[0]["id"],
            "token_type": "Email",
            "token": "a@b.test",
            "segment_id": segment.json["id"],
            "notification_id": message.json["id"],
            "message_id": fake.create_in_app_message(self.app.id, name="Hi").id,
            "template_id": template.json["id"],
            "journey_id": journey.json["id"],
            "node_id": journey.json["nodes"][0]["id"],
            "token_id": key.json["token_id"],
            "organization_id": self.app.organization_id,
            "cohort_id": "c1",
            "activity_id": "a",
            "activity_type": "Score",
            "version": "5.9.9",
        }

    def answer(self, request: Request) -> TestResponse:
        """Send the request straight into the fake."""
        environ = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"} if request.is_chunked else {}
        options: dict[str, Any] = {"environ_overrides": environ}
        if request.is_chunked:
            environ["CONTENT_LENGTH"] = ""
        return Client(self.fake).open(
            request.target, method=request.method, data=request.body, headers=request.headers, **options
        )

    def valid(self, operation: Operation) -> Request:
        """The request that should work, as far as this table knows."""
        return self.request(operation, json.dumps(self.body(operation)).encode())

    def body(self, operation: Operation) -> dict[str, Any]:
        """The valid body of an operation, with the ids of this town."""
        named = {} if "{app_id}" in operation.path else {"app_id": self.app.id}
        known = {**named, **VALID.get(operation.operation, {})}
        text = json.dumps(known).replace("{subscription_id}", self.places["subscription_id"])
        return json.loads(text.replace("{app_id}", self.app.id))

    def request(self, operation: Operation, body: bytes, **other: Any) -> Request:
        """A request with the key that the operation wants, unless told otherwise."""
        key = self.app.rest_api_key
        if ORGANIZATIONS_OWN.search(operation.path):
            key = self.fake.organization_api_key
        target = operation.path
        for name, value in {**self.places, **other.get("places", {})}.items():
            target = target.replace("{" + name + "}", quote(value, safe=""))
        query = {"app_id": self.app.id, **QUERIES.get(operation.operation, {}), **other.get("query", {})}
        target += "?" + "&".join(f"{quote(name)}={quote(value)}" for name, value in query.items())
        headers = {"Authorization": f"Key {key}", "Content-Type": "application/json", **other.get("headers", {})}
        return Request(operation.method, target.replace("{", "%7B"), body, headers, other.get("is_chunked", False))


@st.composite
def bodies(draw: st.DrawFn, valid: dict[str, Any]) -> bytes:
    """A valid body, one with a wrong part, or garbage."""
    kind = draw(st.sampled_from(["nearly", "nearly", "nearly", "odd", "garbage", "deep", "bytes"]))
    if kind == "nearly":
        keys = draw(st.lists(st.sampled_from(sorted(valid) or NAMES), max_size=2))
        return json.dumps({**valid, **{key: draw(VALUES) for key in keys}}).encode()
    if kind == "odd":
        odd = draw(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4) | VALUES)
        return json.dumps({**valid, **odd} if isinstance(odd, dict) else odd).encode()
    return draw(
        {"garbage": st.sampled_from(GARBAGE), "deep": st.sampled_from(DEEP), "bytes": st.binary(max_size=50)}[kind]
    )


@st.composite
def requests_for(draw: st.DrawFn, operation: Operation, town: Town) -> Request:
    """A request for an operation that may be wrong in its path, query, headers, encoding and body."""
    body = draw(bodies(town.body(operation)))
    places = draw(st.dictionaries(st.sampled_from(sorted(town.places)), st.sampled_from(PATH_VALUES), max_size=1))
    query_names = [
        "limit",
        "offset",
        "kind",
        "cursor",
        "channel",
        "app_id",
        "start",
        "granularity",
        "callback",
        "token",
    ]
    query = draw(st.dictionaries(st.sampled_from(query_names), st.sampled_from([*PATH_VALUES, "-1", "10"]), max_size=2))
    headers = draw(
        st.sampled_from([{}, {}, {"Content-Type": "text/plain"}, {"Authorization": "Key wrong"}, {"Authorization": ""}])
    )
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    headers = {**headers, **draw(st.sampled_from([{}, {}, form, {"Content-Type": ""}]))}
    if draw(st.integers(0, 9)) == 0:
        body, headers = gzip.compress(body, mtime=0), {**headers, "Content-Encoding": "gzip"}
    is_chunked = draw(st.integers(0, 4)) == 0
    return town.request(operation, body, places=places, query=query, headers=headers, is_chunked=is_chunked)
