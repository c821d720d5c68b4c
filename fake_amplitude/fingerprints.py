"""One digest over all that a region remembers, in a fixed order, for "same seed, same bytes"."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fake_amplitude.state import State
    from fake_amplitude.warehouse import Warehouse

_ENCODER = msgspec.json.Encoder(enc_hook=lambda value: repr(value).encode())


def fingerprint(state: State) -> str:
    """Answer the SHA-256; the state's lock is held by the caller."""
    digest = hashlib.sha256()
    for remembered in _remembered(state):
        digest.update(_ENCODER.encode(remembered))
        digest.update(b"\n")
    return digest.hexdigest()


def _remembered(state: State) -> Iterator[Any]:
    for project in state.projects.values():
        yield project
        yield state.secret_keys[project.id]
        yield from _warehoused(state.warehouses[project.id])
    for cohort in state.cohorts.values():
        yield [cohort.id, cohort.name, repr(cohort.rule), cohort.owner, cohort.published, cohort.archived]
        yield [cohort.created_ms, cohort.modified_ms, cohort.computed_ms, sorted(cohort.members)]
    yield from state.downloads.values()
    yield state.plan
    yield from state.destinations.values()
    yield from state.syncs.values()
    for pair, audience in state.audiences.items():
        yield [pair, audience.list_id, sorted(audience.sent.items()), sorted(audience.frozen), audience.run]
    yield state.history
    yield from state.deletions.values()
    yield from state.subject_requests.values()
    yield list(state.profile_cohorts)
    yield from state.charts.values()
    yield [plan.rows for plan in state.plans.values()]
    yield [[notes.annotations, notes.categories, notes.releases] for notes in state.notes.values()]
    yield [state.streaming_volume.events_a_month, state.streaming_volume.month, state.streaming_volume.used]
    for stream in state.streams.values():
        yield [stream.destination, stream.next_number, sorted(stream.waiting), stream.total]


def _warehoused(warehouse: Warehouse) -> Iterator[Any]:
    yield from warehouse.events
    yield from warehouse.profiles.all()
    yield list(warehouse.identity.users.items())
    yield from warehouse.identity.devices.values()
    yield list(warehouse.identity.merged.items())
    yield list(warehouse.groups.items())
    yield repr(warehouse.custom_events)
    yield list(warehouse.silenced)
    yield list(warehouse.mappings.to.items())
    yield list(warehouse.attributions.devices.items())
    yield list(warehouse.attributions.held.items())
    yield from warehouse.insert_ids()
