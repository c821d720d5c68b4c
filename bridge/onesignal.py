"""Tells OneSignal about cohorts and their members (modelled: its own partner route is not public).

The routes are those of `docs/between-the-houses.md`; refusals follow facts/onesignal-api.md 5.4 and 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
import requests

from bridge.answers import Answer, Delivered, Later, Refused, Stopped
from bridge.retry import asked_wait

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bridge.settings import OneSignalApp

BASE_URL = "https://api.onesignal.com"
MEMBERS_MAX = 10_000
TIMEOUT_S = (10, 100)  # the vendor itself gives up after 100 s (facts/onesignal-api.md 8.1)
_WORDS_MAX = 300
_WRONG_KEY = "Access denied"


@dataclass(frozen=True, slots=True)
class UnknownCohort:
    """OneSignal has not heard of the cohort, or has forgotten it: name it, then try again."""

    why: str


@dataclass(frozen=True, slots=True)
class Indivisible:
    """OneSignal did not like something in the call and does not say what."""

    why: str


class OneSignal:
    """One app's cohorts."""

    def __init__(self, app: OneSignalApp, *, session: requests.Session, now: Callable[[], datetime]) -> None:
        self._cohorts_url = f"{BASE_URL}/modelled/apps/{quote(app.app_id, safe='')}/amplitude_cohorts"
        self._headers = {"Authorization": f"Key {app.rest_api_key}", "Content-Type": "application/json"}
        self._session = session
        self._now = now

    def name_cohort(self, cohort_id: str, name: str) -> Answer:
        """Create the cohort or rename it."""
        answer = self._call("PUT", f"/{quote(cohort_id, safe='')}", {"name": name})
        return Refused(answer.why) if isinstance(answer, Indivisible | UnknownCohort) else answer

    def change_members(
        self, cohort_id: str, *, add: Sequence[str], remove: Sequence[str]
    ) -> Answer | UnknownCohort | Indivisible:
        """Add and remove users by external id, at most MEMBERS_MAX together; unknown users are dropped there."""
        return self._call("POST", f"/{quote(cohort_id, safe='')}/members", {"add": add, "remove": remove})

    def _call(self, method: str, path: str, body: object) -> Answer | UnknownCohort | Indivisible:
        try:
            response = self._session.request(
                method,
                self._cohorts_url + path,
                data=msgspec.json.encode(body),
                headers=self._headers,
                timeout=TIMEOUT_S,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return Later(f"no answer from OneSignal: {type(error).__name__}")
        return self._read(response)

    def _read(self, response: requests.Response) -> Answer | UnknownCohort | Indivisible:
        status = response.status_code
        if status == HTTPStatus.OK:
            return Delivered()
        said = _said(response.content)
        words = f"{status} {said or response.reason or ''}".strip()[:_WORDS_MAX]
        if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE):
            return Indivisible(words)
        if status == HTTPStatus.NOT_FOUND:
            return UnknownCohort(words)
        if status == HTTPStatus.UNAUTHORIZED or said.startswith(_WRONG_KEY):
            return Stopped(words)
        if status == HTTPStatus.FORBIDDEN:
            return Refused(words)
        return Later(words, asked_wait(response.headers.get("Retry-After"), self._now()))


def _said(content: bytes) -> str:
    """Answer the vendor's own words, out of `{"errors": ["text"]}` or `{"errors": [{"title": "text"}]}`."""
    try:
        errors = msgspec.json.decode(content, type=dict[str, object]).get("errors")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    listed = errors if isinstance(errors, list) else [errors]
    titles = (error.get("title", "") if isinstance(error, dict) else error for error in listed if error)
    return "; ".join(str(title) for title in titles)
