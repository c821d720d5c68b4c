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
    assert data["medianTransTimes"] == data["avgTransTimes"] == [0, 3 * HOUR, HOUR]
    assert data["dayFunnels"] == {
        "series": [[0, 0, 0], [1, 1, 1], [1, 1, 0]],
        "xValues": ["2026-03-08", "2026-03-09", "2026-03-10"],
        "formattedXValues": ["Mar 08", "Mar 09", "Mar 10"],
    }
    assert data["dayMedianTransTimes"]["series"] == [[0, 0, 0], [0, 2 * HOUR, HOUR], [0, 4 * HOUR, 0]]
    assert data["dayMedianTransTimes"]["formattedXValues"] == data["dayFunnels"]["formattedXValues"]
    assert data["events"] == ["See", "Cart", "Pay"]


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
    assert series["dates"] == ["Mar 10", "Mar 09", "Mar 08"]
    assert [each["count"] for each in series["values"]["Mar 08"]] == counts
    assert [each["outof"] for each in series["values"]["Mar 08"]] == [2, 2, 2]
    assert [each["incomplete"] for each in series["values"]["Mar 08"]] == [False, False, True]
    assert series["values"]["Mar 10"] == [{"count": 1, "outof": 1, "incomplete": True}]
    assert series["combined"][0] == {"count": 3, "outof": 3, "retainedSetId": None, "incomplete": True}
    assert data["seriesMeta"] == [{"segmentIndex": 0, "eventIndex": 0}]


@pytest.mark.parametrize(("brackets", "counts"), [("[[0,1],[1,3]]", [2, 2]), ("[1,2]", [1])])
def test_brackets_join_days(retention, brackets, counts):
    (series,) = retention(rm="bracket", rb=brackets).json["data"]["series"]

    assert [each["count"] for each in series["values"]["Mar 08"]] == counts


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


def test_groups_of_journeys_are_not_computed_and_say_so(retention, funnel):
    assert retention(g="country").status_code == 501
    assert funnel("Open", "Open", g="country").status_code == 501
