"""What an operator chooses for one flow of a connection: texts, cohort tags, pulled cohorts, custom events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from bridge.errors import SettingsError
from bridge.setting_rules import require_one_of, require_text

Cadence = Literal["minute", "hourly", "daily", "weekly"]

TEXT_CHARACTERS_MAX = 1024  # Amplitude cuts there itself (facts/amplitude-api.md 1.3)
REQUESTS_PER_SECOND = 1_000  # for one app
_SENDERS_MAX = 256


@dataclass(frozen=True, slots=True)
class Texts:
    """How a message's texts travel to Amplitude (facts/integration.md 1.6, B28).

    A localised text is given in `language`, or in the user's own when that is None. The fields of the newest
    `remembered_messages_max` messages are kept, because OneSignal leaves them blank 30 days after the send.
    """

    title_characters_max: int = TEXT_CHARACTERS_MAX
    contents_characters_max: int = TEXT_CHARACTERS_MAX
    language: str | None = None
    remembered_messages_max: int = 10_000

    def __post_init__(self) -> None:
        _require_between("texts.title_characters_max", self.title_characters_max, 1, TEXT_CHARACTERS_MAX)
        _require_between("texts.contents_characters_max", self.contents_characters_max, 1, TEXT_CHARACTERS_MAX)
        _require_between("texts.remembered_messages_max", self.remembered_messages_max, 0, 1_000_000)
        if self.language is not None:
            require_text("texts.language", self.language)


@dataclass(frozen=True, slots=True)
class Tags:
    """How a cohort is written as a tag of its users, by OneSignal's public API.

    In `key`, `<slug>` stands for the cohort's name in letters, digits, `-` and `_`, and `<id>` for its id. `senders`
    is how many requests are under way at once; 1 is one after the other, always in the same order. Several workers
    share the app's `requests_per_second` (facts/onesignal-api.md 8.1): give each its part.
    """

    key: str = "cohort_<slug>"
    value: str = "true"
    senders: int = 1
    requests_per_second: int = REQUESTS_PER_SECOND

    def __post_init__(self) -> None:
        require_text("tags.value", self.value)
        if "<slug>" not in self.key and "<id>" not in self.key:
            raise SettingsError("tags.key must hold <slug> or <id>, else all cohorts would share one tag")
        _require_between("tags.senders", self.senders, 1, _SENDERS_MAX)
        _require_between("tags.requests_per_second", self.requests_per_second, 1, REQUESTS_PER_SECOND)


@dataclass(frozen=True, slots=True)
class CohortPull:
    """A cohort that the bridge fetches itself.

    `name` is how OneSignal knows the cohort. Without a cadence it is fetched only when an operator asks.
    """

    cohort_id: str
    name: str
    cadence: Cadence | None = "hourly"

    def __post_init__(self) -> None:
        require_text("pulls.cohort_id", self.cohort_id)
        require_text("pulls.name", self.name)
        if self.cadence is not None:
            require_one_of("pulls.cadence", self.cadence, get_args(Cadence))


@dataclass(frozen=True, slots=True)
class CustomEvents:
    """Which of Amplitude's events become custom events of OneSignal (facts/integration.md 3).

    `external_id_from` is `user_id` or the name of a user property; `events` are event types (None: all that may be
    streamed and did not come from OneSignal); `properties` are event properties (None: all).
    """

    external_id_from: str = "user_id"
    events: frozenset[str] | None = None
    properties: frozenset[str] | None = None

    def __post_init__(self) -> None:
        require_text("custom_events.external_id_from", self.external_id_from)


def _require_between(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise SettingsError(f"{name} must be between {least} and {most}, not {value}")
