"""A witness: the web SDK's request layer, call by call as facts/onesignal-api.md 10 lists what it sends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from werkzeug.test import Client

if TYPE_CHECKING:
    from fake_onesignal import FakeOneSignal

CHROME = 5
MEANINGS = {400: "drop", 402: "drop", 401: "unauthorized", 403: "unauthorized", 404: "missing", 410: "missing"}


class Failed(Exception):  # noqa: N818 - named after what happened to the call
    """What the SDK makes of a status: drop, unauthorized, missing, conflict or retry."""

    def __init__(self, status: int, body: Any) -> None:
        self.meaning = "conflict" if status == 409 else MEANINGS.get(status, "retry")
        self.body = body
        super().__init__(f"{status} ({self.meaning}): {body}")


class WebSdk:
    """One browser on one site. It never has an API key, and it reads JSON out of every answer."""

    def __init__(
        self, fake: FakeOneSignal, app_id: str, *, endpoint: str = "https://push.test/1", jwt: str | None = None
    ) -> None:
        self.client = Client(fake)
        self.app_id = app_id
        self.token = endpoint
        self.jwt = jwt
        self.origin = "https://shop.test"
        self.onesignal_id: str | None = None
        self.subscription_id: str | None = None
        self.ryw_token: str | None = None

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """Send one request with the SDK's headers; any answer must be JSON, whatever its status."""
        headers = {
            "SDK-Version": "onesignal/web/160608",
            "Accept": "application/vnd.onesignal.v1+json",
            "Origin": self.origin,
        }
        if self.subscription_id:
            headers["OneSignal-Subscription-Id"] = self.subscription_id
        if self.jwt:
            headers["Authorization"] = f"Bearer {self.jwt}"
        data = None if body is None else json.dumps(body)
        options = {} if body is None else {"data": data, "content_type": "application/json;charset=UTF-8"}
        answer = self.client.open("/api/v1" + path, method=method, headers=headers, **options)
        parsed = json.loads(answer.get_data())
        assert answer.headers["Access-Control-Allow-Origin"] in {"*", self.origin}
        if answer.status_code >= 400:
            raise Failed(answer.status_code, parsed)
        self.ryw_token = parsed.get("ryw_token", self.ryw_token)
        return parsed

    def configure(self) -> dict[str, Any]:
        """Fetch the site's configuration as the page does: in a script tag, which calls back."""
        answer = self.client.get(f"/api/v1/sync/{self.app_id}/web?callback=__jp0", headers={"Origin": self.origin})
        assert answer.status_code == 200, "a script tag runs nothing else"
        text = answer.get_data(as_text=True)
        return json.loads(text[text.index("__jp0(") + len("__jp0(") : text.rindex(")")])

    def start_session(self) -> None:
        """Begin a visit: make the user the first time, count the session the other times."""
        if self.onesignal_id is None:
            self.make_user({}, {**self.device(), "session_count": 1})
            return
        body = {"refresh_device_metadata": True, "deltas": {"session_count": 1}}
        try:
            self.send("PATCH", self.user_path, body)
        except Failed as failed:
            if failed.meaning != "missing":
                raise
            self.make_user({}, self.device())

    def end_session(self, seconds: int) -> None:
        """End a visit: its length goes to the user and to the outcomes."""
        self.send("PATCH", self.user_path, {"deltas": {"session_time": seconds}})

    def login(self, external_id: str) -> str:
        """Become a known user: claim the name; when it is another user's, move over to that one."""
        identity = {"external_id": external_id}
        try:
            self.send("PATCH", self.user_path + "/identity", {"identity": identity})
        except Failed as failed:
            if failed.meaning != "conflict" or failed.body["errors"][0]["code"] != "user-2":
                raise
            self.make_user(identity, {"id": self.subscription_id})
        return self.user()["identity"]["external_id"]

    def logout(self) -> None:
        """Become nobody: a new anonymous user takes the subscription along."""
        self.make_user({}, {"id": self.subscription_id})

    def make_user(self, identity: dict[str, str], subscription: dict[str, Any]) -> None:
        """POST a user, and read its ids by index."""
        body = {
            "identity": identity,
            "properties": {"language": "en", "timezone_id": "Europe/Paris"},
            "subscriptions": [subscription],
            "refresh_device_metadata": True,
        }
        made = self.send("POST", f"/apps/{self.app_id}/users", body)
        self.onesignal_id = made["identity"]["onesignal_id"]
        self.subscription_id = made["subscriptions"][0]["id"]

    def user(self) -> dict[str, Any]:
        """GET the user."""
        return self.send("GET", self.user_path)

    def opt(self, *, in_: bool) -> None:
        """Opt in or out of push."""
        change = {"enabled": in_, "notification_types": 1 if in_ else -2}
        self.send("PATCH", f"/apps/{self.app_id}/subscriptions/{self.subscription_id}", {"subscription": change})

    def add_email(self, address: str) -> dict[str, Any]:
        """Add an e-mail subscription."""
        body = {"subscription": {"type": "Email", "token": address}}
        return self.send("POST", self.user_path + "/subscriptions", body)

    def click(self, notification_id: str) -> None:
        """Report the click on a message."""
        body = {"app_id": self.app_id, "player_id": self.subscription_id, "opened": True, "device_type": CHROME}
        self.send("PUT", f"/notifications/{notification_id}", body)

    def confirm(self, notification_id: str) -> None:
        """Report a confirmed delivery."""
        body = {"app_id": self.app_id, "player_id": self.subscription_id, "device_type": CHROME}
        self.send("PUT", f"/notifications/{notification_id}/report_received", body)

    def whose_token(self) -> str:
        """Find the subscription by its token, as the service worker does."""
        body = {
            "app_id": self.app_id,
            "device_type": CHROME,
            "identifier": self.token,
            "notification_types": -20,
        }
        return self.send("POST", "/players", body)["id"]

    def device(self) -> dict[str, Any]:
        """Describe this browser."""
        return {
            "type": "ChromePush",
            "token": self.token,
            "enabled": True,
            "notification_types": 1,
            "sdk": "160608",
            "device_model": "Linux",
            "device_os": "149",
        }

    @property
    def user_path(self) -> str:
        return f"/apps/{self.app_id}/users/by/onesignal_id/{self.onesignal_id}"
