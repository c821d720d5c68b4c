"""Sends custom events to OneSignal and says of each what became of it (facts/integration.md 3)."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec

from bridge.answers import Answer, Delivered, Later, Refused
from bridge.batches import HALVE, Batch, Verdict, cut, deliver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.onesignal_api import OneSignalApi, Said
    from bridge.records import ClaimedDelivery

REMEMBERS_FOR = timedelta(hours=4)  # how long an idempotency key is known, at best
BYTES_MAX = 1_000_000
EVENTS_MAX = 1_000
_FOR_GOOD = "not found"
_HEAD, _TAIL = b'{"events":[', b"]}"


class _Keys(msgspec.Struct):
    external_id: str
    idempotency_key: str


class _Cause(msgspec.Struct):
    code: str | None = None
    title: str | None = None


class _Failed(msgspec.Struct):
    event_user_id: str | None = None
    event_id: str | None = None
    error: _Cause = msgspec.field(default_factory=_Cause)


class _Accepted(msgspec.Struct):
    errors: list[_Failed] = msgspec.field(default_factory=list)


class OneSignalEvents:
    """One app's custom events."""

    events_max = EVENTS_MAX

    def __init__(self, api: OneSignalApi) -> None:
        self._api = api

    def send(self, deliveries: Sequence[ClaimedDelivery]) -> dict[int, Answer]:
        """Send in order; answers by delivery id what became of those that were tried."""
        envelope = len(_HEAD) + len(_TAIL)
        return deliver(cut(deliveries, envelope=envelope, events_max=EVENTS_MAX, bytes_max=BYTES_MAX), self._post)

    def _post(self, batch: Batch) -> Verdict:
        body = _HEAD + b",".join(delivery.payload for delivery in batch) + _TAIL
        said = self._api.call("POST", f"/apps/{self._api.app}/custom_events", body)
        return Verdict(whole=said) if isinstance(said, Later) else _read(said, batch)


def _read(said: Said, batch: Batch) -> Verdict:
    meant = said.meant_for_all()
    if isinstance(meant, Delivered):
        return _each(said.content, batch)
    if meant is not None:
        return Verdict(whole=meant)
    if said.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE) and len(batch) > 1:
        return HALVE
    return Verdict(whole=Refused(said.words))


def _each(content: bytes, batch: Batch) -> Verdict:
    """Read which events of an accepted request failed: who is not found never will be, the others may be repeated.

    An answer that is none of OneSignal's says nothing of that; asked again under the same keys, it will.
    """
    try:
        errors = msgspec.json.decode(content or b"{}", type=_Accepted).errors
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Verdict(whole=Later("202 in words that are not OneSignal's"))
    if not errors:
        return Verdict(whole=Delivered())
    by_key = {error.event_id: error for error in errors if error.event_id}
    by_user = {error.event_user_id: error for error in errors if error.event_user_id and error.event_id not in by_key}
    answers: dict[int, Answer] = {}
    for index, delivery in enumerate(batch):
        keys = _KEYS.decode(delivery.payload)
        error = by_key.get(keys.idempotency_key) or by_user.get(keys.external_id)
        answers[index] = Delivered() if error is None else _meant(error.error)
    return Verdict(singled_out=answers)


def _meant(cause: _Cause) -> Answer:
    words = f"202 {cause.code or 'error'}: {cause.title or ''}".strip()
    return Refused(words) if cause.code == _FOR_GOOD else Later(words, alone=True, may_have_it=False)


_KEYS = msgspec.json.Decoder(_Keys)
