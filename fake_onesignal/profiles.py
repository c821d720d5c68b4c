"""What the sources disagree about, one row each, and which side each profile takes (facts/onesignal-api.md 9).

`suggested` is the default: row by row the answer that is best attested or serves most clients, so no single source
says exactly this. `client` is the official client 5.18, `docs` the documentation's API description 11.6, and `2022`
the documentation of 2022 where it says something (where it does not, `suggested`). Whoever believes yet another source
makes a `Profile` of his own.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

ProfileName = Literal["suggested", "client", "docs", "2022"]


class Profile(Struct, frozen=True):
    """One side of every disagreement; the values here are the suggested ones."""

    user_created: int = 201
    """POST /users, a new user: client 201, docs 200 (4.3)."""

    user_unchanged: int = 200
    """POST /users that changes nothing: client and docs 202, which tell no unchanged user apart (inferred 200)."""

    user_deleted: int = 202
    """DELETE /users/by/...: client 200, docs 202."""

    user_deleted_shows_identity: bool = True
    """Whether the answer to DELETE /users/by/... names the user (docs), or is empty, which here is `{}` (client)."""

    subscription_created: int = 201
    """POST .../subscriptions, a new one: client 201, docs 200."""

    subscription_created_is_shown: bool = True
    """Whether the answer to a new subscription shows it (client), or is `{}` (the example in the docs, 4.3)."""

    segments_listed: int = 200
    """GET /segments: client 201, docs 200."""

    custom_events_accepted: int = 202
    """POST /custom_events: client 200, docs 202."""

    history_accepted: int = 202
    """POST /notifications/{id}/history: client and 2022 docs 200, docs 202."""

    live_activity_updated: int = 201
    """POST /live_activities/{id}/notifications: client 200, docs 201."""

    evicts_subscriptions: bool = True
    """What a 21st subscription does: it evicts the oldest (docs: subscriptions), or is refused with 409 (client)."""

    answers_recipients: bool = False
    """Whether POST /notifications says how many it reaches: 2022 did, today's service no longer does (6.2)."""

    shows_empty_id: bool = True
    """Whether the `id` of a message that reaches nobody is "", or missing, which the docs also call possible (6.2)."""

    devices_need_key: bool = True
    """Whether a message to devices by their ids needs the key (docs), or anybody may send and cancel it (2022, 3)."""

    zoneless_is_utc_minus_h: int = 0
    """The zone of a `send_after` without one: UTC (inferred), or UTC-11 (the client's own text)."""

    remaining_is_null: bool = False
    """What a queued message has as `remaining`: null (docs), which the strict client rejects, or 0 (6.3)."""

    throttle_is_shown: bool = False
    """Whether a message shows its throttle: a number (docs), where the strict client reads nothing but null (6.3)."""

    custom_events_remembered_h: int = 4
    """How long a custom event's idempotency key counts: 4 hours, or the docs' other page's 30 days (7.3)."""

    unsubscribed_says_text: bool = True
    """Whether an unsubscribe link answers `"success": "true"` (8.3), or the flag that the client's schema has."""

    ids_max: int = 20_000
    """How many ids a message may name: 2,000 in the client's text and in 2022, 20,000 in the docs since 2025 (4.4)."""

    segments_count_everybody: bool = False
    """What `subscriber_count` counts: subscribed subscriptions, or all of them (first-party text of 2026-08, 5.2)."""

    people_rate_limits_are_structured: bool = False
    """How a 429 of users and subscriptions looks: flat (client, recorded), or `{code, title}` (docs' examples, 8.1)."""

    file_not_ready: int = 404
    """GET of a CSV file before it is written: client and 2022 docs 403, docs 404 (3.1)."""

    files_show_badges: bool = False
    """Whether a CSV file of subscriptions ends with `badge_count`, as in 2022 (3.1)."""

    wrong_key_is_400: bool = False
    """What a wrong key gets: 403 today, in 2022 and on the legacy host a 400 in other words (6.2, 8.3)."""

    unknown_app_says_text: bool = False
    """`errors` of GET /apps/{id} for an app that there is not: a list (docs), or the bare text (observed, 3, 8.2)."""

    player_deleted_says_text: bool = False
    """DELETE /players/{id}: `"success": "true"` (2022 docs), or the flag (observed, 3)."""

    segments_need_paid_plan: bool = False
    """Writing segments on the Free plan: up to six (observed, 4.4), or 403 (client's text; docs list the 403, 5.3)."""

    segments_are_of_users: bool = False
    """Which segments a new app has: today's six, or those of older apps, "Subscribed Users" and three more (5.3)."""

    custom_aliases_max: int = 20
    """How many custom aliases a user may have: 20 (docs), or 10 (observed, 4.1), which no profile of these takes."""

    alias_length_max: int = 128
    """How many characters an alias' label and its id may have each (observed, 4.1)."""


PROFILES: Final[dict[ProfileName, Profile]] = {
    "suggested": Profile(),
    "client": Profile(
        user_unchanged=202,
        user_deleted=200,
        user_deleted_shows_identity=False,
        segments_listed=201,
        segments_need_paid_plan=True,
        custom_events_accepted=200,
        history_accepted=200,
        live_activity_updated=200,
        evicts_subscriptions=False,
        unsubscribed_says_text=False,
        zoneless_is_utc_minus_h=11,
        ids_max=2_000,
        file_not_ready=403,
    ),
    "docs": Profile(
        remaining_is_null=True,
        throttle_is_shown=True,
        custom_events_remembered_h=720,
        user_created=200,
        user_unchanged=202,
        subscription_created=200,
        subscription_created_is_shown=False,
        people_rate_limits_are_structured=True,
        segments_count_everybody=True,
        segments_need_paid_plan=True,
    ),
    "2022": Profile(
        history_accepted=200,
        answers_recipients=True,
        devices_need_key=False,
        ids_max=2_000,
        file_not_ready=403,
        files_show_badges=True,
        wrong_key_is_400=True,
        unknown_app_says_text=True,
        player_deleted_says_text=True,
        segments_are_of_users=True,
    ),
}
