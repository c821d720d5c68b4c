"""The dashboard's verbs that have no REST route: read an audience, connect Amplitude, pause, disable, import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_onesignal import imports, names, segments
from fake_onesignal.app_settings import AmplitudeIntegration
from fake_onesignal.message_kinds import KINDS
from fake_onesignal.records import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fake_onesignal.app_settings import AppSettings
    from fake_onesignal.imports import ImportReport
    from fake_onesignal.records import Segment, Subscription
    from fake_onesignal.state import World
    from fake_onesignal.wire.imports import Channel


class Dashboard:
    """What a person does in the browser, as methods; each is one whole step of the world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def audience(self, app_id: str, segment: str) -> tuple[Subscription, ...]:
        """Read who is in the segment with this name or id: subscribed subscriptions, in the order of arrival.

        Raises LookupError when there is no such segment.
        """
        with self._world.lock:
            state = names.app_state(self._world, app_id)
            return tuple(segments.audience(state, names.segment(state, segment).rule, self._world.unix_now()))

    def pause_segment(self, app_id: str, segment_id: str) -> Segment:
        """Pause the segment with this id or name, so that targeting it fails (facts/onesignal-api.md 5.2)."""
        return self._activate(app_id, segment_id, is_active=False)

    def unpause_segment(self, app_id: str, segment_id: str) -> Segment:
        """Let a paused segment be targeted again."""
        return self._activate(app_id, segment_id, is_active=True)

    def activate_amplitude(
        self, app_id: str, *, api_key: str, eu: bool = False, events: Sequence[str] = tuple(KINDS)
    ) -> AmplitudeIntegration:
        """Keep what the integration's page is given: key, EU box and the events to send (facts/integration.md 1.2).

        The bridge does the sending; this is what the page shows. Raises ValueError without a key, LookupError for an
        unknown event.
        """
        for event in events:
            names.check_kind(event)
        if not api_key.strip():
            raise ValueError("an API key is required")
        with self._world.lock:
            integration = AmplitudeIntegration(api_key.strip(), eu, tuple(dict.fromkeys(events)), self._world.now())
            self._set(app_id, amplitude=integration)
            return integration

    def deactivate_amplitude(self, app_id: str) -> None:
        """Forget the integration's settings."""
        self._set(app_id, amplitude=None)

    def integration(self, app_id: str) -> AmplitudeIntegration | None:
        """Show the integration's page: its settings, or None when it is not active."""
        with self._world.lock:
            return names.app_state(self._world, app_id).settings.amplitude

    def import_csv(self, app_id: str, file: str | bytes, *, channel: Channel = "email") -> ImportReport:
        """Import addresses or phone numbers with their `external_user_id`; says of every bad line what is wrong."""
        with self._world.lock:
            return imports.import_csv(self._world, names.app_state(self._world, app_id), file, channel)

    def disable_app(self, app_id: str) -> AppSettings:
        """Disable an app, as exceeding the message volume limit does (8.1)."""
        return self._set(app_id, is_disabled=True)

    def enable_app(self, app_id: str) -> AppSettings:
        """Enable a disabled app again."""
        return self._set(app_id, is_disabled=False)

    def require_identity_verification(self, app_id: str, *, required: bool = True) -> AppSettings:
        """Switch Identity Verification: SDK calls about users without a JWT are then answered 401.

        A JWT's signature is not checked (`identity_verification.py`).
        """
        return self._set(app_id, requires_jwt=required)

    def configure_web_push(self, app_id: str, *, origin: str | None) -> AppSettings:
        """Say which site takes web push: an origin such as `https://shop.test`, "" for every one, None for none."""
        return self._set(app_id, web_origin=origin)

    def _activate(self, app_id: str, segment_id: str, *, is_active: bool) -> Segment:
        with self._world.lock:
            state = names.app_state(self._world, app_id)
            return segments.activate(state, names.segment(state, segment_id), is_active=is_active)

    def _set(self, app_id: str, **changed: Any) -> AppSettings:
        with self._world.lock:
            state = names.app_state(self._world, app_id)
            state.settings = replace(state.settings, **changed)
            return state.settings
