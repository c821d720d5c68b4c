"""The JSON of in-app messages: what SDKs list and what they report (facts/onesignal-api.md 10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from fake_onesignal.wire.fields import typed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fake_onesignal.messages import InAppMessage


class InAppReport(Struct, frozen=True, kw_only=True):
    """What an SDK says of an in-app message: shown, tapped (`click_id`) or turned to a page (`page_id`)."""

    app_id: str
    player_id: str
    variant_id: str | None = None
    device_type: int | None = None
    click_id: str | None = None
    page_id: str | None = None
    first_impression: bool | None = None
    first_click: bool | None = None


def parse_in_app_report(sent: dict[str, Any]) -> InAppReport:
    """Read what an SDK reports."""
    return typed(sent, InAppReport)


def render_in_app_messages(messages: Iterable[InAppMessage]) -> dict[str, Any]:
    """Render the list that an SDK asks for; the content is fetched apart (shape inferred)."""
    return {"in_app_messages": [_in_app_message(message) for message in messages]}


def _in_app_message(message: InAppMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "name": message.name,
        "variants": {"all": {"default": message.variant_id}},
        "triggers": message.triggers,
    }


def render_html(message: InAppMessage) -> dict[str, Any]:
    """Render a message's content, and how many seconds it stays; without end when that is left out."""
    content: dict[str, Any] = {"html": message.html}
    if message.display_duration_s is not None:
        content["display_duration"] = message.display_duration_s
    return content
