"""A shop that sends messages: devices that register, messages that are sent, and what is then seen of them."""

from __future__ import annotations

from typing import Any

from fake_onesignal import Accepted, Envelope, FakeOneSignal, Outcome


class ChoosyCarrier:
    """Accepts everything, except where a token was told otherwise; keeps every envelope."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.outcomes: dict[str, Outcome] = {}

    def carry(self, envelope: Envelope) -> Outcome:
        self.envelopes.append(envelope)
        return self.outcomes.get(envelope.token, Accepted(delivered=True))


class Shop:
    """One app of one fake, with the calls of its server (`call`) and of its devices (`sdk`)."""

    def __init__(self, fake: FakeOneSignal, app: Any, *, call: Any, sdk: Any, carrier: ChoosyCarrier) -> None:
        self.fake = fake
        self.app = app
        self.call = call
        self.sdk = sdk
        self.carrier = carrier

    def device(self, external_id: str, type_: str = "iOSPush", token: str = "", **fields: Any) -> str:
        """Register a device of a user; answers the subscription's id."""
        subscription = {"type": type_, "token": token or f"{external_id}-{type_}", **fields}
        body = {"identity": {"external_id": external_id}, "subscriptions": [subscription]}
        answer = self.call("POST", f"/apps/{self.app.id}/users", body)
        return answer.json["subscriptions"][0]["id"]

    def post(self, **body: Any) -> Any:
        """POST a message as it is."""
        return self.call("POST", "/notifications", {"app_id": self.app.id, **body})

    def push(self, *external_ids: str, **body: Any) -> str:
        """Ask for a push to these users; answers the message's id."""
        asked = {
            "include_aliases": {"external_id": list(external_ids)},
            "target_channel": "push",
            "contents": {"en": "Hello"},
            **body,
        }
        answer = self.post(**asked)
        assert answer.json["id"], answer.text
        return answer.json["id"]

    def email(self, *external_ids: str, **body: Any) -> str:
        """Ask for an e-mail to these users; answers the message's id."""
        content = {"email_subject": "News", "email_body": "<p>Hello</p>", "contents": None}
        return self.push(*external_ids, target_channel="email", **(content | body))

    def view(self, notification_id: str) -> dict[str, Any]:
        """Look at one message."""
        return self.call("GET", f"/notifications/{notification_id}?app_id={self.app.id}").json

    def statistics(self, notification_id: str) -> dict[str, int]:
        """The five totals of a message, those that are not zero."""
        seen = self.view(notification_id)
        columns = ("successful", "failed", "errored", "converted", "received")
        return {column: seen[column] for column in columns if seen[column]}

    def kinds(self) -> list[str]:
        """The kinds of everything that happened, in order."""
        return [event.kind for event in self.fake.message_events(self.app.id)]
