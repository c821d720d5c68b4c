"""Calls OneSignal with an app's key and reads how it answers; what an answer means is for the caller to say.

Refusals follow facts/onesignal-api.md 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from bridge.answers import Delivered, Later, Stopped
from bridge.outgoing import Outgoing
from bridge.retry import asked_wait

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    import requests

    from bridge.settings import OneSignalApp

BASE_URL = "https://api.onesignal.com"
TIMEOUT_S = (10, 100)  # the vendor itself gives up after 100 s (facts/onesignal-api.md 8.1)
_WORDS_MAX = 300
_WRONG_KEY = "Access denied"


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: its status, the vendor's own words, the Retry-After, and the body."""

    status: int
    words: str
    asked: timedelta | None
    content: bytes

    def meant_for_all(self) -> Delivered | Later | Stopped | None:
        """Answer what it means for whatever was sent, as long as that is not about what was sent."""
        if self.status in (HTTPStatus.OK, HTTPStatus.ACCEPTED):
            return Delivered() if self._is_onesignals else Later(f"{self.words}: not OneSignal's words")
        if self.status == HTTPStatus.UNAUTHORIZED or self.words.startswith(f"403 {_WRONG_KEY}"):
            return Stopped(self.words)
        if self.status == HTTPStatus.TOO_MANY_REQUESTS or not _CLIENT_ERRORS[0] <= self.status < _CLIENT_ERRORS[1]:
            return Later(self.words, self.asked, may_have_it=self.status >= _CLIENT_ERRORS[1])
        return None

    @property
    def _is_onesignals(self) -> bool:
        """Tell OneSignal's acceptance, a JSON object or nothing, from a page that something in between put there."""
        try:
            return not self.content or isinstance(msgspec.json.decode(self.content), dict)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return False


class OneSignalApi:
    """One app, with the key that may change it."""

    def __init__(self, app: OneSignalApp, *, session: requests.Session, now: Callable[[], datetime]) -> None:
        self.app = quote(app.app_id, safe="")
        headers = {"Authorization": f"Key {app.rest_api_key}"}
        self._outgoing = Outgoing(session, BASE_URL, vendor="OneSignal", headers=headers, timeout_s=TIMEOUT_S)
        self._now = now

    def call(self, method: str, path: str, body: bytes) -> Said | Later:
        """Send one request; `path` is encoded already. Answers Later when there was no answer."""
        response = self._outgoing.send(method, path, body)
        if isinstance(response, Later):
            return response
        words = _said(response.content) or response.reason or ""
        asked = asked_wait(response.headers.get("Retry-After"), self._now())
        line = f"{response.status_code} {words}".strip()[:_WORDS_MAX]
        return Said(response.status_code, line, asked, response.content)


_CLIENT_ERRORS = (HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR)


def _said(content: bytes) -> str:
    """Answer the vendor's own words, out of `{"errors": ["text"]}` or `{"errors": [{"title": "text"}]}`."""
    try:
        errors = msgspec.json.decode(content, type=dict[str, object]).get("errors")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    listed = errors if isinstance(errors, list) else [errors]
    titles = (error.get("title", "") if isinstance(error, dict) else error for error in listed if error)
    return "; ".join(str(title) for title in titles)
