"""A day on the street, as the laws are tested by, and the laws by name."""

from simulator.disturbances import AnswerLost, Failing
from simulator.laws import Before, come_to_rest, laws
from simulator.occasions import nth

COHORT = "Subscribers"
ONCE = "every message event arrived exactly once"
KEPT = "what the bridge acknowledged was kept"
INVENTED = "nothing was invented"
CREDIT = "nobody is credited with another's event"
TRUE = "every event says what happened"
STATISTICS = "statistics agree on both sides"
OWED = "nothing is owed"
OFFERED = "the bridge takes what it is offered"
CAUSE = "nothing was buried without a cause"
CALLS = "the bridge calls nothing but its routes"
RULES = "the bridge keeps the vendors' rules"
SEGMENT = f"the segment of {COHORT!r} is the cohort, for everybody who can be reached"
MEMBERS = f"OneSignal keeps the members of {COHORT!r}, reachable or not"
ORDER = "one user's events keep their order"
HONEST = "the bridge counts no delivery that did not arrive"
DOORS = "no door opens without the secret"
PEOPLE = "nobody was created, changed or deleted at OneSignal"
OTHERS = "nobody else's events came to Amplitude"
PROPERTIES = "message events change nobody's properties"
CALM = "calm comes in bounded time"


def live_a_day(simulation):
    """Six people, one of them without any subscription and one anonymous; a cohort that three leave, one for a while.

    There are pushes and clicks. The answers to the first and to some later uploads are lost, one upload is too large,
    another comes too often.
    """
    calls, amplitude = simulation.onesignal_api(), simulation.amplitude_ingestion()

    def choose(who, plan):
        event = {"user_id": who, "event_type": "Plan Changed", "user_properties": {"plan": plan}}
        amplitude.post("/2/httpapi", {"api_key": simulation.project.api_key, "events": [event]})

    def push(text):
        message = {"included_segments": ["Total Subscriptions"], "contents": {"en": text}, "headings": {"en": "News"}}
        return calls.post("/notifications", {"app_id": simulation.app.id, **message})["id"]

    for number in range(6):
        subscription = {"type": "AndroidPush", "token": f"token-{number}", "enabled": True, "notification_types": 1}
        user = {"identity": {"external_id": f"user-{number}"}, "subscriptions": [subscription] if number else []}
        calls.post(f"/apps/{simulation.app.id}/users", user)
        choose(f"user-{number}", "pro")
    calls.post(f"/apps/{simulation.app.id}/users", {"subscriptions": [{"type": "AndroidPush", "token": "nobody's"}]})
    cohort_id = simulation.property_cohort(COHORT, "plan", "pro")
    simulation.sync(cohort_id, "hourly")
    before = Before.of(
        simulation,
        event_types=("Plan Changed",),
        user_properties=("plan",),
        cohort_tags=(f"cohort_{COHORT}",),
    )
    for number, what in ((1, AnswerLost()), (3, Failing(413)), (6, Failing(429, retry_after_s=240))):
        simulation.network.disturb(what, nth(number).to("api2.amplitude.com"))
    sent = push("Hello")
    simulation.wait(900)
    for subscription in list(simulation.onesignal_reader().channels())[:3]:
        opened = {"app_id": simulation.app.id, "player_id": subscription.subscription_id, "opened": True}
        calls.ask("PUT", f"/notifications/{sent}", opened)
    push("Hello again")
    simulation.wait(900)
    choose("user-0", "free")
    choose("user-1", "free")
    choose("user-2", "free")
    push("And good night")
    simulation.wait(7_200)
    choose("user-2", "pro")
    simulation.wait(7_200.25)
    push("Another day")
    simulation.wait(60)
    simulation.network.calm()
    calm = come_to_rest(simulation)
    return [check for check in laws(simulation, {COHORT: cohort_id}, before=before, calm=calm) if not check.holds]
