"""A small furnished world, one of everything that has an id, and the requests that work in it."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

from onesignal_bodies import ADA, FILTERS, MESSAGE, QUERIES, VALID
from onesignal_caller import Caller
from werkzeug.test import Client

from fake_onesignal import doors

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from fake_onesignal import FakeOneSignal
    from fake_onesignal.operations import Operation

ORGANIZATIONS_OWN: Final = re.compile(r"^/apps(/\{app_id\})?$|/auth/tokens|^/organizations|/copy_to_app$")
EMAIL: Final = {"email_subject": "News", "email_body": "<p>Hello</p>", "included_segments": ["All Email Subscriptions"]}


class Request(NamedTuple):
    """One request as it goes out."""

    method: str
    target: str
    body: bytes
    headers: dict[str, str]
    is_chunked: bool = False


class Town:
    """Two users, three channels; messages that were sent and one that waits; files, a link, an activity, a cohort."""

    def __init__(self, fake: FakeOneSignal) -> None:
        self.fake = fake
        self.app = fake.create_app("Corner shop", plan="enterprise")
        unattended = partial(doors.enter, fake.world)  # the witness has seen all of this elsewhere
        self.call = Caller(unattended, self.app.rest_api_key)
        self.organization = Caller(unattended, fake.organization_api_key)
        self.own_places: dict[str, dict[str, str]] = {}
        self.own_queries = dict(QUERIES)
        self.places = {
            "app_id": self.app.id,
            "alias_label": "external_id",
            "alias_id": "ada",
            "external_user_id": "ada",
            "alias_label_to_delete": "external_id",
            "token_type": "Email",
            "token": "a@b.test",
            "organization_id": self.app.organization_id,
            "cohort_id": "c1",
            "activity_id": "a",
            "activity_type": "Score",
            "platform": "android",
            "version": "050909",
        }
        self.people_move_in()
        self.messages_go_out()
        self.the_dashboard_is_used()

    def people_move_in(self) -> None:
        """Ada with a phone, an address and a number; Bob with nothing."""
        people, own = f"/apps/{self.app.id}/users", f"/modelled/apps/{self.app.id}"
        devices = self.call("POST", people, ADA).json["subscriptions"]
        self.call("POST", people, {"identity": {"external_id": "bob"}})
        self.call("PUT", f"{own}/amplitude_cohorts/c1", {"name": "Early users"})
        self.places["subscription_id"] = self.places["player_id"] = devices[0]["id"]

    def messages_go_out(self) -> None:
        """A push and an e-mail that were sent, with their files and the link to unsubscribe, and a push that waits."""
        app, device = self.app.id, self.places["subscription_id"]
        self.call("POST", f"/apps/{app}/live_activities/a/token", {"push_token": "live", "subscription_id": device})
        push = self.call("POST", "/notifications", {"app_id": app, **MESSAGE}).json["id"]
        email = self.call("POST", "/notifications", {"app_id": app, **EMAIL}).json["id"]
        self.fake.run_due()
        waits = self.call("POST", "/notifications", {"app_id": app, **MESSAGE, "send_after": "2026-04-01"}).json["id"]
        body = {"app_id": app, "events": "sent", "email": "a@b.test"}
        history = self.call("POST", f"/notifications/{push}/history", body).json["destination_url"]
        events = self.call("POST", f"/notifications/{push}/export_events?app_id={app}").json["csv_file_url"]
        export = self.call("POST", f"/players/csv_export?app_id={app}").json["csv_file_url"]
        link = urlsplit(self.fake.messaging.unsubscribe_link(email, self.subscription("Email")))
        self.places["notification_id"] = push
        self.own_places |= {
            "cancel_notification": {"notification_id": waits},
            "unsubscribe_email_with_token": {"notification_id": email},
            "fetch_csv_export": {"file": export.rpartition("/")[2]},
            "fetch_events_export": {"name": events.rpartition("events_audience-activity-")[2]},
            "fetch_history_file": {"name": history.rpartition("/")[2]},
        }
        self.own_queries["unsubscribe_email_with_token"] = {"token": parse_qs(link.query)["token"][0]}

    def the_dashboard_is_used(self) -> None:
        """A segment, a template, a key, a journey, an in-app message."""
        app = self.app.id
        template = self.call("POST", f"/templates?app_id={app}", {"app_id": app, **VALID["create_template"]})
        segment = self.call("POST", f"/apps/{app}/segments", {"name": "Mine", "filters": FILTERS})
        key = self.organization("POST", f"/apps/{app}/auth/tokens", {"name": "Old key"})
        wait = {"kind": "wait", "duration_seconds": 3600}
        journey = self.call("POST", f"/apps/{app}/journeys", {"name": "Hello", "nodes": [wait]})
        shown = self.fake.create_in_app_message(app, name="Hi", html="<p>Hi</p>")
        self.own_queries["in_app_message_preview"] = {"preview_id": shown.id}
        self.places |= {
            "segment_id": segment.json["id"],
            "message_id": shown.id,
            "variant_id": shown.variant_id,
            "template_id": template.json["id"],
            "journey_id": journey.json["id"],
            "node_id": journey.json["nodes"][0]["id"],
            "token_id": key.json["token_id"],
        }

    def subscription(self, type_: str) -> str:
        """Ada's subscription of a type."""
        held = self.fake.world.apps[self.app.id].subscriptions.values()
        return next(one.id for one in held if one.type == type_)

    def answer(self, request: Request) -> TestResponse:
        """Send the request straight into the fake."""
        environ: dict[str, Any] = {}
        if request.is_chunked:
            environ = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
        return Client(self.fake).open(
            request.target,
            method=request.method,
            data=request.body,
            headers=request.headers,
            environ_overrides=environ,
        )

    def valid(self, operation: Operation) -> Request:
        """The request that works."""
        body = b"" if operation.method in {"GET", "DELETE"} else json.dumps(self.body(operation)).encode()
        return self.request(operation, body)

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
        target, name = operation.path, operation.operation
        for place, value in {**self.places, **self.own_places.get(name, {}), **other.get("places", {})}.items():
            target = target.replace("{" + place + "}", quote(value, safe=""))
        query = {"app_id": self.app.id, **self.own_queries.get(name, {}), **other.get("query", {})}
        target += "?" + "&".join(f"{quote(part)}={quote(value)}" for part, value in query.items())
        headers = {"Authorization": f"Key {key}", "Content-Type": "application/json", **other.get("headers", {})}
        return Request(operation.method, target, body, headers, other.get("is_chunked", False))
