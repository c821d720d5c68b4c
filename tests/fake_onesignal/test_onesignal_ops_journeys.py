"""Journeys: their definition, their states, and what the API refuses."""

from __future__ import annotations

import pytest
from onesignal_official import models

SEND = {"kind": "send_push", "client_node_id": "hello"}
SPLIT = {
    "kind": "split_range",
    "branches": [
        {"weight": 60, "nodes": [{"kind": "wait", "duration_seconds": 3600}]},
        {"weight": 40, "nodes": [{"kind": "tag", "assignments": {"group": "b"}}]},
    ],
}
CLICKED = {
    "kind": "yes_no",
    "branches": [
        {"condition": {"kind": "on_notification_action", "action": "clicked", "client_node_id": "hello"}},
        {"nodes": []},
    ],
}
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def path(app):
    return f"/apps/{app.id}/journeys"


@pytest.fixture
def ready(call, app):
    """A definition that can start: its segment and its template exist."""
    segment = call("GET", f"/apps/{app.id}/segments").json["segments"][0]["id"]
    template = call("POST", "/templates", {"app_id": app.id, "name": "Hi", "contents": {"en": "Hi"}}).json["id"]
    return {
        "name": "Welcome",
        "audience": {"kind": "segment", "included_segment_ids": [segment]},
        "nodes": [{**SEND, "template_id": template}, SPLIT, CLICKED],
    }


def test_the_official_client_does_everything_with_a_journey(official, app):
    wait = models.JourneyNode(kind="wait", duration_seconds=3600)
    made = official.create_journey(app.id, models.CreateJourneyRequest(name="Welcome", nodes=[wait]))
    key = made.concurrency_key
    changed = official.update_journey(
        app.id, made.id, models.UpdateJourneyRequest(name="Welcome back", concurrency_key=key)
    )
    node = changed.nodes[0].id
    slower = official.update_journey_node(app.id, made.id, node, models.UpdateJourneyNodeRequest(duration_seconds=7200))
    overrides = models.DuplicateJourneyOverrides(name="Another")
    copy = official.duplicate_journey(
        app.id, made.id, duplicate_journey_request=models.DuplicateJourneyRequest(overrides=overrides)
    )
    listed = official.view_journeys(app.id)
    counts = official.view_journey_stats(app.id, made.id)

    assert (made.state, changed.name, slower.nodes[0].duration_seconds) == ("draft", "Welcome back", 7200)
    assert (copy.name, copy.state, copy.nodes[0].duration_seconds) == ("Another", "draft", 7200)
    assert [one.id for one in listed.journeys] == [copy.id, made.id]
    assert (counts.started, counts.nodes[node].kind, counts.nodes[node].waiting) == (0, "wait", 0)
    assert official.view_journey(app.id, made.id).name == "Welcome back"

    assert official.delete_journey(app.id, made.id).success is True
    assert [one.id for one in official.view_journeys(app.id).journeys] == [copy.id]


def test_nodes_and_branches_get_ids_and_conditions_name_their_node(call, path, ready):
    made = call("POST", path, ready).json

    send, split, clicked = made["nodes"]
    condition = clicked["branches"][0]["condition"]
    assert all(branch["id"] for branch in split["branches"])
    assert split["branches"][0]["nodes"][0]["id"]
    assert condition == {"kind": "on_notification_action", "action": "clicked", "sending_node_id": send["id"]}


def test_a_node_that_is_sent_back_with_its_id_stays_and_a_new_one_gets_one(call, path, ready):
    made = call("POST", path, ready).json

    changed = call("PATCH", f"{path}/{made['id']}", {"nodes": [made["nodes"][1], {"kind": "wait"}]}).json

    assert changed["nodes"][0] == made["nodes"][1]
    assert changed["nodes"][1]["id"] not in {node["id"] for node in made["nodes"]}


def test_a_node_deep_below_is_changed_alone(call, path, ready):
    made = call("POST", path, ready).json
    deep = made["nodes"][1]["branches"][0]["nodes"][0]["id"]

    changed = call("PATCH", f"{path}/{made['id']}/nodes/{deep}", {"duration_seconds": 60, "annotation": "short"}).json

    assert changed["nodes"][1]["branches"][0]["nodes"][0] == {
        "id": deep,
        "kind": "wait",
        "duration_seconds": 60,
        "annotation": "short",
    }
    assert (changed["nodes"][0], changed["nodes"][2]) == (made["nodes"][0], made["nodes"][2])


def test_a_patch_merges_and_null_takes_away(call, path, ready):
    made = call("POST", path, {**ready, "description": "first", "reentry_rules": {"duration_seconds": 600}}).json

    changed = call(
        "PATCH", f"{path}/{made['id']}", {"reentry_rules": None, "audience": {"future_additions_only": True}}
    )

    assert "reentry_rules" not in changed.json
    assert changed.json["description"] == "first"
    assert changed.json["audience"] == {**ready["audience"], "future_additions_only": True}


def test_a_change_made_for_an_older_revision_is_a_conflict(call, fake, path, ready):
    made = call("POST", path, ready).json
    call("PATCH", f"{path}/{made['id']}", {"name": "B"})
    before = fake.fingerprint()

    answer = call("PATCH", f"{path}/{made['id']}", {"name": "C", "concurrency_key": made["concurrency_key"]})

    assert answer.status_code == 409
    assert fake.fingerprint() == before


def test_a_journey_goes_from_draft_to_active_to_archived_and_no_further(call, path, ready):
    one = f"{path}/{call('POST', path, ready).json['id']}"

    states = [call("PATCH", one, {"state": state}) for state in ("active", "draft", "archived", "active")]

    assert [answer.status_code for answer in states] == [200, 422, 200, 422]
    assert (states[0].json["started_at"], states[0].json["state"]) == ("2026-03-02T09:00:00Z", "active")
    assert states[2].json["archived_at"] == "2026-03-02T09:00:00Z"
    assert call("PATCH", one, {"name": "Too late"}).status_code == 422


@pytest.mark.parametrize("gap", ["audience", "nodes", "segment", "template"])
def test_what_is_not_whole_can_not_start(call, path, ready, gap):
    if gap in ready:
        del ready[gap]
    if gap == "segment":
        ready["audience"]["included_segment_ids"] = [UNKNOWN]
    if gap == "template":
        ready["nodes"] = [{**SEND, "template_id": UNKNOWN}]
    made = call("POST", path, ready)

    assert made.status_code == 201
    assert call("PATCH", f"{path}/{made.json['id']}", {"state": "active"}).status_code == 422


def test_a_scheduled_journey_starts_and_stops_by_the_clock(call, path, ready, clock):
    made = call("POST", path, ready).json
    when = {"start_at": "2026-03-03T09:00:00Z", "stop_at": "2026-03-04T09:00:00Z"}
    one = f"{path}/{made['id']}"

    assert call("PATCH", one, {"state": "scheduled"}).status_code == 422
    assert call("PATCH", one, {"state": "scheduled", "schedule": when}).json["state"] == "scheduled"
    seen = []
    for _ in range(3):
        clock.advance(days=1)
        seen.append(call("GET", one).json)

    assert [journey["state"] for journey in seen] == ["active", "archived", "archived"]
    assert (seen[2]["started_at"], seen[2]["archived_at"]) == (when["start_at"], when["stop_at"])


def test_a_copy_is_a_draft_with_nodes_of_its_own(call, path, ready):
    made = call("POST", path, ready).json
    call("PATCH", f"{path}/{made['id']}", {"state": "active"})

    copy = call("POST", f"{path}/{made['id']}/duplicate").json

    assert (copy["name"], copy["state"]) == ("Welcome (copy)", "draft")
    assert not {node["id"] for node in copy["nodes"]} & {node["id"] for node in made["nodes"]}
    assert [node.get("client_node_id") for node in copy["nodes"]] == ["hello", None, None]
    assert copy["nodes"][2]["branches"][0]["condition"]["sending_node_id"] == copy["nodes"][0]["id"]


def test_the_list_goes_from_the_newest_by_pages(call, path):
    for name in ("a", "b", "c"):
        call("POST", path, {"name": name})

    first = call("GET", f"{path}?limit=2").json
    call("POST", path, {"name": "d"})
    second = call("GET", f"{path}?limit=2&cursor={first['next_cursor']}").json

    assert [one["name"] for one in first["journeys"]] == ["c", "b"]
    assert ([one["name"] for one in second["journeys"]], second["has_more"]) == (["a"], False)
    assert "next_cursor" not in second


@pytest.mark.parametrize("query", ["limit=0", "limit=51", "limit=many", "cursor=%C3%BC", "cursor=x"])
def test_a_list_asked_for_in_a_wrong_way_is_refused(call, path, query):
    assert call("GET", f"{path}?{query}").status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 301},
        {"state": "active"},
        {"id": UNKNOWN},
        {"audience": {"kind": "everybody"}},
        {"audience": {"kind": "event_trigger", "attributes": [[], []]}},
        {"early_exit": {"rules": {}}},
        {"reentry_rules": {"duration_seconds": 599}},
        {"schedule": {"start_at": "2026-03-02T09:04:00Z"}},
        {"schedule": {"start_at": "2026-03-03T09:00:00+02:00"}},
        {"schedule": {"stop_at": "2026-03-01T09:00:00Z"}},
        {"nodes": [{"kind": "wait", "duration_seconds": 59}]},
        {"nodes": [{"kind": "wait", "id": UNKNOWN}]},
        {"nodes": [{"kind": "dance"}]},
        {"nodes": [{"kind": "yes_no", "branches": [{}]}]},
        {"nodes": [{"kind": "split_range", "branches": [{"weight": 50}, {"weight": 49}]}]},
        {"nodes": [{"kind": "wait", "branches": [{}]}]},
        {"nodes": [{**SEND}, {**SEND}]},
        {"nodes": [CLICKED]},
        {"nodes": [{"kind": "time_window", "relative_to": "schedule_in_timezone"}]},
        {
            "nodes": [
                {
                    "kind": "time_window",
                    "relative_to": "schedule_in_timezone",
                    "windows": [{"start": {"hour": 9}, "end": {"hour": 9, "minute": 14}}],
                }
            ]
        },
    ],
)
def test_a_malformed_journey_is_refused(call, fake, path, wrong):
    before = fake.fingerprint()

    answer = call("POST", path, {"name": "Welcome", **wrong})

    assert (answer.status_code, list(answer.json)) == (400, ["errors"])
    assert fake.fingerprint() == before


@pytest.mark.parametrize("wrong", [{"kind": "tag"}, {"id": UNKNOWN}, {"duration_seconds": 1}, {"concurrency_key": 7}])
def test_a_malformed_change_of_a_node_is_refused(call, fake, path, wrong):
    made = call("POST", path, {"name": "Welcome", "nodes": [{"kind": "wait"}]}).json
    before = fake.fingerprint()

    answer = call("PATCH", f"{path}/{made['id']}/nodes/{made['nodes'][0]['id']}", wrong)

    assert answer.status_code == 400
    assert fake.fingerprint() == before


@pytest.mark.parametrize(
    ("method", "more"),
    [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/duplicate"), ("GET", "/stats"), ("PATCH", "/nodes/1")],
)
def test_an_unknown_journey_is_not_found(call, path, method, more):
    answer = call(method, f"{path}/{UNKNOWN}{more}", None if method == "GET" else {})

    assert (answer.status_code, answer.json) == (404, {"errors": ["Journey not found"]})


def test_an_unknown_node_is_not_found(call, path):
    made = call("POST", path, {"name": "Welcome"}).json

    answer = call("PATCH", f"{path}/{made['id']}/nodes/{UNKNOWN}", {})

    assert (answer.status_code, answer.json) == (404, {"errors": ["Node not found"]})


@pytest.mark.parametrize(("depth", "status"), [(19, 201), (21, 400), (150, 400), (5_000, 400)])
def test_a_graph_may_be_deep_and_not_bottomless(call, path, depth, status):
    open_, close = '{"kind":"yes_no","branches":[{},{"nodes":[', "]}]}"
    body = '{"name":"Deep","nodes":[' + open_ * depth + close * depth + "]}"

    answer = call("POST", path, data=body, content_type="application/json")

    assert answer.status_code == status
