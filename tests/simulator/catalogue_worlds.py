"""People on a street, and the codes that are found there: what the tests of the catalogue have in common."""

from simulator import counting
from simulator.devices import Sdk
from simulator.moving_in import LESSON
from simulator.simulation import Simulation

COHORT = "Learners"
ALICE, BOB, CAROL = "alice-1", "bobby-2", "carol-3"


def street(**connected):
    simulation = Simulation(7)
    simulation.connect(**connected)
    return simulation


def learn(simulation, who, *, device=None, options=None, **properties):
    """Let somebody do what the cohort asks for; `who` None is anonymous."""
    event = {"event_type": LESSON, "device_id": device or f"amplitude-device-of-{who}", "user_properties": properties}
    if who is not None:
        event["user_id"] = who
    body = {"api_key": simulation.project.api_key, "events": [event]}
    if options:
        body["options"] = options
    simulation.amplitude_ingestion().post("/2/httpapi", body)


def phone(simulation, who, *, type_="AndroidPush", token=None):
    sdk = Sdk(simulation.onesignal_sdk(), simulation.app.id, type_=type_, token=token or f"token-of-{who}")
    if who is not None:
        sdk.login(who)
    return sdk


def known(simulation, *people, **properties):
    """Let people be in both services, with one phone each."""
    for who in people:
        learn(simulation, who, **properties)
        phone(simulation, who)


def cohort_of_learners(simulation, name=COHORT):
    return simulation.behavioural_cohort(name, LESSON, at_least=1, within_days=600)


def synced(simulation, cadence="one-time"):
    cohort_id = cohort_of_learners(simulation)
    simulation.sync(cohort_id, cadence)
    simulation.run_until_quiet()
    return cohort_id


def codes_found(simulation, cohort_id, *, segment=COHORT, mapped_property="user_id", **clues):
    """Give every code that has somebody in it, in the rows and beside them; the rows must add up."""
    segment_id = simulation.onesignal_reader().segment_id(segment)
    account, beside = counting.examine(
        simulation, cohort_id, segment_id, mapped_property=mapped_property, clues=counting.Clues(**clues)
    )
    assert account.sum_holds, account.rows
    rows = {row.code for row in account.rows if row.code and (row.users or row.subscriptions)}
    return rows | {note.code for note in beside}
