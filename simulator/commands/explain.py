"""`simulator explain`: plays a story and follows one id through it, from house to house."""

from dataclasses import asdict

import click
import orjson

from simulator.commands.options import json_option, limits_option, seed_option, settings_option
from simulator.errors import WrongUsageError
from simulator.lifeline import Lifeline, Needle, Watch, lifeline
from simulator.narration import narration
from simulator.story import Limits
from simulator.telling import Telling


@click.command()
@click.argument("scenario")
@click.argument("id_", metavar="EVENT|MESSAGE|USER")
@seed_option
@settings_option
@limits_option
@json_option
def explain(
    *, scenario: str, id_: str, seed: int, settings: tuple[str, ...], limits: Limits | None, as_json: bool
) -> None:
    """Play SCENARIO and tell the life line of an event, a message or a user across both services and the bridge."""
    telling = Telling(scenario, seed, settings, limits)
    needle = Needle(id_)
    watch = Watch(needle)
    with narration(quiet=as_json) as narrator:
        simulation = telling.begin(narrator)
        simulation.network.listen(watch)
        telling.tell(simulation)
    found = lifeline(simulation, needle, watch.heard)
    if not found.is_known:
        raise WrongUsageError(
            f"nobody in {scenario} (seed {seed}) has heard of {id_!r}; it takes an event id, a message id, a "
            "subscription id, an external id or an Amplitude ID"
        )
    if as_json:
        click.echo(orjson.dumps(asdict(found), option=orjson.OPT_INDENT_2))
    else:
        _print(found)


def _print(found: Lifeline) -> None:
    houses = {
        "OneSignal": found.onesignal,
        "on the wire": found.wire,
        "the bridge": found.bridge,
        "Amplitude": found.amplitude,
    }
    for house, lines in houses.items():
        click.secho(f"{house}", bold=True)
        for line in lines or ("knows nothing of it",):
            click.echo(f"  {line}")
