"""A witness: the web SDK's request layer over a real socket, call by call as facts/onesignal-api.md 10 lists them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from onesignal_browser import Browser

CHROME = 5
SDK = "160608"
MEANINGS = {400: "drop", 402: "drop", 401: "unauthorized", 403: "unauthorized", 404: "missing", 410: "missing"}
HEADERS = {
    "SDK-Version": f"onesignal/web/{SDK}",
    "Content-Type": "application/json;charset=UTF-8",
    "Accept": "application/vnd.onesignal.v1+json",
}


class Failed(Exception):  # noqa: N818 - named after what happened to the call
    """What the SDK makes of a status: drop, unauthorized, missing, conflict or retry."""

    def __init__(self, status: int, body: Any, retry_after: str | None) -> None:
        self.meaning = "conflict" if status == 409 else MEANINGS.get(status, "retry")
        self.body = body
        self.retry_after_s = None if retry_after is None else int(retry_after)
        super().__init__(f"{status} ({self.meaning}): {body}")


class WebSdk:
    """One browser on one site. It never has an API key, and it reads JSON out of every answer."""

    def __init__(self, url: str, app_id: str, *, endpoint: str = "https://push.test/1", jwt: str | None = None) -> None:
        self.origin = "https://shop.test"
        self.browser = Browser(url + "/api/v1/", self.origin)
        self.app_id = app_id
        self.token = endpoint
        self.jwt = jwt
        self.onesignal_id: str | None = None
        self.subscription_id: str | None = None
        self.ryw_token: str | None = None

    def send(
        self, method: str, path: list[Any], body: Any = None, *, is_signed: bool = True, device: bool = False
    ) -> Any:
        """Send one request with the SDK's headers; every entry of the path is a segment of its own."""
        headers = dict(HEADERS)
        if device and self.subscription_id:
            headers["OneSignal-Subscription-Id"] = self.subscription_id
        if self.jwt and is_signed:
            headers["Authorization"] = f"Bearer {self.jwt}"
        answer = self.browser.fetch(method, "/".join(quote(str(part), safe="") for part in path), headers, body)
        if answer.status >= 400:
            raise Failed(answer.status, answer.json, answer.headers.get("retry-after"))
        self.ryw_token = answer.json.get("ryw_token", self.ryw_token)
        return answer.json

    def configure(self) -> dict[str, Any]:
        """Fetch the site's configuration as the page does: in a script tag, which calls back."""
        text = self.browser.load_script(f"sync/{self.app_id}/web?callback=__jp0")
        return json.loads(text[text.index("__jp0(") + len("__jp0(") : text.rindex(")")])

    def configure_worker(self) -> dict[str, Any]:
        """Fetch the configuration as the service worker does."""
        return self.send("GET", ["sync", self.app_id, "web"], is_signed=False)

    def features(self) -> list[str]:
        """Fetch the features that are tried out."""
        return self.send("GET", [*self.app, "sdk", "features", "web", SDK], is_signed=False)["features"]

    def start_session(self) -> None:
        """Begin a visit: make the user the first time, count the session the other times."""
        if self.onesignal_id is None:
            self.make_user({}, {**self.device(), "session_count": 1})
            return
        body = {"refresh_device_metadata": True, "deltas": {"session_count": 1}}
        try:
            self.send("PATCH", self.user_path, body, device=True)
        except Failed as failed:
            if failed.meaning != "missing":
                raise
            self.make_user({}, self.device())

    def end_session(self, seconds: int, *notification_ids: str) -> None:
        """End a visit: its length goes to the user and, when messages led to it, to the outcomes."""
        body = {"refresh_device_metadata": True, "deltas": {"session_time": seconds}}
        self.send("PATCH", self.user_path, body, device=True)
        if notification_ids:
            self.measure("os__session_duration", *notification_ids, session_time=seconds)

    def measure(self, name: str, *notification_ids: str, **more: Any) -> Any:
        """Report an outcome; it is never signed."""
        body = {
            "app_id": self.app_id,
            "id": name,
            "onesignal_id": self.onesignal_id,
            "subscription": {"id": self.subscription_id, "type": "ChromePush"},
            "notification_ids": list(notification_ids),
            "direct": bool(notification_ids),
            **more,
        }
        return self.send("POST", ["outcomes", "measure"], body, is_signed=False)

    def track(self, name: str, **properties: Any) -> Any:
        """Track a custom event, one a call."""
        metadata = {"sdk": SDK, "device_model": "Linux", "device_os": "149", "type": "ChromePush"}
        event = {
            "name": name,
            "onesignal_id": self.onesignal_id,
            "timestamp": "2026-03-02T08:59:00.000Z",
            "payload": {**properties, "os_sdk": metadata},
        }
        return self.send("POST", [*self.app, "custom_events"], {"events": [event]})

    def login(self, external_id: str) -> str:
        """Become a known user: claim the name; when it is another user's, move over to that one."""
        identity = {"external_id": external_id}
        try:
            self.send("PATCH", [*self.user_path, "identity"], {"identity": identity})
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
            "subscriptions": [subscription],
            "properties": {"timezone_id": "Europe/Paris", "language": "en"},
            "refresh_device_metadata": True,
        }
        made = self.send("POST", [*self.app, "users"], body, device=True)
        self.onesignal_id = made["identity"]["onesignal_id"]
        self.subscription_id = made["subscriptions"][0]["id"]

    def user(self) -> dict[str, Any]:
        """GET the user."""
        return self.send("GET", self.user_path)

    def opt(self, *, in_: bool) -> None:
        """Opt in or out of push; the call is never signed."""
        change = {
            "type": "ChromePush",
            "enabled": in_,
            "token": self.token,
            "notification_types": 1 if in_ else -2,
            "web_auth": "auth",
            "web_p256": "p256",
        }
        self.send("PATCH", self.device_path, {"subscription": change}, is_signed=False)

    def add_email(self, address: str) -> dict[str, Any]:
        """Add an e-mail subscription."""
        body = {
            "subscription": {"sdk": SDK, "type": "Email", "enabled": True, "token": address, "notification_types": 1}
        }
        return self.send("POST", [*self.user_path, "subscriptions"], body)

    def click(self, notification_id: str) -> None:
        """Report the click on a message."""
        body = {"app_id": self.app_id, "player_id": self.subscription_id, "opened": True, "device_type": CHROME}
        self.send("PUT", ["notifications", notification_id], body, is_signed=False)

    def confirm(self, notification_id: str) -> None:
        """Report a confirmed delivery."""
        body = {"player_id": self.subscription_id, "app_id": self.app_id, "device_type": CHROME}
        self.send("PUT", ["notifications", notification_id, "report_received"], body, is_signed=False)

    def whose_token(self) -> str:
        """Find the subscription by its token, as the service worker does."""
        body = {"app_id": self.app_id, "device_type": CHROME, "identifier": self.token, "notification_types": -20}
        return self.send("POST", ["players"], body, is_signed=False)["id"]

    def device(self) -> dict[str, Any]:
        """Describe this browser."""
        return {
            "type": "ChromePush",
            "token": self.token,
            "enabled": True,
            "notification_types": 1,
            "sdk": SDK,
            "device_model": "Linux",
            "device_os": "149",
            "web_auth": "auth",
            "web_p256": "p256",
        }

    @property
    def app(self) -> list[str]:
        return ["apps", self.app_id]

    @property
    def device_path(self) -> list[Any]:
        return [*self.app, "subscriptions", self.subscription_id]

    @property
    def user_path(self) -> list[Any]:
        return [*self.app, "users", "by", "onesignal_id", self.onesignal_id]
