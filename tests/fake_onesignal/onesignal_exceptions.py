"""What the witness excuses, each with its reason: an operation, a check, and the part of the body that is left out.

A part is a dotted path of keys, several stand side by side (`*` for the whole answer). What is excused is so for its
statuses only, where it names any, and a whole answer for its types.
"""

from __future__ import annotations

from typing import NamedTuple


class Excuse(NamedTuple):
    """Why one check does not apply to (a part of) what one operation answers."""

    reason: str
    part: str = "*"
    statuses: tuple[int, ...] = ()
    content_types: tuple[str, ...] = ()

    def covers(self, status, content_type):
        """Whether a whole answer is excused."""
        is_type = content_type in self.content_types or not self.content_types
        return self.part == "*" and self.is_for(status) and is_type

    def is_for(self, status):
        """Whether an answer with this status has anything excused."""
        return status in self.statuses or not self.statuses


FILE = Excuse("a gzipped file, or the storage's XML (facts 3.1)", content_types=("application/gzip", "application/xml"))
XML = ("application/xml",)
SHOWN_BY_DOCS = Excuse(
    "in the docs' own profile null, and a number where one schema wants a text and one a number (facts 6.3)",
    part="remaining throttle_rate_per_minute",
)
STRUCTURED_LIMIT = Excuse(
    "in the docs' own profile a 429 of the user API is structured, where client and document have texts (facts 8.1)",
    part="errors",
    statuses=(429,),
)
UNCHANGED = Excuse("304 has no body (facts 8.1: Android sends If-None-Match)", statuses=(304,))

EXCUSED = {
    ("get_segment", "client"): Excuse(
        "the client cannot read any filter: FilterExpression is a oneOf of two open objects (facts 1.6)",
        part="payload.filters",
    ),
    ("fetch_csv_export", "json"): FILE,
    ("fetch_events_export", "json"): FILE,
    ("fetch_history_file", "json"): Excuse("a CSV file, or the storage's XML", content_types=("text/csv", *XML)),
    ("create_custom_events", "json"): Excuse("a 401 is empty text/plain (facts 7.3)", statuses=(401,)),
    ("get_notification", "openapi"): SHOWN_BY_DOCS,
    ("get_notification", "client"): SHOWN_BY_DOCS,
    ("update_user", "openapi"): STRUCTURED_LIMIT,
    ("update_user", "client"): STRUCTURED_LIMIT,
    ("unsubscribe_email_with_token", "openapi"): Excuse('success is the text "true" (facts 8.3)', part="success"),
    ("unsubscribe_email_with_token", "client"): Excuse('success is the text "true" (facts 8.3)', part="success"),
    ("android_params", "json"): UNCHANGED,
    ("ios_params", "json"): UNCHANGED,
    ("sync_web", "json"): Excuse("a page asks for JSONP (facts 10)", content_types=("application/javascript",)),
}
