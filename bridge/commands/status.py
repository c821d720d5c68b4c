"""`bridge status`: what came on every connection, what became of it, and what is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bridge.commands.printing import in_words, json_option, opened, show
from bridge.commands.settings_file import settings_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.pull_schedule import PullState
    from bridge.records import ConnectionStatus, RouteStatus
    from bridge.settings import Settings


@click.command()
@settings_option
@json_option
def status(settings: Settings, *, as_json: bool) -> None:
    """Show the account of every connection."""
    with opened(settings) as bridge:
        connections, pulls = bridge.status().connections, bridge.desk.pulls()
    lines = (line for connection in connections for line in _lines(connection, pulls[connection.name]))
    show({"connections": connections, "pulls": pulls}, lines, as_json=as_json)


def _lines(connection: ConnectionStatus, pulls: list[PullState]) -> Iterator[str]:
    yield connection.name
    yield from _route("message events", connection.events)
    yield from _route("cohorts", connection.cohorts)
    yield from _route("custom events", connection.custom_events)
    for pull in pulls:
        due = "when asked for" if pull.due_at is None else f"next {pull.due_at:%Y-%m-%d %H:%M:%S}"
        said = "" if pull.said is None else f", because: {pull.said}"
        yield f"  cohort {pull.cohort_id} is pulled: {due}{said}"


def _route(name: str, route: RouteStatus) -> Iterator[str]:
    yield f"  {name}: {route.received} received, {route.waiting} waiting, {route.delivered} delivered"
    for what, counts in (("buried", route.buried), ("ignored", route.ignored), ("noted", route.noted)):
        if counts:
            yield f"    {what}: {in_words(counts.items())}"
    if route.held_because is not None:
        yield f"    STOPPED, because: {route.held_because}"
