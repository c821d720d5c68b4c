"""A phone or a browser with the OneSignal SDK on it, of 2022 or of today, as the page's step 4 uses it."""

from collections.abc import Callable
from typing import Any, Final

import orjson

from simulator.caller import Caller, segment

_DEVICE_TYPES: Final = {"iOSPush": 0, "AndroidPush": 1, "ChromePush": 5, "FirefoxPush": 8, "Email": 11, "SMS": 14}
_CONFLICT: Final = 409
SDK_2022: Final = "040700"
SDK: Final = "050909"
"""How an SDK tells its version; it is what can confirm a delivery (`facts/integration.md` 2.6 B07)."""
_UNSUBSCRIBED: Final = -2
_VARIANT: Final = "00000000-0000-4000-8000-000000000001"

Observer = Callable[[str, bool], None]


class Sdk2022:
    """One device with the SDK of 2022: each channel is a record of its own (`facts/onesignal-api.md` 3).

    `set_email` and `set_sms_number` make further records, and those know nothing of an external id that was set before:
    `set_external_user_id` has to be called again (`facts/integration.md` 4.2).
    """

    def __init__(self, calls: Caller, app_id: str, *, type_: str, token: str) -> None:
        self._calls = calls
        self._app_id = app_id
        self._records = {"push": self._record(type_, token)}
        self._observers: list[Observer] = []

    @property
    def player_id(self) -> str:
        """The id of the push record."""
        return self._records["push"]

    def set_email(self, address: str) -> None:
        """Give this person an e-mail record."""
        self._records["email"] = self._record("Email", address)

    def set_sms_number(self, number: str) -> None:
        """Give this person an SMS record."""
        self._records["sms"] = self._record("SMS", number)

    def set_external_user_id(self, external_id: str) -> dict[str, dict[str, bool]]:
        """Say who this is on every channel there is by now; the answer says it per channel."""
        return {
            channel: self._put(record, {"external_user_id": external_id}) for channel, record in self._records.items()
        }

    def remove_external_user_id(self) -> dict[str, dict[str, bool]]:
        """Say that it is nobody any more."""
        return self.set_external_user_id("")

    def add_subscription_observer(self, observer: Observer) -> None:
        """Have `observer` called with the player id and whether it is subscribed, at every change."""
        self._observers.append(observer)

    def disable_push(self, *, disabled: bool) -> None:
        """Unsubscribe this device from push, or subscribe it again."""
        self._put(self.player_id, {"notification_types": _UNSUBSCRIBED if disabled else 1})
        for observer in self._observers:
            observer(self.player_id, not disabled)

    def _record(self, type_: str, token: str) -> str:
        body = {
            "app_id": self._app_id,
            "device_type": _DEVICE_TYPES[type_],
            "identifier": token,
            "notification_types": 1,
            "sdk": SDK_2022,
        }
        record: str = self._calls.post("/api/v1/players", body)["id"]
        return record

    def _put(self, record: str, change: dict[str, Any]) -> dict[str, bool]:
        path = f"/api/v1/players/{record}"
        return {"success": orjson.loads(self._calls.ask("PUT", path, {"app_id": self._app_id, **change})[1])["success"]}


class Sdk:
    """One device with today's SDK: a user with subscriptions, anonymous until `login` (`facts/onesignal-api.md` 4)."""

    def __init__(self, calls: Caller, app_id: str, *, type_: str, token: str) -> None:
        self._calls = calls
        self._app_id = app_id
        self._app = f"/apps/{app_id}"
        self._channels = [{"type": type_, "token": token, "enabled": True, "notification_types": 1, "sdk": SDK}]
        self._observers: list[Observer] = []
        self._click_handlers: list[Callable[[str], None]] = []
        self._begin_anonymously()

    def _begin_anonymously(self) -> None:
        user = self._calls.post(f"{self._app}/users", {"identity": {}, "subscriptions": self._channels[:1]})
        self.onesignal_id: str = user["identity"]["onesignal_id"]
        self.subscription_id: str = user["subscriptions"][0]["id"]
        self._is_anonymous = True

    def login(self, external_id: str) -> None:
        """Become the user `external_id`: an anonymous one claims the id, or, when somebody has it (409), joins them.

        Whoever was logged in before keeps the id and loses this device (`facts/integration.md` 2.5 A15).
        """
        if self._is_anonymous and self._claim(external_id):
            return
        user = {"identity": {"external_id": external_id}, "subscriptions": [{"id": self.subscription_id}]}
        self.onesignal_id = self._calls.post(f"{self._app}/users", user)["identity"]["onesignal_id"]
        self._is_anonymous = False

    def _claim(self, external_id: str) -> bool:
        status, _ = self._calls.ask(
            "PATCH",
            f"{self._app}/users/by/onesignal_id/{self.onesignal_id}/identity",
            {"identity": {"external_id": external_id}},
            allow=(_CONFLICT,),
        )
        self._is_anonymous = status == _CONFLICT
        return not self._is_anonymous

    def logout(self) -> None:
        """Become nobody again: the push subscription goes to a fresh anonymous user; e-mail and SMS stay behind."""
        self._begin_anonymously()

    def add_email(self, address: str) -> None:
        """Subscribe the present user's e-mail address."""
        self._subscribe("Email", address)

    def add_sms(self, number: str) -> None:
        """Subscribe the present user's phone number."""
        self._subscribe("SMS", number)

    def add_subscription_observer(self, observer: Observer) -> None:
        """Have `observer` called with the subscription id and whether it is subscribed, at every change."""
        self._observers.append(observer)

    def opt_out(self) -> None:
        """Unsubscribe this device from push."""
        self._turn(subscribed=False)

    def opt_in(self) -> None:
        """Subscribe this device to push again."""
        self._turn(subscribed=True)

    def add_in_app_click_handler(self, handler: Callable[[str], None]) -> None:
        """Have `handler` called with the click action id of whatever is clicked in an in-app message."""
        self._click_handlers.append(handler)

    def show_in_app_message(self, message_id: str) -> None:
        """Show an in-app message, as the SDK does when its trigger fires."""
        self._in_app(message_id, "impression", {"first_impression": True})

    def click_in_app_message(self, message_id: str, click_action_id: str) -> None:
        """Click an element of an in-app message: OneSignal hears of the click, the app of what was clicked."""
        self._in_app(message_id, "click", {"click_id": click_action_id, "first_click": True})
        for handler in self._click_handlers:
            handler(click_action_id)

    def _in_app(self, message_id: str, what: str, words: dict[str, Any]) -> None:
        about = {"app_id": self._app_id, "player_id": self.subscription_id, "variant_id": _VARIANT, "device_type": 1}
        self._calls.ask("POST", f"/in_app_messages/{message_id}/{what}", about | words)

    def _turn(self, *, subscribed: bool) -> None:
        change = {"enabled": subscribed, "notification_types": 1 if subscribed else _UNSUBSCRIBED}
        self._calls.ask("PATCH", f"{self._app}/subscriptions/{self.subscription_id}", {"subscription": change})
        for observer in self._observers:
            observer(self.subscription_id, subscribed)

    def _subscribe(self, type_: str, token: str) -> None:
        path = f"{self._app}/users/by/onesignal_id/{segment(self.onesignal_id)}/subscriptions"
        self._calls.ask("POST", path, {"subscription": {"type": type_, "token": token, "enabled": True}})
