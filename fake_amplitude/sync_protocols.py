"""How a step of a sync is said: to list-based partners, to property-based ones, and to a cohort webhook.

facts/amplitude-api.md 4.2 has the partners' protocols, 4.3 the webhook's, whose messages keep their id when retried.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote

from fake_amplitude.partner import Request
from fake_amplitude.wire.cohort_messages import CohortMessage, render_message, render_traits
from fake_amplitude.wire.list_protocol import render_list, render_users

if TYPE_CHECKING:
    from fake_amplitude.audiences import Audience, Call, Run
    from fake_amplitude.records import Cohort, Destination
    from fake_amplitude.state import Pair
    from fake_amplitude.world import World

WEBHOOK_TIMEOUT_S = 2
WEBHOOK_USER_AGENT = {"User-Agent": "Amplitude/Webhook/1.0"}
SLUG_MAX = 100
WORDS_OF_DIRECTION = {"ADD": "enter", "REMOVE": "exit"}
USER_PROPERTIES_MAX = 50


def request_of(world: World, pair: Pair, call: Call) -> Request:
    """Answer the request of a call; the state's lock is held by the caller."""
    cohort, destination = world.state.cohorts[pair[0]], world.state.destinations[pair[1]]
    name = slug(cohort.name) if destination.slugifies else cohort.name
    if destination.protocol == "lists":
        return _of_list(destination, world.state.audiences[pair], call, f"[Amplitude] {name}: {cohort.id}")
    if destination.protocol == "traits":
        said = render_traits(f"[Amplitude] {name}: {cohort.id}", _values(call), is_in=call.operation == "ADD")
        return Request(destination.url, destination.headers, said)
    run = world.state.audiences[pair].run
    assert run is not None, "a call belongs to a run under way"
    message = _message(world, cohort, run, call, name=name)
    headers = {**WEBHOOK_USER_AGENT, **destination.headers}
    return Request(destination.url, headers, render_message(message), WEBHOOK_TIMEOUT_S)


def slug(name: str) -> str:
    """Answer a name of letters, digits, `_` and `-` only; a run of anything else becomes one `-`."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", unicodedata.normalize("NFKD", name))[:SLUG_MAX]


def _of_list(destination: Destination, audience: Audience, call: Call, name: str) -> Request:
    url = destination.url.rstrip("/") + "/lists"
    if call.operation is None:
        return Request(url, destination.headers, render_list(name))
    url += f"/{quote(audience.list_id or '', safe='')}/{call.operation.lower()}"
    return Request(url, destination.headers, render_users(_values(call)))


def _values(call: Call) -> list[str]:
    return [value for _, value in call.users]


def _message(world: World, cohort: Cohort, run: Run, call: Call, *, name: str) -> CohortMessage:
    profiles = world.state.warehouses[cohort.project_id].profiles
    users = []
    for amplitude_id, value in call.users:
        properties = profiles.of(amplitude_id).properties if amplitude_id in profiles else {}
        users.append((value, dict(list(properties.items())[:USER_PROPERTIES_MAX])))
    return CohortMessage(
        cohort_name=name,
        cohort_id=cohort.id,
        in_cohort=call.operation == "ADD",
        computed_s=run.computed_ms // 1_000,
        message_id=f"{run.message_id}::{WORDS_OF_DIRECTION[call.operation or 'ADD']}::{call.number}",
        users=tuple(users),
    )
