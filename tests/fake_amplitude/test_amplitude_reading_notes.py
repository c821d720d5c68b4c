"""Annotations of both versions, their categories, and releases (facts/amplitude-api.md 1.16)."""

import pytest

V3, CATEGORIES, V2, RELEASE = (
    "/api/3/annotations",
    "/api/3/annotation-categories",
    "/api/2/annotations",
    "/api/2/release",
)


@pytest.fixture
def call(amplitude):
    def ask(method, path, **body):
        return amplitude.client.open(path, method=method, auth=amplitude.auth, **body)

    return ask


def test_an_annotation_is_written_read_changed_and_erased(call):
    written = call("POST", V3, json={"start": "2026-06-15", "label": "Launch"}).json["data"]

    assert written == {
        "id": written["id"],
        "start": "2026-06-15T00:00:00+00:00",
        "label": "Launch",
        "details": None,
        "category": {"id": 1, "category": "Uncategorized"},
        "end": None,
        "chart_id": None,
    }
    one = f"{V3}/{written['id']}"
    changed = call("PUT", one, json={"end": "2026-06-16T12:00:00+02:00", "details": "It went well"}).json["data"]
    assert (changed["label"], changed["end"]) == ("Launch", "2026-06-16T10:00:00+00:00")
    assert call("GET", V3).json == {"data": [call("GET", one).json["data"]]}
    assert call("DELETE", one).json == {"success": True}
    assert call("GET", one).status_code == 404


def test_categories_are_made_used_renamed_and_dropped(call):
    made = call("POST", CATEGORIES, json={"category": "Sales"}).json["data"]
    written = call("POST", V3, json={"start": "2026-06-15", "label": "L", "category": "Sales"}).json["data"]
    assert written["category"] == made == {"id": made["id"], "category": "Sales"}

    call("PUT", f"{CATEGORIES}/{made['id']}", json={"category": "Revenue"})
    assert call("GET", f"{CATEGORIES}/{made['id']}").json["data"]["category"] == "Revenue"
    assert call("DELETE", f"{CATEGORIES}/{made['id']}").json == {"success": True}

    assert call("GET", CATEGORIES).json == {"data": [{"id": 1, "category": "Uncategorized"}]}
    assert call("GET", f"{V3}/{written['id']}").json["data"]["category"]["id"] == 1


def test_a_category_is_given_to_many_annotations_or_to_none(call):
    made = call("POST", CATEGORIES, json={"category": "Sales"}).json["data"]
    first, second = [call("POST", V3, json={"start": "2026-06-15", "label": each}).json["data"]["id"] for each in "ab"]

    refused = call("PUT", f"{CATEGORIES}/bulk/{made['id']}", json={"annotation_ids": [first, 999]})
    untouched = call("GET", V3, query_string={"category": "Sales"}).json
    answer = call("PUT", f"{CATEGORIES}/bulk/{made['id']}", json={"annotation_ids": [second, first]}).json

    assert (refused.status_code, untouched) == (400, {"data": []})
    assert [(each["id"], each["category"]) for each in answer["data"]] == [(second, made), (first, made)]
    assert len(call("GET", V3, query_string={"category": "Sales"}).json["data"]) == 2


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ({}, ["early", "ranged", "late"]),
        ({"category": "Sales"}, ["late"]),
        ({"chart_id": "c1"}, ["early", "late"]),
        ({"start": "2026-06-02T00:00:00+00:00"}, ["ranged", "late"]),
        ({"end": "2026-06-05T00:00:00 00:00"}, ["early"]),
    ],
)
def test_annotations_are_found_by_category_chart_and_time(call, query, labels):
    call("POST", CATEGORIES, json={"category": "Sales"})
    call("POST", V3, json={"start": "2026-06-01", "label": "early"})
    call("POST", V3, json={"start": "2026-06-03", "end": "2026-06-09", "label": "ranged", "chart_id": "c2"})
    call("POST", V3, json={"start": "2026-06-10", "label": "late", "category": "Sales", "chart_id": "c1"})

    found = call("GET", V3, query_string=query).json["data"]

    assert [each["label"] for each in found] == labels


def test_one_category_is_found_by_its_name(call):
    made = call("POST", CATEGORIES, json={"category": "Sales"}).json["data"]

    assert call("GET", CATEGORIES, query_string={"category": "Sales"}).json == {"data": [made]}
    assert call("GET", CATEGORIES, query_string={"category": "None such"}).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", V3, {"json": {"label": "no start"}}, 400),
        ("POST", V3, {"json": {"start": "soon", "label": "L"}}, 400),
        ("POST", V3, {"json": {"start": "2026-06-15", "label": "L", "category": "None such"}}, 404),
        ("POST", V3, {"data": b"{"}, 400),
        ("POST", V3, {"json": [1]}, 400),
        ("PUT", f"{V3}/99", {"json": {"label": "L"}}, 404),
        ("DELETE", f"{V3}/x", {}, 404),
        ("GET", f"{V3}/{'9' * 40}", {}, 404),
        ("POST", CATEGORIES, {"json": {"category": "Uncategorized"}}, 409),
        ("POST", CATEGORIES, {"json": {}}, 400),
        ("PUT", f"{CATEGORIES}/99", {"json": {"category": "X"}}, 404),
        ("DELETE", f"{CATEGORIES}/1", {}, 409),
        ("GET", f"{CATEGORIES}/99", {}, 404),
        ("PUT", f"{CATEGORIES}/bulk/99", {"json": {"annotation_ids": [1]}}, 404),
        ("PUT", f"{CATEGORIES}/bulk/1", {"json": {"annotation_ids": []}}, 400),
        ("PUT", f"{CATEGORIES}/bulk/1", {"json": {"annotation_ids": "1"}}, 400),
        ("GET", V3, {"query_string": {"category": "a", "chart_id": "b"}}, 400),
        ("GET", V3, {"query_string": {"start": "soon"}}, 400),
        ("POST", V2, {"data": {"label": "L"}}, 400),
        ("POST", RELEASE, {"json": {"version": "1"}}, 400),
        ("POST", RELEASE, {"json": {"version": "1", "title": "T", "release_start": "soon"}}, 400),
        ("POST", RELEASE, {"json": [1]}, 400),
    ],
)
def test_what_is_unusable_is_refused_in_the_envelope_and_changes_nothing(call, amplitude, method, path, body, status):
    before = amplitude.fake.fingerprint()

    answer = call(method, path, **body)

    assert (answer.status_code, answer.json["error"]["http_code"]) == (status, status)
    assert amplitude.fake.fingerprint() == before


def test_version_two_writes_the_same_annotations(call, amplitude):
    form = {"app_id": amplitude.project.id, "date": "2026-06-15", "label": "Old", "details": "d"}

    answer = call("POST", V2, data=form).json

    row = {"id": answer["annotation"]["id"], "date": "2026-06-15", "label": "Old", "details": "d"}
    assert answer == {"annotation": row, "success": True}
    assert call("GET", V2).json == {"data": [row]}
    assert call("GET", V3).json["data"][0]["label"] == "Old"


@pytest.mark.parametrize("carried_as", ["json", "data", "query_string"])
def test_a_release_is_written_from_json_a_form_or_the_query(call, amplitude, carried_as):
    said = {"version": "2.0", "title": "Big", "release_start": "2026-06-15 10:00:00", "created_by": "me@example.com"}

    answer = call("POST", RELEASE, **{carried_as: said}).json

    created = {"created": "2026-03-10 12:00:00", "last_modified": "2026-03-10 12:00:00"}
    assert answer["success"] is True
    assert answer["release"] == {
        "id": answer["release"]["id"],
        "app_id": amplitude.project.id,
        "org_id": 1,
        "version": "2.0",
        "release_start": "2026-06-15 10:00:00",
        "release_end": None,
        "type": "integration",
        "title": "Big",
        "description": None,
        "platforms": [],
        "chart_visibility": True,
        "params": {**created, "created_by": "me@example.com", "last_modified_by": "me@example.com"},
    }
