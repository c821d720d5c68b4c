"""The tracking plan (facts/amplitude-api.md 1.15)."""

import pytest

PATH = "/api/2/taxonomy"
NOT_FOUND = {"success": False, "errors": [{"message": "Not found"}]}


@pytest.fixture
def call(amplitude):
    def ask(method, path, form=None, **query):
        return amplitude.client.open(
            f"{PATH}/{path}", method=method, data=form, query_string=query, auth=amplitude.auth
        )

    return ask


@pytest.mark.parametrize(
    ("kind", "key"),
    [("event", "event_type"), ("event-property", "event_property"), ("user-property", "user_property")],
)
def test_a_name_is_planned_described_deleted_and_restored(call, kind, key):
    assert call("POST", kind, {key: "gp:a/b"}).json == {"success": True}
    assert call("PUT", f"{kind}/gp:a%2Fb", {"description": "what it is"}).json == {"success": True}
    assert call("GET", f"{kind}/gp:a%2Fb").json["data"]["description"] == "what it is"

    assert call("DELETE", f"{kind}/gp:a%2Fb").json == {"success": True}
    assert call("GET", kind).json["data"] == []
    (deleted,) = call("GET", kind, showDeleted="true").json["data"]
    assert deleted["deleted"] is True

    assert call("POST", f"{kind}/gp:a%2Fb/restore").json == {"success": True}
    (row,) = call("GET", kind).json["data"]
    assert (row[key], row["deleted"]) == ("gp:a/b", False)


def test_properties_can_be_asked_for_by_event(call):
    for name, event_type in (("kind", "Play"), ("price", "Pay")):
        call("POST", "event-property", {"event_property": name, "event_type": event_type})
    call("POST", "event-property", {"event_property": "of all"})

    def names(form=None, **query):
        return [row["event_property"] for row in call("GET", "event-property", form, **query).json["data"]]

    assert names() == ["kind", "price", "of all"]
    assert names(event_type="Play") == names({"event_type": "Play"}) == ["kind", "of all"]
    assert len(call("GET", "event", event_type="Play").json["data"]) == len(call("GET", "event").json["data"])


def test_events_that_were_only_sent_are_listed_and_can_be_described(call, amplitude, event):
    amplitude.upload(event("Play"))
    call("POST", "event", {"event_type": "Pay", "tags": "a,b", "is_active": "false"})

    call("PUT", "event/Play", {"new_event_type": "Play it", "display_name": "Playing"})

    rows = {row["event_type"]: row for row in call("GET", "event").json["data"]}
    assert set(rows) == {"Pay", "Play", "Play it"}
    assert (rows["Pay"]["tags"], rows["Pay"]["is_active"]) == (["a", "b"], False)
    assert rows["Play it"]["display_name"] == "Playing"


def test_categories_are_read_by_name_and_changed_by_number(call):
    call("POST", "category", {"category_name": "Games"})
    row = call("GET", "category/Games").json["data"]

    assert call("PUT", f"category/{row['id']}", {"category_name": "Fun"}).json == {"success": True}
    call("POST", "event", {"event_type": "Play", "category": "Fun"})

    assert call("GET", "category").json["data"] == [{"id": row["id"], "name": "Fun"}]
    assert call("GET", "event/Play").json["data"]["category"] == {"name": "Fun"}
    assert call("DELETE", f"category/{row['id']}").json == {"success": True}
    assert call("GET", "category").json["data"] == []


@pytest.mark.parametrize(
    ("method", "path", "form", "status"),
    [
        ("GET", "event/Never", None, 400),
        ("GET", "category/Never", None, 400),
        ("PUT", "event/Never", {"description": "x"}, 409),
        ("DELETE", "user-property/Never", None, 409),
        ("POST", "event/Never/restore", None, 409),
        ("POST", "event", {"event_type": "Play", "category": "Never"}, 409),
        ("DELETE", "category/Games", None, 409),
    ],
)
def test_what_is_not_in_the_plan_is_not_found(call, amplitude, method, path, form, status):
    call("POST", "category", {"category_name": "Games"})
    before = amplitude.fake.fingerprint()

    answer = call(method, path, form)

    assert (answer.status_code, answer.json) == (status, NOT_FOUND)
    assert amplitude.fake.fingerprint() == before


def test_a_name_is_planned_once(call, amplitude, event):
    amplitude.upload(event("Play"))
    call("POST", "event", {"event_type": "Pay"})

    answers = [
        call("POST", "event", {"event_type": "Pay"}),
        call("POST", "event", {"event_type": "Play"}),
        call("PUT", "event/Pay", {"new_event_type": "Play"}),
    ]

    assert [answer.status_code for answer in answers] == [409] * 3
    assert answers[0].json["errors"] == [{"message": "Already exists"}]


def test_a_form_without_a_name_is_refused(call):
    assert call("POST", "event", {"description": "x"}).status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("POST", ""), ("GET", "/a"), ("PUT", "/a"), ("DELETE", "/a"), ("POST", "/a/restore")],
)
def test_group_properties_need_an_add_on(call, method, path):
    answer = call(method, f"group-property{path}")

    assert answer.status_code == 400
    assert answer.json["errors"] == [{"message": "Account Properties feature is not enabled."}]


def test_a_wrong_key_pair_is_forbidden(amplitude):
    assert amplitude.client.get(f"{PATH}/event", auth=("a", "b")).status_code == 403
    assert amplitude.client.get(f"{PATH}/group-property", auth=("a", "b")).status_code == 403


def test_the_event_list_shows_an_event_as_it_is_planned(call, amplitude, event):
    amplitude.upload(event("Play"), event("Pay"), event("Pay"))
    call("PUT", "event/Play", {"display_name": "Play a song", "is_active": "false", "is_hidden_from_timeline": "true"})
    call("DELETE", "event/Play")

    pay, play = amplitude.get("/api/2/events/list").json["data"]

    assert pay == {
        "id": 2, "name": "Pay", "value": "Pay", "display": "Pay", "totals": 2, "totals_delta": 0, "non_active": False,
        "deleted": False, "hidden": False, "flow_hidden": False, "autohidden": False, "clusters_hidden": False,
        "in_waitroom": False, "timeline_hidden": False,
    }  # fmt: skip
    changed = {"display": "Play a song", "non_active": True, "deleted": True, "timeline_hidden": True}
    assert play == {**pay, "id": 1, "name": "Play", "value": "Play", "totals": 1, **changed}
