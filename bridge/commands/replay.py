"""`bridge replay`: send buried deliveries again; without --yes it only says what that would do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, get_args

import click

from bridge.commands.printing import in_words, json_option, opened, show
from bridge.commands.settings_file import settings_option
from bridge.records import Direction
from bridge.replay import ReplayScope

if TYPE_CHECKING:
    from bridge.settings import Settings

_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


@click.command()
@settings_option
@click.option("--connection", help="Only of this connection.")
@click.option("--direction", type=click.Choice(get_args(Direction)), help="Only of this flow.")
@click.option("--kind", help="Only of this kind: a message event's kind, add, remove, or a custom event's name.")
@click.option("--user", help="Only of this external id.")
@click.option("--reason", help="Only what was buried for a reason that holds these words.")
@click.option("--since", type=_MOMENT, help="Only what was buried at this time (UTC) or later.")
@click.option("--until", type=_MOMENT, help="Only what was buried before this time (UTC).")
@click.option("--after-window", is_flag=True, help="Also what the vendor may have and would count twice.")
@click.option("--yes", is_flag=True, help="Do it; else it is a dry run.")
@json_option
def replay(  # click hands every option over by name
    settings: Settings,
    *,
    connection: str | None,
    direction: Direction | None,
    kind: str | None,
    user: str | None,
    reason: str | None,
    since: datetime | None,
    until: datetime | None,
    after_window: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Send buried deliveries again. What succeeded is never sent again."""
    scope = ReplayScope(connection, direction, kind, user, reason, _utc(since), _utc(until), after_window)
    with opened(settings) as bridge:
        plan = bridge.desk.replay(scope) if yes else bridge.desk.plan_replay(scope)
    will = "sent again" if yes else "would be sent again"
    lines = [f"{len(plan.ids)} {will}: {in_words(plan.again.items())}", f"left buried: {in_words(plan.left.items())}"]
    if not yes:
        lines.append("this was a dry run; --yes does it")
    show({"dry_run": not yes, "again": plan.again, "left": plan.left}, lines, as_json=as_json)


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)
