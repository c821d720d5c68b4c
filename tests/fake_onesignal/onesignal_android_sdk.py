"""A witness: the Android SDK's request layer over a real socket (facts/onesignal-api.md 10).

It takes 200, 201, 202 and 304 for success, reads the keys that it cannot do without (`KeyError` is its crash), and
sends its device along in headers.
"""

from __future__ import annotations

import json
from typing import Any

import requests

ANDROID = 1
SDK = "050909"
SUCCESS = {200, 201, 202, 304}


class BackendFailed(Exception):  # noqa: N818 - named after what happened to the call
    """The service refused; `meaning` is what the SDK makes of the status."""

    def __init__(self, status: int, payload: str) -> None:
        self.status, self.payload = status, payload
        super().__init__(f"{status}: {payload}")


class AndroidSdk:
    """One app on one phone."""

    def __init__(self, url: str, app_id: str) -> None:
        self.url, self.app_id, self.token = url + "/", app_id, "fcm-1"
        self.session = requests.Session()
        self.session.trust_env = False
        self.onesignal_id = "local-5a35dbd2-3e6c-4a1c-93b5-45ba6ee25f1d"
        self.subscription_id = "local-b0b2b3f4-9a3e-4a4e-8f6f-6f2b3c1d0e9f"
        self.ryw_token = ""
        self.cached: dict[str, tuple[str, Any]] = {}

    def send(self, method: str, path: str, body: Any = None, *, cache_key: str = "", **headers: str) -> Any:
        """Send one request; what was not modified comes out of the cache."""
        sent = {
            "SDK-Version": f"onesignal/android/{SDK}",
            "SDK-Wrapper": "onesignal/flutter/050300",
            "Accept": "application/vnd.onesignal.v1+json",
            "OneSignal-Subscription-Id": self.subscription_id,
            "OneSignal-Install-Id": "1f0e3d2c-4b5a-4978-8a69-7b6c5d4e3f20",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        if method != "GET":
            sent["Content-Type"] = "application/json; charset=UTF-8"
        if cache_key in self.cached:
            sent["If-None-Match"] = self.cached[cache_key][0]
        data = None if body is None else json.dumps(body).encode()
        answer = self.session.request(method, self.url + path, headers=sent, data=data, timeout=10)
        if answer.status_code not in SUCCESS:
            raise BackendFailed(answer.status_code, answer.text)
        if answer.status_code == 304:
            return self.cached[cache_key][1]
        if cache_key and "ETag" in answer.headers:
            self.cached[cache_key] = answer.headers["ETag"], answer.json()
        return answer.json()

    def start(self) -> dict[str, Any]:
        """Fetch the parameters and the features, then say who and what this is."""
        known = "" if self.subscription_id.startswith("local-") else f"?player_id={self.subscription_id}"
        parameters = self.send("GET", f"{self.app}/android_params.js{known}", cache_key="params")
        assert self.send("GET", f"{self.app}/sdk/features/android/{SDK}")["features"] == []
        if self.onesignal_id.startswith("local-"):
            self.create_user({})
        else:
            self.update_user(deltas={"session_count": 1}, refresh=True)
        return parameters

    def create_user(self, identity: dict[str, str]) -> None:
        """POST the user with this phone, and read the ids."""
        device = {
            "type": "AndroidPush",
            "token": self.token,
            "enabled": True,
            "notification_types": 1,
            "sdk": SDK,
            "device_model": "Pixel 9",
            "device_os": "16",
            "rooted": False,
            "net_type": 0,
            "carrier": "Tele",
            "app_version": "42",
        }
        body = {
            **({"identity": identity} if identity else {}),
            "subscriptions": [device],
            "properties": {"timezone_id": "Europe/Paris", "language": "en"},
            "refresh_device_metadata": True,
        }
        made = self.send("POST", f"{self.app}/users", body)
        self.onesignal_id = made["identity"]["onesignal_id"]
        self.subscription_id = next(one["id"] for one in made["subscriptions"] if one["type"] == "AndroidPush")

    def update_user(self, *, refresh: bool = False, **parts: Any) -> None:
        """PATCH properties or deltas, and keep the token that lets the next fetch see it."""
        body = {"refresh_device_metadata": refresh, **parts}
        self.ryw_token = self.send("PATCH", self.user, body)["ryw_token"]

    def login(self, external_id: str) -> None:
        """Claim a name; when another user has it, become that one."""
        try:
            self.send("PATCH", f"{self.user}/identity", {"identity": {"external_id": external_id}})["identity"]
        except BackendFailed as failed:
            if failed.status != 409:
                raise
            self.create_user({"external_id": external_id})

    def fetch_user(self) -> dict[str, Any]:
        """GET the user, reading what the SDK reads."""
        seen = self.send("GET", self.user)
        for one in seen["subscriptions"]:
            assert one["id"]
            assert one["type"]
        return seen

    def in_app_messages(self) -> list[tuple[str, str]]:
        """Fetch the messages for this phone; answers ids and variants."""
        seen = self.send(
            "GET",
            f"{self.app}/subscriptions/{self.subscription_id}/iams",
            OneSignal_RYW_Token=self.ryw_token,
            OneSignal_Session_Duration="12",
            Onesignal_Retry_Count="1",
        )
        messages = seen["in_app_messages"]
        assert all(isinstance(one["triggers"], list) for one in messages)
        return [(one["id"], one["variants"]["all"]["default"]) for one in messages]

    def report(self, message_id: str, variant_id: str, what: str, **more: Any) -> None:
        """Report what was done with an in-app message."""
        body = {
            "app_id": self.app_id,
            "device_type": ANDROID,
            "player_id": self.subscription_id,
            "variant_id": variant_id,
            **more,
        }
        self.send("POST", f"in_app_messages/{message_id}/{what}", body)

    def report_push(self, notification_id: str, what: str = "", **more: Any) -> None:
        """Report a message opened or (`/report_received`) delivered."""
        body = {"app_id": self.app_id, "player_id": self.subscription_id, "device_type": ANDROID, **more}
        self.send("PUT", f"notifications/{notification_id}{what}", body)

    @property
    def app(self) -> str:
        return f"apps/{self.app_id}"

    @property
    def device(self) -> str:
        return f"{self.app}/subscriptions/{self.subscription_id}"

    @property
    def user(self) -> str:
        return f"{self.app}/users/by/onesignal_id/{self.onesignal_id}"
