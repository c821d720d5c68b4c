"""Users, aliases, subscriptions and segment counts, held against a model that fits on a page."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

import requests
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from onesignal_caller import Caller

from fake_onesignal import FakeOneSignal

NAMES = st.sampled_from(["ada", "bob", "cyd"])
LABELS = st.sampled_from(["external_id", "crm"])
TYPES = st.sampled_from(["iOSPush", "Email", "SMS"])
TOKENS = st.sampled_from(["t1", "t2", "t3"])
LEVELS = st.sampled_from(["1", "2", ""])


class Person:
    """A user of the model: aliases by label, and a level."""

    def __init__(self) -> None:
        self.aliases: dict[str, str] = {}
        self.level = ""


class Model:
    """What OneSignal should hold: people, and devices as (type, token) with owner and whether they are on."""

    def __init__(self) -> None:
        self.people: list[Person] = []
        self.devices: dict[tuple[str, str], tuple[Person, bool]] = {}

    def named(self, label: str, name: str) -> Person | None:
        return next((one for one in self.people if one.aliases.get(label) == name), None)

    def tidy(self) -> None:
        """Nobody without a name and without a device stays."""
        owners = [owner for owner, _ in self.devices.values()]
        self.people = [one for one in self.people if one.aliases or one in owners]

    def give(self, person: Person, device: tuple[str, str], *, is_on: bool | None = None) -> None:
        _, was_on = self.devices.get(device, (None, True))
        self.devices[device] = (person, was_on if is_on is None else is_on)
        self.tidy()

    def upsert(self, identity: dict[str, str], device: tuple[str, str]) -> int:
        owners = [found for label, name in identity.items() if (found := self.named(label, name))]
        if any(one is not owners[0] for one in owners):
            return 409
        person = owners[0] if owners else Person()
        if person not in self.people:
            self.people.append(person)
        person.aliases |= identity
        self.give(person, device)
        return 200

    def claim(self, name: str, label: str, value: str) -> int:
        person, holder = self.named("external_id", name), self.named(label, value)
        if person is None:
            return 404
        if holder not in {None, person}:
            return 409
        person.aliases[label] = value
        return 200

    def count(self, level: str | None = None) -> int:
        on = [owner for owner, is_on in self.devices.values() if is_on]
        return sum(level is None or owner.level == level for owner in on)

    def view(self) -> list[Any]:
        held = [[device for device, (owner, _) in self.devices.items() if owner is one] for one in self.people]
        return sorted(
            (sorted(one.aliases.items()), one.level, sorted(own)) for one, own in zip(self.people, held, strict=True)
        )


class Services(RuleBasedStateMachine):
    """The same doings at the fake and in the model."""

    @initialize()
    def open(self) -> None:
        random = Random(7)  # noqa: S311 - a seed, not a secret
        self.fake = FakeOneSignal(
            now=lambda: datetime(2026, 3, 2, 9, tzinfo=UTC),
            ids=lambda: str(UUID(int=random.getrandbits(128), version=4)),
            random=random,
            session=requests.Session(),
        )
        self.app = self.fake.create_app("Corner shop", plan="enterprise")
        self.call = Caller(self.fake, self.app.rest_api_key)
        self.model = Model()
        filters = [{"field": "tag", "key": "level", "relation": "=", "value": "1"}]
        for name, token in (("ada", "t1"), ("bob", "t2"), ("cyd", "t3")):
            self.put({"external_id": name, "crm": name}, "iOSPush", token)
        self.segment = self.fake.create_segment(self.app.id, "Level 1", filters)

    @rule(identity=st.dictionaries(LABELS, NAMES, max_size=2), type_=TYPES, token=TOKENS)
    def upsert(self, identity: dict[str, str], type_: str, token: str) -> None:
        self.put(identity, type_, token)

    def put(self, identity: dict[str, str], type_: str, token: str) -> None:
        body = {"identity": identity, "subscriptions": [{"type": type_, "token": token}]}
        answer = self.call("POST", f"/apps/{self.app.id}/users", body)
        self.same(answer.status_code, self.model.upsert(identity, (type_, token)))

    @rule(name=NAMES, label=LABELS, type_=TYPES, token=TOKENS, is_on=st.booleans())
    def register(self, name: str, label: str, type_: str, token: str, *, is_on: bool) -> None:
        """A known or new user with a device that is on or off: what makes worlds worth looking at."""
        self.put({label: name}, type_, token)
        self.turn(type_, token, is_on=is_on)

    @rule(name=NAMES, label=LABELS, value=NAMES)
    def claim(self, name: str, label: str, value: str) -> None:
        answer = self.call("PATCH", f"{self.user(name)}/identity", {"identity": {label: value}})
        self.same(answer.status_code, self.model.claim(name, label, value))

    @rule(name=NAMES, label=LABELS)
    def drop(self, name: str, label: str) -> None:
        answer = self.call("DELETE", f"{self.user(name)}/identity/{label}")
        person = self.model.named("external_id", name)
        has = person is not None and label in person.aliases
        if person is not None:
            person.aliases.pop(label, None)
        self.model.tidy()
        self.same(answer.status_code, 200 if has else 404)

    @rule(name=NAMES, level=LEVELS)
    def tag(self, name: str, level: str) -> None:
        answer = self.call("PATCH", self.user(name), {"properties": {"tags": {"level": level}}})
        person = self.model.named("external_id", name)
        if person is not None:
            person.level = level
        self.same(answer.status_code, 404 if person is None else 200)

    @rule(type_=TYPES, token=TOKENS, is_on=st.booleans())
    def switch(self, type_: str, token: str, *, is_on: bool) -> None:
        self.turn(type_, token, is_on=is_on)

    def turn(self, type_: str, token: str, *, is_on: bool) -> None:
        path = f"/apps/{self.app.id}/subscriptions_by_token/{type_}/{token}"
        answer = self.call("PATCH", path, {"subscription": {"enabled": is_on}})
        known = self.model.devices.get((type_, token))
        if known:
            self.model.devices[type_, token] = (known[0], is_on)
        self.same(answer.status_code, 200 if known else 404)

    @rule(type_=TYPES, token=TOKENS, name=NAMES)
    def transfer(self, type_: str, token: str, name: str) -> None:
        body = {"identity": {"external_id": name}}
        answer = self.call("PATCH", f"/apps/{self.app.id}/subscriptions/{self.device(type_, token)}/owner", body)
        person, known = self.model.named("external_id", name), self.model.devices.get((type_, token))
        if person is not None and known:
            self.model.give(person, (type_, token))
        self.same(answer.status_code, 200 if person is not None and known else 404)

    @rule(type_=TYPES, token=TOKENS)
    def forget_device(self, type_: str, token: str) -> None:
        answer = self.call("DELETE", f"/apps/{self.app.id}/subscriptions/{self.device(type_, token)}")
        known = self.model.devices.pop((type_, token), None)
        self.model.tidy()
        self.same(answer.status_code, 200 if known else 404)

    @rule(name=NAMES)
    def forget_user(self, name: str) -> None:
        answer = self.call("DELETE", self.user(name))
        person = self.model.named("external_id", name)
        self.model.people = [one for one in self.model.people if one is not person]
        self.model.devices = {key: held for key, held in self.model.devices.items() if held[0] is not person}
        self.same(answer.status_code, 404 if person is None else 200)

    @invariant()
    def the_fake_holds_what_the_model_holds(self) -> None:
        state = self.fake.world.apps[self.app.id]
        held = [
            (sorted(user.aliases.items()), user.tags.get("level", ""), sorted(self.tokens(user.subscription_ids)))
            for user in state.users.values()
        ]
        assert sorted(held) == self.model.view()

    @invariant()
    def segments_count_what_the_model_counts(self) -> None:
        total = next(iter(self.fake.world.apps[self.app.id].segments))
        assert (self.count(total), self.count(self.segment.id)) == (self.model.count(), self.model.count("1"))

    def same(self, status: int, expected: int) -> None:
        assert (200 if status < 300 else status) == expected

    def user(self, name: str) -> str:
        return f"/apps/{self.app.id}/users/by/external_id/{name}"

    def device(self, type_: str, token: str) -> str:
        return self.fake.world.apps[self.app.id].tokens.get(type_, {}).get(token, "unknown")

    def tokens(self, ids: tuple[str, ...]) -> list[tuple[str, str]]:
        held = (self.fake.world.apps[self.app.id].subscriptions[one] for one in ids)
        return [(one.type, one.token) for one in held]

    def count(self, segment_id: str) -> int:
        return self.call("GET", f"/apps/{self.app.id}/segments/{segment_id}").json["subscriber_count"]


TestServices = Services.TestCase
TestServices.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
