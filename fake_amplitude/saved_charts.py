"""Charts that were saved under an id: a question that is asked again by its name (facts/amplitude-api.md 1.13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec

from fake_amplitude import errors
from fake_amplitude.curation import drawn_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_amplitude.records import Project
    from fake_amplitude.world import World

PATHS = (
    "events/segmentation",
    "users",
    "funnels",
    "retention",
    "composition",
    "revenue/ltv",
    "sessions/length",
    "sessions/average",
    "sessions/peruser",
)


@dataclass(frozen=True, slots=True)
class SavedChart:
    """A question to one of the calls below `/api/2`, as its query string."""

    id: str
    project_id: int
    name: str
    path: str
    query: str


def save(world: World, project: Project, name: str, *, path: str, parameters: Mapping[str, object]) -> SavedChart:
    """Keep a question under a new id; what is no text becomes JSON, of a list each part.

    Raises ValueError for a path that is no chart. A question that cannot be answered is refused when it is asked.
    """
    if path not in PATHS:
        raise ValueError(f"a chart is one of {', '.join(PATHS)}, not {path}")
    said = [
        (key, each if isinstance(each, str) else msgspec.json.encode(each))
        for key, value in parameters.items()
        for each in (value if isinstance(value, (list, tuple)) else (value,))
    ]
    with world.state.lock:
        chart = SavedChart(drawn_id(world, world.state.charts), project.id, name, path, urlencode(said))
        world.state.charts[chart.id] = chart
        return chart


def chart_of(world: World, project: Project, chart_id: str) -> SavedChart:
    """Answer a project's chart; raises `NotFound`."""
    chart = world.state.charts.get(chart_id)
    if chart is None or chart.project_id != project.id:
        raise errors.NotFound(f"Chart {chart_id} was not found.")
    return chart
