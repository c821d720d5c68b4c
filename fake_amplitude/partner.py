"""Calls a destination and judges its answer: taken, refused for good, or to be tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal

import requests

if TYPE_CHECKING:
    from fake_amplitude.records import Destination
    from fake_amplitude.world import World

TIMEOUT_S = 10
RETRIES_MAX = 8  # after 1, 2, 4 ... 128 s (facts/amplitude-api.md 4.2)
RETRY_AFTER_MAX = timedelta(days=1)
TRY_AGAIN_STATUSES = (408, 429)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one call; `retry_after` is what the partner asked for."""

    outcome: Literal["acknowledged", "rejected", "try again"]
    body: bytes = b""
    retry_after: timedelta = timedelta(0)


def post(world: World, destination: Destination, path: str, body: bytes) -> Verdict:
    """Post to the destination. Not to be called with the state's lock held."""
    headers = {"Content-Type": "application/json", **destination.headers}
    url = destination.url.rstrip("/") + path
    try:
        answer = world.session.post(url, data=body, headers=headers, timeout=TIMEOUT_S, allow_redirects=False)
    except requests.RequestException:
        return Verdict("try again")
    if answer.ok and answer.status_code < requests.codes.multiple_choices:
        return Verdict("acknowledged", answer.content)
    if answer.status_code in TRY_AGAIN_STATUSES or answer.status_code >= requests.codes.server_error:
        return Verdict("try again", retry_after=_retry_after(world, answer.headers.get("Retry-After", "")))
    return Verdict("rejected")


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
