"""Formulas over events, rolling windows and rolling averages (facts/amplitude-api.md 1.13)."""

import json

import pytest

from fake_amplitude.formulas import parse_formula, value

DAY = 86_400_000


@pytest.fixture
def ask(amplitude, event, clock):
    """Ann looks on three days and buys on the last two; Ben looks and buys on the last; Cem came a day earlier."""

    def did(event_type, name, days_ago, **more):
        ids = {"user_id": f"user-{name}", "device_id": f"device-{name}"}
        country = "DE" if name == "ann" else "FR"
        return event(event_type, **ids, time=clock.ms - days_ago * DAY, country=country, **more)

    amplitude.upload(
        did("Look", "cem", 3), did("Look", "ann", 2), did("Look", "ann", 1), did("Look", "ann", 0),
        did("Look", "ben", 0),
        did("Buy", "ann", 1, event_properties={"cents": 10}), did("Buy", "ann", 1, event_properties={"cents": 20}),
        did("Buy", "ann", 0, event_properties={"cents": 5}), did("Buy", "ben", 0, revenue=7),
    )  # fmt: skip

    def question(first=None, second=None, **more):
        asked = {"start": "20260308", "end": "20260310", "e": json.dumps({"event_type": "Look", **(first or {})})}
        if second is not None:
            asked["e2"] = json.dumps({"event_type": "Buy", **second})
        return amplitude.get("/api/2/events/segmentation", **{**asked, **more})

    return question


CENTS = {"group_by": [{"type": "event", "value": "cents"}]}


@pytest.mark.parametrize(
    ("formula", "series", "collapsed"),
    [
        ("UNIQUES(A)", [1, 1, 2], 2),
        ("TOTALS(B)/UNIQUES(A)", [0, 2, 1], 2),
        ("2 * (totals(A) + 1.5) - -1", [6, 6, 8], 12),
        ("100*UNIQUES(B)/ACTIVE(B)/UNIQUES(A)", [0, 1, 1], 1),
        ("AVG(B) - 1", [-1, 1, 0], 1),
        ("TOTALS(A)/0", [0, 0, 0], 0),
        ("7", [7, 7, 7], 7),
    ],
)
def test_a_formula_joins_what_is_measured_of_two_events(ask, formula, series, collapsed):
    data = ask({}, {}, m="formula", formula=formula).json["data"]

    assert data["series"] == [series]
    assert data["seriesCollapsed"] == [[{"setId": "", "value": collapsed}]]


@pytest.mark.parametrize(
    ("formula", "series", "collapsed"),
    [
        ("PROPSUM(B)", [0, 30, 5], 35),
        ("PROPAVG(B)", [0, 15, 5], 35 / 3),
        ("PROPMIN(B)", [0, 10, 5], 5),
        ("PROPMAX(B)", [0, 20, 5], 20),
    ],
)
def test_a_formula_measures_a_property(ask, formula, series, collapsed):
    data = ask({}, CENTS, m="formula", formula=formula).json["data"]

    assert (data["series"], data["seriesCollapsed"][0][0]["value"]) == ([series], collapsed)


def test_the_least_and_the_most_are_measures_of_formulas_only(ask):
    assert ask(CENTS, m="value_min").status_code == 400


def test_a_formula_is_computed_for_every_group_of_either_event(ask):
    data = ask({}, {}, m="formula", formula="TOTALS(B)/TOTALS(A)", g="country").json["data"]

    assert dict(zip(map(tuple, data["seriesLabels"]), data["series"], strict=True)) == {
        (0, "DE"): [0, 2, 1],
        (0, "FR"): [0, 0, 1],
    }


@pytest.mark.parametrize(
    ("formula", "status"),
    [
        ("", 400), ("A", 400), ("UNIQUES(C)", 400), ("UNIQUES(A", 400), ("UNIQUES A", 400), ("1 +", 400), ("1 1", 400),
        ("(" * 200, 400), ("-" * 400, 400), ("1+" * 400, 400), (")", 400), ("UNIQUES(1)", 400), ("é(A)", 400),
        ("PERCENTILE(A)", 501), ("1+" * 249 + "1", 200),
    ],
)  # fmt: skip
def test_a_formula_that_cannot_be_computed_is_refused(ask, formula, status):
    assert ask({}, {}, m="formula", formula=formula).status_code == status


def test_a_formula_of_a_second_event_needs_one(ask):
    assert ask(m="formula", formula="UNIQUES(B)").status_code == 400


def test_products_are_computed_before_sums_and_from_the_left():
    assert value(parse_formula("8-2*3-4/2/2"), lambda _: 0) == 1


@pytest.mark.parametrize(
    ("asked", "series", "collapsed"),
    [
        ({"m": "uniques", "rollingWindow": 2}, [2, 1, 2], 2),
        ({"m": "totals", "rollingWindow": 3}, [2, 3, 4], 4),
        ({"m": "totals", "rollingAverage": 2}, [1, 1, 1.5], 4),
        ({"m": "totals", "rollingWindow": 2, "rollingAverage": 2}, [1.5, 2, 2.5], 4),
        ({"m": "totals", "rollingWindow": 1, "rollingAverage": 1}, [1, 1, 2], 4),
        ({"m": "formula", "formula": "TOTALS(A)", "rollingWindow": 2}, [2, 2, 3], 4),
    ],
)
def test_a_window_and_an_average_roll_over_the_days_before(ask, asked, series, collapsed):
    data = ask(**asked).json["data"]

    assert (data["series"], data["seriesCollapsed"]) == ([series], [[{"setId": "", "value": collapsed}]])
    assert len(data["xValues"]) == 3


def test_months_roll_over_the_months_before(ask, amplitude, event, clock):
    amplitude.upload(event("Look", time=clock.ms - 40 * DAY))

    assert ask(m="totals", i="30", rollingWindow=2).json["data"]["series"] == [[5]]


def test_a_window_reaches_over_a_year_at_most(ask):
    data = ask(m="totals", rollingWindow=365, start="20250310").json["data"]

    assert len(data["series"][0]) == 366


@pytest.mark.parametrize("more", [{"rollingWindow": 0}, {"rollingAverage": 366}, {"rollingWindow": "x"}])
def test_an_unusable_window_is_refused(ask, more):
    assert ask(m="totals", **more).status_code == 400


@pytest.mark.parametrize(
    ("event_type", "series"),
    [("revenue_amount", [0, 0, 7]), ("unverified_revenue", [0, 0, 7]), ("verified_revenue", [0, 0, 0])],
)
def test_no_revenue_is_verified(ask, event_type, series):
    assert ask({"event_type": event_type}, m="sums").json["data"]["series"] == [series]
