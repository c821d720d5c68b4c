"""What both services answer when they are asked who is there; nothing here looks inside a fake."""

import csv
import gzip
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from urllib.parse import urlencode

import orjson

from simulator.accounts.exports import channels, members
from simulator.accounts.records import Channel, Member
from simulator.accounts.tables import table_of
from simulator.caller import Caller, segment

_ACCEPTED: Final = 202
_NOT_FOUND: Final = 404
_BAD_REQUEST: Final = 400
_POLL_S: Final = 5.0
_ACTIVITY_MAX: Final = 1_000
EXPORT_LATE: Final = timedelta(hours=2)
_PAGE: Final = 50
_GZIP: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class AmplitudeReader:
    """Asks Amplitude for cohorts and events (`facts/amplitude-api.md` 1.11, 1.12).

    `export_late` is how long after its end an hour can be exported.
    """

    calls: Caller
    export_late: timedelta = timedelta(0)

    def cohort(self, cohort_id: str) -> tuple[str, int]:
        """Give name and size of a cohort."""
        found = self.listed(cohort_id)
        return found["name"], found["size"]

    def listed(self, cohort_id: str) -> dict[str, Any]:
        """Give a cohort as the list of cohorts shows it, with its syncs."""
        cohorts = self.calls.get("/api/3/cohorts?includeSyncInfo=true")["cohorts"]
        found: dict[str, Any] = next(cohort for cohort in cohorts if cohort["id"] == cohort_id)
        return found

    def members(self, cohort_id: str, mapped_property: str = "user_id", also: Sequence[str] = ()) -> Iterator[Member]:
        """Download a cohort with the user properties that are asked for: request, poll, read the CSV."""
        properties = [name for name in (mapped_property, *also) if name != "user_id"]
        query = "?" + urlencode({"props": 1, "propKeys": properties}, doseq=True) if properties else ""
        request_id = self.calls.get(f"/api/5/cohorts/request/{cohort_id}{query}")["request_id"]
        while self.calls.ask("GET", f"/api/5/cohorts/request-status/{request_id}")[0] == _ACCEPTED:
            self.calls.wait(_POLL_S)
        table = self.calls.ask("GET", f"/api/5/cohorts/request/{request_id}/file")[1]
        yield from members(table_of("the cohort's file", table.decode()), mapped_property)

    def events_of(self, user: str) -> list[dict[str, Any]]:
        """List the events of one user (a user id, a device id or an Amplitude ID), newest first; none: unknown."""
        matches = self.calls.get("/api/2/usersearch?" + urlencode({"user": user}))["matches"]
        if not matches:
            return []
        query = urlencode({"user": matches[0]["amplitude_id"], "limit": _ACTIVITY_MAX})
        events: list[dict[str, Any]] = self.calls.get(f"/api/2/useractivity?{query}")["events"]
        return events

    def user_of(self, amplitude_id: int) -> str:
        """Say whom an Amplitude ID stands for; "" for an anonymous one."""
        matches = self.calls.get("/api/2/usersearch?" + urlencode({"user": amplitude_id}))["matches"]
        return str(matches[0].get("user_id") or "") if matches else ""

    def exported(self, start: datetime, end: datetime, *, waits: bool = True) -> Iterator[dict[str, Any]]:
        """Export the events that arrived between two hours (both included); `waits` until the last can be exported."""
        if waits and self.export_late:
            end_of_hour = end.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
            self.calls.wait((end_of_hour + self.export_late - end).total_seconds())
        path = f"/api/2/export?start={start:%Y%m%dT%H}&end={end:%Y%m%dT%H}"
        status, answer = self.calls.ask("GET", path, allow=(_NOT_FOUND,))
        if status == _NOT_FOUND:
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
        wanted = {"extra_fields": ["external_user_id", "onesignal_id", "notification_types"]}
        body = wanted if segment_name is None else {**wanted, "segment_name": segment_name}
        url = self.calls.post(f"/players/csv_export?app_id={self.app_id}", body)["csv_file_url"]
        yield from channels(table_of("the export", self._file(url)))

    def subscription_count(self, external_id: str) -> int | None:
        """Count the subscriptions of one user; None when OneSignal knows no such user."""
        path = f"/apps/{self.app_id}/users/by/external_id/{segment(external_id)}"
        status, answer = self.calls.ask("GET", path, allow=(_NOT_FOUND,))
        return None if status == _NOT_FOUND else len(orjson.loads(answer).get("subscriptions", ()))

    def segments(self) -> list[dict[str, Any]]:
        """List the segments."""
        return list(self.calls.get(f"/apps/{self.app_id}/segments")["segments"])

    def segment_id(self, name: str) -> str | None:
        """Find a segment by its name."""
        return next((found["id"] for found in self.segments() if found["name"] == name), None)

    def segment_name(self, segment_id: str) -> str:
        """Find a segment's name by its id."""
        return next(str(found["name"]) for found in self.segments() if found["id"] == segment_id)

    def segment(self, segment_id: str) -> dict[str, Any]:
        """Read a segment with its filters."""
        detail = self.calls.get(f"/apps/{self.app_id}/segments/{segment_id}?include-segment-detail=true")
        return dict(detail["payload"])

    def label_of(self, value: str, labels: Iterable[str]) -> str:
        """Say under which of these labels OneSignal knows a value; "" under none."""
        for label in labels:
            path = f"/apps/{self.app_id}/users/by/{label}/{segment(value)}/identity"
            if self.calls.ask("GET", path, allow=(_NOT_FOUND,))[0] != _NOT_FOUND:
                return label
        return ""

    def messages(self) -> list[dict[str, Any]]:
        """List the messages that were sent, newest first, page by page."""
        messages: list[dict[str, Any]] = []
        while True:
            page = self.calls.get(f"/notifications?app_id={self.app_id}&limit={_PAGE}&offset={len(messages)}")
            messages += page["notifications"]
            if len(page["notifications"]) < _PAGE:
                return messages

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
