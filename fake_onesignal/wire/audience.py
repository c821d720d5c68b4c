"""The JSON of "to whom": the ways of naming an audience, today's and those of 2022 (facts/onesignal-api.md 6.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias
from uuid import UUID

from msgspec import Struct

from fake_onesignal.message_errors import (
    IdFormatError,
    ManyTargetsError,
    NoTargetError,
    TargetChannelMissingError,
    TooManyTargetsError,
)
from fake_onesignal.messages import Audience, ByAliases, ByFilters, BySegments, BySubscriptions, ByTokens, Estimate
from fake_onesignal.wire.filters import parse_filters

if TYPE_CHECKING:
    from fake_onesignal.message_kinds import Channel

ChannelName: TypeAlias = Literal["push", "email", "sms"]

IDS_MAX: Final = 20_000


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
    filters: list[dict[str, Any]] | None = None


def audience_of(body: AudienceBody) -> Audience:
    """Read the one audience that a request names. An empty list names nobody."""
    named: dict[str, Audience] = {}
    if body.included_segments:
        named["included_segments"] = segments_of(body)
    if body.include_aliases and any(body.include_aliases.values()):
        named["include_aliases"] = ByAliases(aliases_of(body.include_aliases))
    if body.include_external_user_ids:
        by_external_id = {"external_id": body.include_external_user_ids}
        named["include_external_user_ids"] = ByAliases(aliases_of(by_external_id), legacy=True)
    if body.include_subscription_ids:
        named["include_subscription_ids"] = BySubscriptions(_ids(body.include_subscription_ids, legacy=False))
    if body.include_player_ids:
        named["include_player_ids"] = BySubscriptions(_ids(body.include_player_ids, legacy=True), legacy=True)
    if body.filters:
        named["filters"] = ByFilters(parse_filters(body.filters))
    named |= _tokens(body)
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
    return channels


def estimate_of(body: AudienceBody) -> Estimate:
    """Read the audience whose size is asked for: segments, narrowed by all else (facts/onesignal-api.md 5.2)."""
    if not body.included_segments:
        raise NoTargetError
    return Estimate(
        segments_of(body),
        rule=parse_filters(body.filters) if body.filters else None,
        aliases=aliases_of(body.include_aliases) if body.include_aliases else None,
        channel=body.target_channel,
    )


def segments_of(body: AudienceBody) -> BySegments:
    """Read the segments in and out, by name."""
    return BySegments(tuple(body.included_segments or ()), tuple(body.excluded_segments or ()))


def aliases_of(aliases: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Read the aliases by label, each id once."""
    if sum(map(len, aliases.values())) > IDS_MAX:
        raise TooManyTargetsError("include_aliases", IDS_MAX)
    return {label: tuple(dict.fromkeys(ids)) for label, ids in aliases.items()}


def _ids(sent: list[str], *, legacy: bool) -> tuple[str, ...]:
    if len(sent) > IDS_MAX:
        raise TooManyTargetsError("include_subscription_ids", IDS_MAX)
    return tuple(dict.fromkeys(_checked_uuid(id_, legacy=legacy) for id_ in sent))


def _checked_uuid(id_: str, *, legacy: bool) -> str:
    try:
        return str(UUID(id_))
    except ValueError as error:
        raise IdFormatError(legacy=legacy, id_=id_) from error


def _tokens(body: AudienceBody) -> dict[str, Audience]:
    """Read the addresses and numbers; the two spellings of an e-mail list are one family."""
    named: dict[str, Audience] = {}
    addresses = [*(body.email_to or ()), *(body.include_email_tokens or ())]
    numbers = body.include_phone_numbers or []
    if len(addresses) > IDS_MAX or len(numbers) > IDS_MAX:
        raise TooManyTargetsError("email_to" if addresses else "include_phone_numbers", IDS_MAX)
    if addresses:
        named["email_to"] = ByTokens("Email", tuple(dict.fromkeys(addresses)))
    if numbers:
        named["include_phone_numbers"] = ByTokens("SMS", tuple(dict.fromkeys(numbers)))
    return named
