"""The JSON of e-mail analytics, and their query."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast, get_args

from fake_onesignal.email_analytics import Granularity, Question
from fake_onesignal.errors import QueryRefusedError
from fake_onesignal.wire.dates import parse_moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict


def parse_question(args: MultiDict[str, str]) -> Question:
    """Read which e-mail is asked about."""
    domain = args.get("domain", "")
    if not domain:
        raise QueryRefusedError("domain is required")
    start, end = _moment(args, "start"), _moment(args, "end")
    if end <= start:
        raise QueryRefusedError("end must be after start")
    providers = [
        value for name in ("providers[]", "providers") for text in args.getlist(name) for value in text.split(",")
    ]
    return Question(domain, start, end, tuple(filter(None, providers)))


def parse_granularity(args: MultiDict[str, str]) -> Granularity:
    """Read how long a step of time is."""
    granularity = args.get("granularity")
    if granularity not in get_args(Granularity):
        raise QueryRefusedError(f"granularity must be one of {', '.join(get_args(Granularity))}")
    return cast("Granularity", granularity)


def render_reputation(rates: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    """Render the rates of every window."""
    return {
        window: {"bounce_rate": bounced, "complaint_rate": complained}
        for window, (bounced, complained) in rates.items()
    }


def render_providers(counted: Mapping[str, dict[str, int]]) -> dict[str, Any]:
    """Render the metrics by provider."""
    return {"providers": [{"provider": provider, "metrics": metrics} for provider, metrics in counted.items()]}


def render_timeseries(counted: Mapping[datetime, dict[str, int]]) -> dict[str, Any]:
    """Render the metrics by the beginning of each step."""
    return {
        "events": [
            {"date": begin.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "metrics": metrics}
            for begin, metrics in counted.items()
        ]
    }


def _moment(args: MultiDict[str, str], name: str) -> datetime:
    try:
        return parse_moment(args.get(name, "").replace(" ", "+"))
    except (ValueError, OverflowError) as error:
        raise QueryRefusedError(f"{name} must be an ISO 8601 time") from error
