"""The hot door: an upload answered before Flask, by the same parse, do and render as its Flask route.

Flask alone costs more than taking an event in; a test holds both doors' answers equal.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec

from fake_amplitude import errors, ingestion
from fake_amplitude.wire.receipts import render_receipt
from fake_amplitude.wire.uploads import parse_upload, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from fake_amplitude.world import World

SIZE_MAX = {"/2/httpapi": 1_048_576, "/batch": 20 * 1_048_576}
CORS = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "GET, POST"),
    ("Access-Control-Allow-Headers", "*"),
)
LENGTH_DIGITS_MAX = 18
JSON = "application/json"
BEACON = "text/plain;charset=utf-8"  # what a browser says of the text that a page sends when it is left


class Posted(msgspec.Struct, frozen=True):
    """An upload as it lies on the wire."""

    path: str
    content_type: str
    content_encoding: str
    body: bytes
    remote_address: str


def take_in(world: World, posted: Posted) -> bytes:
    """Answer the body of the 200; raises an `IngestionError` and changes nothing."""
    if not posted.body:
        raise errors.MissingRequestBody
    body = unpacked(posted.body, posted.content_encoding, size_max=SIZE_MAX[posted.path])
    if not _is_json(posted.content_type):
        raise errors.InvalidJsonRequestBody
    try:
        project, upload = parse_upload(body, world.state.project_of, lenient_ids=world.switches.lenient_ids)
    except errors.IndexedError as refused:
        if world.switches.index_maps == "first" and posted.path == "/2/httpapi":
            raise refused.first() from None
        raise
    receipt = ingestion.upload(world, project, upload, path=posted.path, remote_address=posted.remote_address)
    return render_receipt(receipt, body)


def _is_json(content_type: str) -> bool:
    """Answer whether a body is announced as JSON, or as the official browser SDK's beacon is."""
    said = content_type.lower()
    return said.partition(";")[0].strip() == JSON or said == BEACON


def answer_upload(world: World, path: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer `POST /2/httpapi` and `POST /batch` straight from the WSGI environment."""
    try:
        answer, status = take_in(world, read_posted(path, environ)), "200 OK"
    except errors.AmplitudeError as refused:
        answer, status = refused.body(), f"{refused.status} {HTTPStatus(refused.status).phrase.upper()}"
    headers = [("Content-Type", JSON), ("Content-Length", str(len(answer))), *CORS]
    headers.append(("Trace-Id", world.trace_id()))
    start_response(status, headers)
    return [answer]


def read_posted(path: str, environ: dict[str, Any]) -> Posted:
    """Read an upload; no more than one byte over the limit is read."""
    most = SIZE_MAX[path] + 1
    length = environ.get("CONTENT_LENGTH") or (str(most) if environ.get("wsgi.input_terminated") else "0")
    wanted = min(int(length), most) if length.isdecimal() and len(length) <= LENGTH_DIGITS_MAX else 0
    return Posted(
        path,
        environ.get("CONTENT_TYPE", ""),
        environ.get("HTTP_CONTENT_ENCODING", ""),
        environ["wsgi.input"].read(wanted) if wanted else b"",
        environ.get("REMOTE_ADDR", ""),
    )
