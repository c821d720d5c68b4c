"""`simulator sweep`: every call of a scenario by every kind of fault, as a matrix of the laws that broke."""

import sys
from string import ascii_letters
from typing import Any

import click
import orjson

from simulator.commands.options import (
    DOES_NOT_HOLD,
    HOLDS,
    json_option,
    limits_option,
    seed_option,
    settings_option,
)
from simulator.disturbances import KINDS
from simulator.errors import WrongUsageError, no_such
from simulator.story import Limits
from simulator.sweep import Cell, Sweep, count_calls
from simulator.sweep import sweep as play_all
from simulator.telling import Telling


@click.command()
@click.argument("scenario")
@seed_option
@settings_option
@limits_option
@click.option("--calls", "wanted", metavar="FIRST[-LAST]", help="Only these calls, counted from 1.")
@click.option("--kind", "kinds", multiple=True, help="Only this kind of fault; may be repeated.")
@json_option
def sweep(
    *,
    scenario: str,
    seed: int,
    settings: tuple[str, ...],
    limits: Limits | None,
    wanted: str | None,
    kinds: tuple[str, ...],
    as_json: bool,
) -> None:
    """Play SCENARIO once, then once for every call and every kind of fault; exit code 1 when a fault breaks a law."""
    for kind in kinds:
        if kind not in KINDS:
            raise no_such("kind of fault", kind, KINDS)
    telling, chosen = Telling(scenario, seed, settings, limits), kinds or tuple(KINDS)
    count, held = count_calls(telling)
    calls = _range(wanted, count)
    if not as_json:
        click.echo(
            f"{scenario} (seed {seed}): {count} calls, {len(held)} laws; {len(calls)} calls x {len(chosen)} faults"
        )
        _print_legend(chosen)
    cells = []
    for cell in play_all(telling, calls, chosen, held):
        cells.append(cell)
        if not as_json:
            _print_cell(cell, is_last=cell.kind == chosen[-1])
    found = Sweep(telling, count, tuple(cells))
    if as_json:
        click.echo(orjson.dumps(_as_json(found), option=orjson.OPT_INDENT_2))
    else:
        _print_broken(found)
    sys.exit(HOLDS if found.holds else DOES_NOT_HOLD)


def _range(wanted: str | None, count: int) -> range:
    if wanted is None:
        return range(1, count + 1)
    first, dash, last = wanted.partition("-")
    if not first.isdecimal() or (dash and not last.isdecimal()):
        raise WrongUsageError(f"--calls takes a number or FIRST-LAST, not {wanted!r}")
    chosen = range(int(first), int(last if dash else first) + 1)
    if not chosen or chosen[0] < 1 or chosen[-1] > count:
        raise WrongUsageError(f"--calls {wanted}: the story makes the calls 1 to {count}")
    return chosen


def _print_legend(kinds: tuple[str, ...]) -> None:
    for letter, kind in zip(ascii_letters, kinds, strict=False):
        click.echo(f"  {letter}  {kind}: {KINDS[kind]}")
    click.echo("  .  every law holds; o  likewise, but the story could not be told to its end; X  a law is broken")
    click.echo("".join(letter for letter, _ in zip(ascii_letters, kinds, strict=False)))


def _print_cell(cell: Cell, *, is_last: bool) -> None:
    click.echo("X" if cell.broken else "o" if cell.cut_short else ".", nl=False)
    if is_last:
        click.echo(f"  {cell.call:4} {cell.struck}")


def _print_broken(found: Sweep) -> None:
    for cell in found.cells:
        for name, detail in cell.broken:
            click.echo(f"{cell.kind} at call {cell.call} ({cell.struck}): {name} ({detail})")
        if cell.broken or cell.cut_short:
            said = f"{cell.kind} at call {cell.call}: cut short by {cell.cut_short}\n" if cell.cut_short else ""
            click.echo(f"{said}  {found.again(cell)}")
    bad = sum(1 for cell in found.cells if cell.broken)
    click.echo(f"{len(found.cells) - bad} of {len(found.cells)} faults left every law standing")


def _as_json(found: Sweep) -> dict[str, Any]:
    return {
        "scenario": found.telling.scenario,
        "seed": found.telling.seed,
        "parameters": found.telling.parameters,
        "holds": found.holds,
        "calls": found.calls,
        "cells": [
            {
                "call": cell.call,
                "kind": cell.kind,
                "struck": cell.struck,
                "cut_short": cell.cut_short,
                "broken": [{"name": name, "detail": detail} for name, detail in cell.broken],
                **({"again": found.again(cell)} if cell.broken else {}),
            }
            for cell in found.cells
        ],
    }
