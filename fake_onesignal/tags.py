"""Tags: kept as text, merged key by key, "" deletes, limited by request and by plan (facts/onesignal-api.md 4.4)."""

from __future__ import annotations

from sys import intern
from typing import TYPE_CHECKING, Final

from fake_onesignal.people_errors import TagsRefusedError
from fake_onesignal.plans import PLANS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_onesignal.errors import OneSignalError
    from fake_onesignal.plans import PlanName

PER_REQUEST_MAX: Final = 100
RESTRICTED_KEYS: Final = frozenset(
    {
        "message",
        "notification",
        "subscription",
        "user",
        "template",
        "app",
        "org",
        "dynamic_content",
        "data_feed",
        "journey",
        "custom_data",
    }
)


def merged(
    tags: Mapping[str, str],
    updates: Mapping[str, str | float | bool | None],
    plan: PlanName,
    *,
    refusal: type[OneSignalError] = TagsRefusedError,
) -> Mapping[str, str]:
    """Merge updates into tags; at the plan's limit new keys are refused (with `refusal`) and known ones may change."""
    if len(updates) > PER_REQUEST_MAX:
        raise refusal(f"Please limit your tag updates to {PER_REQUEST_MAX} per request")
    after = dict(tags)
    for key, value in updates.items():
        if value is None or value == "":
            after.pop(key, None)
        else:
            after[intern(key)] = text(value)
    added = [key for key in after if key not in tags]
    if any(key in RESTRICTED_KEYS for key in added):
        raise refusal("Tag keys must not be reserved words")
    tags_max = PLANS[plan].tags_max
    if added and tags_max is not None and len(after) > tags_max:
        raise refusal(f"App is limited to a maximum of {tags_max} tags on a given player")
    return after


def text(value: str | float | bool) -> str:  # noqa: FBT001 - a tag may be sent as a flag
    """Give a tag's value as the text it is kept as."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
