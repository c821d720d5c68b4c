"""Renders what a saved chart shows (facts/amplitude-api.md 1.13), as clients of the live service read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from fake_amplitude import errors

if TYPE_CHECKING:
    from fake_amplitude.saved_charts import SavedChart

SERIES = ("events/segmentation", "users")
ALL_USERS = "All Users"


def render_query(chart: SavedChart, answer: bytes) -> bytes:
    """Render the answer of the chart's call; the values of a series are objects here."""
    if chart.path not in SERIES:
        return answer
    data = _data(answer)
    data["series"] = [[{"setId": "", "value": value} for value in series] for series in data["series"]]
    return msgspec.json.encode({"data": data})


def render_csv(chart: SavedChart, answer: bytes) -> bytes:
    """Render a table as text inside JSON: its name, an empty line, the dates, and a row for each series.

    Raises `UnbuiltRest` for tables whose form is not known.
    """
    if chart.path not in SERIES:
        raise errors.UnbuiltRest(f"csv of {chart.path}: the form of its table is not published")
    data = _data(answer)
    rows = [
        [f"\t{chart.name}"],
        [],
        ["\tSegment", *(f"\t{day}" for day in data["xValues"])],
        *(
            [f"\t{_told(label)}", *map(str, series)]
            for label, series in zip(data["seriesLabels"], data["series"], strict=True)
        ),
    ]
    return msgspec.json.encode({"data": "".join(map(_line, rows))})


def _data(answer: bytes) -> dict[str, Any]:
    data: dict[str, Any] = msgspec.json.decode(answer)["data"]
    return data


def _told(label: int | str | list[Any]) -> str:
    if isinstance(label, int):
        return ALL_USERS
    return label if isinstance(label, str) else str(label[-1])


def _line(cells: list[str]) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\r\n"
