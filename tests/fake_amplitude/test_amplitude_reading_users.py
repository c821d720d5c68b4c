"""Charts of sessions, of what users have in common, and of today (facts/amplitude-api.md 1.13)."""

import json

import pytest

MINUTE, DAY = 60_000, 86_400_000
TWO_DAYS = {"start": "20260309", "end": "20260310"}
BINS = {f"timeHistogramConfigBin{name}": said for name, said in {"TimeUnit": "hours", "Min": "0", "Max": "5"}.items()}


@pytest.fixture
def used(amplitude, event, clock):
    """Ann had a session of two minutes yesterday and two today, of nothing and of five seconds; Ben one today."""

    def at(name, session, ms, **more):
        return event(user_id=f"user-{name}", device_id=f"device-{name}", session_id=session, time=ms, **more)

    amplitude.upload(
        at("ann", 1, clock.ms - DAY, platform="iOS"),
        at("ann", 1, clock.ms - DAY + 2 * MINUTE),
        at("ann", 2, clock.ms),
        at("ann", 3, clock.ms - 10_000),
        at("ann", 3, clock.ms - 5_000),
        at("ben", 2, clock.ms - 3_000, platform="Android"),
        event(user_id="user-cem", device_id="device-cem"),
    )
    return amplitude


def test_session_lengths_are_counted_in_bins(used):
    data = used.get("/api/2/sessions/length", **TWO_DAYS).json["data"]

    assert [data["xValues"][place] for place in (0, 1, -1)] == ["0s-3s", "3s-10s", "3600s-86400s"]
    assert data["series"] == [[2, 1, 0, 0, 1, 0, 0, 0, 0]]


@pytest.mark.parametrize(
    ("chosen", "bins", "counts"),
    [
        ({"Max": 3, "Size": 1}, ["0s-60s", "60s-120s", "120s-180s"], [3, 0, 1]),
        ({"Max": 3, "Size": 2}, ["0s-120s", "120s-180s"], [3, 1]),
        ({"Max": 2}, ["0s-60s", "60s-120s"], [3, 0]),
    ],
)
def test_session_bins_can_be_chosen(used, chosen, bins, counts):
    asked = {
        f"timeHistogramConfigBin{name}": said for name, said in {"TimeUnit": "minutes", "Min": 0, **chosen}.items()
    }

    data = used.get("/api/2/sessions/length", **TWO_DAYS, **asked).json["data"]

    assert (data["xValues"], data["series"]) == (bins, [counts])


@pytest.mark.parametrize(
    "invalid",
    [
        {"TimeUnit": "", "Min": ""},
        {"TimeUnit": "years"},
        {"Min": "x"},
        {"Max": "0"},
        {"Size": "0"},
        {"Size": "1", "Max": "9999"},
    ],
)
def test_bins_that_are_missing_or_invalid_are_the_vendors_own(used, invalid):
    asked = BINS | {f"timeHistogramConfigBin{name}": said for name, said in invalid.items()}

    half = used.get("/api/2/sessions/length", **TWO_DAYS, **asked).json

    assert half == used.get("/api/2/sessions/length", **TWO_DAYS).json


def test_average_length_and_sessions_per_user_by_day(used):
    average = used.get("/api/2/sessions/average", **TWO_DAYS).json["data"]
    per_user = used.get("/api/2/sessions/peruser", **TWO_DAYS).json["data"]

    assert average["series"] == [[120, pytest.approx(5 / 3)]]
    assert per_user["series"] == [[1, 1.5]]
    assert per_user["seriesMeta"] == [{"segmentIndex": 0}]


def test_composition_counts_users_by_a_property(used):
    data = used.get("/api/2/composition", p="platform", **TWO_DAYS).json["data"]

    assert data == {"series": [[1, 1, 1]], "seriesLabels": ["platform"], "xValues": ["(none)", "Android", "iOS"]}


def test_realtime_is_today_beside_yesterday(used):
    data = used.get("/api/2/realtime", i=5).json["data"]

    assert data["seriesLabels"] == ["Today", "Yesterday"]
    assert data["xValues"][143:146] == ["11:55", "12:00", "12:05"]
    assert [series[143:146] for series in data["series"]] == [[2, 2, 0], [0, 1, 0]]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("sessions/average", {"start": "20260310"}),
        ("sessions/peruser", {"start": "20260311", "end": "20260310"}),
        ("composition", TWO_DAYS),
        ("realtime", {"i": "7"}),
    ],
)
def test_an_unusable_question_is_refused(used, path, query):
    answer = used.get(f"/api/2/{path}", **query)

    assert (answer.status_code, answer.json["error"]["http_code"]) == (400, 400)


OWN = {
    "version": ({"app_version": "2.1"}, "2.1"),
    "language": ({"language": "de-DE"}, "German"),
    "start_version": ({"app_version": "2.1"}, "2.1"),
    "DMA": ({"dma": "Bay"}, "Bay"),
    "os": ({"os_name": "iOS"}, "iOS"),
    "device": ({"device_model": "iPhone 9"}, "iPhone 9"),
}


@pytest.mark.parametrize(("name", "posted", "value"), [(name, *each) for name, each in OWN.items()], ids=OWN)
def test_amplitudes_own_properties_are_known_to_composition_segments_and_groups(amplitude, event, name, posted, value):
    amplitude.upload(event(**posted), event(user_id="user-2", device_id="device-2"))
    today = {"start": "20260310", "end": "20260310"}
    asked = {"e": json.dumps({"event_type": "Play"}), "m": "totals", **today}
    having = json.dumps([{"prop": name, "op": "is", "values": [value]}])

    composed = amplitude.get("/api/2/composition", p=name, **today).json["data"]
    within = amplitude.get("/api/2/events/segmentation", **asked, s=having).json["data"]
    grouped = amplitude.get("/api/2/events/segmentation", **asked, g=name).json["data"]

    assert (composed["xValues"], composed["series"]) == (["(none)", value], [[1, 1]])
    assert within["series"] == [[1]]
    assert grouped["seriesLabels"] == [[0, "(none)"], [0, value]]
