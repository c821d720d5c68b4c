"""`bridge explain`: the life of an event or of a user, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bridge.commands.printing import json_option, opened, show
from bridge.commands.settings_file import settings_option

if TYPE_CHECKING:
    from bridge.settings import Settings


@click.command()
@settings_option
@click.argument("event_or_user")
@json_option
def explain(settings: Settings, event_or_user: str, *, as_json: bool) -> None:
    """Tell what became of EVENT_OR_USER: an event id, an insert id or an external id."""
    with opened(settings) as bridge:
        lines = bridge.desk.explain(event_or_user)
    show({"explained": event_or_user, "life": lines}, lines, as_json=as_json)
