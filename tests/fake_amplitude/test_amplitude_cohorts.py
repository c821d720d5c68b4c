"""Who is in a cohort, and the Behavioral Cohorts API (facts/amplitude-api.md 1.11, 3.3)."""

import csv
import gzip
import io

import pytest
from amplitude_slow_rules import rules_of
from hypothesis import given
from hypothesis import strategies as st

from fake_amplitude.cohorts import members
from fake_amplitude.ingestion import receive
from fake_amplitude.rules import (
    AllOf,
    AnyOf,
    Not,
    Performed,
    PropertyIs,
    PropertyIsNot,
    PropertyIsSet,
)
from fake_amplitude.stored_events import Arrival
from fake_amplitude.warehouse import Warehouse
from fake_amplitude.wire.definition import render_definition
from fake_amplitude.wire.upload_form import UploadedEvent

DAY = 86_400_000


@pytest.fixture
def people(amplitude, event):
    """Three users: Ann played three times, Ben once long ago, and one is anonymous and played today."""
    ms = amplitude.clock.ms
    amplitude.upload(
        *[event(user_id="user-ann", device_id="device-ann", time=ms - day * DAY) for day in (1, 2, 3)],
        event(user_id="user-ben", device_id="device-ben", time=ms - 40 * DAY),
        event(user_id=None, device_id="device-anon", time=ms),
        event("Open", user_id="user-ann", device_id="device-ann", user_properties={"plan": "pro", "age": 7}),
    )
    return amplitude


def user_ids(amplitude, rule):
    found = members(rule, amplitude.warehouse, amplitude.clock.ms)
    return sorted(str(amplitude.warehouse.profiles.of(each).user_id) for each in found)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Performed("Play"), ["None", "user-ann"]),
        (Performed("Play", days=None), ["None", "user-ann", "user-ben"]),
        (Performed("Play", times=3), ["user-ann"]),
        (Performed("Play", "=", 1, days=41), ["None", "user-ben"]),
        (Performed("Play", "<=", 1), ["None", "user-ben"]),
        (Performed("Play", "=", 0), ["user-ben"]),
        (Performed("Never"), []),
        (Performed("_active", times=4), ["user-ann"]),
        (Not(Performed("Play")), ["user-ben"]),
        (PropertyIs("gp:plan", ("pro", "max")), ["user-ann"]),
        (PropertyIs("age", ("7",)), ["user-ann"]),
        (PropertyIsNot("gp:plan", ("pro",)), ["None", "user-ben"]),
        (PropertyIsSet("user_id"), ["user-ann", "user-ben"]),
        (AllOf((Performed("Play"), PropertyIsSet("user_id"))), ["user-ann"]),
        (AnyOf((PropertyIs("plan", ("pro",)), Performed("Play", "=", 0))), ["user-ann", "user-ben"]),
    ],
)
def test_a_rule_finds_its_users(people, rule, expected):
    assert user_ids(people, rule) == expected


@pytest.mark.parametrize(("days_ago", "is_in"), [(30, True), (31, False), (-1, False)])
def test_a_window_reaches_back_to_its_first_moment_and_not_into_the_future(amplitude, event, days_ago, is_in):
    amplitude.upload(event(time=amplitude.clock.ms - days_ago * DAY))

    assert (user_ids(amplitude, Performed("Play", days=30)) == ["user-1"]) is is_in


def test_an_identified_user_without_an_event_is_no_user_yet(amplitude, event):
    amplitude.upload(event("$identify", user_properties={"$set": {"plan": "pro"}}))

    assert user_ids(amplitude, PropertyIs("plan", ("pro",))) == []


NAMES = ["user-1", "user-2", "user-3"]
LEAVES = st.one_of(
    st.builds(
        Performed,
        st.sampled_from(["Play", "Open", "_active"]),
        st.sampled_from([">=", "<=", "="]),
        st.integers(0, 3),
        st.sampled_from([None, 1, 30]),
    ),
    st.builds(PropertyIs, st.just("gp:plan"), st.sampled_from([("pro",), ("free", "pro")])),
    st.builds(PropertyIsNot, st.just("plan"), st.just(("pro",))),
    st.builds(PropertyIsSet, st.just("plan")),
)
RULES = rules_of(LEAVES)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(["Play", "Open"]),
        st.sampled_from([0, 1, 2, 29, 30, 31]),
        st.sampled_from([None, "pro", "free"]),
    ),
    max_size=20,
)


@given(rows=ROWS, rule=RULES)
def test_random_rules_agree_with_a_slow_obvious_evaluator(rows, rule):
    warehouse, now_ms = Warehouse(1, lambda _: None), 1_000 * DAY
    arrival = Arrival(now_ms, now_ms, "/batch")
    plans = {}

    for user_id, event_type, days_ago, plan in rows:
        properties = {"plan": plan} if plan else None
        happened = now_ms - days_ago * DAY
        posted = UploadedEvent(event_type=event_type, user_id=user_id, time=happened, user_properties=properties)
        receive(warehouse, posted, arrival)
        plans[user_id] = plan or plans.get(user_id)
    found = {warehouse.profiles.of(each).user_id for each in members(rule, warehouse, now_ms)}

    assert found == {user_id for user_id in plans if _obvious(rule, rows, user_id, plans[user_id])}
    clauses = render_definition(rule)["andClauses"]
    assert found == {
        user_id
        for user_id in plans
        if all(any(_clause(leaf, rows, user_id, plans[user_id]) for leaf in clause["orClauses"]) for clause in clauses)
    }


def _obvious(rule, rows, user_id, plan):  # noqa: PLR0911 - one answer for each kind of rule
    match rule:
        case Performed(event_type, comparison, times, days):
            return _compares(comparison, _times(rows, user_id, event_type, days), times)
        case PropertyIs(_, values):
            return plan in values
        case PropertyIsNot(_, values):
            return plan not in values
        case PropertyIsSet():
            return plan is not None
        case Not(inner):
            return not _obvious(inner, rows, user_id, plan)
        case AllOf(rules):
            return all(_obvious(inner, rows, user_id, plan) for inner in rules)
        case AnyOf(rules):
            return any(_obvious(inner, rows, user_id, plan) for inner in rules)


def _clause(leaf, rows, user_id, plan):
    if leaf["type"] == "event":
        days = leaf["time_value"] if leaf["time_type"] == "rolling" else None
        times = _times(rows, user_id, leaf["type_value"], days)
        return _compares(leaf["operator"], times, leaf["operator_value"])
    return {
        "is": plan in leaf["operator_value"],
        "is not": plan not in leaf["operator_value"],
        "set is": plan is not None,
        "set is not": plan is None,
    }[leaf["operator"]]


def _times(rows, user_id, event_type, days):
    return sum(
        1
        for user, happened, days_ago, _ in rows
        if user == user_id and event_type in (happened, "_active") and (days is None or days_ago <= days)
    )


def _compares(comparison, left, right):
    compared = {
        ">=": left >= right,
        "<=": left <= right,
        "=": left == right,
        ">": left > right,
        "<": left < right,
        "!=": left != right,
    }
    return compared[comparison]


def test_the_list_shows_a_cohort_as_the_vendor_does(people):
    cohort = people.fake.create_cohort(people.project, "Players", Performed("Play"))

    (row,) = people.get("/api/3/cohorts").json["cohorts"]

    assert row["id"] == cohort.id
    assert len(cohort.id) == 8
    assert (row["name"], row["size"], row["type"], row["appId"]) == ("Players", 2, "redshift", people.project.id)
    assert row["lastComputed"] == people.clock.ms // 1_000
    (clause,) = row["definition"]["andClauses"]
    assert clause["orClauses"][0]["type_value"] == "Play"


def test_one_cohort_is_shown_with_its_members(people):
    cohort = people.fake.create_cohort(people.project, "Players", Performed("Play"))

    shown = people.get(f"/api/3/cohorts/{cohort.id}").json

    assert shown["cohort"]["name"] == "Players"
    assert len(shown["amplitude_ids"]) == 2
    assert shown["user_ids"] == ["user-ann", None]


def test_renaming_and_archiving_show_in_the_list(people):
    cohort = people.fake.create_cohort(people.project, "Players", Performed("Play"))

    people.fake.rename_cohort(cohort.id, "Gamers")
    people.fake.archive_cohort(cohort.id)

    (row,) = people.get("/api/3/cohorts").json["cohorts"]
    assert (row["name"], row["archived"]) == ("Gamers", True)


def download(amplitude, cohort_id, **query):
    ordered = amplitude.get(f"/api/5/cohorts/request/{cohort_id}", **query)
    assert ordered.status_code == 202
    return ordered.json["request_id"]


def test_a_download_is_a_quoted_csv_with_blank_user_ids_for_anonymous_users(people):
    cohort = people.fake.create_cohort(people.project, "Players", Performed("Play"))
    request_id = download(people, cohort.id, props=1, propKeys=["plan", "age"])

    status = people.get(f"/api/5/cohorts/request-status/{request_id}")
    answer = people.get(f"/api/5/cohorts/request/{request_id}/file")

    assert (status.status_code, status.json["async_status"]) == (200, "JOB COMPLETED")
    ann, anonymous = sorted(people.warehouse.active_ids() - {people.warehouse.identity.users["user-ben"]})
    expected = f'"amplitude_id","user_id","plan","age"\n"{ann}","user-ann","pro","7"\n"{anonymous}","","",""\n'
    assert answer.text == expected


def test_a_download_tells_amplitudes_own_properties_too_and_the_customers_first(amplitude, event):
    amplitude.upload(event(user_properties={"city": "Ulm (own)"}, country="DE", city="Ulm"))
    cohort = amplitude.fake.create_cohort(amplitude.project, "Players", Performed("Play"))

    request_id = download(amplitude, cohort.id, props=1, propKeys=["country", "city", "gp:city", "gp:country"])

    answer = amplitude.get(f"/api/5/cohorts/request/{request_id}/file")
    assert answer.text.splitlines()[1].endswith('"user-1","DE","Ulm (own)","Ulm (own)",""')


def test_a_client_that_takes_gzip_gets_it(people):
    cohort = people.fake.create_cohort(people.project, "Players", Performed("Play"))
    request_id = download(people, cohort.id)

    answer = people.client.get(
        f"/api/5/cohorts/request/{request_id}/file", auth=people.auth, headers={"Accept-Encoding": "gzip"}
    )

    assert answer.headers["Content-Encoding"] == "gzip"
    rows = list(csv.reader(io.StringIO(gzip.decompress(answer.data).decode())))
    assert rows[0] == ["amplitude_id", "user_id"]


def test_a_documented_download_takes_thirty_to_sixty_seconds(documented, event):
    documented.upload(event())
    cohort = documented.fake.create_cohort(documented.project, "Players", Performed("Play"))
    request_id = download(documented, cohort.id)

    early = documented.get(f"/api/5/cohorts/request-status/{request_id}")
    too_early = documented.get(f"/api/5/cohorts/request/{request_id}/file")
    documented.clock.advance(seconds=60)
    late = documented.get(f"/api/5/cohorts/request-status/{request_id}")

    assert (early.status_code, early.json["async_status"]) == (202, "JOB INPROGRESS")
    assert too_early.status_code == 400
    assert (late.status_code, late.json["async_status"]) == (200, "JOB COMPLETED")


def test_the_sixty_first_request_in_ten_minutes_is_refused(documented, event):
    documented.upload(event())
    cohort = documented.fake.create_cohort(documented.project, "Players", Performed("Play"))
    for _ in range(60):
        download(documented, cohort.id)

    assert documented.get(f"/api/5/cohorts/request/{cohort.id}").status_code == 429
    documented.clock.advance(minutes=11)
    assert documented.get(f"/api/5/cohorts/request/{cohort.id}").status_code == 202


def listed(amplitude, *ids, **more):
    return {
        "name": "Listed",
        "app_id": amplitude.project.id,
        "id_type": "BY_USER_ID",
        "ids": list(ids),
        "owner": "owner@example.com",
        "published": True,
        **more,
    }


@pytest.mark.parametrize("said_as", [int, str])
def test_an_uploaded_list_makes_a_cohort_and_samples_invalid_ids(people, said_as):
    posted = {**listed(people, "user-ann", "nobody"), "app_id": said_as(people.project.id)}

    answer = people.post("/api/3/cohorts/upload", posted).json

    assert answer["metadata"] == {"matched": 1, "totals": 2, "invalid_ids_sample": ["nobody"]}
    shown = people.get(f"/api/3/cohorts/{answer['cohortId']}").json
    assert shown["user_ids"] == ["user-ann"]


@pytest.mark.parametrize(
    "change",
    [
        {"ids": []},
        {"ids": ["nobody"]},
        {"ids": ["user-ann", "nobody"], "skip_invalid_ids": False},
        {"app_id": 1},
        {"app_id": "1"},
        {"app_id": True},
        {"id_type": "BY_NAME"},
        {"name": None},
        {"existing_cohort_id": "unknown1"},
    ],
)
def test_an_unusable_list_is_refused_and_changes_nothing(people, change):
    before = people.fake.fingerprint()

    answer = people.post("/api/3/cohorts/upload", listed(people, "user-ann", **change))

    assert answer.status_code == (404 if "existing_cohort_id" in change else 400)
    assert answer.json["error"]["http_code"] == answer.status_code
    assert people.fake.fingerprint() == before


def test_a_second_upload_replaces_the_list(people):
    cohort_id = people.post("/api/3/cohorts/upload", listed(people, "user-ann")).json["cohortId"]

    people.post("/api/3/cohorts/upload", listed(people, "user-ben", existing_cohort_id=cohort_id))

    assert people.get(f"/api/3/cohorts/{cohort_id}").json["user_ids"] == ["user-ben"]


@pytest.mark.parametrize(("by_user", "by_number"), [("BY_NAME", "BY_ID"), ("BY_USER_ID", "BY_AMP_ID")])
def test_membership_adds_and_removes_in_order_whatever_clients_call_the_ids(people, by_user, by_number):
    cohort_id = people.post("/api/3/cohorts/upload", listed(people, "user-ann")).json["cohortId"]
    ann = people.warehouse.identity.users["user-ann"]
    changes = [
        {"ids": ["user-ben", "nobody"], "id_type": by_user, "operation": "ADD"},
        {"ids": [ann], "id_type": by_number, "operation": "REMOVE"},
    ]

    answer = people.post("/api/3/cohorts/membership", {"cohort_id": cohort_id, "memberships": changes})

    assert answer.json["memberships_result"] == [
        {"skipped_ids": ["nobody"], "id_type": by_user, "operation": "ADD"},
        {"skipped_ids": [], "id_type": by_number, "operation": "REMOVE"},
    ]
    assert people.get(f"/api/3/cohorts/{cohort_id}").json["user_ids"] == ["user-ben"]


def test_members_of_a_behavioral_cohort_cannot_be_set(people):
    cohort = people.fake.create_cohort(people.project, "Players", Performed("Play"))
    change = {"ids": ["user-ben"], "id_type": "BY_NAME", "operation": "ADD"}

    answer = people.post("/api/3/cohorts/membership", {"cohort_id": cohort.id, "memberships": [change]})

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "path", ["/api/3/cohorts/nothing1", "/api/5/cohorts/request/nothing1", "/api/5/cohorts/request-status/a%2Fb"]
)
def test_an_unknown_cohort_or_request_is_a_404_in_the_envelope(people, path):
    answer = people.get(path)

    assert answer.status_code == 404
    assert answer.json["error"]["http_code"] == 404


def test_a_cohort_of_another_project_is_not_found(people):
    cohort = people.fake.create_cohort(people.project, "Players", Performed("Play"))
    other = people.fake.create_project("Other")

    answer = people.client.get(f"/api/3/cohorts/{cohort.id}", auth=(other.api_key, other.secret_key))

    assert answer.status_code == 404


def test_a_member_that_was_merged_since_is_shown_as_the_user_it_became(amplitude, event):
    amplitude.upload(event(), event(user_id=None, device_id="device-2"))
    cohort = amplitude.fake.create_cohort(amplitude.project, "Players", Performed("Play"))
    request_id = download(amplitude, cohort.id)

    amplitude.upload(event("Open", device_id="device-2"))

    assert amplitude.get(f"/api/3/cohorts/{cohort.id}").json["user_ids"] == ["user-1"]
    assert amplitude.get(f"/api/5/cohorts/request/{request_id}/file").text.count("\n") == 2
    assert len(amplitude.fake.recompute(cohort.id).members) == 1


def test_a_rule_with_too_many_clauses_is_refused_when_it_is_made(amplitude):
    wide = AllOf(tuple(PropertyIs(f"p{n}", ("x",)) for n in range(4)))

    with pytest.raises(ValueError, match="more than 1000 clauses"):
        amplitude.fake.create_cohort(amplitude.project, "Wide", AnyOf((wide,) * 6))


def test_a_change_of_members_with_invalid_ids_is_refused_whole_where_they_are_not_skipped(people):
    amplitude = people
    body = {
        "name": "Listed", "app_id": amplitude.project.id, "id_type": "BY_USER_ID", "ids": ["user-ann"],
        "owner": "o@example.com", "published": True,
    }  # fmt: skip
    cohort_id = amplitude.post("/api/3/cohorts/upload", body).json["cohortId"]
    changes = [
        {"ids": ["user-ben", "nobody"], "id_type": "BY_NAME", "operation": "ADD"},
        {"ids": ["user-ann"], "id_type": "BY_NAME", "operation": "REMOVE"},
    ]
    before = amplitude.fake.fingerprint()

    change = {"cohort_id": cohort_id, "memberships": changes, "skip_invalid_ids": False}
    answer = amplitude.post("/api/3/cohorts/membership", change)

    assert answer.status_code == 400
    assert answer.json["error"]["metadata"] == {
        "details": "Some ids are invalid.",
        "cohort_id": cohort_id,
        "memberships_result": [
            {"skipped_ids": ["nobody"], "id_type": "BY_NAME", "operation": "ADD"},
            {"skipped_ids": [], "id_type": "BY_NAME", "operation": "REMOVE"},
        ],
    }
    assert amplitude.fake.fingerprint() == before
