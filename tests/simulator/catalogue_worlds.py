"""People on a street, and the codes that are found there: what the tests of the catalogue have in common."""

import tempfile
from pathlib import Path

from csv_files import written

from simulator import counting
from simulator.accounts.catalogue import entries
from simulator.accounts.from_files import Files, reconcile_files
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
    """Give every code that has somebody in it, in the rows and beside them; the rows must add up.

    Whatever the catalogue says is visible in files must be found there, too.
    """
    segment_id = simulation.onesignal_reader().segment_id(segment)
    clues = counting.Clues(**clues)
    account, beside = counting.examine(simulation, cohort_id, segment_id, mapped_property=mapped_property, clues=clues)
    codes = told(account, beside)
    if segment_id is not None:
        with tempfile.TemporaryDirectory() as folder:
            files = exported(simulation, Path(folder), cohort_id, segment, mapped_property=mapped_property, clues=clues)
            in_files = told(*reconcile_files(files, mapped_property=mapped_property))
        assert {code for code in codes if entries()[code].needs != "street"} <= in_files
    return codes


def told(account, beside):
    """Give the codes of an account, each in its place."""
    assert account.sum_holds, account.rows
    rows = {row.code for row in account.rows if row.code and (row.users or row.subscriptions)}
    notes = {note.code for note in beside}
    assert {entries()[code].place for code in rows} <= {"row"}, rows
    assert {entries()[code].place for code in notes} <= {"note"}, notes
    return rows | notes


def exported(simulation, folder, cohort_id, segment, *, mapped_property, clues):
    """Write what a person would download of a world into a folder."""
    onesignal = simulation.onesignal_reader()
    members = simulation.amplitude_reader().members(cohort_id, mapped_property, clues.properties)
    history = folder / "history.csv"
    runs = [number for number, run in enumerate(simulation.sync_history(cohort_id)) if run.rows]
    history.write_text(simulation.amplitude["US"].dashboard.sync_history_csv(cohort_id, runs[-1]))
    return Files(
        written_cohort(folder / "cohort.csv", mapped_property, tuple(members)),
        written_channels(folder / "users.csv", onesignal.channels()),
        segment=written_channels(folder / "segment.csv", onesignal.channels(segment)),
        history=history,
        before=written_channels(folder / "before.csv", clues.before) if clues.before else None,
    )


def written_cohort(path, mapped_property, members):
    columns = sorted({name for member in members for name, _ in member.others} - {"user_id"})
    columns += ["user_id"] if mapped_property != "user_id" else []
    rows = [[each.amplitude_id, each.value, *(dict(each.others).get(name, "") for name in columns)] for each in members]
    return written(path, ["amplitude_id", mapped_property, *columns], rows)


def written_channels(path, channels):
    header = ["external_user_id", "id", "invalid_identifier", "device_type", "identifier", "onesignal_id"]
    rows = [[*each[:2], "f" if each.subscribed else "t", *each[3:]] for each in channels]
    return written(path, [*header, "notification_types"], rows)
