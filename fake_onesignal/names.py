"""What a person names in the dashboard: found by its name or id, or refused with the nearest right one."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from fake_onesignal import segments
from fake_onesignal.message_kinds import KINDS
from fake_onesignal.profiles import PROFILES, Profile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fake_onesignal.event_stream import Lane
    from fake_onesignal.profiles import ProfileName
    from fake_onesignal.records import Segment
    from fake_onesignal.state import AppState, World


class UnknownNameError(LookupError, ValueError):
    """Raised when a person names something that does not exist."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        nearest = get_close_matches(name, sorted(known), n=1, cutoff=0.0)
        super().__init__(
            f"there is no {what} {name!r}; " + (f"the nearest is {nearest[0]!r}" if nearest else "none is")
        )


def app_state(world: World, app_id: str) -> AppState:
    """Find an app by its id."""
    if app_id not in world.apps:
        raise UnknownNameError("app", app_id, world.apps)
    return world.apps[app_id]


def segment(state: AppState, name: str) -> Segment:
    """Find a segment by its name or id."""
    found = state.segments.get(name) or segments.named(state, name)
    if found is None:
        raise UnknownNameError("segment", name, (one.name for one in state.segments.values()))
    return found


def lane(state: AppState, stream_id: str) -> Lane:
    """Find an event stream by its id."""
    lanes = state.ledger.lanes
    if stream_id not in lanes:
        raise UnknownNameError("event stream", stream_id, lanes)
    return lanes[stream_id]


def profile(named: ProfileName | Profile) -> Profile:
    """Find a profile by its name; one that is made already is its own."""
    if isinstance(named, Profile):
        return named
    if named not in PROFILES:
        raise UnknownNameError("profile", named, PROFILES)
    return PROFILES[named]


def check_kind(kind: str) -> None:
    """Refuse what is no kind of message event."""
    if kind not in KINDS:
        raise UnknownNameError("kind of message event", kind, KINDS)
