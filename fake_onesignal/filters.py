"""What one filter asks of a subscription: the fields and relations as two tables (facts/onesignal-api.md 5.1).

A `Rule` is a choice of branches, a branch a list of conditions that must all hold: AND binds tighter than OR.
"""

from __future__ import annotations

import operator
from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fake_onesignal.records import Subscription, User


class Condition(Struct, frozen=True):
    """One filter: `number` is `value` (or `hours_ago`) as a number where the field compares numbers."""

    field: str
    relation: str
    key: str = ""
    value: str = ""
    number: float = 0.0
    lat: float = 0.0
    long: float = 0.0


Branch: TypeAlias = tuple[Condition, ...]
Rule: TypeAlias = tuple[Branch, ...]
EVERYBODY: Final[Rule] = ((),)


class Candidate(Struct, frozen=True):
    """Who is looked at: a subscription with its user, the cohorts of the app, and the time in unix seconds."""

    user: User
    subscription: Subscription
    cohorts: Mapping[str, Mapping[str, None]]
    now: int


_ORDERS: Final[dict[str, Callable[[float, float], bool]]] = {
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
}
_EARTH_RADIUS_M: Final = 6_371_000
_WEB: Final = frozenset({"ChromePush", "FirefoxPush", "SafariPush", "SafariLegacyPush", "WindowsPush"})
DEVICE_TYPES: Final[dict[str, frozenset[str]]] = {
    "ios": frozenset({"iOSPush"}),
    "android": frozenset({"AndroidPush"}),
    "amazon": frozenset({"FireOSPush"}),
    "huawei": frozenset({"HuaweiPush"}),
    "macos": frozenset({"macOSPush"}),
    "web push (browser)": _WEB,
    "web": _WEB,
    "chrome": frozenset({"ChromePush"}),
    "firefox": frozenset({"FirefoxPush"}),
    "safari": frozenset({"SafariPush", "SafariLegacyPush"}),
    "email": frozenset({"Email"}),
    "sms": frozenset({"SMS"}),
}
"""The names that segments use for kinds of device, in lower case (the longer list is inferred)."""


def holds(condition: Condition, candidate: Candidate) -> bool:
    """Say whether the candidate fulfils the condition."""
    return _FIELDS[condition.field](condition, candidate)


def _tag(condition: Condition, candidate: Candidate) -> bool:
    value = candidate.user.tags.get(condition.key)
    relation = condition.relation
    if relation in {"=", "!="}:
        return (value == condition.value) is (relation == "=")
    if relation in {"in_array", "not_in_array"}:
        return (value in condition.value.split(",")) is (relation == "in_array")
    if relation in {"exists", "not_exists"}:
        return (value is not None) is (relation == "exists")
    number = as_number(value)
    if number is None:
        return False
    if relation.startswith("time_elapsed"):
        elapsed_s = candidate.now - number
        return elapsed_s > condition.number if relation == "time_elapsed_gt" else elapsed_s < condition.number
    return _ORDERS[relation](number, condition.number)


def _text(condition: Condition, known: str) -> bool:
    relation = condition.relation
    if relation in {"exists", "not_exists"}:
        return bool(known) is (relation == "exists")
    return (known.lower() == condition.value.lower()) is (relation != "!=")


def _hours_ago(condition: Condition, candidate: Candidate, moment: int) -> bool:
    return _ORDERS[condition.relation](candidate.now - moment, condition.number * 3600)


def _number(condition: Condition, known: float) -> bool:
    return _ORDERS[condition.relation](known, condition.number)


def _app_version(condition: Condition, candidate: Candidate) -> bool:
    known = candidate.subscription.app_version
    if not known:
        return condition.relation == "!="
    return _ORDERS[condition.relation](compared_versions(known, condition.value), 0)


def _bought_sku(condition: Condition, candidate: Candidate) -> bool:
    bought = [one for one in candidate.user.purchases if one.sku == condition.key]
    amount = sum((as_number(one.amount) or 0) * one.count for one in bought)
    return bool(bought) and _ORDERS[condition.relation](amount, condition.number)


def _location(condition: Condition, candidate: Candidate) -> bool:
    user = candidate.user
    if user.lat is None or user.long is None:
        return False
    here, there = radians(condition.lat), radians(user.lat)
    half_lat, half_long = (there - here) / 2, radians(user.long - condition.long) / 2
    chord = sin(half_lat) ** 2 + cos(here) * cos(there) * sin(half_long) ** 2
    return 2 * _EARTH_RADIUS_M * asin(sqrt(min(1.0, chord))) <= condition.number


def _cohort(condition: Condition, candidate: Candidate) -> bool:
    members = candidate.cohorts.get(condition.value, {})
    return (candidate.user.onesignal_id in members) is (condition.relation == "in")


_FIELDS: Final[dict[str, Callable[[Condition, Candidate], bool]]] = {
    "tag": _tag,
    "last_session": lambda condition, one: _hours_ago(condition, one, one.subscription.last_active),
    "first_session": lambda condition, one: _hours_ago(condition, one, one.subscription.created_at),
    "session_count": lambda condition, one: _number(condition, one.subscription.session_count),
    "session_time": lambda condition, one: _number(condition, one.subscription.session_time),
    "amount_spent": lambda condition, one: _number(condition, one.user.amount_spent),
    "language": lambda condition, one: _text(condition, one.user.language),
    "country": lambda condition, one: _text(condition, one.user.country),
    "app_version": _app_version,
    "bought_sku": _bought_sku,
    "location": _location,
    "device_type": lambda condition, one: one.subscription.type in DEVICE_TYPES[condition.value.lower()],
    "email": lambda condition, one: one.subscription.type == "Email" and one.subscription.token == condition.value,
    "rooted": lambda condition, one: one.subscription.rooted is (condition.value.lower() == "true"),
    "amplitude_cohort": _cohort,
}

RELATIONS: Final[dict[str, frozenset[str]]] = {
    "tag": frozenset(
        {*_ORDERS, "exists", "not_exists", "in_array", "not_in_array", "time_elapsed_gt", "time_elapsed_lt"}
    ),
    "last_session": frozenset("><"),
    "first_session": frozenset("><"),
    "session_count": frozenset(_ORDERS),
    "session_time": frozenset("><"),
    "amount_spent": frozenset("><="),
    "language": frozenset({"=", "!="}),
    "country": frozenset({"", "=", "!=", "exists", "not_exists"}),
    "app_version": frozenset(_ORDERS),
    "bought_sku": frozenset("><="),
    "location": frozenset({"", *_ORDERS, "exists"}),
    "device_type": frozenset({"", "="}),
    "email": frozenset({"", "="}),
    "rooted": frozenset({"", "="}),
    "amplitude_cohort": frozenset({"in", "not_in"}),
}
"""Which relations each field takes; "" where none is needed. The cohort's field is modelled (5.4)."""


def as_number(text: str | None) -> float | None:
    """Read text as a finite number; None when it is none."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def compared_versions(one: str, other: str) -> int:
    """Compare dotted versions number by number: negative, zero or positive."""
    left, right = (
        [int(part) if part.isascii() and part.isdigit() else 0 for part in version[:100].split(".")]
        for version in (one, other)
    )
    width = max(len(left), len(right))
    left, right = left + [0] * (width - len(left)), right + [0] * (width - len(right))
    return (left > right) - (left < right)
