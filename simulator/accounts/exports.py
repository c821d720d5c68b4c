"""What the two services' exports say: Amplitude's cohort, OneSignal's channels, and Amplitude's sync history.

Amplitude's cohort (`facts/amplitude-api.md` 1.11): `amplitude_id` (may be missing), `user_id`, the mapped property when
that is another one; every further column is a clue. OneSignal's export (`facts/onesignal-api.md` 3.1), one row a
subscription: `external_user_id`, `id`, `invalid_identifier` and, where they are there, `notification_types`,
`device_type`, `identifier` and `onesignal_id`. The sync history (`facts/integration.md` 2.4): `amplitude_id`,
`operation`, the mapped property, `skip_reason`.
"""

from collections.abc import Iterator
from typing import Final

from fake_onesignal.subscriptions import CANONICAL_TYPES, DEVICE_TYPES
from simulator.accounts.records import Channel, Member, Told
from simulator.accounts.tables import Line, Table
from simulator.errors import WrongUsageError

_TYPES: Final = {str(number): type_ for type_, number in DEVICE_TYPES.items()}
_YES: Final = frozenset({"t", "true", "1", "yes"})
_NO: Final = frozenset({"f", "false", "0", "no", ""})
_NEVER_PROMPTED: Final = frozenset({0, -99})
_NEVER_ASKED: Final = frozenset({"Email", "SMS", ""})  # "": the file does not say what it is
_SHOWN: Final = 40
_EXPORT_AGAIN: Final = "export again with extra_fields external_user_id"


def members(table: Table, mapped_property: str = "user_id") -> Iterator[Member]:
    """Read Amplitude's cohort."""
    if table.find("invalid_identifier") is not None:
        raise WrongUsageError(f"{table.name} looks like OneSignal's export, not like Amplitude's cohort")
    value = table.need(mapped_property)
    amplitude_id, user_id = table.find("amplitude_id"), table.find("user_id")
    others = [(name, place) for place, name in enumerate(table.header) if place not in {amplitude_id, value}]
    for _, fields in table.rows():
        yield Member(
            amplitude_id="" if amplitude_id is None else fields[amplitude_id],
            value=fields[value],
            user_id=fields[value if user_id is None else user_id],
            others=tuple((name, fields[place]) for name, place in others if fields[place]),
        )


def channels(table: Table) -> Iterator[Channel]:
    """Read OneSignal's channels; a row without an id is a user without any."""
    if table.find("amplitude_id") is not None:
        raise WrongUsageError(f"{table.name} looks like Amplitude's cohort, not like OneSignal's export")
    external_id = table.need("external_user_id", "external_id", remedy=_EXPORT_AGAIN)
    which = table.need("id", "subscription_id", "player_id")
    invalid, notified = table.find("invalid_identifier"), table.find("notification_types")
    if invalid is None and notified is None:
        table.need("invalid_identifier")
    type_, address, onesignal_id = (table.find(name) for name in ("device_type", "identifier", "onesignal_id"))
    for line in table.rows():
        fields = line.fields
        kind = "" if type_ is None else fields[type_].strip()
        kind = _TYPES.get(kind) or CANONICAL_TYPES.get(kind.lower(), kind)
        types = None if notified is None else _notification_types(table, line, notified)
        is_invalid = invalid is not None and _is_yes(table, line, invalid)
        yield Channel(
            external_id=fields[external_id],
            subscription_id=fields[which].strip(),
            subscribed=not is_invalid and _is_subscribed(kind, types),
            type=kind,
            address="" if address is None else fields[address],
            onesignal_id="" if onesignal_id is None else fields[onesignal_id],
            notification_types=types,
        )


def told(table: Table, mapped_property: str = "user_id") -> dict[str, Told]:
    """Read the lines of a sync history by Amplitude ID; a later line of the same user wins."""
    who, operation = table.need("amplitude_id"), table.need("operation")
    value, reason = table.find(mapped_property), table.find("skip_reason")
    found = {}
    for _, fields in table.rows():
        mapped = "" if value is None else fields[value]
        found[fields[who]] = Told(fields[operation].upper(), mapped, "" if reason is None else fields[reason])
    return found


def _is_yes(table: Table, line: Line, place: int) -> bool:
    word = line.fields[place].strip().lower()
    if word not in _YES | _NO:
        raise table.wrong(line.number, f"invalid_identifier is t or f, not {line.fields[place][:_SHOWN]!r}")
    return word in _YES


def _notification_types(table: Table, line: Line, place: int) -> int | None:
    text = line.fields[place].strip()
    if not text or text.lower() == "null":
        return None
    try:
        return int(text)
    except ValueError as error:
        raise table.wrong(line.number, f"notification_types is a whole number, not {text[:_SHOWN]!r}") from error


def _is_subscribed(type_: str, notification_types: int | None) -> bool:
    """Say what `notification_types` says; nobody is prompted for an e-mail address or a phone number."""
    if notification_types is None or notification_types > 0:
        return True
    return type_ in _NEVER_ASKED and notification_types in _NEVER_PROMPTED
