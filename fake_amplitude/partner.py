"""Calls a destination and judges its answer: taken, refused for good, or to be tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal

import requests

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_amplitude.world import World

TIMEOUT_S = 10
RETRIES_MAX = 8  # after 1, 2, 4 ... 128 s (facts/amplitude-api.md 4.2)
RETRY_AFTER_MAX = timedelta(days=1)
TRY_AGAIN_STATUSES = (408, 429)
WORDS = {400: "Invalid request", 401: "Invalid API key", 404: "Invalid user", 429: "Throttled"}
UNCLASSIFIED = "The destination answered with an unidentified kind of error"


@dataclass(frozen=True, slots=True)
class Request:
    """One POST of JSON to a destination."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    timeout_s: float = TIMEOUT_S


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one call; `retry_after` is what the partner asked for, no `status`, no answer."""

    outcome: Literal["acknowledged", "rejected", "try again"]
    body: bytes = b""
    retry_after: timedelta = timedelta(0)
    status: int | None = None


def post(world: World, request: Request) -> Verdict:
    """Post to a destination. Not to be called with the state's lock held."""
    headers = {"Content-Type": "application/json", **request.headers}
    try:
        posted = requests.Request("POST", request.url, data=request.body, headers=headers).prepare()
        answer = world.session.send(posted, timeout=request.timeout_s, allow_redirects=False)
    except requests.RequestException:
        return Verdict("try again")
    status = answer.status_code
    if answer.ok and status < requests.codes.multiple_choices:
        return Verdict("acknowledged", answer.content, status=status)
    if status in TRY_AGAIN_STATUSES or status >= requests.codes.server_error:
        wait = _retry_after(world, answer.headers.get("Retry-After", ""))
        return Verdict("try again", answer.content, wait, status)
    return Verdict("rejected", answer.content, status=status)


def words(status: int | None) -> str:
    """Answer what the dashboard says of a status that ended a call (facts/amplitude-api.md 4.2)."""
    return WORDS.get(status or 0, UNCLASSIFIED)


def delay(attempts: int, retry_after: timedelta) -> timedelta:
    """Answer how long to wait after so many attempts: exponential, or longer when the partner asks for it."""
    return max(timedelta(seconds=2 ** (attempts - 1)), retry_after)


def _retry_after(world: World, said: str) -> timedelta:
    if said.isdecimal() and len(said) <= len(str(RETRY_AFTER_MAX // timedelta(seconds=1))):
        return min(timedelta(seconds=int(said)), RETRY_AFTER_MAX)
    try:
        until = parsedate_to_datetime(said)
        return min(max(until - world.now(), timedelta(0)), RETRY_AFTER_MAX)
    except (TypeError, ValueError):
        return timedelta(0)
