"""The laws bite where nobody listed it before: bridges broken by careless code, each with the law that finds it."""

import laws_broken_bridges as broken
import laws_more_broken_bridges as more
import pytest
from laws_day import (
    CALLS,
    CAUSE,
    CREDIT,
    HONEST,
    INVENTED,
    KEPT,
    MEMBERS,
    ONCE,
    RULES,
    SEGMENT,
    STATISTICS,
    TRUE,
    live_a_day,
)

from simulator import Simulation

STRANGE = "no other cohort came to OneSignal"


@pytest.mark.parametrize(
    ("meddling", "law"),
    [
        (more.device_dropped, CREDIT),
        (more.user_dropped, CREDIT),
        (more.ids_in_capitals, CREDIT),
        (more.ids_with_a_blank, CREDIT),
        (more.user_and_device_exchanged, CREDIT),
        (more.time_in_seconds, TRUE),
        (more.time_in_seconds, RULES),
        (more.time_without_milliseconds, TRUE),
        (more.an_hour_off, TRUE),
        (more.message_name_instead_of_title, TRUE),
        (more.title_cut, TRUE),
        (more.text_and_title_exchanged, TRUE),
        (more.messages_exchanged, STATISTICS),
        (more.insert_id_instead_of_message_id, TRUE),
        (more.another_channel, TRUE),
        (more.a_language_nobody_speaks, TRUE),
        (more.a_country_out_of_nothing, TRUE),
        (more.opted_into_a_group, TRUE),
        (more.clicks_told_as_sent, STATISTICS),
        (more.clicks_left_out, ONCE),
        (more.last_of_each_batch, KEPT),
        (more.another_device_on_a_retry, ONCE),
        (more.the_old_endpoint, CALLS),
        (more.throttled_taken_for_delivered, KEPT),
        (more.too_large_taken_for_delivered, HONEST),
        (more.an_identify_of_its_own, CALLS),
        (more.hammering, RULES),
        (more.another_cohort, STRANGE),
        (more.name_of_the_cohort_folded, STRANGE),
        (more.cohort_never_named, MEMBERS),
        (more.one_member_forgotten, MEMBERS),
        (more.members_in_capitals, SEGMENT),
        (more.a_friend_for_everybody, MEMBERS),
        (more.exits_repeated_late, SEGMENT),
        (more.entries_repeated_late, MEMBERS),
        (more.first_exit_forgotten, SEGMENT),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_careless_bridge_breaks_the_law_that_guards_against_it(simulation, meddling, law):
    broken.break_the_bridge(simulation, meddle=meddling())

    assert law in {check.name for check in live_a_day(simulation)}


@pytest.mark.parametrize(
    ("breaking", "law"),
    [
        (more.gives_up_at_once, CAUSE),
        (more.gives_up_with_an_excuse, CAUSE),
        (more.calls_everything_late, CAUSE),
        (more.finds_every_id_bad, CAUSE),
        (more.never_rests, RULES),
        (more.halves_are_forgotten, KEPT),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_bridge_that_is_broken_inside_breaks_the_law_that_guards_against_it(simulation, monkeypatch, breaking, law):
    breaking(monkeypatch)

    assert law in {check.name for check in live_a_day(simulation)}


@pytest.mark.parametrize(("door", "law"), [(more.door_forgets_clicks, KEPT), (more.door_forgets_removals, SEGMENT)])
def test_a_bridge_that_is_deaf_for_one_thing_breaks_a_law(simulation, door, law):
    broken.break_the_bridge(simulation, door=door)

    assert law in {check.name for check in live_a_day(simulation)}


def test_events_in_both_regions_are_invented(simulation):
    broken.break_the_bridge(simulation, meddle=more.both_regions(simulation.projects["EU"].api_key))

    assert INVENTED in {check.name for check in live_a_day(simulation)}


def test_a_bridge_that_writes_to_the_wrong_app_of_two_breaks_a_law(simulation):
    other = simulation.onesignal.create_app("Another app", plan="growth")

    def astray(request, _body, carry):
        if "/modelled/" in request.url:
            request.headers["Authorization"] = f"Key {other.rest_api_key}"
        return carry(url=request.url.replace(simulation.app.id, other.id))

    broken.break_the_bridge(simulation, meddle=astray)

    assert {SEGMENT, MEMBERS} <= {check.name for check in live_a_day(simulation)}


def another_value(_request, body, carry):
    tags = body.get("properties", {}).get("tags", {})
    return carry({"properties": {"tags": {key: value and "yes" for key, value in tags.items()}}}) if tags else carry()


def users_made_of_strangers(request, body, carry):
    answer = carry()
    if answer.status_code == 404 and "/users/by/external_id/" in request.url:
        start, external_id = request.url.split("/users/by/external_id/")
        carry({"identity": {"external_id": external_id}, **body}, url=f"{start}/users")
    return answer


@pytest.mark.parametrize(("meddle", "law"), [(another_value, MEMBERS), (users_made_of_strangers, CALLS)])
def test_a_bridge_that_tags_carelessly_breaks_a_law(meddle, law):
    simulation = Simulation()
    simulation.connect(membership="tags")
    stranger = {"user_id": "stranger", "event_type": "Plan Changed", "user_properties": {"plan": "pro"}}
    upload = {"api_key": simulation.project.api_key, "events": [stranger]}
    simulation.amplitude_ingestion().post("/2/httpapi", upload)
    broken.break_the_bridge(simulation, meddle=meddle)

    assert law in {check.name for check in live_a_day(simulation)}
