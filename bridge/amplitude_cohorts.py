"""Asks Amplitude's Behavioral Cohorts API who is in a cohort (facts/amplitude-api.md 1.11)."""

from __future__ import annotations

import csv
from codecs import getincrementaldecoder
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
import requests

from bridge.answers import Later, NotYet, Refused
from bridge.pace import Pace
from bridge.retry import asked_wait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from bridge.settings import AmplitudeProject

BASE_URLS = MappingProxyType({"US": "https://amplitude.com", "EU": "https://analytics.eu.amplitude.com"})
TIMEOUT_S = (10, 120)
BUSY_WAIT = timedelta(minutes=1)
_CHUNK_BYTES = 65_536
_WORDS_MAX = 300


@dataclass(frozen=True, slots=True)
class Requested:
    """Amplitude has begun to write the file."""

    request_id: str


@dataclass(frozen=True, slots=True)
class InProgress:
    """The file is not written yet."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The file can be fetched."""


class _RequestId(msgspec.Struct):
    request_id: str


class AmplitudeCohorts:
    """One project's cohorts, in its region; it never asks more often than Amplitude allows."""

    def __init__(self, project: AmplitudeProject, *, session: requests.Session, now: Callable[[], datetime]) -> None:
        self._base = BASE_URLS[project.region]
        self._auth = (project.api_key, project.secret_key)
        self._session = session
        self._now = now
        self._calls = Pace(60, timedelta(minutes=10), now=now)
        self._requests = Pace(4, timedelta(minutes=1), now=now)

    def request(self, cohort_id: str, mapped_property: str) -> Requested | Later | NotYet | Refused:
        """Have the file of a cohort written, with the mapped property when that is not the user id."""
        wait = self._requests.take()
        if wait is not None:
            return NotYet(wait)
        asked = {} if mapped_property == "user_id" else {"props": "1", "propKeys": mapped_property}
        answer = self._get(f"request/{quote(cohort_id, safe='')}", asked)
        if not isinstance(answer, requests.Response):
            return answer
        with closing(answer):
            if answer.status_code not in (HTTPStatus.OK, HTTPStatus.ACCEPTED):
                return self._objection(answer)
            try:
                return Requested(msgspec.json.decode(answer.content, type=_RequestId).request_id)
            except (msgspec.MsgspecError, requests.RequestException) as error:
                return Later(f"no request id from Amplitude: {type(error).__name__}")

    def look(self, request_id: str) -> Ready | InProgress | Later | NotYet | Refused:
        """Ask whether the file is written."""
        answer = self._get(f"request-status/{quote(request_id, safe='')}")
        if not isinstance(answer, requests.Response):
            return answer
        with closing(answer):
            if answer.status_code == HTTPStatus.OK:
                return Ready()
            return InProgress() if answer.status_code == HTTPStatus.ACCEPTED else self._objection(answer)

    def fetch(
        self, request_id: str, mapped_property: str, take: Callable[[Iterator[str | None]], None]
    ) -> Ready | Later | NotYet | Refused:
        """Hand the mapped ids of the file to `take` as they come in, None where one has no value."""
        answer = self._get(f"request/{quote(request_id, safe='')}/file")
        if not isinstance(answer, requests.Response):
            return answer
        with closing(answer):
            if answer.is_redirect:
                return self._fetch_elsewhere(answer.headers["Location"], mapped_property, take)
            return self._read(answer, mapped_property, take)

    def _fetch_elsewhere(
        self, url: str, mapped_property: str, take: Callable[[Iterator[str | None]], None]
    ) -> Ready | Later | Refused:
        """Follow to the store of large files, which must not see the keys."""
        try:
            answer = self._session.get(url, timeout=TIMEOUT_S, allow_redirects=False, stream=True)
        except requests.RequestException as error:
            return Later(f"no answer from Amplitude's file store: {type(error).__name__}")
        with closing(answer):
            return self._read(answer, mapped_property, take)

    def _read(
        self, answer: requests.Response, mapped_property: str, take: Callable[[Iterator[str | None]], None]
    ) -> Ready | Later | Refused:
        if answer.status_code != HTTPStatus.OK:
            return self._objection(answer)
        try:
            rows = csv.reader(_lines(answer))
            header = next(rows, [])
            if mapped_property not in header:
                return Refused(f"the file has no column {mapped_property!r}")
            column = header.index(mapped_property)
            take(row[column] or None if len(row) > column else None for row in rows if row)
        except (requests.RequestException, UnicodeDecodeError, csv.Error) as error:
            return Later(f"the file broke off: {type(error).__name__}")
        return Ready()

    def _get(self, path: str, parameters: Mapping[str, str] | None = None) -> requests.Response | Later | NotYet:
        wait = self._calls.take()
        if wait is not None:
            return NotYet(wait)
        try:
            return self._session.get(
                f"{self._base}/api/5/cohorts/{path}",
                params=parameters,
                auth=self._auth,
                timeout=TIMEOUT_S,
                allow_redirects=False,
                stream=True,
            )
        except requests.RequestException as error:
            return Later(f"no answer from Amplitude: {type(error).__name__}")

    def _objection(self, answer: requests.Response) -> Later | Refused:
        """Say what Amplitude has against it; an unknown cohort stays unknown, all else may get better."""
        words = f"{answer.status_code} {answer.reason or ''}".strip()[:_WORDS_MAX]
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return Refused(words)
        asked = asked_wait(answer.headers.get("Retry-After"), self._now())
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS and asked is None:
            asked = BUSY_WAIT
        return Later(words, asked)


def _lines(answer: requests.Response) -> Iterator[str]:
    """Give the lines of a text as it comes in; nothing longer than a line is ever held."""
    decoder = getincrementaldecoder("utf-8")()
    begun = ""
    for chunk in answer.iter_content(_CHUNK_BYTES):
        *lines, begun = (begun + decoder.decode(chunk)).split("\n")
        for line in lines:
            yield line + "\n"
    begun += decoder.decode(b"", final=True)
    if begun:
        yield begun
