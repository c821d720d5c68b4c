"""The other way into OneSignal: a cohort is a tag of its users, written by the public API, one request for each user.

Limits are those of facts/onesignal-api.md 8.1; a tag with the empty text is removed (4.2 of the same).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus
from itertools import islice
from threading import Event
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from bridge.answers import Answer, Delivered, Later, NotYet, Refused, Stopped
from bridge.pace import Pace, PaceOfEach

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from bridge.choices import Tags
    from bridge.cohort_lists import CohortLists
    from bridge.onesignal_api import OneSignalApi, Said
    from bridge.records import ClaimedDelivery

NOT_IN_ONESIGNAL = "not in OneSignal"
TAGS_MAX = 100  # property updates in one request
_NOT_IN_A_PATH = (".", "..")  # every client takes them for steps, also when they are encoded
_ONE_SECOND = timedelta(seconds=1)
_LIMIT_OF_ONE_USER = b"Update Per Device"  # in the body of a 429 that is about this user only

_Told = tuple["Sequence[ClaimedDelivery]", Answer | None]


class TagMembership:
    """The cohorts of one connection as tags of their users; a lane is one request, so that nobody overtakes."""

    tells_names = False

    def __init__(self, tags: Tags, *, lists: CohortLists, api: OneSignalApi, now: Callable[[], datetime]) -> None:
        self._tags = tags
        self._lists = lists
        self._api = api
        self._pace = Pace(tags.requests_per_second, _ONE_SECOND, now=now)
        self._pace_of_user = PaceOfEach(_ONE_SECOND, now=now)
        self._pool = ThreadPoolExecutor(tags.senders, "tag sender") if tags.senders > 1 else None
        self.claim_max = tags.requests_per_second

    def send(self, deliveries: Sequence[ClaimedDelivery]) -> dict[int, Answer]:
        """Write the tags, several users at once; answers by delivery id what became of those that were tried."""
        keys = {cohort_id: self._key(cohort_id) for cohort_id in dict.fromkeys(each.payload for each in deliveries)}
        lanes: dict[str, list[ClaimedDelivery]] = {}
        for delivery in deliveries:
            lanes.setdefault(delivery.lane, []).append(delivery)
        enough = Event()

        def tell(changes: Sequence[ClaimedDelivery]) -> _Told:
            together = list(islice(changes, TAGS_MAX))
            answer = None if enough.is_set() else self._tell(together, keys)
            if isinstance(answer, NotYet | Stopped) or (isinstance(answer, Later) and not answer.alone):
                enough.set()
            return together, answer

        side_by_side = map if self._pool is None else self._pool.map
        told: Iterable[_Told] = side_by_side(tell, lanes.values())
        return {change.id: answer for changes, answer in told if answer is not None for change in changes}

    def close(self) -> None:
        """Let go of the threads."""
        if self._pool is not None:
            self._pool.shutdown()

    def _tell(self, changes: Sequence[ClaimedDelivery], keys: dict[bytes, str]) -> Answer:
        """Write all changes of one user in one request; of two changes of one cohort the later one is meant."""
        user = changes[0].lane
        if user in _NOT_IN_A_PATH:
            return Refused(f"external_id {user!r} cannot be written in the path of a request")
        wait = self._pace_of_user.take(user)
        if wait is not None:
            return Later("OneSignal takes one change of a user a second", wait, alone=True)
        wait = self._pace.take()
        if wait is not None:
            return NotYet(wait)
        tags = {keys[change.payload]: self._tags.value if change.kind == "add" else "" for change in changes}
        said = self._api.call(
            "PATCH",
            f"/apps/{self._api.app}/users/by/external_id/{quote(user, safe='')}",
            msgspec.json.encode({"properties": {"tags": tags}}),
        )
        return said if isinstance(said, Later) else _read(said, removes_only=not any(tags.values()))

    def _key(self, cohort_id: bytes) -> str:
        return self._lists.tag_key(cohort_id.decode(), self._tags.key)


def _read(said: Said, *, removes_only: bool) -> Answer:
    """Say what an answer means; who is not in OneSignal has no tag, so that a removal is done."""
    if said.status == HTTPStatus.NOT_FOUND:
        return Delivered() if removes_only else Refused(NOT_IN_ONESIGNAL)
    if said.status == HTTPStatus.TOO_MANY_REQUESTS and _LIMIT_OF_ONE_USER in said.content:
        return Later(said.words, said.asked or _ONE_SECOND, alone=True)
    return said.meant_for_all() or Refused(said.words)
