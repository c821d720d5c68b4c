"""The JSON of "to whom": the ways of naming an audience, today's and those of 2022 (facts/onesignal-api.md 6.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias
from uuid import UUID

from msgspec import Struct

from fake_onesignal.message_errors import (
    FiltersRefusedError,
    IdFormatError,
    ManyTargetsError,
    NoTargetError,
    TargetChannelMissingError,
    TooManyTargetsError,
)
from fake_onesignal.messages import Audience, ByAliases, ByFilters, BySegments, BySubscriptions, ByTokens, Estimate
from fake_onesignal.segment_errors import FilterRefusedError
from fake_onesignal.wire.filters import parse_filters

if TYPE_CHECKING:
    from fake_onesignal.filters import Rule
    from fake_onesignal.message_kinds import Channel

ChannelName: TypeAlias = Literal["push", "email", "sms"]

TOKEN_FAMILIES: Final = {
    "include_ios_tokens": "iOSPush",
    "include_android_reg_ids": "AndroidPush",
    "include_amazon_reg_ids": "FireOSPush",
    "include_chrome_reg_ids": "ChromeExtensionPush",
    "include_chrome_web_reg_ids": "ChromePush",
    "include_wp_wns_uris": "WindowsPush",
}
"""Ways of naming devices by their push token, and the type of the subscription that an unknown token becomes."""


class AudienceBody(Struct, frozen=True, kw_only=True):
    """The targeting fields of a request; exactly one family of them may be used."""

    included_segments: list[str] | None = None
    excluded_segments: list[str] | None = None
    include_aliases: dict[str, list[str]] | None = None
    target_channel: ChannelName | None = None
    include_subscription_ids: list[str] | None = None
    include_player_ids: list[str] | None = None
    include_external_user_ids: list[str] | None = None
    channel_for_external_user_ids: ChannelName | None = None
    email_to: list[str] | None = None
    include_email_tokens: list[str] | None = None
    include_phone_numbers: list[str] | None = None
    include_ios_tokens: list[str] | None = None
    include_android_reg_ids: list[str] | None = None
    include_amazon_reg_ids: list[str] | None = None
    include_chrome_reg_ids: list[str] | None = None
    include_chrome_web_reg_ids: list[str] | None = None
    include_wp_wns_uris: list[str] | None = None
    filters: list[dict[str, Any]] | None = None


def audience_of(body: AudienceBody, *, ids_max: int) -> Audience:
    """Read the one audience that a request names. An empty list names nobody; `ids_max` limits every list of ids."""
    named: dict[str, Audience] = {}
    if body.included_segments:
        named["included_segments"] = segments_of(body)
    if body.include_aliases and any(body.include_aliases.values()):
        named["include_aliases"] = ByAliases(aliases_of(body.include_aliases, ids_max))
    if body.include_external_user_ids:
        by_external_id = {"external_id": body.include_external_user_ids}
        named["include_external_user_ids"] = ByAliases(aliases_of(by_external_id, ids_max), legacy=True)
    if body.include_subscription_ids:
        sent = limited("include_subscription_ids", body.include_subscription_ids, ids_max)
        named["include_subscription_ids"] = BySubscriptions(_ids(sent, legacy=False))
    if body.include_player_ids:
        sent = limited("include_player_ids", body.include_player_ids, ids_max)
        named["include_player_ids"] = BySubscriptions(_ids(sent, legacy=True), legacy=True)
    if body.filters:
        named["filters"] = ByFilters(rule_of(body.filters))
    named |= _tokens(body, ids_max)
    if len(named) > 1:
        raise ManyTargetsError(list(named))
    if not named:
        raise NoTargetError
    if "include_aliases" in named and body.target_channel is None:
        raise TargetChannelMissingError
    return next(iter(named.values()))


def asserted_channels(body: AudienceBody) -> set[Channel]:
    """Collect the channels that the way of targeting asks for; an empty answer leaves it to the content."""
    channels: set[Channel] = set()
    if body.target_channel:
        channels.add(body.target_channel)
    if body.channel_for_external_user_ids:
        channels.add(body.channel_for_external_user_ids)
    if body.email_to or body.include_email_tokens:
        channels.add("email")
    if body.include_phone_numbers:
        channels.add("sms")
    if any(getattr(body, family) for family in TOKEN_FAMILIES):
        channels.add("push")
    return channels


def estimate_of(body: AudienceBody, *, ids_max: int) -> Estimate:
    """Read the audience whose size is asked for: segments, narrowed by all else (facts/onesignal-api.md 5.2)."""
    if not body.included_segments:
        raise NoTargetError
    return Estimate(
        segments_of(body),
        rule=rule_of(body.filters) if body.filters else None,
        aliases=aliases_of(body.include_aliases, ids_max) if body.include_aliases else None,
        channel=body.target_channel,
    )


def segments_of(body: AudienceBody) -> BySegments:
    """Read the segments in and out, by name."""
    return BySegments(tuple(body.included_segments or ()), tuple(body.excluded_segments or ()))


def rule_of(filters: list[dict[str, Any]]) -> Rule:
    """Read the filters, which are refused in the envelope of messages and not in that of segments."""
    try:
        return parse_filters(filters)
    except FilterRefusedError as error:
        raise FiltersRefusedError(*error.args) from error


def aliases_of(aliases: dict[str, list[str]], ids_max: int) -> dict[str, tuple[str, ...]]:
    """Read the aliases by label, each id once."""
    if sum(map(len, aliases.values())) > ids_max:
        raise TooManyTargetsError("include_aliases", ids_max)
    return {label: tuple(dict.fromkeys(ids)) for label, ids in aliases.items()}


def limited(family: str, names: list[str], ids_max: int) -> list[str]:
    """Give a list of ids back, if it is no longer than a request may have it."""
    if len(names) > ids_max:
        raise TooManyTargetsError(family, ids_max)
    return names


def _ids(sent: list[str], *, legacy: bool) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_checked_uuid(id_, legacy=legacy) for id_ in sent))


def _checked_uuid(id_: str, *, legacy: bool) -> str:
    try:
        return str(UUID(id_))
    except ValueError as error:
        raise IdFormatError(legacy=legacy, id_=id_) from error


def _tokens(body: AudienceBody, ids_max: int) -> dict[str, Audience]:
    """Read addresses, numbers and push tokens; the two spellings of an e-mail list are one family."""
    lists = {
        ("email_to", "Email"): [*(body.email_to or ()), *(body.include_email_tokens or ())],
        ("include_phone_numbers", "SMS"): body.include_phone_numbers or [],
        **{(family, type_): getattr(body, family) or [] for family, type_ in TOKEN_FAMILIES.items()},
    }
    return {
        family: ByTokens(type_, tuple(dict.fromkeys(limited(family, tokens, ids_max))))
        for (family, type_), tokens in lists.items()
        if tokens
    }
