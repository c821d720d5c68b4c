"""The JSON of the cohort door (modelled: docs/between-the-houses.md)."""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from fake_onesignal.cohorts import BATCH_MAX
from fake_onesignal.segment_errors import CohortRefusedError

NAME_LENGTH_MAX: Final = 128
Parsed = TypeVar("Parsed")


class NameBody(Struct):
    """The name of a cohort."""

    name: str


class MembersBody(Struct):
    """External ids that came in and went out."""

    add: list[str] = []
    remove: list[str] = []


_NAME: Final = msgspec.json.Decoder(NameBody)
_MEMBERS: Final = msgspec.json.Decoder(MembersBody)


def parse_name(body: bytes) -> str:
    """Read a cohort's name; a segment must be able to bear it."""
    name = _parsed(_NAME, body).name
    if not 0 < len(name) <= NAME_LENGTH_MAX:
        raise CohortRefusedError(f"name must have between 1 and {NAME_LENGTH_MAX} characters")
    return name


def parse_members(body: bytes) -> MembersBody:
    """Read a batch of at most 10,000 external ids."""
    members = _parsed(_MEMBERS, body)
    if len(members.add) + len(members.remove) > BATCH_MAX:
        raise CohortRefusedError(f"at most {BATCH_MAX} members per request")
    return members


def _parsed(decoder: msgspec.json.Decoder[Parsed], body: bytes) -> Parsed:
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise CohortRefusedError("Request is malformed") from error
