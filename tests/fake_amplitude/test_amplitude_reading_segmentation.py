"""Charts of events: measures, intervals, groups, segments and what they cost (facts/amplitude-api.md 1.13)."""

import json
from contextlib import ExitStack

import pytest

from fake_amplitude.rules import Performed

DAY = 86_400_000
SEGMENTATION = "/api/2/events/segmentation"


@pytest.fixture
def ask(amplitude, event, clock):
    """Ann bought twice today and once yesterday, Ben once today; Cem only looked, a week ago."""

    def person(name, plan, country):
        return {
            "user_id": f"user-{name}",
            "device_id": f"device-{name}",
            "user_properties": {"plan": plan},
            "country": country,
        }

    ann, ben, cem = person("ann", "pro", "DE"), person("ben", "free", "FR"), person("cem", "free", "DE")
    amplitude.upload(
        event("Look", **cem, time=clock.ms - 8 * DAY),
        event("Buy", **ann, event_properties={"cents": 500}, time=clock.ms - DAY),
        event("Buy", **ann, event_properties={"cents": 100, "kind": "book"}, price=2.5, quantity=2),
        event("Buy", **ann, event_properties={"cents": "?"}, time=clock.ms - 3_600_000),
        event("Buy", **ben, event_properties={"cents": 50, "kind": "book"}),
        event("Look", **ben),
    )

    def question(m="uniques", start="20260309", end="20260310", e=None, **more):
        asked = json.dumps({"event_type": "Buy", **(e or {})})
        return amplitude.get(SEGMENTATION, e=asked, m=m, start=start, end=end, **more)

    return question


def series(answer):
    assert answer.status_code == 200, answer.text
    return answer.json["data"]["series"]


@pytest.mark.parametrize(
    ("measure", "expected", "collapsed"),
    [
        ("uniques", [1, 2], 2),
        ("totals", [1, 3], 4),
        ("pct_dau", [100, 100], 100),
        ("average", [1, 1.5], 2),
        ("sums", [500, 150], 650),
        ("value_avg", [500, 75], 650 / 3),
    ],
)
def test_each_measure_by_day_and_collapsed(ask, measure, expected, collapsed):
    by_cents = {"group_by": [{"type": "event", "value": "cents"}]} if measure in ("sums", "value_avg") else {}

    data = ask(measure, e=by_cents).json["data"]

    assert data["series"] == [expected]
    assert data["seriesCollapsed"] == [[{"setId": "", "value": pytest.approx(collapsed)}]]
    assert (data["seriesLabels"], data["seriesMeta"]) == ([0], [{"segmentIndex": 0, "eventIndex": 0}])
    assert data["xValues"] == ["2026-03-09", "2026-03-10"]


def test_sums_need_a_property_to_sum_up(ask):
    assert ask("sums").status_code == 400


def test_revenue_is_an_event_of_its_own(ask):
    assert series(ask("sums", e={"event_type": "revenue_amount"})) == [[0, 5]]
    assert series(ask("uniques", e={"event_type": "revenue_amount"})) == [[0, 1]]


@pytest.mark.parametrize(
    ("i", "count", "first", "last"),
    [
        ("-300000", 288, "2026-03-10T00:00:00", "2026-03-10T23:55:00"),
        ("-3600000", 24, "2026-03-10T00:00:00", "2026-03-10T23:00:00"),
    ],
)
def test_hours_and_five_minutes(ask, i, count, first, last):
    data = ask("totals", start="20260310", i=i).json["data"]

    assert (len(data["xValues"]), data["xValues"][0], data["xValues"][-1]) == (count, first, last)
    assert sum(data["series"][0]) == 3
    assert data["series"][0][count // 2] == 2


def test_weeks_begin_on_the_first_day_and_months_on_the_first_of_a_month(ask):
    weeks = ask("totals", start="20260302", i="7").json["data"]
    months = ask("totals", start="20260115", i="30").json["data"]

    assert (weeks["xValues"], weeks["series"]) == (["2026-03-02", "2026-03-09"], [[0, 4]])
    assert (months["xValues"], months["series"]) == (["2026-01-15", "2026-02-01", "2026-03-01"], [[0, 0, 4]])


def test_too_many_five_minutes_are_refused(ask):
    assert ask(start="20250801", i="-300000").status_code == 400


def test_groups_are_split_by_event_and_user_properties_the_largest_first(ask):
    by_kind = ask("totals", e={"group_by": [{"type": "event", "value": "kind"}]}).json["data"]
    by_plan = ask("totals", g="gp:plan", limit=1).json["data"]
    by_both = ask("totals", g="country", e={"group_by": [{"type": "event", "value": "kind"}]}).json["data"]

    assert by_kind["seriesLabels"] == [[0, "(none)"], [0, "book"]]
    assert by_kind["series"] == [[1, 1], [0, 2]]
    assert (by_plan["seriesLabels"], by_plan["series"]) == ([[0, "pro"]], [[1, 2]])
    assert by_both["seriesLabels"] == [[0, "(none); DE"], [0, "book; DE"], [0, "book; FR"]]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"prop": "gp:plan", "op": "is", "values": ["free"]}, [0, 1]),
        ({"prop": "country", "op": "is not", "values": ["DE"]}, [0, 1]),
        ({"prop": "gp:plan", "op": "contains", "values": ["r"]}, [1, 2]),
        ({"type": "event", "event_type": "Look", "op": ">=", "value": 1, "time_type": "allTime"}, [0, 1]),
        ({"type": "event", "event_type": "Buy", "op": ">", "value": 2, "time_type": "currentInterval"}, [1, 1]),
        ({"type": "event", "event_type": "Look", "op": "=", "value": 0, "time_type": "allTime"}, [1, 1]),
    ],
)
def test_a_segment_lets_its_users_through(ask, condition, expected):
    assert series(ask(s=json.dumps([condition]))) == [expected]


def test_each_s_is_a_segment_and_a_cohort_can_be_one(ask, amplitude):
    cohort = amplitude.fake.create_cohort(amplitude.project, "Lookers", Performed("Look", days=None))
    inside, outside = (
        json.dumps([{"prop": "userdata_cohort", "op": op, "values": [cohort.id]}]) for op in ("is", "is not")
    )

    data = ask("totals", s=[inside, outside]).json["data"]

    assert data["series"] == [[0, 1], [1, 2]]
    assert data["seriesLabels"] == [0, 1]


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("greater", 100, [1, 0]),
        ("greater or equal", 100, [1, 1]),
        ("less", 100, [0, 1]),
        ("less or equal", "50", [0, 1]),
        ("is", "?", [0, 1]),
        ("contains", "5", [1, 1]),
        ("does not contain", "0", [0, 1]),
    ],
)
def test_every_filter_compares(ask, operator, value, expected):
    condition = {"subprop_type": "event", "subprop_key": "cents", "subprop_op": operator, "subprop_value": [value]}

    assert series(ask("totals", e={"filters": [condition]})) == [expected]


def test_a_second_event_is_a_second_series(ask):
    data = ask("totals", e2=json.dumps({"event_type": "Look"})).json["data"]

    assert (data["seriesLabels"], data["series"]) == ([0, 1], [[1, 3], [0, 1]])
    assert data["seriesMeta"] == [{"segmentIndex": 0, "eventIndex": 0}, {"segmentIndex": 0, "eventIndex": 1}]


def test_a_second_event_may_come_as_a_second_e(amplitude, ask):
    e = [json.dumps({"event_type": event_type}) for event_type in ("Buy", "Look")]

    answer = amplitude.get(SEGMENTATION, e=e, m="totals", start="20260309", end="20260310")

    assert ask("totals", e2=e[1]).json == answer.json
    assert ask("totals", e2=e).status_code == 400


def test_an_empty_parameter_says_nothing(ask):
    assert ask(g="", g2="", s="", e2="").json == ask().json


def test_an_interval_is_any_number_of_days(ask):
    data = ask("totals", start="20260227", i="10").json["data"]

    assert (data["xValues"], data["series"]) == (["2026-02-27", "2026-03-09"], [[0, 4]])


def test_new_users_are_those_whose_first_event_lies_in_the_interval(ask, amplitude):
    assert series(ask("uniques", start="20260302", i="7", e={"event_type": "_new"})) == [[1, 2]]
    weeks = {"start": "20260302", "end": "20260310", "i": "7"}
    assert series(amplitude.get("/api/2/users", m="new", **weeks)) == [[1, 2]]
    by_plan = amplitude.get("/api/2/users", m="active", g="gp:plan", **weeks).json["data"]
    assert by_plan["seriesLabels"] == by_plan["seriesMeta"] == ["free", "pro"]
    assert by_plan["series"] == [[1, 1], [0, 1]]


@pytest.mark.parametrize(
    "more",
    [
        {"i": "0"},
        {"i": "-1"},
        {"i": "367"},
        {"n": "some"},
        {"m": "most"},
        {"start": "20260311"},
        {"start": "20240101"},
        {"s": "[{}]"},
        {"s": '[{"prop":"a","op":"like"}]'},
        {"s": '[{"type":"event","event_type":"Buy","op":"about"}]'},
        {"g": ["a", "b", "c"]},
        {"limit": "x"},
        {"e2": "{}"},
    ],
)
def test_an_unusable_question_is_refused(ask, more):
    assert ask(**more).status_code == 400


def test_an_unknown_cohort_is_not_found(ask):
    assert ask(s='[{"prop":"userdata_cohort","op":"is","values":["nothing1"]}]').status_code == 404


@pytest.mark.parametrize(
    "more",
    [
        {"s": '[{"type":"event","event_type":"Buy","op":">=","value":1,"time_type":"forEachInterval"}]'},
    ],
)
def test_a_question_that_is_not_computed_says_so(ask, more):
    answer = ask(**more)

    assert answer.status_code == 501
    assert answer.json["error"]["metadata"]["details"]


def test_charts_are_paid_from_a_budget_that_comes_back(documented, event):
    documented.upload(event())
    query = {"e": '{"event_type":"Play"}', "start": "20260101", "end": "20260409"}  # 99 days cost 99

    statuses = [documented.get(SEGMENTATION, **query).status_code for _ in range(11)]
    documented.clock.advance(minutes=6)

    assert statuses == [200] * 10 + [429]
    assert documented.get(SEGMENTATION, **query).status_code == 200
    grouped = documented.get(SEGMENTATION, **query, g=["country", "region"])
    assert grouped.status_code == 200  # 99 days, 1 + 2 * 4: 891 of the 901 that are left
    assert documented.get(SEGMENTATION, **query).json["error"]["metadata"] == {
        "details": "Too Many Requests: Exceeded rate limit with query of cost 99",
        "limit": "1,000 in 5 minutes",
    }


def test_the_sixth_chart_or_cohort_at_the_same_time_is_refused(documented, event):
    documented.upload(event())
    cohort = documented.fake.create_cohort(documented.project, "Players", Performed("Play"))
    query = {"e": '{"event_type":"Play"}', "start": "20260310", "end": "20260310"}

    with ExitStack() as asking:
        for _ in range(5):
            asking.enter_context(documented.fake.world.charting(documented.project, 1))
        refused = documented.get(SEGMENTATION, **query)
        assert (refused.status_code, refused.json["error"]["metadata"]["limit"]) == (429, "5 at once")
        assert documented.get(f"/api/5/cohorts/request/{cohort.id}").status_code == 429

    assert documented.get(SEGMENTATION, **query).status_code == 200
    assert documented.get(f"/api/5/cohorts/request/{cohort.id}").status_code == 202
