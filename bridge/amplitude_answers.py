"""Reads what Amplitude's HTTP V2 answers to a batch of events (facts/amplitude-api.md 1.3, 1.4, 2.4)."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec

from bridge.answers import Answer, Delivered, Later, Refused, Stopped
from bridge.batches import HALVE, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bridge.records import ClaimedDelivery

QUOTA_WAIT = timedelta(hours=1)  # the daily quota is counted in steps of an hour
_WORDS_MAX = 300
_POINTED_AT = ("events_with_missing_fields", "events_with_invalid_fields", "events_with_invalid_id_lengths")


class _Ids(msgspec.Struct):
    user_id: str | None = None
    device_id: str | None = None


def read_verdict(
    status: int, content: bytes, *, batch: Sequence[ClaimedDelivery], asked: timedelta | None, usual: timedelta
) -> Verdict:
    """Say what an answer means for the events of a batch.

    `asked` is the Retry-After that came with it, `usual` how long a throttled user waits at this endpoint at least.
    """
    body = _object(content)
    if status == HTTPStatus.OK:
        is_taken = body.get("code") == HTTPStatus.OK
        return Verdict(whole=Delivered() if is_taken else Later("200: not Amplitude's words"))
    words = f"{status} {body.get('error') or _PHRASES.get(status, '')}".strip()[:_WORDS_MAX]
    if status == HTTPStatus.BAD_REQUEST:
        return _bad_request(words, body, batch, usual)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return _alone_or_halved(words, batch)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        throttled = dict(_throttled(words, body, batch, max(asked or usual, usual)))
        whole = Later(words, asked if asked is not None else usual, may_have_it=False)
        return Verdict(singled_out=throttled) if throttled else Verdict(whole=whole)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
        return Verdict(whole=Stopped(words))
    surely_not_stored = status == HTTPStatus.SERVICE_UNAVAILABLE  # the vendor says so of no other error
    return Verdict(whole=Later(words, asked, may_have_it=not surely_not_stored))


def _bad_request(words: str, body: Mapping[str, object], batch: Sequence[ClaimedDelivery], wait: timedelta) -> Verdict:
    if str(body.get("error")).startswith("Invalid API key"):
        return Verdict(whole=Stopped("400 Invalid API key"))
    singled_out = dict(_throttled(words, body, batch, wait))
    singled_out.update(_silenced(words, body, batch))
    for name in _POINTED_AT:
        for column, indexes in _mapping(body.get(name)).items():
            for index in _indexes(indexes, batch):
                singled_out[index] = Refused(f"{words}: {column}")
    return Verdict(singled_out=singled_out) if singled_out else _alone_or_halved(words, batch)


def _alone_or_halved(words: str, batch: Sequence[ClaimedDelivery]) -> Verdict:
    return Verdict(whole=Refused(words)) if len(batch) == 1 else HALVE


def _silenced(words: str, body: Mapping[str, object], batch: Sequence[ClaimedDelivery]) -> Iterator[tuple[int, Answer]]:
    devices = body.get("silenced_devices")
    named = devices if isinstance(devices, list | dict) else ()
    by_device = [i for i, ids in enumerate(_ids(batch)) if ids.device_id in named] if named else []
    for index in (*_indexes(body.get("silenced_events"), batch), *by_device):
        yield index, Refused(words)


def _throttled(
    words: str, body: Mapping[str, object], batch: Sequence[ClaimedDelivery], wait: timedelta
) -> Iterator[tuple[int, Answer]]:
    """Let a throttled user or device wait alone, and longer when over the daily quota."""
    for index in _indexes(body.get("throttled_events"), batch):
        yield index, Later(words, wait, alone=True, may_have_it=False)
    for prefix, after in (("throttled", wait), ("exceeded_daily_quota", QUOTA_WAIT)):
        users, devices = _mapping(body.get(f"{prefix}_users")), _mapping(body.get(f"{prefix}_devices"))
        if users or devices:
            for index, ids in enumerate(_ids(batch)):
                if ids.user_id in users or ids.device_id in devices:
                    yield index, Later(words, after, alone=True, may_have_it=False)


def _ids(batch: Sequence[ClaimedDelivery]) -> Iterator[_Ids]:
    return (_IDS.decode(delivery.payload) for delivery in batch)


def _indexes(value: object, batch: Sequence[ClaimedDelivery]) -> list[int]:
    """Keep the indexes that point into the batch; `True` is no index."""
    listed = value if isinstance(value, list) else []
    return [index for index in listed if type(index) is int and 0 <= index < len(batch)]


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _object(content: bytes) -> Mapping[str, object]:
    """Read a JSON object; a proxy may answer with HTML, which says nothing."""
    try:
        return msgspec.json.decode(content, type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}


_IDS = msgspec.json.Decoder(_Ids)
_PHRASES = {int(status): status.phrase for status in HTTPStatus}
