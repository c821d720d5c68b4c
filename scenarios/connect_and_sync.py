"""The page's six steps, from two API keys to a message in Amplitude: connect, identify, sync, segment, send, measure.

Three people open the app on a phone with the SDK of 2022 and give their e-mail address and phone number. The external
id is set on every channel. A cohort is synced, becomes a segment, is narrowed to one platform, and gets a push; the
push comes back to Amplitude under the names of 2022.
"""

from collections.abc import Iterator

from simulator import Check, Ending, Simulation
from simulator.devices import Sdk2022
from simulator.errors import require
from simulator.moving_in import LESSON, lessons_completed
from simulator.population import EVERYBODY_IS_REACHED, Person
from simulator.somebody import push

COHORT = "Eager learners"
LESSON_THREE = "Lesson three"
SET_ON_EVERY_CHANNEL = {channel: {"success": True} for channel in ("push", "email", "sms")}


def play(simulation: Simulation, *, people: int = 3) -> Ending:
    """Walk the six steps with a few people."""
    require(1, people=people)
    simulation.connect()  # steps 1 to 3: the keys change hands, events are chosen, the external id is mapped
    crowd = list(EVERYBODY_IS_REACHED.people(people, simulation.luck("people")))
    answers = [_open_the_app(simulation, person) for person in crowd]  # step 4

    cohort_id = simulation.behavioural_cohort(COHORT, LESSON, at_least=2, within_days=30)
    simulation.sync(cohort_id, "one-time")  # step 5
    simulation.run_until_quiet()

    segment_id = simulation.onesignal_reader().segment_id(COHORT)
    narrowed = _segment(simulation, cohort_id)  # step 6
    texts = {"name": LESSON_THREE, "headings": {"en": LESSON_THREE}}
    message = push(simulation, "is waiting for you", included_segments=[COHORT], **texts)
    simulation.run_until_quiet()
    return Ending(
        checks=(
            Check(
                "the external id is set on push, e-mail and SMS",
                all(answer == SET_ON_EVERY_CHANNEL for answer in answers),
                f"{answers[0]}" if answers else "nobody came",
            ),
            *_counted(simulation, people, segment_id=segment_id, narrowed=narrowed),
            *_measured(simulation, crowd, message),
        ),
        cohort_id=cohort_id,
        segment_id=segment_id,
    )


def _counted(simulation: Simulation, people: int, *, segment_id: str | None, narrowed: str) -> Iterator[Check]:
    reader = simulation.onesignal_reader()
    whole = reader.segment_count(segment_id) if segment_id else 0
    phones = reader.segment_count(narrowed)
    yield Check("the segment counts three channels a person", whole == 3 * people, f"{whole} subscriptions")
    yield Check("a further filter narrows the segment to the phones", phones == people, f"{phones} iPhones")


def _measured(simulation: Simulation, crowd: list[Person], message: str) -> Iterator[Check]:
    sent = simulation.onesignal_reader().statistics(message)["successful"]
    events = [event for person in crowd for event in simulation.amplitude_reader().events_of(person.external_id)]
    pushes = [event for event in events if event["event_type"] == "Push Pending Delivery"]
    yield Check(
        "every push is in Amplitude, under the person's id",
        len(pushes) == sent == len(crowd),
        f"{sent} sent, {len(pushes)} in Amplitude",
    )
    yield Check(
        "with the message's name, title, body and id",
        all(event["event_properties"] == _properties(message) for event in pushes),
        f"{pushes[0]['event_properties']}" if pushes else "no event",
    )


def _open_the_app(simulation: Simulation, person: Person) -> dict[str, dict[str, bool]]:
    phone = Sdk2022(
        simulation.onesignal_sdk(), simulation.app.id, type_="iOSPush", token=f"apns-token-{person.external_id}"
    )
    phone.set_email(person.email)
    phone.set_sms_number(person.phone)
    now_ms = int(simulation.clock.now().timestamp() * 1000)
    learned = list(lessons_completed(person, 2, now_ms=now_ms, luck=simulation.luck(person.external_id)))
    simulation.amplitude_ingestion().post("/2/httpapi", {"api_key": simulation.project.api_key, "events": learned})
    return phone.set_external_user_id(person.external_id)


def _segment(simulation: Simulation, cohort_id: str) -> str:
    filters = [
        {"field": "amplitude_cohort", "relation": "in", "value": cohort_id},
        {"field": "device_type", "relation": "=", "value": "iOS"},
    ]
    body = {"name": f"{COHORT} on iPhones", "filters": filters}
    segment_id: str = simulation.onesignal_api().post(f"/apps/{simulation.app.id}/segments", body)["id"]
    return segment_id


def _properties(message: str) -> dict[str, str]:
    return {
        "message_type": "push",
        "delivery_id": message,
        "Message Name": LESSON_THREE,
        "Message": LESSON_THREE,
        "Message Contents": "is waiting for you",
    }
