"""Tells OneSignal about cohorts and their members (modelled: its own partner route is not public).

The routes are those of `docs/between-the-houses.md`; refusals follow facts/onesignal-api.md 5.4 and 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from bridge.answers import Answer, Later, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.onesignal_api import OneSignalApi

MEMBERS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class UnknownCohort:
    """OneSignal has not heard of the cohort, or has forgotten it: name it, then try again."""

    why: str


@dataclass(frozen=True, slots=True)
class Indivisible:
    """OneSignal did not like something in the call and does not say what."""

    why: str


class OneSignal:
    """One app's cohorts."""

    def __init__(self, api: OneSignalApi) -> None:
        self._api = api

    def name_cohort(self, cohort_id: str, name: str) -> Answer:
        """Create the cohort or rename it."""
        answer = self._call("PUT", quote(cohort_id, safe=""), {"name": name})
        return Refused(answer.why) if isinstance(answer, Indivisible | UnknownCohort) else answer

    def change_members(
        self, cohort_id: str, *, add: Sequence[str], remove: Sequence[str]
    ) -> Answer | UnknownCohort | Indivisible:
        """Add and remove users by external id, at most MEMBERS_MAX together; unknown users are dropped there."""
        return self._call("POST", f"{quote(cohort_id, safe='')}/members", {"add": add, "remove": remove})

    def _call(self, method: str, path: str, body: object) -> Answer | UnknownCohort | Indivisible:
        said = self._api.call(
            method, f"/modelled/apps/{self._api.app}/amplitude_cohorts/{path}", msgspec.json.encode(body)
        )
        if isinstance(said, Later):
            return said
        if said.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE):
            return Indivisible(said.words)
        if said.status == HTTPStatus.NOT_FOUND:
            return UnknownCohort(said.words)
        meant = said.meant_for_all()
        if meant is not None:
            return meant
        return Refused(said.words) if said.status == HTTPStatus.FORBIDDEN else Later(said.words, said.asked)
