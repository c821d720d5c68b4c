"""What the dashboard keeps of an app beside its name: for the SDKs, for partners, and whether it may send at all."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotation

from msgspec import Struct

EVERY_ORIGIN = ""


class AmplitudeIntegration(Struct, frozen=True):
    """What the page "Amplitude" of the dashboard shows; the key is kept and never printed."""

    api_key: str
    eu: bool
    events: tuple[str, ...]
    activated_at: datetime

    def __repr__(self) -> str:
        return f"AmplitudeIntegration(eu={self.eu!r}, events={self.events!r}, activated_at={self.activated_at!r})"


class AppSettings(Struct, frozen=True):
    """The switches of one app.

    `web_origin` is the site that takes web push: `EVERY_ORIGIN` (ours, so that any page may try), one origin, or None
    when web push is not configured. `requires_jwt` is Identity Verification. `is_disabled` is what the message volume
    limit, or the dashboard, does to an app (facts/onesignal-api.md 8.1).
    """

    web_origin: str | None = EVERY_ORIGIN
    requires_jwt: bool = False
    is_disabled: bool = False
    amplitude: AmplitudeIntegration | None = None
