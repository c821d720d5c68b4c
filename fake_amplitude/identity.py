"""Who is who: which Amplitude ID an event is credited to, and which anonymous ids turn out to be a user.

The algorithm is facts/amplitude-api.md 3.1: a device's anonymous id is inherited by the first user seen on it,
or merged into that user's id when the user is already known; events without a user belong to the device's last
user. Merging happens at query time only: what was credited to an id before the merge keeps that id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable


class Device(msgspec.Struct, gc=False):
    """What is known of one device: its own anonymous id (0 for none) and the last user seen on it."""

    device_id: str
    anonymous: int = 0
    last_user: str | None = None


class Identity:
    """The users and devices of one project; new Amplitude IDs count up from `first_id`."""

    def __init__(self, first_id: int, user_elsewhere: Callable[[str], str | None]) -> None:
        self.users: dict[str, int] = {}
        self.devices: dict[str, Device] = {}
        self.merged: dict[int, int] = {}
        self.counted: dict[int, int] = {}
        self._next_id = first_id
        self._user_elsewhere = user_elsewhere

    def canonical(self, amplitude_id: int) -> int:
        """Answer the id that stands for this one after all merges."""
        return self.merged.get(amplitude_id, amplitude_id)

    def counted_as(self, amplitude_id: int) -> int:
        """Answer the id that this one is counted as: after all merges, and after user mapping."""
        return self.counted.get(amplitude_id, amplitude_id)

    def count(self, amplitude_id: int, stands_for: int) -> None:
        """Count an id as another from now on, or as itself."""
        self.counted.pop(amplitude_id, None)
        if amplitude_id != stands_for:
            self.counted[amplitude_id] = stands_for

    def forget(self, amplitude_ids: tuple[int, ...], user_id: str | None, device_ids: tuple[str, ...]) -> None:
        """Know nothing of a user any more, nor of devices that nobody else used."""
        self.users.pop(user_id or "", None)
        for amplitude_id in amplitude_ids:
            self.merged.pop(amplitude_id, None)
            self.counted.pop(amplitude_id, None)
        for device in [self.devices[device_id] for device_id in device_ids if device_id in self.devices]:
            if device.anonymous in amplitude_ids:
                device.anonymous = 0
            if device.last_user == user_id:
                device.last_user = None
            if not device.anonymous and device.last_user is None:
                del self.devices[device.device_id]

    def amplitude_id(self, user_id: str) -> int:
        """Answer the Amplitude ID of a user, who gets one when there is none yet."""
        if user_id not in self.users:
            self.users[user_id] = self._new_id()
        return self.users[user_id]

    def spelled(self, device_id: str) -> str:
        """Answer the string that is kept for a device id, so that a device's events share one."""
        device = self.devices.get(device_id)
        return device.device_id if device else device_id

    def last_user(self, device_id: str) -> str | None:
        """Answer the user last seen on the device, None when there was none."""
        device = self.devices.get(device_id)
        return device.last_user if device else None

    def credit(self, user_id: str | None, device_id: str) -> int:
        """Answer the Amplitude ID of an event, learning from its ids who is who."""
        device = self._device(device_id)
        if user_id is None and device.last_user is None and not device.anonymous:
            user_id = self._user_elsewhere(device_id)
        if user_id is None:
            return self._credit_device(device)
        return self._credit_user(user_id, device)

    def _device(self, device_id: str) -> Device:
        device = self.devices.get(device_id)
        if device is None:
            device = self.devices[device_id] = Device(device_id)
        return device

    def _credit_device(self, device: Device) -> int:
        if device.last_user is not None:
            return self.users[device.last_user]
        if not device.anonymous:
            device.anonymous = self._new_id()
        return device.anonymous

    def _credit_user(self, user_id: str, device: Device) -> int:
        amplitude_id = self.users.get(user_id)
        was_anonymous = device.anonymous and device.last_user is None
        if amplitude_id is None:
            amplitude_id = device.anonymous if was_anonymous else self._new_id()
            self.users[user_id] = amplitude_id
        elif was_anonymous and device.anonymous != amplitude_id:
            self.merged[device.anonymous] = amplitude_id
            self.counted[device.anonymous] = self.counted_as(amplitude_id)
        if device.last_user != user_id:
            device.last_user = user_id
        return amplitude_id

    def _new_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1
