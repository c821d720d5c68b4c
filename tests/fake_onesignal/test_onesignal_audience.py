"""Counting an audience the quick way gives what the slow, obvious way gives, and looks at few."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fake_onesignal import segments
from fake_onesignal.filters import Candidate, Condition, Rule, holds
from fake_onesignal.records import App, Subscription, User
from fake_onesignal.state import AppState

NOW = 1_700_000_000
TYPES = ("iOSPush", "AndroidPush", "Email", "SMS")
CONDITIONS = st.one_of(
    st.builds(Condition, st.just("amplitude_cohort"), st.sampled_from(["in", "not_in"]), value=st.sampled_from("ab?")),
    st.builds(Condition, st.just("tag"), st.sampled_from(["=", "!="]), st.just("k"), st.sampled_from("01")),
    st.builds(Condition, st.just("device_type"), st.just("="), value=st.sampled_from(["Email", "iOS", "SMS"])),
    st.builds(Condition, st.just("email"), st.just("="), value=st.sampled_from([f"t{one}" for one in range(60)])),
    st.builds(Condition, st.just("session_count"), st.sampled_from("><="), number=st.sampled_from([0.0, 2.0])),
)
RULES = st.lists(st.lists(CONDITIONS, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple)


def populated(seed: int, users: int) -> AppState:
    """An app whose users, devices and cohorts are drawn from a seed."""
    random = Random(seed)  # noqa: S311 - a seed, not a secret
    state = AppState(App("app", "App", "org", "key", "growth", NOW, NOW))
    state.cohort_members = {"a": {}, "b": {}}
    for number in range(users):
        user = User(f"u{number}", NOW, NOW, tags={"k": random.choice("01")} if random.random() < 0.7 else {})
        state.keep_user(user)
        for _ in range(random.randrange(4)):
            state.keep_subscription(device(random, len(state.subscriptions), user))
        for members in state.cohort_members.values():
            if random.random() < 0.3:
                members[user.onesignal_id] = None
    return state


def device(random: Random, number: int, user: User) -> Subscription:
    return Subscription(
        id=f"s{number}",
        onesignal_id=user.onesignal_id,
        type=random.choice(TYPES),
        created_at=NOW,
        last_active=NOW,
        token=f"t{number}",
        enabled=random.random() < 0.8,
        session_count=random.randrange(4),
    )


def slowly(state: AppState, rule: Rule) -> set[str]:
    """Everyone, one by one, branch by branch."""
    return {
        one.id
        for one in state.subscriptions.values()
        if one.is_subscribed
        and any(
            all(
                holds(each, Candidate(state.users[one.onesignal_id], one, state.cohort_members, NOW)) for each in branch
            )
            for branch in rule
        )
    }


@given(rule=RULES, seed=st.integers(0, 20))
def test_the_planned_audience_is_the_obvious_one(rule: Rule, seed: int) -> None:
    state = populated(seed, users=25)

    planned = [one.id for one in segments.audience(state, rule, NOW)]

    assert len(planned) == len(set(planned))
    assert set(planned) == slowly(state, rule)
    assert segments.count(state, rule, NOW) == len(planned)


class Watched(dict[str, Any]):
    """A shelf that counts how often something is taken from it."""

    looked_at = 0

    def __getitem__(self, key: str) -> Any:
        self.looked_at += 1
        return super().__getitem__(key)

    def values(self) -> Any:
        for value in super().values():
            self.looked_at += 1
            yield value


def test_a_cohort_of_few_is_counted_without_looking_at_everybody() -> None:
    state = populated(1, users=2_000)
    state.cohort_members = {"a": dict.fromkeys([f"u{number}" for number in range(100)])}
    cohort = Condition("amplitude_cohort", "in", value="a")
    rule = ((cohort, Condition("tag", "=", "k", "1")),)
    expected = len(slowly(state, rule))
    state.subscriptions = subscriptions = Watched(state.subscriptions)
    state.users = users = Watched(state.users)

    assert segments.count(state, rule, NOW) == expected
    assert (subscriptions.looked_at <= 300, users.looked_at <= 100) == (True, True)
    segments.count(state, ((cohort,),), NOW)
    assert (subscriptions.looked_at <= 300, users.looked_at <= 200) == (True, True)
    segments.count(state, segments.EVERYBODY, NOW)
    assert subscriptions.looked_at <= 300
