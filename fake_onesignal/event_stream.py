"""Event streams: every message event from now on is POSTed to the customer, one request an event.

2xx is received; 429, 5xx and transport errors are tried again a few times with growing delays; anything else, and the
last failed try, is a permanent failure; too many of these in a row disable the stream (facts/onesignal-api.md 7.1). The
numbers are not published: the constants below are (inferred). Events leave in the order in which they happened, until
one of them has to be tried again: the service promises no order, and neither do we.
"""

from __future__ import annotations

from datetime import timedelta
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

import requests
from msgspec import Struct

from fake_onesignal.messages import Notification
from fake_onesignal.names import check_kind
from fake_onesignal.records import replace
from fake_onesignal.wire.event_stream import parse_template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from fake_onesignal.messages import Happening, MessageEvent
    from fake_onesignal.state import AppState, World

RETRY_DELAYS_S: Final = (1, 5, 30, 120)
FAILURES_IN_A_ROW_MAX: Final = 100
PARCELS_AT_ONCE: Final = 500
NO_ADDRESS_YET: Final = "https://stream.invalid/"
"""Stands in a prepared request whose URL is a template."""

TOO_MANY_REQUESTS: Final = 429
SERVER_ERROR: Final = 500
FORBIDDEN_HEADERS: Final = ("content-length", "referer", "metadata-flavor", "x-google-metadata-request", "host")


Method: TypeAlias = Literal["POST", "PUT", "PATCH", "GET", "DELETE"]
KindNames: TypeAlias = Literal["present", "older"]


class EventStream(Struct, frozen=True, kw_only=True):
    """One stream as the dashboard shows it. `kinds`, `message_ids` and `template_ids` None mean all of them.

    URL, header values and body are Liquid templates. `kind_names` "older" spells the kinds as the page once did.
    """

    id: str
    app_id: str
    url: str
    headers: Mapping[str, str]
    kinds: tuple[str, ...] | None
    body_template: str
    created_at: datetime
    method: Method = "POST"
    message_ids: tuple[str, ...] | None = None
    template_ids: tuple[str, ...] | None = None
    kind_names: KindNames = "present"

    def __repr__(self) -> str:
        return f"EventStream(id={self.id!r}, url={self.url!r}, headers=<{len(self.headers)} hidden>)"


class StreamCounts(Struct, frozen=True, kw_only=True):
    """How a stream is doing: events received by the customer, failed for good, and still owed."""

    stream_id: str
    delivered: int
    failed: int
    pending: int
    is_enabled: bool


class AdminMail(Struct, frozen=True):
    """A mail to the app's administrators about a stream (facts/onesignal-api.md 7.1; when and its text inferred)."""

    at: datetime
    stream_id: str
    subject: str


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
        self.change(stream)
        self.mails: list[AdminMail] = []
        self.waiting: list[tuple[datetime, int, Parcel]] = []
        self.offered = 0
        self.on_the_road = 0
        self.delivered = 0
        self.failed = 0
        self.failed_in_a_row = 0
        self.is_enabled = True

    def change(self, stream: EventStream) -> EventStream:
        """Let the stream be another from now on; what is on its way keeps its place."""
        url, body = parse_template(stream.url), parse_template(stream.body_template)
        headers = {name: parse_template(text) for name, text in stream.headers.items()}
        address = stream.url if isinstance(url, str) else NO_ADDRESS_YET
        self.request = requests.Request(stream.method, address).prepare()
        self.stream, self.url, self.body, self.headers = stream, url, body, headers
        return stream

    def enable(self) -> None:
        """Take events again, after the stream was disabled."""
        self.is_enabled = True
        self.failed_in_a_row = 0

    def disable(self) -> None:
        """Take no more events, and give up those that wait."""
        self.is_enabled = False
        self.failed += len(self.waiting)
        self.waiting.clear()

    def offer(self, event: MessageEvent, happening: Happening) -> None:
        """Take an event that just happened, if it is one of those chosen."""
        if self.is_enabled and self._is_chosen(event, happening):
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
            self._fail(now)

    def memory(self) -> dict[str, object]:
        """Give what is remembered of the stream, for the fingerprint; what waits is named by its events."""
        waiting = [(due, number, parcel.event.id, parcel.tries) for due, number, parcel in self.waiting]
        counters = (self.offered, self.on_the_road, self.failed_in_a_row)
        return {
            "stream": self.stream,
            "mails": self.mails,
            "waiting": waiting,
            "counts": self.counts(),
            "counters": counters,
        }

    def counts(self) -> StreamCounts:
        """How the stream is doing."""
        return StreamCounts(
            stream_id=self.stream.id,
            delivered=self.delivered,
            failed=self.failed,
            pending=len(self.waiting) + self.on_the_road,
            is_enabled=self.is_enabled,
        )

    def _is_chosen(self, event: MessageEvent, happening: Happening) -> bool:
        stream, message = self.stream, happening.message
        if stream.kinds is not None and event.kind not in stream.kinds:
            return False
        if stream.message_ids is not None and event.message_id not in stream.message_ids:
            return False
        template_id = message.draft.template_id if isinstance(message, Notification) else ""
        return stream.template_ids is None or template_id in stream.template_ids

    def _fail(self, now: datetime) -> None:
        self.failed += 1
        self.failed_in_a_row += 1
        if self.failed_in_a_row == FAILURES_IN_A_ROW_MAX // 2:
            self.mails.append(AdminMail(now, self.stream.id, "Your event stream is failing"))
        if self.failed_in_a_row >= FAILURES_IN_A_ROW_MAX:
            self.mails.append(AdminMail(now, self.stream.id, "Your event stream was disabled"))
            self.disable()

    def _push(self, due: datetime, parcel: Parcel) -> None:
        self.offered += 1
        heappush(self.waiting, (due, self.offered, parcel))


def add_event_stream(
    world: World,
    state: AppState,
    *,
    url: str,
    headers: Mapping[str, str],
    kinds: Sequence[str] | None,
    body_template: str,
    **more: Any,
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
        **more,
    )
    check(stream)
    state.ledger.lanes[stream.id] = Lane(stream)
    return stream


def check(stream: EventStream) -> None:
    """Raise ValueError for a method, a header or a kind that the dashboard refuses."""
    for value, known in ((stream.method, get_args(Method)), (stream.kind_names, get_args(KindNames))):
        if value not in known:
            raise ValueError(f"{value!r} is none of {', '.join(known)}")
    for name in stream.headers:
        if name.lower() in FORBIDDEN_HEADERS or name.lower().startswith("x-onesignal"):
            raise ValueError(f"an event stream may not set the header {name!r}")
    for kind in stream.kinds or ():
        check_kind(kind)
