"""Reads and renders data subject access (facts/amplitude-api.md 1.16); bodies come as JSON or as a form."""

from __future__ import annotations

import gzip
from datetime import date  # noqa: TC003 - msgspec reads the annotations
from typing import TYPE_CHECKING, Any

import msgspec
from flask import request

from fake_amplitude import errors
from fake_amplitude.subject_access import SubjectRequest
from fake_amplitude.wire.json_text import MALFORMED
from fake_amplitude.wire.moments import moment
from fake_amplitude.wire.rows import render_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fake_amplitude.subject_access import Output


class _Form(msgspec.Struct):
    startDate: date  # noqa: N815 - the vendor's spelling
    endDate: date  # noqa: N815 - the vendor's spelling
    userId: str | int | None = None  # noqa: N815 - the vendor's spelling
    amplitudeId: int | None = None  # noqa: N815 - the vendor's spelling


def parse_subject() -> SubjectRequest:
    """Read whose data are asked for. Raises `InvalidRestRequest`."""
    said: Any = request.form.to_dict()
    try:
        posted = msgspec.convert(said, _Form, strict=False) if said else _decoded()
    except MALFORMED as malformed:
        raise errors.InvalidRestRequest("Invalid request body.") from malformed
    if (posted.userId is None) == (posted.amplitudeId is None) or posted.endDate < posted.startDate:
        raise errors.InvalidRestRequest("Either userId or amplitudeId is needed, and startDate before endDate.")
    user_id = None if posted.userId is None else str(posted.userId)
    return SubjectRequest(0, user_id, posted.amplitudeId, posted.startDate, posted.endDate)


def render_asked(asked: SubjectRequest) -> bytes:
    """Render that a request was taken."""
    return msgspec.json.encode({"requestId": asked.id})


def render_request(asked: SubjectRequest, outputs: Sequence[Output], now_ms: int) -> bytes:
    """Render how far a request is, and where its files are."""
    status = asked.status(now_ms)
    said = {
        "requestId": asked.id,
        "userId": asked.user_id,
        "amplitudeId": asked.amplitude_id,
        "startDate": asked.start.isoformat(),
        "endDate": asked.end.isoformat(),
        "status": status,
        "failReason": None,
        "urls": [f"{request.base_url}/outputs/{place}" for place in range(len(outputs))],
        "expires": f"{moment(asked.expires_ms):%Y-%m-%d}" if status == "done" else None,
    }
    return msgspec.json.encode(said)


def render_output(output: Output, first_ms_of: Callable[[int], int]) -> bytes:
    """Render a file: gzip of JSON lines."""
    return gzip.compress(render_lines(output.project, output.events, first_ms_of), mtime=0)


def _decoded() -> _Form:
    return msgspec.json.decode(request.get_data(), type=_Form)
