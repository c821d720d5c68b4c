"""Rules of cohorts, drawn at random, and a slow and obvious evaluator that reads one person's story.

A story's rows are (person, event type, days ago, amount), by time and by arrival where times are equal.
"""

from hypothesis import strategies as st

from fake_amplitude.rules import (
    AllOf,
    AnyOf,
    FirstTime,
    InSequence,
    Not,
    Performed,
    PropertyCompares,
    PropertyFilter,
    SumOf,
)

PUSH = PropertyFilter("event", "kind", "is", ("push",))
TYPES = ["View", "Pay", "Quit"]


def rules_of(leaves):
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(AllOf, st.lists(inner, max_size=3).map(tuple)),
            st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple)),
        ),
        max_leaves=5,
    )


COMPARED = st.sampled_from([">=", "<=", "=", ">", "<", "!="])
DAYS = st.sampled_from([None, 1, 7])
BEHAVIOURS = st.one_of(
    st.builds(Performed, st.sampled_from([*TYPES, "_active"]), COMPARED, st.integers(0, 3), DAYS),
    st.builds(Performed, st.sampled_from(TYPES), COMPARED, st.integers(0, 2), DAYS, st.sampled_from([(), (PUSH,)])),
    st.builds(InSequence, st.lists(st.sampled_from([*TYPES, "_active"]), min_size=1, max_size=3).map(tuple), DAYS),
    st.builds(FirstTime, st.sampled_from([*TYPES, "_active"]), st.sampled_from([1, 7])),
    st.builds(SumOf, st.sampled_from(TYPES), st.just("amount"), COMPARED, st.integers(0, 6), DAYS),
)
TRAITS = st.builds(PropertyCompares, st.just("age"), st.sampled_from(["less", "greater or equal"]), st.integers(0, 5))
BEHAVIOUR_RULES, RULES = rules_of(BEHAVIOURS), rules_of(st.one_of(BEHAVIOURS, TRAITS))


def satisfied(rule, story, age=None):  # noqa: PLR0911 - one answer for each kind of rule
    """Say whether somebody with such a story, by time, satisfies the rule."""
    match rule:
        case Not(inner):
            return not satisfied(inner, story, age)
        case AllOf(rules):
            return all(satisfied(inner, story, age) for inner in rules)
        case AnyOf(rules):
            return any(satisfied(inner, story, age) for inner in rules)
        case Performed(event_type, comparison, times, days, filters):
            done = [row for row in _within(story, days) if _is(event_type, row) and (not filters or row[3] > 2)]
            return _holds(len(done), comparison, times)
        case SumOf(event_type, _, comparison, amount, days):
            return _holds(sum(row[3] for row in _within(story, days) if _is(event_type, row)), comparison, amount)
        case FirstTime(event_type, days):
            done = [row for row in story if _is(event_type, row)]
            return bool(done) and done[0][2] <= days
        case InSequence(steps, days):
            return _walks(list(steps), _within(story, days))
        case PropertyCompares(_, operator, amount):
            return age < amount if operator == "less" else age >= amount


def _within(story, days):
    return [row for row in story if days is None or row[2] <= days]


def _is(event_type, row):
    return event_type in ("_active", row[1])


def _walks(steps, story):
    if not steps:
        return True
    return any(_is(steps[0], row) and _walks(steps[1:], story[place + 1 :]) for place, row in enumerate(story))


def _holds(left, comparison, right):
    table = {">=": left >= right, "<=": left <= right, "=": left == right}
    return {**table, ">": left > right, "<": left < right, "!=": left != right}[comparison]
