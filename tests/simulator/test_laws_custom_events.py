"""The laws of the third flow bite: a bridge that spoils custom events breaks the law that guards against it."""

import itertools

import laws_broken_bridges as broken
import orjson
import pytest
import requests

from bridge.choices import CustomEvents
from simulator import Simulation
from simulator.disturbances import AnswerLost, Failing
from simulator.laws import come_to_rest, laws
from simulator.occasions import nth
from simulator.operating import stream_events

CHOSEN, OTHER = "Checkout Started", "Page Viewed"
BECAME = "every streamed event became one custom event"
KEPT = "what the bridge took from Amplitude was kept"
INVENTED = "no custom event was invented"
CREDIT = "every custom event is its own user's"
TRUE = "every custom event says what happened"
ORDER = "one user's custom events keep their order"
CAUSE = "nothing was buried without a cause"
RULES = "the bridge keeps the vendors' rules"
OWED = "nothing is owed"
HONEST = "the bridge counts no custom event that did not arrive"
CALLS = "the bridge calls nothing but its routes"


def shop_for_a_day(simulation, *, people=6):
    """Six people and a stranger look at pages and start checkouts, while answers get lost and OneSignal is busy."""
    calls, amplitude = simulation.onesignal_api(), simulation.amplitude_ingestion()

    def track(who, event_type, **properties):
        a_moment_ago = int(simulation.clock.now().timestamp() * 1000) - 90_000
        event = {"user_id": who, "event_type": event_type, "event_properties": properties, "time": a_moment_ago}
        amplitude.post("/2/httpapi", {"api_key": simulation.project.api_key, "events": [event]})

    for number in range(people):
        calls.post(f"/apps/{simulation.app.id}/users", {"identity": {"external_id": f"Shopper-{number}"}})
    track("Shopper-0", CHOSEN, basket="before the stream")
    stream_events(simulation, event_types=(CHOSEN, OTHER))
    for number, what in ((1, AnswerLost()), (2, Failing(503)), (5, Failing(413))):
        simulation.network.disturb(what, nth(number).to("api.onesignal.com"))
    for round_ in range(3):
        for number in range(people):
            track(f"Shopper-{number}", CHOSEN, basket=f"{number}/{round_}", total=number * 1.5, paid=True, items=["a"])
            track(f"Shopper-{number}", CHOSEN, basket=f"{number}/{round_}", total=100)
            track(f"Shopper-{number}", OTHER, page=number)
        track("stranger", CHOSEN, basket="nobody's")
        simulation.wait(1_800)
    simulation.network.calm()
    calm = come_to_rest(simulation)
    simulation.wait(7_200)
    return [check for check in laws(simulation, {}, calm=calm) if not check.holds]


def street(**settings):
    simulation = Simulation()
    simulation.connect(custom_events=CustomEvents(**settings))
    return simulation


@pytest.fixture
def shop():
    simulation = Simulation()
    simulation.connect()
    yield simulation
    simulation.close()


def test_an_honest_bridge_keeps_every_law(shop):
    assert shop_for_a_day(shop) == []
    assert len(shop.onesignal.messaging.custom_events(shop.app.id)) == 6 * 3 * 3


def test_what_other_people_tell_onesignal_is_not_the_bridges_invention(shop):
    event = {"name": "Called the shop", "external_id": "Shopper-1"}
    shop.onesignal_api().post(f"/apps/{shop.app.id}/users", {"identity": {"external_id": "Shopper-1"}})
    shop.onesignal_api().ask("POST", f"/apps/{shop.app.id}/custom_events", {"events": [event]})

    assert laws_broken(shop) == []


def test_what_other_people_tell_under_the_same_name_is_not_judged(shop):
    shop_for_a_day(shop)
    event = {"name": CHOSEN, "external_id": "Shopper-1", "properties": {"by": "hand"}}
    shop.onesignal_api().ask("POST", f"/apps/{shop.app.id}/custom_events", {"events": [event]})

    assert laws_broken(shop) == []


def laws_broken(simulation):
    return [check.name for check in laws(simulation, {}) if not check.holds]


def custom(change):
    """Make a meddler that changes the list of custom events of each call; None: it is acknowledged and forgotten."""

    def meddle(request, body, carry):
        if not broken.is_custom(request):
            return carry()
        events = change(body["events"])
        return broken.said(request, 202, {}) if not events else carry({"events": events})

    return meddle


def each(change):
    def change_all(events):
        for event in events:
            change(event)
        return events

    return custom(change_all)


def fresh_keys():
    numbers = itertools.count()
    return each(lambda event: event.update(idempotency_key=f"00000000-0000-4000-8000-{next(numbers):012}"))


def no_keys():
    return each(lambda event: event.pop("idempotency_key"))


def one_user_for_all():
    return each(lambda event: event.update(external_id="Shopper-1"))


def neighbours_swapped():
    def swap(events):
        users = [event["external_id"] for event in events]
        for event, user in zip(events, users[1:] + users[:1], strict=True):
            event["external_id"] = user
        return events

    return custom(swap)


def lower_case_ids():
    return each(lambda event: event.update(external_id=event["external_id"].lower()))


def time_of_arrival():
    return each(lambda event: event.pop("timestamp"))


def a_second_off():
    return each(lambda event: event.update(timestamp=event["timestamp"][:17] + "59.000Z"))


def payload_forgotten():
    return each(lambda event: event.update(properties={}))


def values_cut():
    return each(lambda event: event.update(properties={key: text[:1] for key, text in event["properties"].items()}))


def another_name():
    return each(lambda event: event.update(name=event["name"].replace("Started", "Ended")))


def one_event_too_many():
    return custom(lambda events: [*events, {"name": "Bridge Called", "external_id": "Shopper-2"}])


def last_one_forgotten():
    return custom(lambda events: events[:-1])


def last_things_first():
    return custom(lambda events: events[::-1])


def everything_forgotten():
    return custom(lambda _: None)


def failures_taken_for_success():
    def meddle(request, _body, carry):
        try:
            answer = carry()
        except requests.RequestException:
            answer = None
        failed = answer is None or answer.status_code >= 400
        return broken.said(request, 202, {}) if failed and broken.is_custom(request) else answer

    return meddle


def partial_failures_forgotten():
    """Everybody is said to be unknown whenever a stranger is among them."""

    def meddle(request, body, carry):
        answer = carry()
        if broken.is_custom(request) and b"stranger" in (request.body or b""):
            errors = [
                {"event_id": event["idempotency_key"], "error": {"code": "not found"}} for event in body["events"]
            ]
            return broken.said(request, 202, {"errors": errors})
        return answer

    return meddle


def wrong_key():
    def meddle(request, _body, carry):
        if broken.is_custom(request):
            request.headers["Authorization"] = "Key wrong"
        return carry()

    return meddle


def twice_on_the_wire():
    def meddle(request, _body, carry):
        answer = carry()
        return carry() if broken.is_custom(request) and answer.status_code == 202 else answer

    return meddle


def the_wrong_app():
    def meddle(request, _body, carry):
        return carry(url=request.url.replace("/apps/", "/apps/x")) if broken.is_custom(request) else carry()

    return meddle


def users_made():
    def meddle(request, body, carry):
        if broken.is_custom(request):
            for event in body["events"]:
                url = request.url.replace("custom_events", "users")
                carry({"identity": {"external_id": event["external_id"]}}, url=url)
        return carry()

    return meddle


@pytest.mark.parametrize(
    ("meddling", "law"),
    [
        (fresh_keys, BECAME),
        (fresh_keys, RULES),
        (no_keys, BECAME),
        (one_user_for_all, CREDIT),
        (neighbours_swapped, CREDIT),
        (lower_case_ids, CAUSE),
        (time_of_arrival, TRUE),
        (a_second_off, TRUE),
        (payload_forgotten, TRUE),
        (values_cut, TRUE),
        (another_name, TRUE),
        (one_event_too_many, INVENTED),
        (last_one_forgotten, KEPT),
        (last_one_forgotten, BECAME),
        (last_things_first, ORDER),
        (everything_forgotten, KEPT),
        (everything_forgotten, HONEST),
        (failures_taken_for_success, KEPT),
        (partial_failures_forgotten, CAUSE),
        (wrong_key, OWED),
        (twice_on_the_wire, RULES),
        (the_wrong_app, OWED),
        (users_made, CALLS),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_bridge_that_spoils_custom_events_breaks_the_law_that_guards_against_it(shop, meddling, law):
    broken.break_the_bridge(shop, meddle=meddling())

    assert law in {check.name for check in shop_for_a_day(shop)}


def acknowledged_before_stored(bridge):
    numbers = itertools.count(1)

    def enter(environ, start_response):
        if "custom-events" not in environ["PATH_INFO"] or next(numbers) % 2:
            return bridge(environ, start_response)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b'{"accepted":1}']

    return enter


def pages_too(bridge):
    """Let the events of one kind in under the name of the other."""

    def enter(environ, start_response):
        body = environ["wsgi.input"].read()
        if b'"event_type":"Page Viewed"' in body:
            row = orjson.loads(body) | {"event_type": "Page Seen"}
            body = orjson.dumps(row)
        inner = environ | {"wsgi.input": broken.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        return bridge(inner, start_response)

    return enter


@pytest.mark.parametrize(
    ("door", "law"), [(acknowledged_before_stored, KEPT), (acknowledged_before_stored, BECAME), (pages_too, TRUE)]
)
def test_a_bridge_whose_door_lies_breaks_the_law_that_guards_against_it(shop, door, law):
    broken.break_the_bridge(shop, door=door)

    assert law in {check.name for check in shop_for_a_day(shop)}


@pytest.mark.parametrize(
    ("settings", "law"),
    [
        ({"events": frozenset({OTHER})}, BECAME),
        ({"properties": frozenset({"basket"})}, TRUE),
        ({"external_id_from": "email"}, BECAME),
    ],
)
def test_a_bridge_that_is_set_otherwise_than_it_should_be_breaks_a_law(shop, settings, law):
    broken.break_the_bridge(shop, custom_events=CustomEvents(**settings))

    assert law in {check.name for check in shop_for_a_day(shop)}


def test_unselected_events_are_invented():
    simulation = street(events=frozenset({CHOSEN}))
    broken.break_the_bridge(simulation, custom_events=CustomEvents())

    assert INVENTED in {check.name for check in shop_for_a_day(simulation)}


@pytest.mark.parametrize(
    "settings", [{"events": frozenset({CHOSEN})}, {"properties": frozenset({"basket"})}, {"external_id_from": "mail"}]
)
def test_an_honest_bridge_keeps_every_law_however_it_is_set(settings):
    simulation = street(**settings)

    assert shop_for_a_day(simulation) == []
