"""The posting of event streams: one request an event, made without the world's lock, its answer judged by the lane."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import requests
from liquid.exceptions import LiquidError
from requests.exceptions import MissingSchema

from fake_onesignal.event_stream import Answer
from fake_onesignal.message_kinds import OLDER_NAMES
from fake_onesignal.wire.event_stream import render, render_context

if TYPE_CHECKING:
    from datetime import datetime

    from fake_onesignal.event_stream import Lane, Parcel
    from fake_onesignal.state import World

TIMEOUT_S: Final = 10
RETRY_AFTER_MAX_S: Final = 86_400
MESSAGE_REMEMBERED: Final = timedelta(days=30)
"""An event that happens later than this after the sending has blank message fields (facts/onesignal-api.md 7.1)."""


def post_due(world: World) -> int:
    """POST every event that is due, over all apps and streams; answers how many requests were made."""
    now = world.now()
    with world.lock:
        lanes = [lane for state in world.apps.values() for lane in state.ledger.lanes.values()]
    return sum(_empty(world, lane, now) for lane in lanes)


def next_post(world: World) -> datetime | None:
    """When the next event is due to leave."""
    lanes = (lane for state in world.apps.values() for lane in state.ledger.lanes.values())
    return min((lane.waiting[0][0] for lane in lanes if lane.waiting), default=None)


def _empty(world: World, lane: Lane, now: datetime) -> int:
    posted = 0
    while True:
        with world.lock:
            parcels = lane.take_due(now)
        if not parcels:
            return posted
        for parcel in parcels:
            answer = post(world.session, lane, parcel) if lane.is_enabled else Answer(status=0)
            with world.lock:
                lane.settle(parcel, answer, now)
        posted += len(parcels)


def post(session: requests.Session, lane: Lane, parcel: Parcel) -> Answer:
    """Render one event and send it; what cannot be rendered or sent at all is a failure for good, like a refusal."""
    try:
        request = _request(lane, parcel)
    except (LiquidError, requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL, MissingSchema):
        return Answer(status=400)
    try:
        response = session.send(request, timeout=TIMEOUT_S, allow_redirects=False)
    except UnicodeError:
        return Answer(status=400)
    except requests.RequestException:
        return Answer(status=0)
    return Answer(response.status_code, _retry_after_s(response.headers.get("Retry-After", "")))


def _request(lane: Lane, parcel: Parcel) -> requests.PreparedRequest:
    """Fill a copy of the lane's prepared request: preparing each one anew costs more than rendering it."""
    sent_at = getattr(parcel.happening.message, "queued_at", parcel.event.at)
    is_forgotten = parcel.event.at - sent_at > MESSAGE_REMEMBERED
    kind = OLDER_NAMES.get(parcel.event.kind, "") if lane.stream.kind_names == "older" else ""
    context = render_context(parcel.event, parcel.happening, kind=kind, blank_message=is_forgotten)
    headers = {name: render(template, context) for name, template in lane.headers.items()}
    request = lane.request.copy()
    if not isinstance(lane.url, str):
        request.prepare_url(render(lane.url, context), None)
    request.prepare_headers({**lane.request.headers, "Content-Type": "application/json", **headers})
    request.body = render(lane.body, context).encode()
    request.prepare_content_length(request.body)
    return request


def _retry_after_s(text: str) -> int:
    """Read the seconds of a Retry-After; a date is not understood and falls back to our own delay."""
    is_number = text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004 - ten digits are no waiting time
    return min(int(text), RETRY_AFTER_MAX_S) if is_number else 0
