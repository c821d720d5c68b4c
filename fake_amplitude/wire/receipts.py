"""Renders the answer to an accepted upload, in the vendor's key order (facts/amplitude-api.md 1.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from fake_amplitude.ingestion import Receipt

IDENTIFIED = b"success"
IDENTIFIED_CONTENT_TYPE = "text/html;charset=utf-8"


class _Answer(msgspec.Struct, frozen=True):
    code: int
    server_upload_time: int
    payload_size_bytes: int
    events_ingested: int


def render_receipt(receipt: Receipt, body: bytes) -> bytes:
    """Render the 200; the payload size is that of the JSON body."""
    return msgspec.json.encode(_Answer(200, receipt.upload_ms, len(body), receipt.events))
