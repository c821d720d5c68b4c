"""The JSON of the cohort door (modelled: docs/between-the-houses.md)."""

from __future__ import annotations

import re
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from fake_onesignal.cohorts import BATCH_MAX
from fake_onesignal.segment_errors import CohortRefusedError

NAME_LENGTH_MAX: Final = 128
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
Parsed = TypeVar("Parsed")


class NameBody(Struct):
    """The name of a cohort."""

    name: str


class MembersBody(Struct):
    """External ids that came in and went out; one of the two may be left out."""

    add: list[str] | None = None
    remove: list[str] | None = None


_NAME: Final = msgspec.json.Decoder(NameBody)
_MEMBERS: Final = msgspec.json.Decoder(MembersBody)


def parse_name(body: bytes) -> str:
    """Read a cohort's name; a segment must be able to bear it."""
    name = _parsed(_NAME, body).name
    if not name.strip() or len(name) > NAME_LENGTH_MAX or _CONTROL.search(name):
        raise CohortRefusedError(f"name must have between 1 and {NAME_LENGTH_MAX} characters that can be seen")
    return name


def parse_members(body: bytes) -> dict[str, list[str]]:
    """Read a batch of at most 10,000 external ids: those to add and those to remove."""
    members = _parsed(_MEMBERS, body)
    if members.add is None and members.remove is None:
        raise CohortRefusedError("add or remove is required")
    add, remove = members.add or [], members.remove or []
    if len(add) + len(remove) > BATCH_MAX:
        raise CohortRefusedError(f"at most {BATCH_MAX} members per request")
    return {"add": add, "remove": remove}


def _parsed(decoder: msgspec.json.Decoder[Parsed], body: bytes) -> Parsed:
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise CohortRefusedError("Request is malformed") from error
