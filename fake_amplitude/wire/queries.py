"""Reads the query string and the path of a REST call; what is not usable is refused in the vendor's envelope."""

from __future__ import annotations

from typing import TypeVar

from flask import request

from fake_amplitude import errors
from fake_amplitude.wire.moments import parse_ms

DIGITS_MAX = 15

Word = TypeVar("Word", bound=str)


def required(name: str) -> str:
    """Read a parameter that must be there."""
    said = request.args.get(name, "")
    if not said:
        raise errors.InvalidRestRequest(f"Missing parameter: {name}")
    return said


def is_whole(said: str) -> bool:
    """Answer whether a text is a number that counts something."""
    return said.isascii() and said.isdecimal() and len(said) <= DIGITS_MAX


def whole_number(name: str, *, default: int) -> int:
    """Read a number that counts something."""
    said = request.args.get(name)
    if said is None:
        return default
    if not is_whole(said):
        raise errors.InvalidRestRequest(f"Invalid parameter: {name}")
    return int(said)


def number_in_path(said: str) -> int:
    """Read the number of a thing; what is no number names nothing."""
    if not is_whole(said):
        raise errors.NotFound(f"{said} was not found.")
    return int(said)


def choice(name: str, *allowed: Word) -> Word:
    """Read one of some words; the first is the default."""
    said = request.args.get(name, allowed[0])
    for word in allowed:
        if word == said:
            return word
    raise errors.InvalidRestRequest(f"Invalid parameter: {name}")


def moment_ms(name: str, form: str) -> int:
    """Read a required moment of a `strptime` form, in milliseconds."""
    try:
        return parse_ms(required(name), form)
    except ValueError as malformed:
        raise errors.InvalidRestRequest(f"Invalid parameter: {name}") from malformed
