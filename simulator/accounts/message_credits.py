"""Whom the events of messages are credited to: nobody, the device's last user, another project's, another app's."""

from collections.abc import Iterator
from typing import Final

from bridge.identifiers import SHORT
from simulator.accounts.message_causes import message_of
from simulator.accounts.message_evidence import MESSAGE_EVENTS, Evidence, Teller
from simulator.accounts.notes import Note


def _too_short(evidence: Evidence) -> Iterator[Note]:
    alone = [event for event in evidence.of_messages if not event["user_id"]]
    owners = {evidence.owner(event) for event in alone}
    short = sorted(owner for owner in owners if 0 < len(owner) < SHORT)
    yield Note("B13", len(short), ", ".join(map(repr, short)))


def _credited_to_others(evidence: Evidence) -> Iterator[Note]:
    own = {event["user_id"] for event in evidence.events if event["user_id"]}
    had_user: set[str] = set()
    leaks = strangers = 0
    for event in evidence.events:
        if event["user_id"]:
            had_user.add(event["device_id"])
        elif event["event_type"] in MESSAGE_EVENTS and (user := evidence.credited[int(event["amplitude_id"])]):
            leaks += user in own and event["device_id"] in had_user
            strangers += user not in own
    yield Note("B18", leaks, "credited to the last user of the device")
    yield Note("B19", strangers, "credited to a user of another project")


def _only_messages(evidence: Evidence) -> Iterator[Note]:
    everybody = {event["amplitude_id"] for event in evidence.events}
    others = {event["amplitude_id"] for event in evidence.events if event["event_type"] not in MESSAGE_EVENTS}
    yield Note("B20", len(everybody - others), "users with message events only")


def _changed_hands(evidence: Evidence) -> Iterator[Note]:
    for (message, device), events in evidence.by_device.items():
        users = dict.fromkeys(str(event["user_id"]) for event in events if event["user_id"])
        yield Note("B27", len(users) - 1 if users and message else 0, f"device {device}: {', '.join(users)}")


def _of_another_app(evidence: Evidence) -> Iterator[Note]:
    named = {message_of(event) for event in evidence.of_messages} - {""}
    unknown = sorted(named - evidence.own_messages)
    yield Note("B29", len(unknown), ", ".join(unknown))


TELLERS: Final[tuple[Teller, ...]] = (
    _too_short,
    _credited_to_others,
    _only_messages,
    _changed_hands,
    _of_another_app,
)
