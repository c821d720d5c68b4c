"""Gives an install to the user whose device shows the same advertising id, now or within 72 hours (facts 1.16)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fake_amplitude.wire.upload_form import UploadedEvent

HELD_MS = 72 * 3_600_000
AD_IDS = ("idfa", "idfv", "adid", "android_app_set_id")

AdId = tuple[str, str]


@dataclass(frozen=True, slots=True)
class HeldInstall:
    """An attribution that waits for its user."""

    event: UploadedEvent
    until_ms: int


class Attributions:
    """Which device showed which advertising id, and which installs still wait for one."""

    def __init__(self) -> None:
        self.devices: dict[AdId, str] = {}
        self.held: dict[AdId, list[HeldInstall]] = {}

    def device_of(self, event: UploadedEvent) -> str | None:
        """Answer the device that showed one of the event's advertising ids."""
        return next((self.devices[ad_id] for ad_id in ad_ids(event) if ad_id in self.devices), None)

    def hold(self, event: UploadedEvent, now_ms: int) -> None:
        """Keep an install for 72 hours, under the first of its ids."""
        ad_id = next(ad_ids(event))
        self.held.setdefault(ad_id, []).append(HeldInstall(event, now_ms + HELD_MS))

    def recognised(self, event: UploadedEvent, device_id: str, now_ms: int) -> list[UploadedEvent]:
        """Learn the device of an event, and answer the installs that waited for it and are not too old."""
        found: list[HeldInstall] = []
        for ad_id in ad_ids(event):
            self.devices[ad_id] = device_id
            found.extend(self.held.pop(ad_id, ()))
        return [install.event for install in found if now_ms < install.until_ms]


def ad_ids(event: UploadedEvent) -> Iterator[AdId]:
    """Answer the advertising ids that an event carries."""
    for name in AD_IDS:
        value = getattr(event, name)
        if value:
            yield name, value
