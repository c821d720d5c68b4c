"""What aliases and tags may be, and what every kind of filter finds (facts/onesignal-api.md 4.1, 4.4, 5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from onesignal_caller import Caller, Clock

    from fake_onesignal import FakeOneSignal
    from fake_onesignal.records import App

ADA = {"identity": {"external_id": "ada"}, "subscriptions": [{"type": "iOSPush", "token": "t"}]}
PARIS = {"lat": 48.8566, "long": 2.3522}


def user(app: App) -> str:
    return f"/apps/{app.id}/users/by/external_id/ada"


@pytest.mark.parametrize(("count", "status"), [(20, 200), (21, 400)])
def test_a_user_has_at_most_twenty_aliases_of_the_customers_own(
    call: Caller, app: App, count: int, status: int
) -> None:
    call("POST", f"/apps/{app.id}/users", ADA)
    before = call.fake.fingerprint()

    aliases = {f"label-{number}": "x" for number in range(count)}
    answer = call("PATCH", user(app) + "/identity", {"identity": aliases})

    assert answer.status_code == status
    assert (call.fake.fingerprint() == before) is (status == 400)


@pytest.mark.parametrize(
    ("label", "value", "status"), [("l" * 128, "v" * 128, 200), ("l" * 129, "v", 400), ("l", "v" * 129, 400)]
)
def test_labels_and_ids_have_at_most_128_characters(
    call: Caller, app: App, label: str, value: str, status: int
) -> None:
    call("POST", f"/apps/{app.id}/users", ADA)

    assert call("PATCH", user(app) + "/identity", {"identity": {label: value}}).status_code == status


@pytest.mark.parametrize("value", ["null", "NULL", "NA", "undefined", "0", "-1"])
def test_ids_that_stand_for_nobody_are_refused(call: Caller, app: App, value: str) -> None:
    answer = call("POST", f"/apps/{app.id}/users", {"identity": {"external_id": value}})

    assert answer.status_code == 400


@pytest.mark.parametrize(("plan", "room"), [("free", 2), ("growth", 10), ("professional", 100)])
def test_a_plan_has_room_for_so_many_tags(call: Caller, app: App, plan: Any, room: int) -> None:
    call.fake.set_plan(app.id, plan)
    call("POST", f"/apps/{app.id}/users", ADA)

    full = call("PATCH", user(app), {"properties": {"tags": {str(number): "1" for number in range(room)}}})
    more = call("PATCH", user(app), {"properties": {"tags": {"one more": "1"}}})
    changed = call("PATCH", user(app), {"properties": {"tags": {"0": "2"}}})

    assert (full.status_code, more.status_code, changed.status_code) == (202, 400, 202)


@pytest.mark.parametrize(("count", "status"), [(100, 202), (101, 400)])
def test_a_request_changes_at_most_a_hundred_tags(call: Caller, app: App, count: int, status: int) -> None:
    call.fake.set_plan(app.id, "enterprise")
    call("POST", f"/apps/{app.id}/users", ADA)

    tags = {str(number): "1" for number in range(count)}

    assert call("PATCH", user(app), {"properties": {"tags": tags}}).status_code == status


@pytest.mark.parametrize(("sent", "kept"), [(1, "1"), (1.5, "1.5"), (True, "true"), (False, "false"), ("x", "x")])
def test_tags_are_kept_as_text(call: Caller, app: App, sent: Any, kept: str) -> None:
    call("POST", f"/apps/{app.id}/users", ADA)

    answer = call("PATCH", user(app), {"properties": {"tags": {"a": sent}}})

    assert answer.json["properties"]["tags"] == {"a": kept}


def test_a_tag_of_the_wrong_type_is_named_with_what_it_should_be(call: Caller, app: App) -> None:
    body = {"identity": {"external_id": "ada"}, "properties": {"tags": {"fine": "1", "list": [1]}}}

    answer = call("POST", f"/apps/{app.id}/users", body)

    text = "Field tags was expecting value of type 'string', received value of type 'array' instead"
    assert (answer.status_code, answer.json) == (400, {"errors": [{"title": text}]})


@pytest.mark.parametrize("tags", [{"a": []}, {"a": {}}, {"message": "1"}, {"journey": "1"}, []])
def test_lists_objects_and_reserved_words_are_no_tags(call: Caller, app: App, tags: Any) -> None:
    call("POST", f"/apps/{app.id}/users", ADA)
    before = call.fake.fingerprint()

    assert call("PATCH", user(app), {"properties": {"tags": tags}}).status_code == 400
    assert call.fake.fingerprint() == before


FOUND: list[tuple[dict[str, Any], bool]] = [
    ({"field": "tag", "key": "level", "relation": "=", "value": "7"}, True),
    ({"field": "tag", "key": "level", "relation": "!=", "value": "7"}, False),
    ({"field": "tag", "key": "level", "relation": ">", "value": "6.5"}, True),
    ({"field": "tag", "key": "level", "relation": "<", "value": "7"}, False),
    ({"field": "tag", "key": "none", "relation": "exists"}, False),
    ({"field": "tag", "key": "none", "relation": "not_exists"}, True),
    ({"field": "tag", "key": "level", "relation": "in_array", "value": "1,7"}, True),
    ({"field": "tag", "key": "level", "relation": "not_in_array", "value": "1,7"}, False),
    ({"field": "tag", "key": "seen_at", "relation": "time_elapsed_gt", "value": "3599"}, True),
    ({"field": "tag", "key": "seen_at", "relation": "time_elapsed_lt", "value": "3600"}, False),
    ({"field": "first_session", "relation": ">", "hours_ago": "0.9"}, True),
    ({"field": "first_session", "relation": "<", "hours_ago": "0.9"}, False),
    ({"field": "last_session", "relation": "<", "hours_ago": "1.1"}, True),
    ({"field": "session_count", "relation": "=", "value": "3"}, True),
    ({"field": "session_time", "relation": ">", "value": "59"}, True),
    ({"field": "language", "relation": "=", "value": "fr"}, True),
    ({"field": "language", "relation": "!=", "value": "fr"}, False),
    ({"field": "country", "relation": "=", "value": "FR"}, True),
    ({"field": "country", "value": "FR"}, True),
    ({"field": "country", "value": "DE"}, False),
    ({"field": "country", "relation": "not_exists"}, False),
    ({"field": "app_version", "relation": ">", "value": "4.9"}, True),
    ({"field": "app_version", "relation": "<", "value": "4.10"}, False),
    ({"field": "device_type", "relation": "=", "value": "iOS"}, True),
    ({"field": "device_type", "relation": "=", "value": "Android"}, False),
    ({"field": "amount_spent", "relation": ">", "value": "4.99"}, True),
    ({"field": "amount_spent", "relation": "=", "value": "5"}, True),
    ({"field": "bought_sku", "key": "tea", "relation": ">", "value": "4"}, True),
    ({"field": "bought_sku", "key": "cup", "relation": ">", "value": "0"}, False),
    ({"field": "location", "relation": "=", "radius": "1000", "lat": "48.86", "long": "2.35"}, True),
    ({"field": "location", "relation": "=", "radius": "1000", "lat": "51.5", "long": "-0.12"}, False),
    ({"field": "location", "relation": "=", "radius": 350_000, "lat": 51.5, "long": -0.12}, True),
]


@pytest.fixture
def somebody(call: Caller, app: App, clock: Clock) -> str:
    """One user of whom everything is known; gives the path of the app's segments."""
    device = {"type": "iOSPush", "token": "t", "app_version": "4.10", "session_count": 3, "session_time": 60}
    seen_at = str(int(clock().timestamp()))
    properties = {"language": "fr", "country": "FR", "tags": {"level": "7", "seen_at": seen_at}, **PARIS}
    call("POST", f"/apps/{app.id}/users", {**ADA, "properties": properties, "subscriptions": [device]})
    tea = {"sku": "tea", "amount": "2.50", "iso": "EUR", "count": 2}
    call("PATCH", user(app), {"deltas": {"purchases": [tea]}})
    clock.advance(hours=1)
    return f"/apps/{app.id}/segments"


@pytest.mark.parametrize(("asked", "is_in"), FOUND, ids=str)
def test_a_filter_finds_whom_it_means(call: Caller, somebody: str, asked: dict[str, Any], *, is_in: bool) -> None:
    made = call("POST", somebody, {"name": "Asked", "filters": [asked]})

    assert made.status_code == 201, made.text
    assert call("GET", f"{somebody}/{made.json['id']}").json["subscriber_count"] == int(is_in)


LEVEL = {"field": "tag", "key": "level", "relation": "=", "value": "7"}


@pytest.mark.parametrize(
    ("filters", "status"),
    [
        ([LEVEL] * 200, 201),
        ([LEVEL] * 201, 400),
        ([LEVEL, {"operator": "OR"}] * 99 + [LEVEL], 201),
        ([LEVEL, {"operator": "OR"}] * 100 + [LEVEL], 400),
        ([{**LEVEL, "relation": "in_array", "value": ",".join("7" * 20)}], 201),
        ([{**LEVEL, "relation": "in_array", "value": ",".join("7" * 21)}], 400),
        ([LEVEL, {"operator": "OR"}], 400),
    ],
)
def test_filters_have_limits(call: Caller, somebody: str, filters: list[Any], status: int) -> None:
    assert call("POST", somebody, {"name": "Asked", "filters": filters}).status_code == status


def test_the_dashboard_reads_an_audience_by_name_or_id_and_knows_no_other(
    fake: FakeOneSignal, app: App, somebody: str
) -> None:
    assert somebody
    segment = fake.create_segment(app.id, "Level 7", [LEVEL])

    assert fake.dashboard.audience(app.id, "Level 7") == fake.dashboard.audience(app.id, segment.id)
    assert len(fake.dashboard.audience(app.id, "Level 7")) == 1
    with pytest.raises(LookupError):
        fake.dashboard.audience(app.id, "Level 8")


def test_a_paused_segment_may_be_unpaused(fake: FakeOneSignal, app: App) -> None:
    segment = fake.create_segment(app.id, "Level 7", [LEVEL])

    paused = fake.pause_segment(app.id, segment.id)
    again = fake.dashboard.unpause_segment(app.id, segment.id)

    assert (paused.is_active, again.is_active) == (False, True)


def test_the_amplitude_page_shows_what_it_was_given_and_prints_no_key(
    fake: FakeOneSignal, app: App, clock: Clock
) -> None:
    nothing = fake.dashboard.integration(app.id)
    fake.dashboard.activate_amplitude(app.id, api_key=" secret ", eu=True, events=["message.push.sent"])

    shown = fake.dashboard.integration(app.id)

    assert nothing is None
    assert (shown.api_key, shown.eu, shown.events, shown.activated_at) == (
        "secret",
        True,
        ("message.push.sent",),
        clock(),
    )
    assert "secret" not in repr(shown)
    fake.dashboard.deactivate_amplitude(app.id)
    assert fake.dashboard.integration(app.id) is None


@pytest.mark.parametrize("wrong", [{"api_key": " "}, {"api_key": "k", "events": ["push.sent"]}])
def test_the_amplitude_page_refuses_no_key_and_unknown_events(
    fake: FakeOneSignal, app: App, wrong: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"required|no kind"):
        fake.dashboard.activate_amplitude(app.id, **wrong)
