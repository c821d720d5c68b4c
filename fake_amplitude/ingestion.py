"""Which events count, and what each of them teaches about its user (facts/amplitude-api.md 2.3, 3)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from fake_amplitude import errors
from fake_amplitude.properties import changed
from fake_amplitude.stored_events import ATTRIBUTION, Arrival, bounded, stored
from fake_amplitude.warehouse import derived_device_id
from fake_amplitude.wire.nesting import cut, is_short
from fake_amplitude.wire.upload_form import GROUP_IDENTIFY, IDENTIFY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from fake_amplitude.caps import Caps
    from fake_amplitude.records import Project
    from fake_amplitude.warehouse import Warehouse
    from fake_amplitude.wire.upload_form import Upload, UploadedEvent
    from fake_amplitude.world import World


class Receipt(msgspec.Struct, frozen=True):
    """What an accepted upload is answered with."""

    upload_ms: int
    events: int


def upload(world: World, project: Project, posted: Upload, *, path: str, remote_address: str = "") -> Receipt:
    """Take a whole upload, or raise what refuses it and take nothing. Repeated events count as taken.

    Raises `EventsSilenced` and `TooManyRequestsForSome`.
    """
    with world.state.lock:
        now_ms = world.now_ms()
        warehouse = world.state.warehouses[project.id]
        _refuse_silenced(warehouse, posted.events)
        if world.throttle is not None:
            world.throttle.admit(project, posted.events, path=path, now_ms=now_ms)
        arrival = Arrival(
            now_ms,
            _client_upload_ms(posted.client_upload_time, now_ms),
            path,
            remote_address=remote_address,
            caps=_caps(world, project),
            deduplicates_event_ids=world.switches.deduplicates_event_ids,
        )
        for event in posted.events:
            receive(warehouse, event, arrival)
    return Receipt(now_ms, len(posted.events))


def identify(world: World, project: Project, identifications: Sequence[UploadedEvent]) -> None:
    """Take identifications: they change users and are not events (facts/amplitude-api.md 1.5).

    Raises `TooManyIdentifications`.
    """
    with world.state.lock:
        now_ms = world.now_ms()
        if world.throttle is not None:
            world.throttle.admit_identifications(project, identifications, now_ms)
        arrival = Arrival(now_ms, now_ms, "/identify", caps=_caps(world, project))
        for identification in identifications:
            receive(world.state.warehouses[project.id], identification, arrival)


def silence_device(world: World, project: Project, device_id: str) -> None:
    """Refuse every upload with an event of the device from now on (facts/amplitude-api.md 2.4)."""
    with world.state.lock:
        world.state.warehouses[project.id].silenced[device_id] = None


def hear_device(world: World, project: Project, device_id: str) -> None:
    """Take events of a silenced device again."""
    with world.state.lock:
        world.state.warehouses[project.id].silenced.pop(device_id, None)


def receive(warehouse: Warehouse, event: UploadedEvent, arrival: Arrival) -> None:
    """Take one sound event or identification into a project; a repeated one changes nothing."""
    device_id = warehouse.identity.spelled(event.device_id or derived_device_id(event.user_id or ""))
    insert_id = event.insert_id or _made_insert_id(event, arrival)
    if insert_id is not None and warehouse.is_repeated(device_id, insert_id, arrival.upload_ms):
        return
    if event.event_type == GROUP_IDENTIFY:
        _change_groups(warehouse, event)
        return
    amplitude_id = warehouse.credit(event.user_id, device_id)
    user_id = warehouse.identity.devices[device_id].last_user
    update = _update(event, amplitude_id, arrival)
    if event.idfa or event.adid or event.idfv or event.android_app_set_id:
        _recognise(warehouse, event, device_id, arrival)
    profile = warehouse.profiles.touch(amplitude_id, user_id=user_id, device_id=device_id, event=event, update=update)
    if event.event_type != IDENTIFY:
        is_synced = not event.skips_properties and (update is not None or not event.user_properties)
        kept = stored(warehouse, event, profile, device_id=device_id, arrival=arrival, is_synced=is_synced)
        warehouse.store(kept, is_charted=arrival.caps is None or arrival.caps.knows(event.event_type))


def _recognise(warehouse: Warehouse, event: UploadedEvent, device_id: str, arrival: Arrival) -> None:
    """Take the installs that waited for the event's advertising ids (facts/amplitude-api.md 1.16)."""
    waited = warehouse.attributions.recognised(event, device_id, arrival.upload_ms)
    arrival = Arrival(arrival.upload_ms, arrival.upload_ms, ATTRIBUTION)
    for install in waited:
        receive(warehouse, msgspec.structs.replace(install, device_id=device_id), arrival)


def _caps(world: World, project: Project) -> Caps | None:
    return None if world.throttle is None else world.throttle.caps(project)


def _refuse_silenced(warehouse: Warehouse, events: Sequence[UploadedEvent]) -> None:
    if not warehouse.silenced:
        return
    silenced = [index for index, event in enumerate(events) if event.device_id in warehouse.silenced]
    if silenced:
        devices = dict.fromkeys(events[index].device_id or "" for index in silenced)
        raise errors.EventsSilenced(list(devices), silenced)


def _made_insert_id(event: UploadedEvent, arrival: Arrival) -> str | None:
    """Answer the other deduplication key, where it is switched on (facts/amplitude-api.md 2.3)."""
    if not arrival.deduplicates_event_ids or event.event_id is None:
        return None
    return f"\0{event.event_id}@{arrival.client_upload_ms if event.time is None else event.time}"


def _update(event: UploadedEvent, amplitude_id: int, arrival: Arrival) -> dict[str, Any] | None:
    """Answer what the event changes in its user's properties; None when nothing, or when it is dropped."""
    if not event.user_properties or event.skips_properties:
        return None
    update = event.user_properties if is_short(event.user_properties) else cut(event.user_properties)
    return update if arrival.caps is None else arrival.caps.kept(amplitude_id, update, arrival.upload_ms)


def _change_groups(warehouse: Warehouse, event: UploadedEvent) -> None:
    for group_type, values in (event.groups or {}).items():
        for value in values if isinstance(values, list) else [values]:
            key = (group_type, str(value))
            warehouse.groups[key] = changed(warehouse.groups.get(key, {}), event.group_properties or {})


def _client_upload_ms(said: str | None, now_ms: int) -> int:
    try:
        moment = datetime.fromisoformat(said) if said else None
    except ValueError:
        moment = None
    if moment is None:
        return now_ms
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return bounded(int(moment.timestamp() * 1_000))
