"""`bridge deliveries`: single deliveries, in the order in which they came."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, get_args

import click
import msgspec

from bridge.commands.printing import json_option, opened, show
from bridge.commands.settings_file import settings_option
from bridge.records import State

if TYPE_CHECKING:
    from bridge.records import Delivery
    from bridge.settings import Settings


@click.command()
@settings_option
@click.option("--state", type=click.Choice(get_args(State)), help="Only deliveries in this state.")
@click.option("--user", help="Only deliveries of this external id.")
@click.option("--limit", default=1_000, show_default=True, type=click.IntRange(1))
@json_option
def deliveries(settings: Settings, state: State | None, user: str | None, *, limit: int, as_json: bool) -> None:
    """Show deliveries: waiting, delivered or buried."""
    with opened(settings) as bridge:
        found = list(islice(bridge.deliveries(state=state, user=user), limit))
    show([_readable(each) for each in found], (_line(each) for each in found), as_json=as_json)


def _readable(delivery: Delivery) -> dict[str, object]:
    """Answer the delivery with its payload as text, as it travels."""
    return msgspec.structs.asdict(delivery) | {"payload": delivery.payload.decode()}


def _line(delivery: Delivery) -> str:
    because = "" if delivery.reason is None else f": {delivery.reason}"
    source = "" if delivery.source_id is None else f" {delivery.source_id}"
    return (
        f"{delivery.id} {delivery.created_at:%Y-%m-%d %H:%M:%S} {delivery.connection} {delivery.direction} "
        f"{delivery.kind}{source} of {delivery.lane}: {delivery.state} after {delivery.attempts}{because}"
    )
