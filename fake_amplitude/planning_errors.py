"""What taxonomy, annotations and the profile API say instead of yes (facts/amplitude-api.md 1.9, 1.15, 1.16)."""

# ruff: noqa: N818 - a refusal is named by what the vendor says, and `Error` is not part of it
from __future__ import annotations

from typing import ClassVar

import msgspec

from fake_amplitude.errors import AmplitudeError, RestError


class TaxonomyError(AmplitudeError):
    """Raised when a call of the taxonomy is refused, in an envelope of its own."""

    words: ClassVar[str] = "Not found"

    def body(self) -> bytes:  # noqa: D102 - see AmplitudeError
        return msgspec.json.encode({"success": False, "errors": [{"message": self.words}]})


class NotPlanned(TaxonomyError):
    """Raised when what is asked for is not in the plan."""


class NothingToChange(TaxonomyError):
    """Raised when what is to be changed is not in the plan."""

    status = 409


class AlreadyPlanned(TaxonomyError):
    """Raised when the name is already taken."""

    status = 409
    words = "Already exists"


class MissingName(TaxonomyError):
    """Raised when a form does not say the name."""

    words = "Missing required field"


class NoAccountProperties(TaxonomyError):
    """Raised when group properties are asked for, which need an add-on; the words are observed."""

    words = "Account Properties feature is not enabled."


class Conflict(RestError):
    """Raised when a name is already taken."""

    status = 409


class ProfileError(AmplitudeError):
    """Raised when the profile API refuses."""

    words: ClassVar[str]

    def body(self) -> bytes:  # noqa: D102 - see AmplitudeError
        return msgspec.json.encode({"error": self.words})


class NotSeenBefore(ProfileError):
    """Raised when nobody has the user or device id."""

    words = "User id and device id not seen before"


class TooManyProfiles(ProfileError):
    """Raised when an organisation asks more than 600 times a minute."""

    status = 429
    words = "Number of requests per minute exceeds system limit. Contact Support if you need this limit raised"


class MissingProfileKey(ProfileError):
    """Raised when no secret key is shown; in plain text."""

    status = 401
    content_type = "text/plain; charset=utf-8"
    words = "Missing Api-Key in Authorization header"

    def body(self) -> bytes:  # noqa: D102 - see AmplitudeError
        return self.words.encode()


class InvalidProfileKey(MissingProfileKey):
    """Raised when no project of the region has the secret key; in plain text."""

    words = "Invalid Api-Key"


class NoProfileApi(AmplitudeError):
    """Raised in the EU, which has no profile API: an empty 404."""

    status = 404

    def body(self) -> bytes:  # noqa: D102 - see AmplitudeError
        return b""
