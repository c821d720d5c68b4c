"""Streams events to destinations as they arrive (facts/amplitude-api.md 5.1; facts/integration.md 3).

An event has a first try and nine retries over four hours; a try asks up to three times at once where the answer is
429 or 5xx. A 202 names the events that failed: only those are tried again. A batch that is refused as such is sent
again one by one, so that one bad event does not take others with it. Idempotency keys stay the same all the way.
"""

from __future__ import annotations

from datetime import timedelta
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import msgspec

from fake_amplitude import partner
from fake_amplitude.streams import Counts, Delivery, EventDestination, OneSignalApp, Stream, Webhook
from fake_amplitude.user_properties import mapped_value
from fake_amplitude.warehouse import NOBODY
from fake_amplitude.wire.moments import moment
from fake_amplitude.wire.streamed_events import StreamedEvent, failed_ones, render_custom_events, render_webhook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from fake_amplitude.partner import Verdict
    from fake_amplitude.records import Event, Profile, Project
    from fake_amplitude.state import State
    from fake_amplitude.world import World

NEVER_STREAMED = ("_all", "_identify")
BATCH_MAX = 100
TRIES_AT_ONCE = 3
RETRY_AFTER = tuple(timedelta(seconds=s) for s in (30, 60, 120, 240, 480, 960, 1_920, 3_840, 6_750))  # 4 h in all
SPLIT_STATUSES = (400, 413)


def add(world: World, project: Project, destination: EventDestination) -> EventDestination:
    """Begin a stream; what has already happened is not streamed."""
    with world.state.lock:
        events = world.state.warehouses[project.id].events
        world.state.streams[destination.id] = Stream(destination, len(events))
        return destination


def run_due(world: World) -> int:
    """Send what is due; answer how many requests' worth of events were tried."""
    done = 0
    _follow(world)
    while (claimed := _claim(world)) is not None:
        _try(world, *claimed)
        done += 1
    return done


def next_due(state: State) -> datetime | None:
    """Answer when there is something to send or to look at; the state's lock is held by the caller."""
    return min(_moments(state), default=None)


def _moments(state: State) -> Iterator[datetime]:
    for stream in state.streams.values():
        if stream.waiting:
            yield stream.waiting[0][0]
        events = state.warehouses[stream.destination.project_id].events
        if stream.next_number < len(events):
            yield moment(events[stream.next_number].upload_ms)


def _follow(world: World) -> None:
    """Look at the events that came since, and queue those that are chosen while the month's volume lasts."""
    with world.state.lock:
        now, streams = world.now(), world.state.streams.values()
        for project_id in dict.fromkeys(stream.destination.project_id for stream in streams):
            events = world.state.warehouses[project_id].events
            of_project = [stream for stream in streams if stream.destination.project_id == project_id]
            for number in range(min(stream.next_number for stream in of_project), len(events)):
                chosen = [stream for stream in of_project if _is_next(stream, events[number])]
                if chosen:
                    _queue(world, chosen, events[number], now)
            for stream in of_project:
                stream.next_number = len(events)


def _queue(world: World, chosen: list[Stream], event: Event, now: datetime) -> None:
    """Give an event to its streams; it counts once for all of them, and is lost to all when the volume is used up."""
    is_paid_for = world.state.streaming_volume.takes(now)
    for stream in chosen:
        if is_paid_for:
            heappush(stream.waiting, (now, event.number, Delivery(event.number, moment(event.upload_ms))))
        else:
            stream.count(Counts(discarded=1), world.now_ms())


def _is_next(stream: Stream, event: Event) -> bool:
    return stream.next_number <= event.number and _is_chosen(stream.destination, event)


def _is_chosen(destination: EventDestination, event: Event) -> bool:
    if event.event_type in NEVER_STREAMED or event.amplitude_id == NOBODY:
        return False
    return destination.event_types is None or event.event_type in destination.event_types


def _claim(world: World) -> tuple[Stream, list[Delivery]] | None:
    with world.state.lock:
        now = world.now()
        for stream in world.state.streams.values():
            if not stream.is_calling and stream.waiting and stream.waiting[0][0] <= now:
                stream.is_calling = True
                return stream, _batch(stream, now)
    return None


def _batch(stream: Stream, now: datetime) -> list[Delivery]:
    size = BATCH_MAX if isinstance(stream.destination.target, OneSignalApp) else 1
    batch: list[Delivery] = []
    while stream.waiting and stream.waiting[0][0] <= now and len(batch) < size:
        if batch and stream.waiting[0][2].alone:
            break
        batch.append(heappop(stream.waiting)[2])
        if batch[-1].alone:
            break
    return batch


def _try(world: World, stream: Stream, batch: list[Delivery]) -> None:
    with world.state.lock:
        events = _sendable(world, stream, batch)
        if not events:
            stream.is_calling = False
            return
        request = _request(stream.destination, list(events.values()))
    verdict = partner.post(world, request)
    for _ in range(TRIES_AT_ONCE - 1):
        if verdict.outcome != "try again" or verdict.status is None:
            break
        verdict = partner.post(world, request)
    with world.state.lock:
        stream.is_calling = False
        _settle(world, stream, events, verdict)


def _sendable(world: World, stream: Stream, batch: list[Delivery]) -> dict[Delivery, StreamedEvent]:
    """Answer the events that somebody stands behind; a user deleted or without the mapped property is discarded."""
    destination = stream.destination
    warehouse = world.state.warehouses[destination.project_id]
    found: dict[Delivery, StreamedEvent] = {}
    for delivery in batch:
        event = warehouse.events[delivery.number]
        amplitude_id = warehouse.identity.canonical(event.amplitude_id)
        profile = warehouse.profiles.of(amplitude_id) if amplitude_id in warehouse.profiles else None
        mapped = mapped_value(profile, destination.mapped_property) if profile else None
        if profile is None or (mapped is None and isinstance(destination.target, OneSignalApp)):
            stream.count(Counts(discarded=1), world.now_ms())
        else:
            found[delivery] = _streamed(world, destination, event, profile)
    return found


def _streamed(world: World, destination: EventDestination, event: Event, profile: Profile) -> StreamedEvent:
    warehouse = world.state.warehouses[destination.project_id]
    return StreamedEvent(
        project=world.state.projects[destination.project_id],
        event=event,
        first_ms=warehouse.first_ms(event.amplitude_id),
        mapped=mapped_value(profile, destination.mapped_property) or "",
        properties={
            **_selected(msgspec.json.decode(event.event_properties), destination.event_properties),
            **_selected(profile.properties, destination.user_properties),
        },
    )


def _selected(properties: dict[str, object], names: tuple[str, ...]) -> dict[str, object]:
    return {name: properties[name] for name in names if properties.get(name) is not None}


def _request(destination: EventDestination, events: list[StreamedEvent]) -> partner.Request:
    target = destination.target
    if isinstance(target, Webhook):
        return partner.Request(target.url, target.headers, render_webhook(events[0]))
    url = f"{target.host}/apps/{target.app_id}/custom_events"
    return partner.Request(url, {"Authorization": f"Key {target.api_key}"}, render_custom_events(events))


def _settle(world: World, stream: Stream, sent: dict[Delivery, StreamedEvent], verdict: Verdict) -> None:
    if verdict.outcome == "try again":
        _try_later(world, stream, list(sent))
    elif verdict.outcome == "rejected" and verdict.status in SPLIT_STATUSES and len(sent) > 1:
        for delivery in sent:
            alone = msgspec.structs.replace(delivery, alone=True)
            heappush(stream.waiting, (world.now(), delivery.number, alone))
    elif verdict.outcome == "rejected":
        stream.count(Counts(discarded=len(sent)), world.now_ms())
    else:
        is_custom = isinstance(stream.destination.target, OneSignalApp)
        failed = failed_ones(verdict.body, sent) if is_custom else []
        _try_later(world, stream, failed)
        for delivery in sent.keys() - set(failed):
            stream.count(_delivered(delivery, world.now()), world.now_ms())


def _delivered(delivery: Delivery, now: datetime) -> Counts:
    latency_ms = (now - delivery.since) // timedelta(milliseconds=1)
    if delivery.attempts:
        return Counts(after_retry=1, latency_ms=latency_ms)
    return Counts(on_first_attempt=1, latency_ms=latency_ms)


def _try_later(world: World, stream: Stream, deliveries: list[Delivery]) -> None:
    for delivery in deliveries:
        if delivery.attempts == len(RETRY_AFTER):
            stream.count(Counts(expired=1), world.now_ms())
        else:
            again = world.now() + RETRY_AFTER[delivery.attempts]
            later = msgspec.structs.replace(delivery, attempts=delivery.attempts + 1)
            heappush(stream.waiting, (again, delivery.number, later))
