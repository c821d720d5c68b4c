"""Imports of e-mail addresses and phone numbers from a CSV file, as the page of 2022 offers them.

A known address is updated and keeps its id; it goes to the user whom `external_user_id` names. Nobody who has
unsubscribed is subscribed again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fake_onesignal import users
from fake_onesignal.errors import OneSignalError
from fake_onesignal.wire.imports import Channel, Contact, Problem, parse_import
from fake_onesignal.wire.people import PropertyFields, SubscriptionFields, UserBody

if TYPE_CHECKING:
    from fake_onesignal.state import AppState, World

TYPES: Final[dict[Channel, str]] = {"email": "Email", "sms": "SMS"}


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of a file: new and known addresses, and every line that was left out with its reason."""

    imported: int
    updated: int
    rows: tuple[Problem, ...]


def import_csv(world: World, state: AppState, file: str | bytes, channel: Channel) -> ImportReport:
    """Import every good line of a file."""
    contacts, problems = parse_import(file, channel)
    imported = updated = 0
    for contact in contacts:
        is_known = state.subscription_by_token(TYPES[channel], contact.token) is not None
        try:
            put(world, state, TYPES[channel], contact)
        except OneSignalError as refusal:
            problems.append(Problem(contact.line, str(refusal.args[0])))
            continue
        imported, updated = imported + (not is_known), updated + is_known
    return ImportReport(imported, updated, tuple(sorted(problems)))


def put(world: World, state: AppState, type_: str, contact: Contact) -> None:
    """Give one address to its user; one that names nobody stays with its owner, or with nobody."""
    known = state.subscription_by_token(type_, contact.token)
    identity = {"external_id": contact.external_id}
    if not contact.external_id:
        identity = {} if known is None else {"onesignal_id": known.onesignal_id}
    properties = PropertyFields(
        language=contact.language or None,
        country=contact.country or None,
        timezone_id=contact.timezone_id or None,
    )
    wanted = [SubscriptionFields(type=type_, token=contact.token)]
    users.upsert(world, state, UserBody(identity, properties, wanted), by_sdk=False)
