"""What new users are worth (facts/amplitude-api.md 1.13)."""

import json

import pytest

DAY = 86_400_000
DAYS = {"start": "20260309", "end": "20260310"}


@pytest.fixture
def ask(amplitude, event, clock):
    """Ann came yesterday and paid 10, and 5 a day later; Ben and Cem came today, and Ben paid 4 at once."""

    def did(name, days_ago, **more):
        ids = {"user_id": f"user-{name}", "device_id": f"device-{name}"}
        return event(**ids, time=clock.ms - days_ago * DAY, user_properties={"plan": name[0]}, **more)

    amplitude.upload(
        did("ann", 1, revenue=10), did("ann", 0, price=2.5, quantity=2), did("ben", 0, revenue=4), did("cem", 0)
    )

    def question(**more):
        return amplitude.get("/api/2/revenue/ltv", **{**DAYS, **more})

    return question


@pytest.mark.parametrize(
    ("metric", "first", "second"),
    [("0", [10, 15], [2, 2]), ("1", [10, 15], [4, 4]), ("2", [10, 15], [4, 4]), ("3", [1, 1], [1, 1])],
)
def test_new_users_are_worth_what_they_paid_by_each_day_of_their_lives(ask, metric, first, second):
    data = ask(m=metric).json["data"]

    (series,) = data["series"]
    yesterday, today = series["values"]["2026-03-09"], series["values"]["2026-03-10"]
    assert (data["seriesLabels"], series["dates"]) == ([""], ["2026-03-10", "2026-03-09"])
    assert [yesterday["r1d"], yesterday["r90d"]] == first
    assert [today["r1d"], today["r90d"]] == second
    assert [(each["count"], each["paid"], each["total_amount"]) for each in (yesterday, today)] == [
        (1, 1, 15),
        (2, 1, 4),
    ]
    assert list(today)[:2] == ["r1d", "r2d"]
    assert len(today) == 93


def test_the_second_day_begins_24_hours_after_the_first_event(ask):
    (series,) = ask().json["data"]["series"]

    assert [series["values"]["2026-03-09"][day] for day in ("r1d", "r2d")] == [10, 15]


def test_what_is_paid_after_ninety_days_is_in_the_total_only(ask, amplitude, event, clock):
    amplitude.upload(event(user_id="user-ben", device_id="device-ben", revenue=100, time=clock.ms + 90 * DAY))

    (series,) = ask(m="2").json["data"]["series"]

    assert (series["values"]["2026-03-10"]["r90d"], series["values"]["2026-03-10"]["total_amount"]) == (4, 104)


def test_each_group_and_each_segment_has_its_series(ask):
    only_ben = json.dumps([{"prop": "gp:plan", "op": "is", "values": ["b"]}])

    grouped, segmented = ask(g="gp:plan", i="7").json["data"], ask(m="3", s=[only_ben, "[]"]).json["data"]

    assert grouped["seriesLabels"] == ["a", "b", "c"]
    assert [each["values"]["2026-03-09"]["count"] for each in grouped["series"]] == [1, 1, 1]
    assert segmented["seriesLabels"] == [[0, ""], [1, ""]]
    assert [each["values"]["2026-03-10"]["count"] for each in segmented["series"]] == [1, 2]


@pytest.mark.parametrize("more", [{"m": "4"}, {"i": "-3600000"}, {"start": "x"}, {"g": ["a", "b"]}, {"s": "x"}])
def test_an_unusable_question_is_refused(ask, more):
    assert ask(**more).status_code == 400
