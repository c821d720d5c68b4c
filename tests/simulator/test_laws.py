"""The laws bite: a bridge that is broken in a known way breaks the law that guards against it."""

import laws_broken_bridges as broken
import pytest
from laws_day import (
    CALLS,
    CALM,
    CAUSE,
    CREDIT,
    DOORS,
    HONEST,
    INVENTED,
    KEPT,
    MEMBERS,
    OFFERED,
    ONCE,
    ORDER,
    OTHERS,
    OWED,
    PEOPLE,
    PROPERTIES,
    RULES,
    SEGMENT,
    STATISTICS,
    TRUE,
    live_a_day,
)

from simulator import Simulation
from simulator.laws import laws


def test_an_honest_bridge_keeps_every_law(simulation):
    assert live_a_day(simulation) == []


@pytest.mark.parametrize(
    ("meddling", "law"),
    [
        (broken.fresh_insert_ids, INVENTED),
        (broken.fresh_insert_ids_on_a_retry, INVENTED),
        (broken.fresh_insert_ids_on_a_retry, RULES),
        (broken.no_insert_ids, INVENTED),
        (broken.no_insert_ids, RULES),
        (broken.one_user_for_all, CREDIT),
        (broken.neighbours_swapped, CREDIT),
        (broken.another_device, CREDIT),
        (broken.another_time, TRUE),
        (broken.sent_now_instead_of_then, TRUE),
        (broken.another_name, STATISTICS),
        (broken.another_text, TRUE),
        (broken.a_property_too_many, TRUE),
        (broken.a_property_too_few, TRUE),
        (broken.revenue_out_of_nothing, TRUE),
        (broken.a_session_of_its_own, TRUE),
        (broken.last_things_first, ORDER),
        (broken.a_property_too_few, STATISTICS),
        (broken.properties_of_the_user, PROPERTIES),
        (broken.half_of_each_batch, KEPT),
        (broken.only_the_first_half_after_a_413, KEPT),
        (broken.failures_taken_for_success, ONCE),
        (broken.failures_taken_for_success, HONEST),
        (broken.half_of_each_batch, HONEST),
        (broken.wrong_key, OWED),
        (broken.wrong_key, CALM),
        (broken.deaf_to_retry_after, RULES),
        (broken.buried_without_a_vendors_word, CAUSE),
        (broken.everything_twice_under_two_users, RULES),
        (broken.an_event_of_its_own, OTHERS),
        (broken.users_created, CALLS),
        (broken.users_created, PEOPLE),
        (broken.no_removals, SEGMENT),
        (broken.no_additions, SEGMENT),
        (broken.no_removals, MEMBERS),
        (broken.removals_acknowledged_and_dropped, MEMBERS),
        (broken.additions_and_removals_exchanged, SEGMENT),
        (broken.exits_before_entries, SEGMENT),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_bridge_that_meddles_on_the_wire_breaks_the_law_that_guards_against_it(simulation, meddling, law):
    broken.break_the_bridge(simulation, meddle=meddling())

    assert law in {check.name for check in live_a_day(simulation)}


@pytest.mark.parametrize(
    ("door", "law"),
    [
        (broken.acknowledged_before_stored(2), KEPT),
        (broken.acknowledged_before_stored(2), ONCE),
        (broken.acknowledged_before_stored(1), SEGMENT),
        (broken.always_busy, OFFERED),
        (broken.open_to_everybody, DOORS),
    ],
)
def test_a_bridge_whose_door_lies_breaks_the_law_that_guards_against_it(simulation, door, law):
    broken.break_the_bridge(simulation, door=door)

    assert law in {check.name for check in live_a_day(simulation)}


@pytest.mark.parametrize(
    ("settings", "law"),
    [
        ({"anonymous": "keep"}, INVENTED),
        ({"contract": "2026"}, TRUE),
        ({"contract": "2026"}, STATISTICS),
        ({"events": frozenset({"message.push.clicked"})}, ONCE),
    ],
)
def test_a_bridge_that_is_set_otherwise_than_it_should_be_breaks_a_law(simulation, settings, law):
    broken.break_the_bridge(simulation, **settings)

    assert law in {check.name for check in live_a_day(simulation)}


def test_events_in_the_other_regions_project_are_invented(simulation):
    eu = simulation.projects["EU"]

    def abroad(request, body, carry):
        if "events" not in body:
            return carry()
        return carry(body | {"api_key": eu.api_key}, url=request.url.replace("api2.", "api.eu."))

    broken.break_the_bridge(simulation, meddle=abroad)

    assert {INVENTED, KEPT} <= {check.name for check in live_a_day(simulation)}


@pytest.fixture
def tagging():
    """A street whose cohorts are written as tags of their users."""
    simulation = Simulation()
    simulation.connect(membership="tags")
    yield simulation
    simulation.close()


def test_an_honest_bridge_keeps_every_law_with_tags(tagging):
    assert live_a_day(tagging) == []


def tags_never_removed(_request, body, carry):
    tags = body.get("properties", {}).get("tags", {})
    return carry({"properties": {"tags": {key: value or "true" for key, value in tags.items()}}}) if tags else carry()


def another_tag_too(_request, body, carry):
    tags = body.get("properties", {}).get("tags", {})
    return carry({"properties": {"tags": tags | {"seen": "1"}}}) if tags else carry()


def everybodys_neighbour(request, _body, carry):
    return carry(url=request.url.replace("user-2", "user-3"))


@pytest.mark.parametrize(
    ("meddle", "law"),
    [(tags_never_removed, MEMBERS), (another_tag_too, PEOPLE), (everybodys_neighbour, MEMBERS)],
)
def test_a_bridge_that_tags_wrongly_breaks_the_law_that_guards_against_it(tagging, meddle, law):
    broken.break_the_bridge(tagging, meddle=meddle)

    assert law in {check.name for check in live_a_day(tagging)}


def test_a_sin_is_found_although_the_journal_has_long_forgotten_it(simulation):
    """One event is acknowledged and forgotten, one call strays, one upload comes again; then 2,100 calls follow."""
    strayed = []

    def stray_once(request, body, carry):
        if "events" in body and not strayed:
            strayed.append(carry())
            carry(url=request.url.replace("/2/httpapi", "/3/httpapi"))
        return carry()

    broken.break_the_bridge(simulation, meddle=stray_once, door=broken.acknowledged_before_stored(2))
    live_a_day(simulation)
    for _ in range(2_100):
        simulation.onesignal_api().get(f"/apps/{simulation.app.id}/segments")

    found = {check.name: check for check in laws(simulation, {}) if not check.holds}

    assert not [exchange for exchange in simulation.journal if exchange.sender == "bridge"]
    assert {KEPT, RULES, CALLS} <= found.keys()
    assert "/3/httpapi" in found[CALLS].detail
