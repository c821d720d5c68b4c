"""Saved charts and custom events: what a person defines on the dashboard and the API then reads."""

import json

import pytest

from fake_amplitude.chart_questions import EventChoice
from fake_amplitude.rules import PropertyFilter

DAY = 86_400_000
TWO_DAYS = {"start": "20260309", "end": "20260310"}
PLAYS = {"e": {"event_type": "Play"}, "m": "totals", **TWO_DAYS}


@pytest.fixture
def played(amplitude, event, clock):
    amplitude.upload(
        event("Play", time=clock.ms - DAY, country="DE"),
        event("Play", event_properties={"kind": "film"}),
        event("Look", event_properties={"kind": "film"}),
        event("Look", user_id="user-2", device_id="device-2", event_properties={"kind": "book"}),
    )
    return amplitude


def shown(amplitude, chart, form="query"):
    return amplitude.get(f"/api/3/chart/{chart.id}/{form}")


def test_a_saved_chart_answers_its_question_by_its_id(played):
    chart = played.fake.dashboard.save_chart(played.project, "Plays", "events/segmentation", PLAYS)

    data = shown(played, chart).json["data"]

    asked = played.get("/api/2/events/segmentation", **{**PLAYS, "e": '{"event_type":"Play"}'}).json["data"]
    assert asked["series"] == [[1, 1]]
    assert data == {**asked, "series": [[{"setId": "", "value": 1}, {"setId": "", "value": 1}]]}


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("funnels", {"e": [{"event_type": "Play"}, {"event_type": "Look"}], **TWO_DAYS}),
        ("retention", {"se": {"event_type": "_new"}, "re": {"event_type": "_active"}, **TWO_DAYS}),
        ("sessions/average", TWO_DAYS),
    ],
)
def test_a_chart_of_another_kind_answers_as_its_call_does(played, path, parameters):
    chart = played.fake.dashboard.save_chart(played.project, "Any", path, parameters)
    said = {
        name: [json.dumps(each) if isinstance(each, dict) else each for each in (v if isinstance(v, list) else [v])]
        for name, v in parameters.items()
    }

    assert shown(played, chart).json == played.get(f"/api/2/{path}", **said).json
    assert shown(played, chart, "csv").status_code == 501


def test_a_saved_chart_is_a_table_inside_json(played):
    dashboard = played.fake.dashboard
    plain = dashboard.save_chart(played.project, 'All "plays"', "events/segmentation", PLAYS)
    grouped = dashboard.save_chart(played.project, "Users", "users", {**TWO_DAYS, "g": "country"})

    assert shown(played, plain, "csv").json["data"].split("\r\n") == [
        '"\tAll ""plays"""',
        "",
        '"\tSegment","\t2026-03-09","\t2026-03-10"',
        '"\tAll Users","1","1"',
        "",
    ]
    assert shown(played, grouped, "csv").json["data"].split("\r\n")[3:] == ['"\tDE","1","1"', '"\t(none)","0","1"', ""]


def test_a_chart_is_found_in_its_project_only(played):
    chart = played.fake.dashboard.save_chart(played.project, "Plays", "events/segmentation", PLAYS)
    other = played.fake.create_project("Other")

    stranger = played.client.get(f"/api/3/chart/{chart.id}/query", auth=(other.api_key, other.secret_key))

    assert (stranger.status_code, played.get("/api/3/chart/nothing1/csv").status_code) == (404, 404)
    assert played.client.get(f"/api/3/chart/{chart.id}/query").status_code == 403
    with pytest.raises(ValueError, match="a chart is one of"):
        played.fake.dashboard.save_chart(played.project, "Plays", "export", {})


def test_a_question_that_cannot_be_answered_is_refused_when_it_is_asked(played):
    chart = played.fake.dashboard.save_chart(played.project, "Plays", "events/segmentation", {"e": "?"})

    assert shown(played, chart).status_code == 400


def test_a_saved_chart_and_a_custom_event_are_remembered(amplitude):
    before = amplitude.fake.fingerprint()
    amplitude.fake.dashboard.save_chart(amplitude.project, "Plays", "users", TWO_DAYS)
    saved = amplitude.fake.fingerprint()
    amplitude.fake.dashboard.define_custom_event(amplitude.project, "Any", (EventChoice("Play"),))

    assert len({before, saved, amplitude.fake.fingerprint()}) == 3


def test_a_custom_event_is_any_of_its_parts_counted_once(played):
    film = PropertyFilter("event", "kind", "is", ("film",))
    parts = (EventChoice("Play"), EventChoice("Look", (film,)), EventChoice("Play", (film,)), EventChoice("Never"))
    played.fake.dashboard.define_custom_event(played.project, "Watched", parts)

    def totals(**event):
        e = json.dumps({"event_type": "ce:Watched", **event})
        return played.get("/api/2/events/segmentation", **{**PLAYS, "e": e}).json["data"]["series"]

    assert totals() == [[1, 2]]
    only_films = [{"subprop_key": "kind", "subprop_value": ["film"]}]
    assert totals(filters=only_films) == [[0, 2]]


def test_a_custom_event_that_nobody_defined_is_refused(played):
    e = json.dumps({"event_type": "ce:Nothing"})

    assert played.get("/api/2/events/segmentation", **{**PLAYS, "e": e}).status_code == 400
