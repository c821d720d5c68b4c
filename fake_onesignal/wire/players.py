"""The JSON of the 2022 API's players: a player is a subscription seen with its user (facts/onesignal-api.md 3)."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from msgspec import Struct

from fake_onesignal.errors import MalformedError
from fake_onesignal.filters import as_number
from fake_onesignal.people_errors import PlayerRefusedError
from fake_onesignal.records import Purchase
from fake_onesignal.subscriptions import DEVICE_TYPES
from fake_onesignal.wire.json import in_words
from fake_onesignal.wire.people import Int32, PropertyFields, Scalar, SubscriptionFields

if TYPE_CHECKING:
    from fake_onesignal.records import Subscription, User

TYPES_BY_NUMBER: Final = {number: type_ for type_, number in DEVICE_TYPES.items()}
Parsed = TypeVar("Parsed")


class PlayerBody(Struct):
    """What a caller says of a player; null means the same as absent, and numbers may be sent as text."""

    app_id: str | None = None
    device_type: Int32 | None = None
    identifier: str | None = None
    test_type: Int32 | None = None
    language: str | None = None
    timezone: Int32 | None = None
    game_version: str | None = None
    device_model: str | None = None
    device_os: str | None = None
    ad_id: str | None = None
    sdk: str | None = None
    session_count: Int32 | None = None
    tags: dict[str, Scalar] | None = None
    amount_spent: float | str | None = None
    created_at: Int32 | None = None
    playtime: Int32 | None = None
    last_active: Int32 | None = None
    notification_types: Int32 | None = None
    lat: float | None = None
    long: float | None = None
    country: str | None = None
    external_user_id: str | None = None
    badge_count: Int32 | None = None


class PlayerUpdate(Struct, frozen=True):
    """What a body says, sorted by what it is about: the device, the person, and whose the device is."""

    device: SubscriptionFields
    person: PropertyFields
    extras: dict[str, Any]
    tags: dict[str, Scalar] | None
    external_id: str | None


class TagsBody(Struct):
    """PUT /apps/{app_id}/users/{external_user_id}."""

    tags: dict[str, Scalar] = {}


class PurchaseBody(Struct):
    """A purchase as SDKs of the time report it: the amount is a number or text."""

    sku: str
    amount: str | float
    iso: str
    count: int = 1


class ActivityBody(Struct):
    """What on_session, on_focus and on_purchase report."""

    app_id: str | None = None
    active_time: Int32 | None = None
    purchases: list[PurchaseBody] | None = None

    def bought(self) -> list[Purchase]:
        """Give the purchases as they are kept."""
        return [Purchase(one.sku, str(one.amount), one.iso, one.count) for one in self.purchases or ()]


PLAYER: Final = msgspec.json.Decoder(PlayerBody, strict=False)
TAGS: Final = msgspec.json.Decoder(TagsBody)
ACTIVITY: Final = msgspec.json.Decoder(ActivityBody, strict=False)


def parse(decoder: msgspec.json.Decoder[Parsed], body: bytes) -> Parsed:
    """Decode and check a body of the 2022 API; 400 when it does not fit."""
    try:
        return decoder.decode(body or b"{}")
    except msgspec.ValidationError as error:
        raise PlayerRefusedError(in_words(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedError from error


def player_update(body: PlayerBody) -> PlayerUpdate:
    """Sort what a body says; 400 when a value does not fit."""
    extras = {
        "timezone_s": body.timezone,
        "ad_id": body.ad_id,
        "badge_count": body.badge_count,
        "created_at": body.created_at,
        "last_active": body.last_active,
    }
    return PlayerUpdate(
        device=subscription_fields(body),
        person=property_fields(body),
        extras={name: value for name, value in extras.items() if value is not None},
        tags=body.tags,
        external_id=body.external_user_id,
    )


def subscription_fields(body: PlayerBody) -> SubscriptionFields:
    """Say of the subscription what the body says of the player."""
    type_ = None if body.device_type is None else TYPES_BY_NUMBER.get(body.device_type)
    if type_ is None and body.device_type is not None:
        raise PlayerRefusedError("Device type is not included in the list")
    return SubscriptionFields(
        type=type_,
        token=body.identifier,
        enabled=None if body.notification_types is None else body.notification_types > 0,
        notification_types=body.notification_types,
        session_time=body.playtime,
        session_count=body.session_count,
        sdk=body.sdk,
        device_model=body.device_model,
        device_os=body.device_os,
        test_type=body.test_type,
        app_version=body.game_version,
    )


def property_fields(body: PlayerBody) -> PropertyFields:
    """Say of the user what the body says of the player, but for the tags."""
    spent = None if body.amount_spent is None else as_number(str(body.amount_spent))
    if spent is None and body.amount_spent is not None:
        raise PlayerRefusedError("Amount spent is not a number")
    if not (isfinite(body.lat or 0) and isfinite(body.long or 0)):
        raise PlayerRefusedError("Lat or long is not a number")
    return PropertyFields(
        language=body.language, country=body.country, lat=body.lat, long=body.long, amount_spent=spent
    )


def render_player(user: User, subscription: Subscription) -> dict[str, Any]:
    """Render a player; `invalid_identifier` says that it is unsubscribed."""
    return {
        "id": subscription.id,
        "identifier": subscription.token,
        "session_count": subscription.session_count,
        "language": user.language,
        "timezone": subscription.timezone_s,
        "game_version": subscription.app_version,
        "device_os": subscription.device_os,
        "device_type": DEVICE_TYPES[subscription.type],
        "device_model": subscription.device_model,
        "ad_id": subscription.ad_id,
        "tags": user.tags,
        "last_active": subscription.last_active,
        "playtime": subscription.session_time,
        "amount_spent": user.amount_spent,
        "created_at": subscription.created_at,
        "invalid_identifier": not subscription.is_subscribed,
        "badge_count": subscription.badge_count,
        "sdk": subscription.sdk,
        "test_type": subscription.test_type,
        "ip": user.ip,
        "external_user_id": user.external_id or "",
        "notification_types": subscription.notification_types,
    }
