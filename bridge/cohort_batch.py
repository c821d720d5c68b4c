"""Reads what Amplitude posts about cohorts: the list-based partner protocol and the cohort webhook.

The bodies are those of facts/amplitude-api.md 4.2 and 4.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from bridge.errors import Malformed
from bridge.identifiers import mapped_id

if TYPE_CHECKING:
    from collections.abc import Sized

T = TypeVar("T")

USERS_MAX = 100_000  # ten times what Amplitude puts into a batch (facts/integration.md 2.2)
_LAST_SECOND = 253_402_300_800  # 10000-01-01
_MICROSECONDS = 1_000_000


class _CreateList(msgspec.Struct, frozen=True):
    name: str


class _Batch(msgspec.Struct, frozen=True, rename="camel"):
    user_ids: tuple[str, ...]


class WebhookUser(msgspec.Struct, frozen=True):
    """One user of a webhook's batch."""

    user_id: str | None = None
    user_properties: dict[str, object] | None = None

    def mapped(self, name: str) -> str | None:
        """Answer the external id out of the mapped property; None when it has no value."""
        return mapped_id(name, self.user_id, self.user_properties)


class WebhookBatch(msgspec.Struct, frozen=True):
    """One direction of one cohort's change; `computed_time` is in seconds, a repeated `message_id` is no news."""

    cohort_id: str
    cohort_name: str
    in_cohort: bool
    users: tuple[WebhookUser, ...]
    computed_time: int | float | str | None = None
    message_id: str = ""

    @property
    def computed_at(self) -> int | None:
        """The microsecond since 1970 in which Amplitude computed it; None when it does not say."""
        if self.computed_time in (None, ""):
            return None
        return int(float(self.computed_time or 0) * _MICROSECONDS)


def parse_create_list(body: bytes) -> str:
    """Answer the list's name; raises Malformed."""
    return _parse(body, _CREATE_LIST, "not a list").name


def parse_add_or_remove(body: bytes) -> tuple[str, ...]:
    """Answer the mapped ids of the users; raises Malformed, and then nobody of the batch is taken."""
    users = _parse(body, _BATCH, "not a batch of users").user_ids
    _require_few(users)
    return users


def parse_webhook(body: bytes) -> WebhookBatch:
    """Answer the batch of a cohort webhook; raises Malformed, and then nobody of the batch is taken."""
    batch = _parse(body, _WEBHOOK, "not a cohort webhook")
    _require_few(batch.users)
    if not batch.cohort_id.strip() or not batch.cohort_name.strip():
        raise Malformed("not a cohort webhook: cohort_id and cohort_name must not be blank")
    if any("\0" in text for text in (batch.cohort_id, batch.cohort_name, batch.message_id, str(batch.computed_time))):
        raise Malformed("not a cohort webhook: a NUL character")
    try:
        in_range = batch.computed_at is None or 0 <= batch.computed_at < _LAST_SECOND * _MICROSECONDS
    except (ValueError, OverflowError):
        in_range = False
    if not in_range:
        raise Malformed("not a cohort webhook: computed_time is not a number of seconds since 1970")
    return batch


def _require_few(users: Sized) -> None:
    """Refuse what would keep the door busy for long, before anything is looked up."""
    if len(users) > USERS_MAX:
        raise Malformed(f"more than {USERS_MAX} users in one request")


def _parse(body: bytes, decoder: msgspec.json.Decoder[T], complaint: str) -> T:
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"{complaint}: {error}") from error


_CREATE_LIST = msgspec.json.Decoder(_CreateList)
_BATCH = msgspec.json.Decoder(_Batch)
_WEBHOOK = msgspec.json.Decoder(WebhookBatch)
