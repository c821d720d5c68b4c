"""All that one fake OneSignal remembers, and the few primitive verbs that keep its indexes true.

`World` is the whole service: one lock, held for the length of a request (`doors.py`) or of a dashboard verb, so that
every request is one whole step. `AppState` is the shelf of one app; what the vendor *does* with it is in the files
named after that (`users.py`, `subscriptions.py`, `segments.py`, ...).
"""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Literal

from fake_onesignal.app_settings import AppSettings
from fake_onesignal.ledger import Ledger
from fake_onesignal.limits import Limits
from fake_onesignal.records import ApiKey, App, Cohort, Export, Organization, Segment, Subscription, User, replace

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from random import Random

    import requests

    from fake_onesignal.audit import AuditEvent
    from fake_onesignal.carrier import Carrier
    from fake_onesignal.journeys import Journey
    from fake_onesignal.profiles import Profile
    from fake_onesignal.templates import Template

KEY_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


class World:
    """One OneSignal: its organization, its apps, and the time, ids, luck and transport it was given."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        ids: Callable[[], str],
        random: Random,
        session: requests.Session,
        limits: Literal["off", "documented"],
        carrier: Carrier,
        profile: Profile,
    ) -> None:
        self.lock = RLock()
        self.now = now
        self.ids = ids
        self.random = random
        self.session = session
        self.carrier = carrier
        self.profile = profile
        self.limits = Limits(now, lambda: self.profile, documented=limits == "documented")
        self.organization = Organization(id=ids(), api_key=self.new_key("os_v2_org_fake"))
        self.apps: dict[str, AppState] = {}
        self.audit_log: list[AuditEvent] = []

    def unix_now(self) -> int:
        """Give the time in whole unix seconds."""
        return int(self.now().timestamp())

    def new_key(self, prefix: str) -> str:
        """Make a key in today's form, recognisably not a real one."""
        return prefix + "".join(self.random.choices(KEY_ALPHABET, k=42))


class AppState:
    """Everything of one app. Dictionaries keep the order of arrival, and that order is what lists answer in."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.users: dict[str, User] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.aliases: dict[str, dict[str, str]] = {"external_id": {}}
        self.tokens: dict[str, dict[str, str]] = {}
        self.subscribed_by_type: dict[str, int] = {}
        self.segments: dict[str, Segment] = {}
        self.cohorts: dict[str, Cohort] = {}
        self.exports: dict[str, Export] = {}
        self.settings = AppSettings()
        self.idle_checked_to = 0
        self.keys: dict[str, ApiKey] = {}
        self.templates: dict[str, Template] = {}
        self.journeys: dict[str, Journey] = {}
        self.ledger = Ledger(app.id)
        self.cohort_members: dict[str, dict[str, None]] = {}

    @property
    def subscribed(self) -> int:
        """How many subscriptions of the app are subscribed."""
        return sum(self.subscribed_by_type.values())

    def user_by(self, label: str, value: str) -> User | None:
        """Find the user whom an alias, or the onesignal_id itself, names."""
        if label == "onesignal_id":
            return self.users.get(value)
        onesignal_id = self.aliases.get(label, {}).get(value)
        return None if onesignal_id is None else self.users[onesignal_id]

    def subscription_by_token(self, type_: str, token: str) -> Subscription | None:
        """Find the subscription that holds a push token, an e-mail address or a phone number."""
        subscription_id = self.tokens.get(type_, {}).get(token)
        return None if subscription_id is None else self.subscriptions[subscription_id]

    def keep_user(self, user: User) -> User:
        """Remember a new or changed user and the aliases that lead to it."""
        old = self.users.get(user.onesignal_id)
        self.users[user.onesignal_id] = user
        if old is not None and old.aliases == user.aliases:
            return user
        for label, value in (old.aliases if old else {}).items():
            if user.aliases.get(label) != value:
                del self.aliases[label][value]
        for label, value in user.aliases.items():
            self.aliases.setdefault(label, {})[value] = user.onesignal_id
        return user

    def keep_subscription(self, subscription: Subscription) -> Subscription:
        """Remember a new, changed or moved subscription, its token, its owners' lists and the counters."""
        old = self.subscriptions.get(subscription.id)
        if old is not None:
            self._release(old, moved=old.onesignal_id != subscription.onesignal_id)
        self.subscriptions[subscription.id] = subscription
        if subscription.token:
            self.tokens.setdefault(subscription.type, {})[subscription.token] = subscription.id
        owner = self.users[subscription.onesignal_id]
        subscribed = int(subscription.is_subscribed)
        by_type = self.subscribed_by_type
        by_type[subscription.type] = by_type.get(subscription.type, 0) + subscribed
        listed = owner.subscription_ids
        if old is None or old.onesignal_id != subscription.onesignal_id:
            listed = (*listed, subscription.id)
        self.users[owner.onesignal_id] = replace(
            owner, subscription_ids=listed, subscribed=owner.subscribed + subscribed
        )
        return subscription

    def forget_subscription(self, subscription: Subscription) -> None:
        """Delete a subscription; its owner stays."""
        self._release(subscription, moved=True)
        del self.subscriptions[subscription.id]

    def forget_user(self, user: User) -> None:
        """Delete a user with every subscription, alias and cohort membership."""
        for subscription_id in user.subscription_ids:
            self.forget_subscription(self.subscriptions[subscription_id])
        for label, value in user.aliases.items():
            del self.aliases[label][value]
        for members in self.cohort_members.values():
            members.pop(user.onesignal_id, None)
        del self.users[user.onesignal_id]

    def forget_if_empty(self, onesignal_id: str) -> None:
        """Delete a user who has neither an alias nor a subscription left (facts/onesignal-api.md 4.1)."""
        user = self.users[onesignal_id]
        if not user.aliases and not user.subscription_ids:
            self.forget_user(user)

    def _release(self, subscription: Subscription, *, moved: bool) -> None:
        """Take a subscription's old self out of the token index, its owner's list (when moved) and the counters."""
        if subscription.token:
            self.tokens[subscription.type].pop(subscription.token, None)
        owner = self.users[subscription.onesignal_id]
        subscribed = int(subscription.is_subscribed)
        self.subscribed_by_type[subscription.type] -= subscribed
        listed = owner.subscription_ids
        if moved:
            listed = tuple(kept for kept in listed if kept != subscription.id)
        self.users[owner.onesignal_id] = replace(
            owner, subscription_ids=listed, subscribed=owner.subscribed - subscribed
        )
