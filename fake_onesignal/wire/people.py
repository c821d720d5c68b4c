"""What callers send about users and subscriptions, as checked structs; null means the same as absent."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, TypeAlias, TypeVar

import msgspec
from msgspec import Meta, Struct

from fake_onesignal.people_errors import FieldTypeError, UserApiMalformedError
from fake_onesignal.records import Purchase  # noqa: TC001 - msgspec reads the annotation

Int32: TypeAlias = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
Scalar: TypeAlias = str | bool | int | float | None
Parsed = TypeVar("Parsed")


class SubscriptionFields(Struct):
    """A subscription as a caller describes it: `{"id"}` alone names an existing one."""

    id: str | None = None
    type: str | None = None
    token: str | None = None
    enabled: bool | None = None
    notification_types: Int32 | None = None
    session_time: Int32 | None = None
    session_count: Int32 | None = None
    sdk: str | None = None
    device_model: str | None = None
    device_os: str | None = None
    rooted: bool | None = None
    test_type: Int32 | None = None
    app_version: str | None = None
    net_type: Int32 | None = None
    carrier: str | None = None
    web_auth: str | None = None
    web_p256: str | None = None


class PropertyFields(Struct):
    """A user's properties as a caller describes them; tags may be any scalar and are kept as text."""

    tags: dict[str, Scalar] | None = None
    language: str | None = None
    timezone_id: str | None = None
    country: str | None = None
    lat: float | None = None
    long: float | None = None
    first_active: Int32 | None = None
    last_active: Int32 | None = None
    ip: str | None = None
    test_user_name: str | None = None
    amount_spent: float | None = None
    purchases: list[Purchase] | None = None


class DeltaFields(Struct):
    """What is added to a user's counters."""

    session_time: Int32 | None = None
    session_count: Int32 | None = None
    purchases: list[Purchase] | None = None
    amount_spent: float | str | None = None


class UserBody(Struct):
    """POST /users."""

    identity: dict[str, str] | None = None
    properties: PropertyFields | None = None
    subscriptions: list[SubscriptionFields] | None = None


class UserUpdateBody(Struct):
    """PATCH /users/by/..."""

    properties: PropertyFields | None = None
    deltas: DeltaFields | None = None
    refresh_device_metadata: bool | None = None


class SubscriptionBody(Struct):
    """POST .../subscriptions, PATCH /subscriptions/{id} and PATCH /subscriptions_by_token/..."""

    subscription: SubscriptionFields


class IdentityBody(Struct):
    """PATCH .../identity and PATCH .../owner."""

    identity: dict[str, str]


USER: Final = msgspec.json.Decoder(UserBody)
USER_UPDATE: Final = msgspec.json.Decoder(UserUpdateBody)
SUBSCRIPTION: Final = msgspec.json.Decoder(SubscriptionBody)
IDENTITY: Final = msgspec.json.Decoder(IdentityBody)


def parse(decoder: msgspec.json.Decoder[Parsed], body: bytes) -> Parsed:
    """Decode and check a body of the user API; 400 in the vendor's words when it does not fit."""
    try:
        return decoder.decode(body or b"{}")
    except msgspec.ValidationError as error:
        raise explained(error, body) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UserApiMalformedError from error


_MISMATCH = re.compile(r"Expected `([^`]+)`, got `(\w+)` - at `\$(.*)`$", re.DOTALL)
_STEP = re.compile(r"\.(\w+)|\[(\d+|\.\.\.)\]")
_ANY_KEY: Final = "..."
_WIRE_TYPES: Final = {"int": "int32", "str": "string", "float": "double"}
_MSGSPEC_TYPES: Final = {
    dict: "object",
    list: "array",
    str: "str",
    bool: "bool",
    int: "int",
    float: "float",
    type(None): "null",
}


def explained(error: msgspec.ValidationError, body: bytes) -> FieldTypeError | UserApiMalformedError:
    """Say which field has which wrong type, as the service does (facts/onesignal-api.md 4.3)."""
    mismatch = _MISMATCH.match(str(error))
    if mismatch is None:
        return UserApiMalformedError()
    expected, got, path = mismatch.groups()
    steps = _STEP.findall(path)
    names = [name for name, _ in steps if name]
    try:
        received = msgspec.json.decode(body)
        for name, place in steps:
            received = _further(received, name, place, got)
    except (msgspec.MsgspecError, RecursionError, LookupError, TypeError, StopIteration):
        return UserApiMalformedError()
    wanted = "str" if "str" in expected.split(" | ") else expected.split(" | ")[0]
    return FieldTypeError(names[-1] if names else "body", _WIRE_TYPES.get(wanted, wanted), described(received))


def _further(received: Any, name: str, place: str, got: str) -> Any:
    """Go one step to the wrong value; of an object whose key is not told it is the first that is of the wrong type."""
    if name:
        return received[name]
    if place != _ANY_KEY:
        return received[int(place)]
    return next(value for value in received.values() if _MSGSPEC_TYPES[type(value)] == got)


def described(value: Any) -> str:
    """Describe a received value as the service's refusals do: `number 1.0`, `string "x"`."""
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "object"
    if isinstance(value, list):
        return "array"
    kind = "bool" if isinstance(value, bool) else "string" if isinstance(value, str) else "number"
    return f"{kind} {msgspec.json.encode(value).decode()}"[:100]
