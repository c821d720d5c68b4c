"""What an event stream sends: the Liquid templates of its body and headers, and the names they may use.

On the real service the customer writes the template, so there is no fixed body (facts/onesignal-api.md 7.1). Absent
fields render as nothing: here every field exists, and an absent one is "".
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import msgspec
from liquid import Environment, Undefined
from liquid.exceptions import LiquidError

from fake_onesignal.messages import InAppMessage

if TYPE_CHECKING:
    from datetime import datetime

    from liquid import BoundTemplate

    from fake_onesignal.messages import Happening, MessageEvent, Notification, Text

CONTENTS_MAX: Final = 50
"""Contents are cut to this many characters in a stream (facts/onesignal-api.md 7.1)."""

_FIELDS: Final = (
    "event.kind",
    "event.id",
    "event.timestamp",
    "event.datetime",
    "event.app_id",
    "event.subscription_device_type",
    "event.subscription_id",
    "event.onesignal_id",
    "event.external_id",
    "event.data",
    "message.id",
    "message.name",
    "message.title",
    "message.contents",
    "message.template_id",
    "message.url",
    "user.language",
    "user.tags",
)
DEFAULT_TEMPLATE: Final = "{\n" + ",\n".join(f'  "{field}": {{{{ {field} | json }}}}' for field in _FIELDS) + "\n}\n"
"""Flat dotted keys, every value as JSON: the body that docs/between-the-houses.md describes."""

Template: TypeAlias = "BoundTemplate | Flat | str"
Context: TypeAlias = dict[str, dict[str, Any]]


def _json(value: object) -> str:
    """Write a value as JSON; unlike Liquid's own filter it writes an absent one as "" and is fast."""
    return '""' if isinstance(value, Undefined) else msgspec.json.encode(value).decode()


_LIQUID: Final = Environment()
_LIQUID.add_filter("json", _json)
_FLAT_OUTPUT: Final = re.compile(r"\{\{ *([a-z_]+(?:\.[a-z_]+)*) *\| *json *\}\}")
_NOT_A_KEY: Final = frozenset({"size", "first", "last"})
"""What Liquid answers of any list or text, without a key of that name."""


class Flat(NamedTuple):
    """A template of nothing but `{{ some.field | json }}` between texts, which is filled in without Liquid's machinery.

    Most templates are like that, and a busy stream fills them in for every event.
    """

    texts: tuple[str, ...]
    fields: tuple[tuple[str, ...], ...]

    @classmethod
    def parse(cls, text: str) -> Flat | None:
        """Read a template; None for one that says more."""
        pieces = _FLAT_OUTPUT.split(text)
        texts, fields = pieces[::2], [tuple(path.split(".")) for path in pieces[1::2]]
        is_flat = not any("{{" in piece or "{%" in piece for piece in texts)
        return cls(tuple(texts), tuple(fields)) if is_flat and not any(_NOT_A_KEY & {*it} for it in fields) else None

    def render(self, **context: Any) -> str:
        """Fill it in."""
        filled = [self.texts[0]]
        for field, text in zip(self.fields, self.texts[1:], strict=True):
            filled += _field(context, field), text
        return "".join(filled)


def _field(found: Any, path: tuple[str, ...]) -> str:
    try:
        for name in path:
            found = found[name]
    except (KeyError, TypeError):  # a name that is not there, or of something that has none
        return '""'
    return msgspec.json.encode(found).decode()


def parse_template(text: str) -> Template:
    """Compile a Liquid template once; text without any markup stays text. Raises ValueError when it is no template."""
    if "{{" not in text and "{%" not in text:
        return text
    flat = Flat.parse(text)
    if flat is not None:
        return flat
    try:
        return _LIQUID.from_string(text)
    except LiquidError as error:
        raise ValueError(f"not a Liquid template: {error}") from error


def render(template: Template, context: Context) -> str:
    """Fill in a template. Raises LiquidError for what only shows when it is filled in."""
    return template if isinstance(template, str) else template.render(**context)


def render_context(
    event: MessageEvent, happening: Happening, *, kind: str = "", blank_message: bool = False
) -> Context:
    """Give everything that a template may name, for one event; `blank_message` when the message is forgotten.

    `kind` is what the stream calls the event's kind, where that is not its present name.
    """
    user = happening.user
    message = {} if blank_message else _message(happening.message)
    return {
        "event": _event(event, happening.message, kind or event.kind),
        "message": {"id": event.message_id, **_NO_MESSAGE, **message},
        "user": {
            "onesignal_id": user.onesignal_id,
            "external_id": user.external_id or "",
            "tags": user.tags,
            "language": user.language,
            "subscription": _subscription(event.app_id, happening),
        },
    }


_NO_MESSAGE: Final = dict.fromkeys(
    ("name", "title", "contents", "template_id", "url", "app_url", "web_url", "live_activity_event_kind"), ""
)


def _event(event: MessageEvent, message: Notification | InAppMessage, kind: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "id": event.id,
        "timestamp": int(event.at.timestamp()),
        "datetime": _iso_ms(event.at),
        "app_id": event.app_id,
        "subscription_device_type": event.device_type,
        "subscription_id": event.subscription_id,
        "onesignal_id": event.onesignal_id,
        "external_id": event.external_id,
        "data": _details(event, message),
    }


def _details(event: MessageEvent, message: Notification | InAppMessage) -> dict[str, str]:
    """Render only what this kind of event says."""
    details = event.details
    known = {
        "failure_reason": details.failure_reason,
        "page_id": details.page_id,
        "target_id": details.target_id,
    }
    if isinstance(message, InAppMessage):
        known["page_name"] = message.pages.get(details.page_id, "")
        known["target_name"] = message.targets.get(details.target_id, "")
    elif message.draft.activity:
        known["live_activity_id"] = message.draft.activity.activity_id
        known["live_activity_type"] = message.draft.activity.activity_type
    return {name: value for name, value in known.items() if value}


def _message(message: Notification | InAppMessage) -> dict[str, Any]:
    if isinstance(message, InAppMessage):
        return {"name": message.name}
    draft = message.draft
    return {
        "name": draft.name,
        "title": draft.title,
        "contents": "" if draft.channel == "email" else _cut(draft.contents),
        "template_id": draft.template_id,
        "url": draft.url,
        "app_url": draft.app_url,
        "web_url": draft.web_url,
        "live_activity_event_kind": draft.activity.event if draft.activity else "",
    }


def _subscription(app_id: str, happening: Happening) -> dict[str, Any]:
    subscription, user = happening.subscription, happening.user
    return {
        "id": subscription.id,
        "app_id": app_id,
        "subscription_token": subscription.token,
        "session_count": subscription.session_count,
        "language": user.language,
        "game_version": subscription.app_version,
        "last_active": subscription.last_active,
        "play_time": subscription.session_time,
        "amount_spent": user.amount_spent,
        "created_at": subscription.created_at,
        "subscribed": subscription.is_subscribed,
        "sdk": subscription.sdk,
        "device_model": subscription.device_model,
        "device_os": subscription.device_os,
    }


def _cut(text: Text) -> Text:
    if isinstance(text, str):
        return text[:CONTENTS_MAX]
    return {language: words[:CONTENTS_MAX] for language, words in text.items()}


def _iso_ms(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
