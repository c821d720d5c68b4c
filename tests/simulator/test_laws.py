"""The laws bite: a bridge that is broken in a known way breaks the law that guards against it."""

import itertools

import orjson
import pytest
from requests.adapters import BaseAdapter

from bridge import Bridge, Settings
from simulator.disturbances import AnswerLost
from simulator.laws import laws
from simulator.occasions import first
from simulator.simulation import BRIDGE_HOST

COHORT = "Subscribers"


class Meddler(BaseAdapter):
    """A transport that rewrites what the bridge sends before the street's own transport carries it."""

    def __init__(self, inner, rewrite):
        super().__init__()
        self.inner = inner
        self.rewrite = rewrite

    def send(self, request, **words):
        body = orjson.loads(request.body) if request.body else None
        request.body = orjson.dumps(self.rewrite(request, body))
        request.headers["Content-Length"] = str(len(request.body))
        return self.inner.send(request, **words)

    def close(self):
        self.inner.close()


def break_the_bridge(simulation, rewrite):
    """Put a bridge in the place of the honest one whose every outgoing call goes through `rewrite(request, body)`."""
    session = simulation.session()
    inner = session.get_adapter("https://")
    session.mount("https://", Meddler(inner, rewrite))
    settings = Settings(connections=(simulation.connection,))
    broken = Bridge(settings, now=simulation.clock.now, ids=simulation._ids("bridge"), session=session)
    simulation._bridge.close()
    simulation._bridge = broken
    simulation.network.settle(broken, BRIDGE_HOST)


def live_a_day(simulation):
    """Five people, a cohort that somebody leaves, one push; the first upload's answer is lost."""
    calls, amplitude = simulation.onesignal_api(), simulation.amplitude_ingestion()

    def choose(who, plan):
        event = {"user_id": who, "event_type": "Plan Changed", "user_properties": {"plan": plan}}
        amplitude.post("/2/httpapi", {"api_key": simulation.project.api_key, "events": [event]})

    for number in range(5):
        subscription = {"type": "AndroidPush", "token": f"token-{number}", "enabled": True, "notification_types": 1}
        user = {"identity": {"external_id": f"user-{number}"}, "subscriptions": [subscription]}
        calls.post(f"/apps/{simulation.app.id}/users", user)
        choose(f"user-{number}", "pro")
    cohort_id = simulation.property_cohort(COHORT, "plan", "pro")
    simulation.sync(cohort_id, "hourly")
    simulation.network.disturb(AnswerLost(), first(1).to("api2.amplitude.com"))
    message = {"included_segments": ["Total Subscriptions"], "contents": {"en": "Hello"}}
    calls.post("/notifications", {"app_id": simulation.app.id, **message})
    simulation.wait(1_800)
    choose("user-0", "free")
    simulation.network.calm()
    simulation.wait(7_200)
    return {check.name for check in laws(simulation, {COHORT: cohort_id}) if not check.holds}


ONCE = "every message event arrived exactly once"
INVENTED = "nothing was invented"
CREDIT = "nobody is credited with another's event"
OWED = "nothing is owed"
MEMBERSHIP = f"the segment of {COHORT!r} is the cohort, for everybody who can be reached"


NUMBERS = itertools.count()


def fresh_insert_ids(_, body):
    for event in body.get("events", ()):
        event["insert_id"] = f"fresh-{next(NUMBERS)}"
    return body


def no_insert_ids(_, body):
    for event in body.get("events", ()):
        event.pop("insert_id")
    return body


def one_user_for_all(_, body):
    for event in body.get("events", ()):
        event["user_id"] = "user-1"
    return body


def no_removals(request, body):
    if request.url.endswith("/members"):
        body.pop("remove", None)
    return body


def no_additions(request, body):
    if request.url.endswith("/members"):
        body.pop("add", None)
    return body


def half_of_each_batch(_, body):
    body["events"] = body["events"][::2] if "events" in body else []
    return body


def wrong_key(_, body):
    return body | {"api_key": "0" * 32} if "api_key" in body else body


def test_an_honest_bridge_keeps_every_law(simulation):
    assert live_a_day(simulation) == set()


@pytest.mark.parametrize(
    ("broken", "law"),
    [
        (fresh_insert_ids, INVENTED),
        (no_insert_ids, ONCE),
        (one_user_for_all, CREDIT),
        (no_removals, MEMBERSHIP),
        (no_additions, MEMBERSHIP),
        (half_of_each_batch, ONCE),
        (wrong_key, OWED),
    ],
)
def test_a_broken_bridge_breaks_the_law_that_guards_against_it(simulation, broken, law):
    break_the_bridge(simulation, broken)

    assert law in live_a_day(simulation)
