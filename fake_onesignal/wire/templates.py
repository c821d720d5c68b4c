"""The JSON of templates, and what a message takes from one: its words, with Liquid filled in from `custom_data`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from liquid.exceptions import LiquidError
from msgspec import Struct

from fake_onesignal.records import replace
from fake_onesignal.template_errors import TemplateRefusedError
from fake_onesignal.wire.event_stream import parse_template, render
from fake_onesignal.wire.json import in_words
from fake_onesignal.wire.segments import iso

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_onesignal.message_kinds import Channel
    from fake_onesignal.messages import Draft, Text
    from fake_onesignal.templates import Template

Words = dict[str, str]
NAME_LENGTH_MAX: Final = 128
COPIES_MAX: Final = 5
CHANNEL_NAMES: Final = frozenset(
    {"target_channel", "email_to", "include_email_tokens", "include_phone_numbers", "isEmail", "isSMS"}
)
"""What in a message says its channel; without any of these it takes the template's (inferred)."""


class TemplateBody(Struct, frozen=True, kw_only=True, rename={"is_email": "isEmail", "is_sms": "isSMS"}):
    """A template as it is sent; what is missing is not said."""

    name: str | None = None
    contents: Words | None = None
    headings: Words | None = None
    subtitle: Words | None = None
    is_email: bool | None = None
    email_subject: str | None = None
    email_body: str | None = None
    email_bcc: list[str] | None = None
    is_sms: bool | None = None
    dynamic_content: str | None = None


CONTENT: Final = (
    "contents",
    "headings",
    "subtitle",
    "email_subject",
    "email_body",
    "email_bcc",
    "dynamic_content",
)


def parse_template_body(sent: dict[str, Any]) -> TemplateBody:
    """Read a template, whole or in parts."""
    try:
        body = msgspec.convert(sent, TemplateBody)
    except msgspec.ValidationError as error:
        raise TemplateRefusedError(f"Request is malformed: {in_words(error)}") from error
    if body.name is not None and not 0 < len(body.name) <= NAME_LENGTH_MAX:
        raise TemplateRefusedError("'name' is missing or too long")
    if len(body.email_bcc or ()) > COPIES_MAX:
        raise TemplateRefusedError(f"'email_bcc' is limited to {COPIES_MAX} addresses")
    _check_liquid(body)
    return body


def settle_template(body: TemplateBody, known: Template | None = None) -> dict[str, Any]:
    """Give name, channel and content of a new template, or of a known one with what `body` changes."""
    said = {name: getattr(body, name) for name in CONTENT if getattr(body, name) is not None}
    content = {**(known.content if known else {}), **said}
    name = body.name if body.name is not None else (known.name if known else "")
    if not name:
        raise TemplateRefusedError("'name' can not be blank")
    channel = _channel(body) or (known.channel if known else "push")
    if channel == "email":
        for part in ("subject", "body"):
            if not content.get(f"email_{part}"):
                raise TemplateRefusedError(f"'message' Email {part} can not be blank")
    elif not content.get("contents", {}).get("en"):
        raise TemplateRefusedError("Message Notifications must have English language content")
    return {"name": name, "channel": channel, "content": content}


def render_template(template: Template) -> dict[str, Any]:
    """Render a template; `content` has its words and the flags of its channel."""
    flags = {"isEmail": template.channel == "email", "isSMS": template.channel == "sms"}
    return {
        "id": template.id,
        "name": template.name,
        "created_at": iso(template.created_at),
        "updated_at": iso(template.updated_at),
        "channel": template.channel,
        "content": {**template.content, **flags},
    }


def fill(template: Template, draft: Draft) -> Draft:
    """Give the message with the template's words where it has none of its own.

    All words are Liquid with `message.custom_data`; other names are nothing, so that their `default` shows.
    """
    sent: dict[str, Any] = msgspec.json.decode(draft.properties)
    custom_data = sent.get("custom_data")
    said = {**template.content, **{name: value for name, value in sent.items() if value}, "template_id": template.id}
    said = {"name": template.name, **said}
    for name in ("contents", "headings", "subtitle", "email_subject", "email_body"):
        if name in said:
            said[name] = _each(said[name], lambda text: _liquid(text, custom_data))
    channel = draft.channel if CHANNEL_NAMES & sent.keys() or draft.types else template.channel
    is_email = channel == "email"
    return replace(
        draft,
        channel=channel,
        is_channel_open=False,
        name=said["name"],
        title=said.get("email_subject", "") if is_email else said.get("headings", ""),
        contents="" if is_email else said.get("contents", ""),
        properties=msgspec.json.encode(said),
    )


def _channel(body: TemplateBody) -> Channel | None:
    if body.is_email and body.is_sms:
        raise TemplateRefusedError("A template is for one channel: isEmail or isSMS")
    if body.is_email:
        return "email"
    return "sms" if body.is_sms else None


def _check_liquid(body: TemplateBody) -> None:
    words = [body.email_subject, body.email_body]
    words += [text for texts in (body.contents, body.headings, body.subtitle) for text in (texts or {}).values()]
    for text in words:
        try:
            parse_template(text or "")
        except ValueError as error:
            raise TemplateRefusedError(f"Liquid syntax error: {error}") from error


def _each(words: Text, change: Callable[[str], str]) -> Text:
    if isinstance(words, str):
        return change(words)
    return {language: change(text) for language, text in words.items()}


def _liquid(text: str, custom_data: object) -> str:
    """Fill one text in; what is no template, or fails when it is filled in, stays as it was written."""
    try:
        return render(parse_template(text), {"message": {"custom_data": custom_data}})
    except (ValueError, LiquidError):
        return text
