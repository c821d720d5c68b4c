"""Event streams: every message event from now on is POSTed to the customer, one request an event.

2xx is received; 429, 5xx and transport errors are tried again a few times with growing delays; anything else, and the
last failed try, is a permanent failure; too many of these in a row disable the stream (facts/onesignal-api.md 7.1). The
numbers are not published: the constants below are (inferred). Events leave in the order in which they happened, until
one of them has to be tried again: the service promises no order, and neither do we.
"""

from __future__ import annotations

from datetime import timedelta
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

import requests
from liquid.exceptions import LiquidError
from msgspec import Struct

from fake_onesignal.message_kinds import KINDS
from fake_onesignal.records import replace
from fake_onesignal.wire.event_stream import parse_template, render_context

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from fake_onesignal.messages import Happening, MessageEvent
    from fake_onesignal.state import AppState, World
    from fake_onesignal.wire.event_stream import Template

RETRY_DELAYS_S: Final = (1, 5, 30, 120)
FAILURES_IN_A_ROW_MAX: Final = 100
TIMEOUT_S: Final = 10
RETRY_AFTER_MAX_S: Final = 86_400
MESSAGE_REMEMBERED: Final = timedelta(days=30)
PARCELS_AT_ONCE: Final = 500
TOO_MANY_REQUESTS: Final = 429
SERVER_ERROR: Final = 500
FORBIDDEN_HEADERS: Final = ("content-length", "referer", "metadata-flavor", "x-google-metadata-request", "host")


class EventStream(Struct, frozen=True, kw_only=True):
    """One stream as the dashboard shows it. `kinds` None means all of them."""

    id: str
    app_id: str
    url: str
    headers: Mapping[str, str]
    kinds: tuple[str, ...] | None
    body_template: str
    created_at: datetime

    def __repr__(self) -> str:
        return f"EventStream(id={self.id!r}, url={self.url!r}, headers=<{len(self.headers)} hidden>)"


class StreamCounts(Struct, frozen=True, kw_only=True):
    """How a stream is doing: events received by the customer, failed for good, and still owed."""

    stream_id: str
    delivered: int
    failed: int
    pending: int
    is_enabled: bool


class Parcel(Struct, frozen=True):
    """One event on its way to one stream; `tries` counts those that failed."""

    event: MessageEvent
    happening: Happening
    tries: int = 0


class Answer(Struct, frozen=True):
    """What the customer's server said; `status` 0 when nothing came back."""

    status: int
    retry_after_s: int = 0

    @property
    def is_received(self) -> bool:
        """Whether the event arrived."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the 2xx class

    @property
    def is_worth_another_try(self) -> bool:
        """Whether the failure may pass by itself."""
        return self.status in {0, TOO_MANY_REQUESTS} or self.status >= SERVER_ERROR


class Lane:
    """A stream's events on their way. The verbs are called with the world's lock held; `post` is called without it."""

    def __init__(self, stream: EventStream) -> None:
        self.stream = stream
        self.body = parse_template(stream.body_template)
        self.headers = {name: parse_template(text) for name, text in stream.headers.items()}
        self.waiting: list[tuple[datetime, int, Parcel]] = []
        self.offered = 0
        self.on_the_road = 0
        self.delivered = 0
        self.failed = 0
        self.failed_in_a_row = 0
        self.is_enabled = True

    def offer(self, event: MessageEvent, happening: Happening) -> None:
        """Take an event that just happened, if it is of a chosen kind."""
        chosen = self.stream.kinds
        if self.is_enabled and (chosen is None or event.kind in chosen):
            self._push(event.at, Parcel(event, happening))

    def take_due(self, now: datetime) -> list[Parcel]:
        """Take some of the parcels whose time has come."""
        taken: list[Parcel] = []
        while self.waiting and self.waiting[0][0] <= now and len(taken) < PARCELS_AT_ONCE:
            taken.append(heappop(self.waiting)[2])
        self.on_the_road += len(taken)
        return taken

    def settle(self, parcel: Parcel, answer: Answer, now: datetime) -> None:
        """Draw the conclusion from an answer: delivered, tried again later, or failed for good."""
        self.on_the_road -= 1
        if answer.is_received:
            self.delivered += 1
            self.failed_in_a_row = 0
        elif not self.is_enabled:
            self.failed += 1
        elif answer.is_worth_another_try and parcel.tries < len(RETRY_DELAYS_S):
            wait_s = max(RETRY_DELAYS_S[parcel.tries], answer.retry_after_s)
            self._push(now + timedelta(seconds=wait_s), replace(parcel, tries=parcel.tries + 1))
        else:
            self._fail()

    def counts(self) -> StreamCounts:
        """How the stream is doing."""
        return StreamCounts(
            stream_id=self.stream.id,
            delivered=self.delivered,
            failed=self.failed,
            pending=len(self.waiting) + self.on_the_road,
            is_enabled=self.is_enabled,
        )

    def _fail(self) -> None:
        self.failed += 1
        self.failed_in_a_row += 1
        if self.failed_in_a_row >= FAILURES_IN_A_ROW_MAX:
            self.is_enabled = False
            self.failed += len(self.waiting)
            self.waiting.clear()

    def _push(self, due: datetime, parcel: Parcel) -> None:
        self.offered += 1
        heappush(self.waiting, (due, self.offered, parcel))


def new_lane(stream: EventStream) -> Lane:
    """Check a stream as the dashboard would and open its lane. Raises ValueError for what the dashboard refuses."""
    for name in stream.headers:
        if name.lower() in FORBIDDEN_HEADERS or name.lower().startswith("x-onesignal"):
            raise ValueError(f"an event stream may not set the header {name!r}")
    for kind in stream.kinds or ():
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of message event; they are {', '.join(KINDS)}")
    return Lane(stream)


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
            answer = post(world.session, lane, parcel, now) if lane.is_enabled else Answer(status=0)
            with world.lock:
                lane.settle(parcel, answer, now)
        posted += len(parcels)


def post(session: requests.Session, lane: Lane, parcel: Parcel, now: datetime) -> Answer:
    """Render one event and send it. A template that cannot be rendered is a failure for good, like a refusal."""
    sent_at = getattr(parcel.happening.message, "queued_at", now)
    is_forgotten = parcel.event.at - sent_at > MESSAGE_REMEMBERED
    context = render_context(parcel.event, parcel.happening, blank_message=is_forgotten)
    try:
        body = _render(lane.body, context)
        headers = {name: _render(template, context) for name, template in lane.headers.items()}
    except LiquidError:
        return Answer(status=400)
    headers.setdefault("Content-Type", "application/json")
    try:
        response = session.post(
            lane.stream.url, data=body.encode(), headers=headers, timeout=TIMEOUT_S, allow_redirects=False
        )
    except (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL, UnicodeError):
        return Answer(status=400)
    except requests.RequestException:
        return Answer(status=0)
    return Answer(response.status_code, _retry_after_s(response.headers.get("Retry-After", "")))


def _render(template: Template, context: Mapping[str, object]) -> str:
    return template.render(**context)


def _retry_after_s(text: str) -> int:
    """Read the seconds of a Retry-After; a date is not understood and falls back to our own delay."""
    is_number = text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004 - ten digits are no waiting time
    return min(int(text), RETRY_AFTER_MAX_S) if is_number else 0


def add_event_stream(
    world: World,
    state: AppState,
    *,
    url: str,
    headers: Mapping[str, str],
    kinds: Sequence[str] | None,
    body_template: str,
) -> EventStream:
    """Open a stream for the events from now on. Raises ValueError for what the dashboard refuses."""
    stream = EventStream(
        id=world.ids(),
        app_id=state.app.id,
        url=url,
        headers=dict(headers),
        kinds=None if kinds is None else tuple(kinds),
        body_template=body_template,
        created_at=world.now(),
    )
    state.ledger.lanes[stream.id] = new_lane(stream)
    return stream
