"""Remembers what messages said: OneSignal leaves their fields blank 30 days after the send (facts/integration.md B09).

A bounded table holds the newest messages; the newest of those are at hand without asking it.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    select,
    update,
)

from bridge.database import INSERTS
from bridge.source_event import LocalisedText  # noqa: TC001  # msgspec reads the types of _Said when it runs
from bridge.statements import Statement
from bridge.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement

    from bridge.database import Database
    from bridge.source_event import MessageEvent

_AT_HAND_MAX = 1_000
_BYTES_MAX = 16_000  # a message with longer texts is not remembered

messages = Table(
    "messages",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("connection", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("said", LargeBinary, nullable=False),
    UniqueConstraint("connection", "message_id"),
)


class _Said(msgspec.Struct, frozen=True):
    """The fields of a message that its later events may lack."""

    message_name: str
    message_title: LocalisedText
    message_contents: LocalisedText
    template_id: str


class MessageMemory:
    """The messages of one connection."""

    def __init__(self, database: Database, *, connection: str, maximum: int) -> None:
        self._database = database
        self._connection = connection
        self._maximum = maximum
        self._at_hand: dict[str, _Said] = {}
        self._lock = Lock()

    def complete(self, event: MessageEvent) -> MessageEvent:
        """Answer the event with its blank fields filled from an earlier event of the message; the same one if none."""
        if not event.message_id or "\0" in event.message_id or not self._maximum:
            return event
        sent = _said_by(event)
        with self._lock:
            known = self._at_hand.get(event.message_id) or self._recall(event.message_id)
            together = sent if known is None else _filled(sent, known)
            if together != known and any(msgspec.structs.astuple(together)):
                self._remember(event.message_id, together, is_new=known is None)
            elif known is not None:
                self._keep_at_hand(event.message_id, known)
        return event if together == sent else msgspec.structs.replace(event, **msgspec.structs.asdict(together))

    def _recall(self, message_id: str) -> _Said | None:
        with self._database.transaction() as transaction:
            found = _RECALL.first(transaction, self._key(message_id))
        return None if found is None else _DECODER.decode(found[0])

    def _remember(self, message_id: str, said: _Said, *, is_new: bool) -> None:
        """Write it down and forget the oldest; another worker may have been faster with the same message."""
        content = _ENCODER.encode(said)
        if len(content) > _BYTES_MAX:
            return
        with self._database.transaction() as transaction:
            if is_new:
                stored = _STORE.first(transaction, {**self._key(message_id), "said": content})
                if stored is None:
                    return
                _FORGET.run(transaction, {"of": self._connection, "number": stored[0] - self._maximum})
            else:
                _RENEW.run(transaction, {**self._key(message_id), "said": content})
        self._keep_at_hand(message_id, said)

    def _keep_at_hand(self, message_id: str, said: _Said) -> None:
        self._at_hand.pop(message_id, None)
        self._at_hand[message_id] = said
        if len(self._at_hand) > _AT_HAND_MAX:
            del self._at_hand[next(iter(self._at_hand))]

    def _key(self, message_id: str) -> dict[str, object]:
        return {"of": self._connection, "message": message_id}


def _said_by(event: MessageEvent) -> _Said:
    return _Said(event.message_name, event.message_title, event.message_contents, event.template_id)


def _filled(sent: _Said, known: _Said) -> _Said:
    """Answer what was sent now, and where that is blank, what is known."""
    pairs = zip(msgspec.structs.astuple(sent), msgspec.structs.astuple(known), strict=True)
    return _Said(*(now or before for now, before in pairs))


_OF_CONNECTION = messages.c.connection == bindparam("of")
_THIS_ONE = and_(_OF_CONNECTION, messages.c.message_id == bindparam("message"))
_NEW: Mapping[str, ColumnElement[Any]] = {
    "connection": bindparam("of"),
    "message_id": bindparam("message"),
    "said": bindparam("said"),
}
_RECALL = Statement(lambda _: select(messages.c.said).where(_THIS_ONE))
_RENEW = Statement(lambda _: update(messages).where(_THIS_ONE).values(said=bindparam("said")))
_STORE = Statement(
    lambda engine: INSERTS[engine](messages).values(_NEW).on_conflict_do_nothing().returning(messages.c.id)
)
_FORGET = Statement(lambda _: delete(messages).where(_OF_CONNECTION, messages.c.id <= bindparam("number")))
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(_Said)
