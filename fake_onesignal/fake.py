"""The fake OneSignal: a WSGI callable with a world behind it, and the dashboard's verbs that no REST route has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from fake_onesignal import apps, coverage, doors, event_stream, in_app, names, reports, segments
from fake_onesignal.carrier import WillingCarrier
from fake_onesignal.dashboard import Dashboard
from fake_onesignal.fingerprint import fingerprint
from fake_onesignal.idleness import delete_idle, next_idle
from fake_onesignal.messaging import Messaging
from fake_onesignal.sending import next_send, send_due
from fake_onesignal.state import World
from fake_onesignal.stream_posting import next_post, post_due
from fake_onesignal.wire.event_stream import DEFAULT_TEMPLATE
from fake_onesignal.wire.segments import parse_new_segment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from random import Random
    from wsgiref.types import StartResponse, WSGIEnvironment

    import requests

    from fake_onesignal.carrier import Carrier
    from fake_onesignal.event_stream import EventStream, StreamCounts
    from fake_onesignal.messages import InAppMessage, MessageEvent
    from fake_onesignal.operations import Operation
    from fake_onesignal.plans import PlanName
    from fake_onesignal.profiles import Profile, ProfileName
    from fake_onesignal.records import App, Segment


class FakeOneSignal:
    """One OneSignal service.

    `limits` says whether rate limits and job times are kept, `profile` whom to believe where the sources disagree
    (`profiles.py`).
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        ids: Callable[[], str],
        random: Random,
        session: requests.Session,
        limits: Literal["off", "documented"] = "off",
        carrier: Carrier | None = None,
        profile: ProfileName | Profile = "suggested",
    ) -> None:
        self.world = World(
            now=now,
            ids=ids,
            random=random,
            session=session,
            limits=limits,
            carrier=carrier or WillingCarrier(),
            profile=names.profile(profile),
        )
        self.dashboard = Dashboard(self.world)
        self.messaging = Messaging(self.world)
        self.organization_api_key = self.world.organization.api_key

    @property
    def profile(self) -> Profile:
        """Whom the service believes where the sources disagree; may be set, by name too. Segments that exist stay."""
        return self.world.profile

    @profile.setter
    def profile(self, profile: ProfileName | Profile) -> None:
        with self.world.lock:
            self.world.profile = names.profile(profile)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one HTTP request."""
        return doors.enter(self.world, environ, start_response)

    def run_due(self) -> int:
        """Send the messages and the stream events that are due, delete idle devices; answers how many that were."""
        return send_due(self.world) + post_due(self.world) + delete_idle(self.world)

    def next_due(self) -> datetime | None:
        """When there will be outgoing work again; None when none is in sight."""
        with self.world.lock:
            moments = (next_send(self.world), next_post(self.world), next_idle(self.world))
            return min((moment for moment in moments if moment is not None), default=None)

    def fingerprint(self) -> str:
        """Give a SHA-256 over everything remembered, in a fixed order."""
        with self.world.lock:
            return fingerprint(self.world)

    @staticmethod
    def operations() -> tuple[Operation, ...]:
        """List every operation of OneSignal and how this fake has it: stateful, derived, static or 501."""
        return coverage.operations()

    def create_app(self, name: str, *, plan: PlanName = "growth") -> App:
        """Make an app, as the dashboard's "New app" does."""
        with self.world.lock:
            return apps.create_app(self.world, name, plan=plan)

    def set_plan(self, app_id: str, plan: PlanName) -> App:
        """Move an app to another plan."""
        with self.world.lock:
            return apps.set_plan(names.app_state(self.world, app_id), plan)

    def message_events(self, app_id: str) -> tuple[MessageEvent, ...]:
        """Give everything that happened to the app's messages, in order."""
        with self.world.lock:
            return tuple(names.app_state(self.world, app_id).ledger.events)

    def add_event_stream(
        self,
        app_id: str,
        *,
        url: str,
        headers: Mapping[str, str] | None = None,
        kinds: Sequence[str] | None = None,
        body_template: str = DEFAULT_TEMPLATE,
        **more: Any,
    ) -> EventStream:
        """Stream the app's message events from now on: one request each; URL, header values and body are templates.

        `more` is any other field of `EventStream`: `method`, `message_ids`, `template_ids`, `kind_names`.
        """
        with self.world.lock:
            state = names.app_state(self.world, app_id)
            return event_stream.add_event_stream(
                self.world, state, url=url, headers=headers or {}, kinds=kinds, body_template=body_template, **more
            )

    def event_streams(self, app_id: str) -> tuple[StreamCounts, ...]:
        """Say how each of the app's event streams is doing."""
        with self.world.lock:
            state = names.app_state(self.world, app_id)
            return tuple(lane.counts() for lane in state.ledger.lanes.values())

    def create_in_app_message(self, app_id: str, *, name: str, **more: Any) -> InAppMessage:
        """Make a live in-app message, as the dashboard does; `more` is any other field of `InAppMessage`."""
        with self.world.lock:
            return in_app.create_in_app_message(self.world, names.app_state(self.world, app_id), name=name, **more)

    def record_email_opened(self, notification_id: str, subscription_id: str) -> MessageEvent | None:
        """Note an opened e-mail (modelled: in reality its pixel was fetched)."""
        with self.world.lock:
            return reports.email_opened(self.world, notification_id, subscription_id)

    def record_email_clicked(self, notification_id: str, subscription_id: str) -> MessageEvent | None:
        """Note a link of an e-mail clicked (modelled: in reality a redirect was followed)."""
        with self.world.lock:
            return reports.email_clicked(self.world, notification_id, subscription_id)

    def record_email_unsubscribed(self, notification_id: str, subscription_id: str) -> MessageEvent | None:
        """Note the unsubscribe link of an e-mail followed (modelled): the address gets no more."""
        with self.world.lock:
            return reports.email_unsubscribed(self.world, notification_id, subscription_id)

    def record_email_reported_as_spam(self, notification_id: str, subscription_id: str) -> MessageEvent | None:
        """Note a spam complaint (modelled: in reality the mailbox provider's feedback): the address is suppressed."""
        with self.world.lock:
            return reports.email_reported_as_spam(self.world, notification_id, subscription_id)

    def create_segment(self, app_id: str, name: str, filters: list[dict[str, Any]]) -> Segment:
        """Make a segment, as the dashboard's segment editor does; refused as the API would refuse it."""
        with self.world.lock:
            wanted = parse_new_segment({"name": name, "filters": filters})
            return segments.create(self.world, names.app_state(self.world, app_id), **wanted)

    def pause_segment(self, app_id: str, segment_id: str) -> Segment:
        """Pause a segment, so that targeting it fails."""
        return self.dashboard.pause_segment(app_id, segment_id)
