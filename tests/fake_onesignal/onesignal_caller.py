"""A clock that stands still until it is moved, and a customer's server that calls a fake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from werkzeug.test import Client, TestResponse

if TYPE_CHECKING:
    from fake_onesignal import FakeOneSignal


class Clock:
    """The time, as a callable; `advance` moves it."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, **span: float) -> None:
        self.time += timedelta(**span)


class Caller:
    """A customer's server: JSON in and out, with a key (or without one: `key=None`)."""

    def __init__(self, fake: FakeOneSignal, key: str | None) -> None:
        self.fake = fake
        self.client = Client(fake)
        self.key = key

    def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Key {self.key}"} if self.key else {}
        headers |= options.pop("headers", {})
        if body is not None:
            options["json"] = body
        return self.client.open(path, method=method, headers=headers, **options)
