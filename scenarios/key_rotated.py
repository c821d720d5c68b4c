"""OneSignal's API key is rotated and nobody tells the bridge: cohorts stand still, message events go on.

The bridge hears that its key is refused, stops asking with it, keeps every change, and says in OneSignal's words why.
An operator restarts it with the new key on the same outbox, and the segment catches up; nothing was thrown away.
"""

import tempfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

from simulator import Check, Ending, Simulation
from simulator.caller import key
from simulator.errors import require
from simulator.laws import come_to_rest, laws
from simulator.moving_in import move_in
from simulator.population import EVERYBODY_IS_REACHED
from simulator.somebody import change_plan, push

COHORT = "Paying customers"
ONESIGNAL = "api.onesignal.com"
REFUSED_CALLS_MAX = 2


def play(simulation: Simulation, *, people: int = 10, hours: int = 5) -> Ending:
    """Rotate the key after the first sync, let half of the people leave in the next hours, and mend the bridge."""
    require(2, people=people, hours=hours)
    with tempfile.TemporaryDirectory() as folder:
        simulation.connect(outbox_url=f"sqlite:///{folder}/outbox.db")
        made = _keys(simulation, "")
        _restart(simulation, made["formatted_token"])
        crowd = list(EVERYBODY_IS_REACHED.people(people, simulation.luck("people")))
        move_in(simulation, crowd, lessons=lambda _: 1)
        for person in crowd:
            change_plan(simulation, person.external_id, "pro")
        cohort_id = simulation.property_cohort(COHORT, "plan", "pro")
        simulation.sync(cohort_id, "hourly")
        simulation.run_for(timedelta(minutes=30))

        rotated = _keys(simulation, f"/{made['token_id']}/rotate")
        for person in crowd[::2]:
            change_plan(simulation, person.external_id, "free")
        push(simulation, "Business as usual")
        simulation.run_for(timedelta(hours=hours))
        while_refused = _seen(simulation)
        _restart(simulation, rotated["formatted_token"])
        calm = come_to_rest(simulation)
        return Ending(
            checks=(
                *_checks(simulation, people, while_refused),
                *laws(simulation, {COHORT: cohort_id}, calm=calm),
            ),
            cohort_id=cohort_id,
            segment_id=simulation.onesignal_reader().segment_id(COHORT),
        )


def _checks(simulation: Simulation, people: int, while_refused: dict[str, Any]) -> tuple[Check, ...]:
    held, waiting, refused = while_refused["held"], while_refused["waiting"], while_refused["refused"]
    return (
        Check("the bridge says why it stands still", "403" in (held or ""), f"{held}"),
        Check("it keeps the changes", waiting >= people // 2, f"{waiting} changes waiting"),
        Check("it does not knock with a key that is refused", 0 < refused <= REFUSED_CALLS_MAX, f"{refused} calls"),
        Check("message events went on", while_refused["events"] > 0, f"{while_refused['events']} delivered"),
        Check("the segment stood still", while_refused["inside"] == people, f"{while_refused['inside']} people"),
        Check(
            "and is right again with the new key",
            _inside(simulation) == people - (people + 1) // 2,
            f"{_inside(simulation)} people",
        ),
    )


def _seen(simulation: Simulation) -> dict[str, Any]:
    account = simulation.bridge.status().connections[0]
    return {
        "held": account.cohorts.held_because,
        "waiting": account.cohorts.waiting,
        "refused": simulation.journal.count(host=ONESIGNAL, status=403),
        "events": account.events.delivered,
        "inside": _inside(simulation),
    }


def _inside(simulation: Simulation) -> int:
    return len({channel.external_id for channel in simulation.onesignal_reader().channels(COHORT)})


def _keys(simulation: Simulation, path: str) -> dict[str, Any]:
    """Make or rotate a key of the app, as the holder of the organisation's key does."""
    answer: dict[str, Any] = (
        simulation.session()
        .post(
            f"https://{ONESIGNAL}/apps/{simulation.app.id}/auth/tokens{path}",
            json={"name": "The bridge"},
            headers={"Authorization": key(simulation.onesignal.organization_api_key)},
            timeout=10,
        )
        .json()
    )
    return answer


def _restart(simulation: Simulation, rest_api_key: str) -> None:
    assert simulation.connection is not None
    simulation.restart_bridge(onesignal=replace(simulation.connection.onesignal, rest_api_key=rest_api_key))
