"""What both services answer when they are asked who is there; nothing here looks inside a fake."""

import csv
import gzip
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import urlencode

import orjson

from simulator.caller import Caller, segment

_ACCEPTED: Final = 202
_NOT_FOUND: Final = 404
_BAD_REQUEST: Final = 400
_POLL_S: Final = 5.0
_ACTIVITY_MAX: Final = 1_000
_EXPORT_TRIES: Final = 8
_EXPORT_POLL_S: Final = 1_800.0
_GZIP: Final = b"\x1f\x8b"


class Member(NamedTuple):
    """One user of an Amplitude cohort: the Amplitude ID and the value of the mapped property (empty: none)."""

    amplitude_id: str
    value: str


class Channel(NamedTuple):
    """One row of OneSignal's export: whose it is (empty: nobody's), its id, and whether it is subscribed."""

    external_id: str
    subscription_id: str
    subscribed: bool


@dataclass(frozen=True, slots=True)
class AmplitudeReader:
    """Asks Amplitude's Behavioral Cohorts API (`facts/amplitude-api.md` 1.11)."""

    calls: Caller

    def cohort(self, cohort_id: str) -> tuple[str, int]:
        """Give name and size of a cohort."""
        cohorts = self.calls.get("/api/3/cohorts")["cohorts"]
        found = next(cohort for cohort in cohorts if cohort["id"] == cohort_id)
        return found["name"], found["size"]

    def members(self, cohort_id: str, mapped_property: str = "user_id") -> Iterator[Member]:
        """Download a cohort: request, poll, read the CSV."""
        wanted = "" if mapped_property == "user_id" else "?" + urlencode({"props": 1, "propKeys": mapped_property})
        request_id = self.calls.get(f"/api/5/cohorts/request/{cohort_id}{wanted}")["request_id"]
        while self.calls.ask("GET", f"/api/5/cohorts/request-status/{request_id}")[0] == _ACCEPTED:
            self.calls.wait(_POLL_S)
        table = self.calls.ask("GET", f"/api/5/cohorts/request/{request_id}/file")[1]
        rows = csv.reader(io.StringIO(table.decode()))
        header = next(rows)
        amplitude_id, value = header.index("amplitude_id"), header.index(mapped_property)
        for row in rows:
            yield Member(row[amplitude_id], row[value])

    def events_of(self, user: str) -> list[dict[str, Any]]:
        """List the events of one user (a user id, a device id or an Amplitude ID), newest first; none: unknown."""
        matches = self.calls.get("/api/2/usersearch?" + urlencode({"user": user}))["matches"]
        if not matches:
            return []
        query = urlencode({"user": matches[0]["amplitude_id"], "limit": _ACTIVITY_MAX})
        events: list[dict[str, Any]] = self.calls.get(f"/api/2/useractivity?{query}")["events"]
        return events

    def exported(self, start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
        """Export the events that arrived between two hours (both included); waits until the hour can be exported."""
        path = f"/api/2/export?start={start:%Y%m%dT%H}&end={end:%Y%m%dT%H}"
        for _ in range(_EXPORT_TRIES):
            status, answer = self.calls.ask("GET", path, allow=(_NOT_FOUND,))
            if status != _NOT_FOUND:
                break
            self.calls.wait(_EXPORT_POLL_S)
        else:
            return
        with zipfile.ZipFile(io.BytesIO(answer)) as archive:
            for name in archive.namelist():
                yield from map(orjson.loads, gzip.decompress(archive.read(name)).splitlines())

    def count(self, event_type: str, *, measure: Literal["totals", "uniques"], start: date, end: date) -> int:
        """Count an event over some days: all of it (totals) or the users who did it (uniques); unseen: 0."""
        query = {"e": orjson.dumps({"event_type": event_type}), "m": measure, "start": _day(start), "end": _day(end)}
        status, answer = self.calls.ask("GET", "/api/2/events/segmentation?" + urlencode(query), allow=(_BAD_REQUEST,))
        return 0 if status == _BAD_REQUEST else int(orjson.loads(answer)["data"]["seriesCollapsed"][0][0]["value"])


@dataclass(frozen=True, slots=True)
class OneSignalReader:
    """Asks OneSignal's REST API for one app (`facts/onesignal-api.md` 3.1, 4.3, 5.2)."""

    calls: Caller
    app_id: str

    def channels(self, segment_name: str | None = None) -> Iterator[Channel]:
        """Export every subscription, or the subscribed ones of a segment."""
        wanted = {"extra_fields": ["external_user_id", "notification_types"]}
        body = wanted if segment_name is None else {**wanted, "segment_name": segment_name}
        url = self.calls.post(f"/players/csv_export?app_id={self.app_id}", body)["csv_file_url"]
        rows = csv.reader(io.StringIO(self._file(url)))
        header = next(rows)
        whose, which, invalid = (header.index(name) for name in ("external_user_id", "id", "invalid_identifier"))
        for row in rows:
            yield Channel(row[whose], row[which], row[invalid] == "f")

    def subscription_count(self, external_id: str) -> int | None:
        """Count the subscriptions of one user; None when OneSignal knows no such user."""
        path = f"/apps/{self.app_id}/users/by/external_id/{segment(external_id)}"
        status, answer = self.calls.ask("GET", path, allow=(_NOT_FOUND,))
        return None if status == _NOT_FOUND else len(orjson.loads(answer).get("subscriptions", ()))

    def segment_id(self, name: str) -> str | None:
        """Find a segment by its name."""
        segments = self.calls.get(f"/apps/{self.app_id}/segments")["segments"]
        return next((found["id"] for found in segments if found["name"] == name), None)

    def messages(self) -> list[dict[str, Any]]:
        """List the messages that were sent, newest first."""
        return list(self.calls.get(f"/notifications?app_id={self.app_id}")["notifications"])

    def audience_activity(self, notification_id: str) -> Iterator[dict[str, str]]:
        """Export what became of a message on every device it was meant for."""
        path = f"/notifications/{notification_id}/export_events?app_id={self.app_id}"
        yield from csv.DictReader(io.StringIO(self._file(self.calls.post(path, None)["csv_file_url"])))

    def statistics(self, notification_id: str) -> dict[str, Any]:
        """Read what became of a message: successful, failed, errored, converted, received."""
        message: dict[str, Any] = self.calls.get(f"/notifications/{notification_id}?app_id={self.app_id}")
        return message

    def _file(self, url: str) -> str:
        """Fetch an export as soon as it is ready, and unzip it."""
        while True:
            status, table = self.calls.ask("GET", url, allow=(_NOT_FOUND,))
            if status != _NOT_FOUND:
                return (gzip.decompress(table) if table.startswith(_GZIP) else table).decode()
            self.calls.wait(_POLL_S)

    def segment_count(self, segment_id: str) -> int:
        """Ask OneSignal how many subscriptions a segment has."""
        return int(self.calls.get(f"/apps/{self.app_id}/segments/{segment_id}")["subscriber_count"])


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"
