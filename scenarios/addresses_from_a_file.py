"""E-mail addresses from a file: imported with their external id, they count in the segment and can be written to.

The page offers to import addresses and phone numbers from CSV. Some lines are wrong, as in every real file: they are
left out, each with a reason that says what to mend, and all others are subscribed. A cohort synced afterwards meets
these people although none of them ever opened the app.
"""

from simulator import Check, Ending, Simulation
from simulator.errors import require

COHORT = "Newsletter readers"
EMAIL = "Newsletter"


def play(simulation: Simulation, *, readers: int = 25, wrong_lines: int = 3) -> Ending:
    """Import a file with some wrong lines, sync a cohort of the same people, and send them an e-mail."""
    require(1, readers=readers)
    require(0, wrong_lines=wrong_lines)
    simulation.connect()
    rows = [f"reader{number}@example.com,reader-{number:04}" for number in range(readers)]
    rows += [f"no-address-{number},broken-{number:04}" for number in range(wrong_lines)]
    file = "\n".join(["email,external_user_id", *rows])
    report = simulation.onesignal.dashboard.import_csv(simulation.app.id, file)
    for number in range(readers):
        _subscribe_to_the_newsletter(simulation, f"reader-{number:04}")
    cohort_id = simulation.property_cohort(COHORT, "newsletter", "weekly")
    simulation.sync(cohort_id)
    simulation.run_until_quiet()

    segment_id = simulation.onesignal_reader().segment_id(COHORT)
    counted = simulation.onesignal_reader().segment_count(segment_id) if segment_id else 0
    message = _write_to(simulation, COHORT)
    simulation.run_until_quiet()
    sent = simulation.onesignal_reader().statistics(message)["successful"]
    events = [simulation.amplitude_reader().events_of(f"reader-{number:04}") for number in range(readers)]
    told = sum(event["event_type"] == "Email Pending Delivery" for each in events for event in each)
    return Ending(
        checks=(
            Check("every good line is imported", report.imported == readers, f"{report.imported} of {readers}"),
            Check(
                "every wrong line is left out with its reason",
                len(report.rows) == wrong_lines,
                f"{report.rows[0]}" if report.rows else "no line was wrong",
            ),
            Check("they count in the segment", counted == readers, f"{counted} subscriptions"),
            Check("they can be written to", sent == readers, f"{sent} e-mails"),
            Check("and Amplitude hears of it under their id", told == readers, f"{told} events"),
        ),
        cohort_id=cohort_id,
        segment_id=segment_id,
    )


def _subscribe_to_the_newsletter(simulation: Simulation, who: str) -> None:
    event = {"user_id": who, "event_type": "Form Sent", "user_properties": {"newsletter": "weekly"}}
    simulation.amplitude_ingestion().post("/2/httpapi", {"api_key": simulation.project.api_key, "events": [event]})


def _write_to(simulation: Simulation, segment: str) -> str:
    body = {
        "app_id": simulation.app.id,
        "target_channel": "email",
        "included_segments": [segment],
        "email_subject": EMAIL,
        "email_body": "<p>News</p>",
    }
    message: str = simulation.onesignal_api().post("/notifications", body)["id"]
    return message
