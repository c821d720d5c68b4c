"""Funnels and retention (facts/amplitude-api.md 1.13)."""

import json

import pytest

HOUR, DAY = 3_600_000, 86_400_000
DAYS = {"start": "20260308", "end": "20260310"}


@pytest.fixture
def story(amplitude, event, clock):
    """Tell what each person did, as (event type, hours ago)."""

    def told(**people):
        amplitude.upload(
            *[
                event(event_type, user_id=f"user-{name}", device_id=f"device-{name}", time=clock.ms - ago * HOUR)
                for name, deeds in people.items()
                for event_type, ago in deeds
            ]
        )

    return told


@pytest.fixture
def funnel(amplitude):
    def ask(*steps, **more):
        return amplitude.get("/api/2/funnels", e=[json.dumps({"event_type": step}) for step in steps], **DAYS, **more)

    return ask


def test_a_funnel_counts_who_reached_each_step_and_how_long_it_took(story, funnel):
    story(
        ann=[("See", 30), ("Cart", 28), ("Pay", 27)],
        ben=[("See", 5), ("Pay", 4), ("Cart", 1)],
        cem=[("Cart", 5), ("Pay", 4)],
    )

    (data,) = funnel("See", "Cart", "Pay").json["data"]

    assert data["cumulativeRaw"] == [2, 2, 1]
    assert (data["cumulative"], data["stepByStep"]) == ([1, 1, 0.5], [1, 1, 0.5])
    assert data["medianTransTimes"] == data["avgTransTimes"] == [3 * HOUR, 3 * HOUR, HOUR]
    assert data["dayFunnels"] == {
        "series": [[0, 0, 0], [1, 1, 1], [1, 1, 0]],
        "xValues": ["2026-03-08", "2026-03-09", "2026-03-10"],
        "formattedXValues": ["Mar 08, 2026", "Mar 09, 2026", "Mar 10, 2026"],
        "isComplete": [False, False, False],
    }
    assert data["dayMedianTransTimes"]["series"] == [[-1, -1, -1], [3 * HOUR, 2 * HOUR, HOUR], [-1, 4 * HOUR, -1]]
    assert data["dayMedianTransTimes"]["formattedXValues"] == data["dayFunnels"]["formattedXValues"]
    assert data["events"] == ["See", "Cart", "Pay"]
    assert (data["meta"], data["groupValue"]) == ({"segmentIndex": 0}, "")
    assert (data["convertedCounts"], data["dropoffCounts"]) == (
        {"0": 2, "1": 2, "2": 1},
        {"0": 0, "1": 0, "2": 1},
    )


def told(distribution):
    """Answer the bins of each step as (start, end, users), those without users left out."""
    return [
        [
            (each["start"], each["end"], each["bin_dist"]["uniques"])
            for each in step["bins"]
            if each["bin_dist"]["totals"]
        ]
        for step in distribution["step_bins"]
    ]


def test_a_funnel_tells_how_long_and_how_often_users_tried_as_the_live_service_does(story, funnel):
    story(
        ann=[("See", 47), ("Cart", 46), ("Cart", 44), ("Pay", 43)],
        ben=[("See", 47), ("Cart", 44)],
        cem=[("See", 47)],
    )

    (data,) = funnel("See", "Cart", "Pay", cs=28 * 86_400).json["data"]

    durations, tries = data["stepTransTimeDistribution"], data["stepPrevStepCountDistribution"]
    assert told(durations) == [
        [(0, 1_000, 3)],
        [(HOUR, 2 * HOUR, 1), (3 * HOUR, 4 * HOUR, 1)],
        [(3 * HOUR, 4 * HOUR, 1)],
        [(4 * HOUR, 5 * HOUR, 1)],
    ]
    assert [each["end"] // HOUR for each in durations["step_bins"][1]["bins"]] == [2, 3, 4]
    assert durations["step_bins"][0]["bins"][0]["bin_dist"] == {"tempKey": [], "uniques": 3, "sums": 0.0, "totals": 3}
    assert told(tries) == [[(0, 1, 3)], [(1, 2, 2)], [(2, 3, 1)]]
    assert data["avgPrevStepCounts"] == [{"sums": 0, "totals": 3}, {"sums": 2, "totals": 2}, {"sums": 2, "totals": 1}]
    assert data["medianPrevStepCounts"] == [0, 1, 2]


def test_what_takes_longer_than_ten_days_is_in_the_last_bin(amplitude, event, clock):
    for name, hours in (("ann", 1), ("ben", 300), ("cem", 400)):
        ids = {"user_id": f"user-{name}", "device_id": f"device-{name}"}
        began = clock.ms - 500 * HOUR
        amplitude.upload(event("See", **ids, time=began), event("Pay", **ids, time=began + hours * HOUR))
    e = [json.dumps({"event_type": step}) for step in ("See", "Pay")]

    (data,) = amplitude.get("/api/2/funnels", e=e, start="20260201", end="20260310").json["data"]

    _, paid, whole = data["stepTransTimeDistribution"]["step_bins"]
    assert told({"step_bins": [paid]}) == [[(HOUR, 2 * HOUR, 1), (240 * HOUR, 401 * HOUR, 2)]]
    assert (len(paid["bins"]), whole) == (240, paid)


def test_a_day_of_a_funnel_is_complete_when_nobody_can_convert_any_more(story, funnel):
    story(ann=[("See", 47)])

    (data,) = funnel("See", "See", cs=12 * 3_600).json["data"]

    assert data["dayFunnels"]["isComplete"] == [True, True, False]
    assert data["stepTransTimeDistribution"]["step_bins"][1]["bins"] == []


def test_a_step_is_named_with_what_it_is_filtered_by(amplitude, story):
    story(ann=[("See", 1)])
    condition = {"subprop_key": "kind", "subprop_value": ["book", "film"]}
    e = [json.dumps({"event_type": "See", "filters": [condition]}), json.dumps({"event_type": "See"})]

    (data,) = amplitude.get("/api/2/funnels", e=e, **DAYS).json["data"]

    assert data["events"] == ["See (book or film)", "See"]


def test_a_user_is_of_the_group_that_the_first_step_says(story, funnel, amplitude, event, clock):
    story(ann=[("See", 3), ("Pay", 2)])
    german = {"user_id": "user-dee", "device_id": "device-dee", "country": "DE"}
    amplitude.upload(event("See", **german, time=clock.ms - HOUR, event_properties={"kind": "book"}))
    amplitude.upload(event("See", **german, time=clock.ms), event("Pay", **{**german, "country": "FR"}))

    grouped = {each["groupValue"]: each["cumulativeRaw"] for each in funnel("See", "Pay", g="country").json["data"]}
    by_kind = [json.dumps({"event_type": "See", "group_by": [{"value": "kind"}]}), json.dumps({"event_type": "Pay"})]
    by_event = amplitude.get("/api/2/funnels", e=by_kind, **DAYS).json["data"]

    assert grouped == {"(none)": [1, 1], "DE": [1, 1]}
    assert [(each["groupValue"], each["cumulativeRaw"]) for each in by_event] == [("(none)", [1, 1]), ("book", [1, 1])]
    assert len(funnel("See", "Pay", g="country", limit=1).json["data"]) == 1
    assert funnel("See", "Pay", g=["country", "city"]).status_code == 400
    assert amplitude.get("/api/2/funnels", e=by_kind[::-1], **DAYS).status_code == 501


@pytest.mark.parametrize(
    ("mode", "expected"), [("ordered", [3, 2, 1]), ("unordered", [3, 3, 2]), ("sequential", [3, 1, 1])]
)
def test_the_mode_says_what_may_lie_between_the_steps(story, funnel, mode, expected):
    story(
        ann=[("See", 5), ("Cart", 4), ("Pay", 3)],
        ben=[("See", 5), ("Other", 4), ("Cart", 3)],
        cem=[("Pay", 5), ("Cart", 4), ("See", 3)],
    )

    assert funnel("See", "Cart", "Pay", mode=mode).json["data"][0]["cumulativeRaw"] == expected


def test_a_step_after_the_window_to_convert_does_not_count(story, funnel):
    story(ann=[("See", 30), ("Pay", 5)])

    assert funnel("See", "Pay").json["data"][0]["cumulativeRaw"] == [1, 1]
    assert funnel("See", "Pay", cs=25 * 3_600).json["data"][0]["cumulativeRaw"] == [1, 1]
    assert funnel("See", "Pay", cs=25 * 3_600 - 1).json["data"][0]["cumulativeRaw"] == [1, 0]


def test_a_later_entry_that_leads_further_counts(story, funnel):
    story(ann=[("See", 30), ("See", 3), ("Pay", 2)])

    assert funnel("See", "Pay", cs=7_200).json["data"][0]["cumulativeRaw"] == [1, 1]


def test_a_funnel_of_new_users_leaves_those_out_who_came_earlier(story, funnel):
    story(ann=[("See", 24 * 30), ("See", 5), ("Pay", 4)], ben=[("See", 5), ("Pay", 4)])

    assert funnel("See", "Pay", n="new").json["data"][0]["cumulativeRaw"] == [1, 1]
    assert funnel("See", "Pay", n="active").json["data"][0]["cumulativeRaw"] == [2, 2]


def test_each_segment_has_its_funnel(story, funnel, amplitude, event):
    story(ann=[("See", 3), ("Pay", 2)])
    amplitude.upload(event("See", user_id="user-dee", device_id="device-dee", country="DE"))

    german = json.dumps([{"prop": "country", "op": "is", "values": ["DE"]}])
    inside, everybody = funnel("See", "Pay", s=[german, "[]"]).json["data"]

    assert (inside["cumulativeRaw"], everybody["cumulativeRaw"]) == ([1, 0], [2, 1])


@pytest.mark.parametrize(("steps", "more"), [(["See"], {}), (["See"] * 11, {}), (["See", "Never"], {})])
def test_an_unusable_funnel_is_refused(story, funnel, steps, more):
    story(ann=[("See", 3)])

    assert funnel(*steps, **more).status_code == 400


@pytest.fixture
def retention(amplitude, story):
    """Ann came on all three days, Ben on the first and the third, Cem on the last."""
    story(
        ann=[("Open", 48), ("Open", 24), ("Open", 0)],
        ben=[("Open", 48), ("Open", 0)],
        cem=[("Open", 0)],
    )

    def ask(**more):
        opened = json.dumps({"event_type": "Open"})
        started = json.dumps({"event_type": "_new"})
        return amplitude.get("/api/2/retention", **{"se": started, "re": opened, **DAYS, **more})

    return ask


@pytest.mark.parametrize(("mode", "counts"), [("nday", [2, 1, 2]), ("n-day", [2, 1, 2]), ("rolling", [2, 2, 2])])
def test_retention_counts_who_came_back(retention, mode, counts):
    data = retention(rm=mode).json["data"]

    (series,) = data["series"]
    assert series["dates"] == ["Mar 10, 2026", "Mar 09, 2026", "Mar 08, 2026"]
    size, *points = series["values"]["Mar 08, 2026"]
    assert size == {"count": 2, "outof": 2, "incomplete": False}
    assert [each["count"] for each in points] == counts
    assert [each["outof"] for each in points] == [2, 2, 2]
    assert [each["incomplete"] for each in points] == [False, False, True]
    assert series["values"]["Mar 10, 2026"] == [
        {"count": 1, "outof": 1, "incomplete": False},
        {"count": 1, "outof": 1, "incomplete": True},
    ]
    assert series["combined"][0] == {"count": 3, "outof": 3, "retainedSetId": None, "incomplete": False}
    assert series["combined"][1] == {"count": 3, "outof": 3, "retainedSetId": None, "incomplete": True}
    assert data["seriesMeta"] == [{"segmentIndex": 0, "eventIndex": 0}]


def test_retention_goes_on_until_today(retention, clock):
    day = {"start": "20260308", "end": "20260308"}

    (today,) = retention(**day).json["data"]["series"]
    clock.advance(days=1)
    (tomorrow,) = retention(**day).json["data"]["series"]
    (weekly,) = retention(**day, i="7").json["data"]["series"]

    assert today["dates"] == ["Mar 08, 2026"]
    assert [each["count"] for each in today["values"]["Mar 08, 2026"]] == [2, 2, 1, 2]
    assert [each["count"] for each in tomorrow["values"]["Mar 08, 2026"]] == [2, 2, 1, 2, 0]
    assert [each["incomplete"] for each in tomorrow["combined"]] == [False, False, False, False, True]
    assert weekly["combined"] == [
        {"count": 2, "outof": 2, "retainedSetId": None, "incomplete": False},
        {"count": 2, "outof": 2, "retainedSetId": None, "incomplete": True},
    ]


@pytest.mark.parametrize(("brackets", "counts"), [("[[0,1],[1,3]]", [2, 2, 2]), ("[1,2]", [2, 1])])
def test_brackets_join_days(retention, brackets, counts):
    (series,) = retention(rm="bracket", rb=brackets).json["data"]["series"]

    assert [each["count"] for each in series["values"]["Mar 08, 2026"]] == counts


def test_those_who_came_back_are_of_the_group_that_their_start_says(retention, amplitude, event):
    amplitude.upload(event("Open", user_id="user-dee", device_id="device-dee", country="DE"))

    data = retention(g="country").json["data"]

    assert data["seriesLabels"] == ["(none)", "DE"]
    assert [each["combined"][0]["count"] for each in data["series"]] == [3, 1]
    assert data["seriesMeta"] == [{"segmentIndex": 0, "eventIndex": 0}] * 2
    assert retention(g="device_id").json["data"]["seriesLabels"] == [
        f"device-{each}" for each in ("ann", "ben", "cem", "dee")
    ]
    assert retention(g=["country", "city"]).status_code == 400
    by_kind = json.dumps({"event_type": "Open", "group_by": [{"value": "kind"}]})
    assert retention(se=by_kind).json["data"]["seriesLabels"] == ["(none)"]
    assert retention(re=by_kind).status_code == 501


@pytest.mark.parametrize(
    "more",
    [
        {"rm": "often"},
        {"rm": "bracket"},
        {"rm": "bracket", "rb": "[[1,1]]"},
        {"rm": "bracket", "rb": "[1]"},
        {"se": ""},
        {"re": "x"},
        {"i": "-3600000"},
    ],
)
def test_an_unusable_retention_is_refused(retention, more):
    assert retention(**more).status_code == 400
