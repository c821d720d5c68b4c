"""How a message event is told to Amplitude: its name, its properties and its texts, by contract and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bridge.choices import TEXT_CHARACTERS_MAX

if TYPE_CHECKING:
    from bridge.choices import Texts
    from bridge.contracts import ContractEvent
    from bridge.contracts.table import Source
    from bridge.source_event import LocalisedText, MessageEvent


class AmplitudeEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event as HTTP V2 takes it (facts/integration.md 1.6)."""

    event_type: str
    time: int
    insert_id: str
    event_properties: dict[str, str]
    user_id: str | None = None
    device_id: str | None = None


def amplitude_event(event: MessageEvent, named: ContractEvent, texts: Texts) -> AmplitudeEvent:
    """Name an event by its row of the contract; a property that has no value is left out."""
    sources = ((label, _text(event, source, texts)) for label, source in named.properties.items())
    properties = {label: text for label, text in sources if text}
    return AmplitudeEvent(
        event_type=named.event_type,
        time=event.time_ms,
        insert_id=event.id,
        event_properties={**properties, **named.constants},
        user_id=event.external_id or None,
        device_id=event.subscription_id or None,
    )


def localised(text: LocalisedText, language: str) -> str:
    """Answer a text in this language, else in English, else in the first one that it has."""
    if isinstance(text, dict):
        spoken = {tongue: words for tongue, words in text.items() if words}
        return spoken.get(language) or spoken.get("en") or next(iter(spoken.values()), "")
    return text or ""


def _text(event: MessageEvent, source: Source, texts: Texts) -> str:
    language = texts.language or event.language
    if source == "message_title":
        return localised(event.message_title, language)[: texts.title_characters_max]
    if source == "message_contents":
        return localised(event.message_contents, language)[: texts.contents_characters_max]
    text: str = getattr(event, source)
    return text[:TEXT_CHARACTERS_MAX]
