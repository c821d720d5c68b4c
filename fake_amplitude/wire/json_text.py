"""Reads JSON that a client wrote; what is malformed, or is of another form, is refused in the envelope of REST."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from fake_amplitude import errors

MALFORMED = (ValueError, msgspec.MsgspecError, RecursionError)
TRUE = (True, "true", "True")  # as clients spell it

Form = TypeVar("Form")


def decoded(text: bytes | str, form: type[Form], *, refusal: str = "Invalid JSON request body.") -> Form:
    """Answer what the text says. Raises `InvalidRestRequest`."""
    try:
        return msgspec.json.decode(text, type=form)
    except MALFORMED as malformed:
        raise errors.InvalidRestRequest(refusal) from malformed
