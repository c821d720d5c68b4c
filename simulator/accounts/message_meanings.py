"""What the names and numbers of messages mean on either side, and what is in neither."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote_plus

from fake_amplitude.caps import UPDATES_PER_HOUR
from simulator.accounts.message_causes import message_of, names_of
from simulator.accounts.message_evidence import Event, Evidence, Teller
from simulator.accounts.notes import Note
from simulator.accounts.records import Channel

_USER_ID: Final = re.compile(r'"user_id"\s*:\s*"([^"]+)"')
_CANNOT_CONFIRM: Final = frozenset({"SafariPush", "SafariLegacyPush", "HuaweiPush"})
_SMS_FAILURES: Final = ("message.sms.failed", "message.sms.undelivered")


def _delivered_means_sent(evidence: Evidence) -> Iterator[Note]:
    name = "[Onesignal] Push Delivered"
    count = sum(1 for event in evidence.events if event["event_type"] == name)
    yield Note("B04", count, f'"{name}" is what the provider accepted')


def _merged_names(evidence: Evidence) -> Iterator[Note]:
    counts = [evidence.kinds[kind] for kind in _SMS_FAILURES]
    yield Note("B05", sum(counts) if all(counts) else 0, f"{counts[0]} failed, {counts[1]} undelivered")


def _renamed(evidence: Evidence) -> Iterator[Note]:
    present = {event["event_type"] for event in evidence.of_messages}
    for kind in evidence.kinds:
        names = [name for name in dict.fromkeys(names_of(kind)) if name in present]
        yield Note("B06", int(len(names) > 1), f"{kind} is {' and '.join(map(repr, names))}")


def _cannot_confirm(evidence: Evidence) -> Iterator[Note]:
    sent = set(names_of("message.push.sent"))
    devices = {str(event["device_id"]) for event in evidence.events if event["event_type"] in sent}
    silent = [each for each in devices if each in evidence.channels and _is_silent(evidence.channels[each])]
    yield Note("B07", len(silent), f"{len(silent)} devices never confirm")


def _forgotten(evidence: Evidence) -> Iterator[Note]:
    blank = sum(1 for event in evidence.of_messages if not event["event_properties"].get("Message Name"))
    yield Note("B09", evidence.was_filled, "the bridge filled them in")
    yield Note("B09", blank if not evidence.was_filled else 0, "events without a message name")


def _capped(evidence: Evidence) -> Iterator[Note]:
    count = sum(_of_platforms(message, "frequency_capped") for message in evidence.messages.values())
    yield Note("B22", count, "devices had had their share")


def _failed_means_unsubscribed(evidence: Evidence) -> Iterator[Note]:
    count = sum(int(message.get("failed") or 0) for message in evidence.messages.values())
    yield Note("B23", count, "devices were unsubscribed when the message was sent")


def _without_element(evidence: Evidence) -> Iterator[Note]:
    names = set(names_of("message.iam.clicked"))
    count = sum(1 for event in evidence.events if event["event_type"] in names)
    yield Note("B24", count, "clicks without the element that was clicked")


def _shortened(evidence: Evidence) -> Iterator[Note]:
    count = sum(1 for event in evidence.of_messages if _is_shortened(evidence.messages.get(message_of(event)), event))
    yield Note("B28", count, "events with less than the whole text")


def _too_many_updates(evidence: Evidence) -> Iterator[Note]:
    calls = (each for each in evidence.exchanges if each.url.endswith("/identify"))
    updates = Counter(user for each in calls for user in _USER_ID.findall(unquote_plus(each.request)))
    for user, count in updates.items():
        yield Note("B31", max(0, count - UPDATES_PER_HOUR), f"{user!r} had {count:,} updates")


def _disabled(evidence: Evidence) -> Iterator[Note]:
    refused = [each for each in evidence.exchanges if "/notifications" in each.url and "disabled" in each.answer]
    yield Note("B32", len(refused), "OneSignal refused to send")


def _is_silent(channel: Channel) -> bool:
    return channel.type in _CANNOT_CONFIRM


def _of_platforms(message: Mapping[str, Any], statistic: str) -> int:
    platforms: Iterable[Mapping[str, Any]] = (message.get("platform_delivery_stats") or {}).values()
    return sum(int(each.get(statistic) or 0) for each in platforms)


def _is_shortened(message: Mapping[str, Any] | None, event: Event) -> bool:
    if message is None:
        return False
    texts = [text for text in (message.get("contents") or {}).values() if text]
    told = event["event_properties"].get("Message Contents")
    return bool(told and texts) and (len(texts) > 1 or told != texts[0])


TELLERS: Final[tuple[Teller, ...]] = (
    _delivered_means_sent,
    _merged_names,
    _renamed,
    _cannot_confirm,
    _forgotten,
    _capped,
    _failed_means_unsubscribed,
    _without_element,
    _shortened,
    _too_many_updates,
    _disabled,
)
