"""Takes in what old clients upload, and attributions; what is refused is refused in text (facts 1.8, 1.16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from fake_amplitude import errors, ingestion
from fake_amplitude.stored_events import ATTRIBUTION, Arrival
from fake_amplitude.text_errors import InvalidEventField, TooManyIdentifications

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fake_amplitude.records import Project
    from fake_amplitude.wire.upload_form import Upload, UploadedEvent
    from fake_amplitude.world import World


def upload(world: World, project: Project, posted: Upload, *, path: str, remote_address: str) -> None:
    """Take a whole upload or nothing; raises a `TextError`."""
    try:
        ingestion.upload(world, project, posted, path=path, remote_address=remote_address)
    except errors.TooManyRequestsForSome:
        raise TooManyIdentifications from None
    except errors.EventsSilenced:
        raise InvalidEventField(["device_id"]) from None


def attribute(world: World, project: Project, installs: Sequence[UploadedEvent]) -> None:
    """Give each install to the user whose device showed its advertising id, or hold it until one does."""
    with world.state.lock:
        now_ms = world.now_ms()
        warehouse = world.state.warehouses[project.id]
        arrival = Arrival(now_ms, now_ms, ATTRIBUTION)
        for install in installs:
            device_id = warehouse.attributions.device_of(install)
            if device_id is None:
                warehouse.attributions.hold(install, now_ms)
            else:
                ingestion.receive(warehouse, msgspec.structs.replace(install, device_id=device_id), arrival)
