"""What OneSignal can refuse about segments and cohorts (numbers are sections of facts/onesignal-api.md)."""

from __future__ import annotations

from typing import Any

from fake_onesignal.errors import NOT_IN_PLAN, OneSignalError, UnsuccessfulError


class FilterRefusedError(UnsuccessfulError):
    """Raised when the filters of a segment do not follow the grammar (5.1; texts inferred)."""


class SegmentRefusedError(UnsuccessfulError):
    """Raised when a segment's name, description or filters are missing, taken or too long (5.3)."""


class SegmentExistsError(UnsuccessfulError):
    """Raised when another segment has the id (5.3)."""

    status = 409
    text = "Segment with the given id already exists."


class SegmentLimitError(UnsuccessfulError):
    """Raised when the plan has no room for a further segment (5.3)."""

    status = 422
    text = "You have reached the maximum number of segments allowed for your plan."


class SegmentsNotInPlanError(UnsuccessfulError):
    """Raised when a profile has segments written on paid plans only (5.3)."""

    status = 403
    text = NOT_IN_PLAN


class SegmentReadOnlyError(UnsuccessfulError):
    """Raised when a pre-created segment shall be changed (text inferred)."""

    status = 403
    text = "Segment is read only"


class SegmentNotFoundError(OneSignalError):
    """Raised when there is no such segment to view (5.3)."""

    status = 404
    text = "segment not found"


class SegmentToExportNotFoundError(OneSignalError):
    """Raised when there is no such segment to export; the client knows no 404 of exports (2.2; text inferred)."""

    text = "segment not found"


class SegmentToUpdateNotFoundError(UnsuccessfulError):
    """Raised when there is no such segment to change (5.3)."""

    status = 404
    text = "segment not found"


class SegmentToDeleteNotFoundError(OneSignalError):
    """Raised when there is no such segment to delete (5.3)."""

    status = 404

    def body(self) -> dict[str, Any]:
        """Give the JSON object to answer with."""
        return {"success": False}


class CohortsNotInPlanError(OneSignalError):
    """Raised when the app's plan may not take cohorts (text by analogy with Mixpanel's, facts/integration.md 6)."""

    status = 403
    text = "App may not submit cohort updates from Amplitude"


class CohortNotFoundError(OneSignalError):
    """Raised when there is no such cohort (modelled)."""

    status = 404
    text = "cohort not found"


class CohortRefusedError(OneSignalError):
    """Raised when a cohort's name or a batch of members is malformed or too large (modelled)."""
