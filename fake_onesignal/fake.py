"""The fake OneSignal: a WSGI callable with a world behind it, and the dashboard's verbs that no REST route has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from fake_onesignal import apps, doors
from fake_onesignal.carrier import WillingCarrier
from fake_onesignal.fingerprint import fingerprint
from fake_onesignal.state import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from random import Random
    from wsgiref.types import StartResponse, WSGIEnvironment

    import requests

    from fake_onesignal.carrier import Carrier
    from fake_onesignal.plans import PlanName
    from fake_onesignal.records import App


class FakeOneSignal:
    """One OneSignal service; `limits` says whether rate limits and job times are kept."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        ids: Callable[[], str],
        random: Random,
        session: requests.Session,
        limits: Literal["off", "documented"] = "off",
        carrier: Carrier | None = None,
    ) -> None:
        self.world = World(
            now=now,
            ids=ids,
            random=random,
            session=session,
            limits=limits,
            carrier=carrier or WillingCarrier(),
        )
        self.organization_api_key = self.world.organization.api_key

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one HTTP request."""
        return doors.enter(self.world, environ, start_response)

    def run_due(self) -> int:
        """Do the outgoing work that is due; answers how many pieces were done."""
        return 0

    def next_due(self) -> datetime | None:
        """When there will be outgoing work again; None when none is in sight."""
        return None

    def fingerprint(self) -> str:
        """Give a SHA-256 over everything remembered, in a fixed order."""
        with self.world.lock:
            return fingerprint(self.world)

    def create_app(self, name: str, *, plan: PlanName = "growth") -> App:
        """Make an app, as the dashboard's "New app" does."""
        with self.world.lock:
            return apps.create_app(self.world, name, plan=plan)

    def set_plan(self, app_id: str, plan: PlanName) -> App:
        """Move an app to another plan."""
        with self.world.lock:
            return apps.set_plan(self.world, app_id, plan)
