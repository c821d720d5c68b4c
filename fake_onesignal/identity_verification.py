"""Identity Verification: what is made of the token that an SDK signs its calls with (facts/integration.md 6).

The service checks its signature with a key of the customer's, which this fake does not hold: whatever has the shape of
a JWT passes as one, unless it says itself that its time is over. Then the SDK asks its app for another token.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from typing import Final

import msgspec
from msgspec import Struct

_JWT: Final = re.compile(r"Bearer\s+[\w-]+\.([\w-]+)\.[\w-]+", re.ASCII | re.IGNORECASE)


class Claims(Struct, frozen=True):
    """What a token says of itself, as far as it matters here: `exp` is in unix seconds."""

    exp: float | None = None


def is_jwt(authorization: str) -> bool:
    """Say whether a header has the shape of `Bearer` with a JWT: three parts in base64url."""
    return _JWT.fullmatch(authorization) is not None


def is_over(authorization: str, now: int) -> bool:
    """Say whether a header's token names an end that has come."""
    matched = _JWT.fullmatch(authorization)
    exp = None if matched is None else _claims(matched[1]).exp
    return exp is not None and exp <= now


def _claims(payload: str) -> Claims:
    try:
        return msgspec.json.decode(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=Claims)
    except (ValueError, msgspec.MsgspecError, RecursionError):
        return Claims()
