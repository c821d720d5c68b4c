"""Reads what Amplitude's list-based partner protocol posts (facts/amplitude-api.md 4.2)."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from bridge.errors import Malformed

T = TypeVar("T")


class _CreateList(msgspec.Struct, frozen=True):
    name: str


class _Batch(msgspec.Struct, frozen=True, rename="camel"):
    user_ids: tuple[str, ...]


def parse_create_list(body: bytes) -> str:
    """Answer the list's name; raises Malformed."""
    return _parse(body, _CREATE_LIST, "not a list").name


def parse_add_or_remove(body: bytes) -> tuple[str, ...]:
    """Answer the mapped ids of the users; raises Malformed, and then nobody of the batch is taken."""
    return _parse(body, _BATCH, "not a batch of users").user_ids


def _parse(body: bytes, decoder: msgspec.json.Decoder[T], complaint: str) -> T:
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"{complaint}: {error}") from error


_CREATE_LIST = msgspec.json.Decoder(_CreateList)
_BATCH = msgspec.json.Decoder(_Batch)
