"""What OneSignal can refuse about templates (facts/onesignal-api.md 4.4, 8.3)."""

from __future__ import annotations

from fake_onesignal.errors import UnsuccessfulError


class TemplateNotFoundError(UnsuccessfulError):
    """Raised when the app has no such template."""

    status = 404
    text = "template not found"


class TemplateRefusedError(UnsuccessfulError):
    """Raised when a template is incomplete or malformed (`'message' Email body can not be blank`; others inferred)."""


class TemplateBodyMissingError(UnsuccessfulError):
    """Raised when a template is sent without any body."""

    text = "JSON body is None for app_id_location=body request"


class TemplateListRefusedError(UnsuccessfulError):
    """Raised when the list is asked for in a wrong way."""


class TargetAppMissingError(UnsuccessfulError):
    """Raised when a template shall be copied to an app that the organization does not have (text inferred)."""

    text = "target_app_id not found"
