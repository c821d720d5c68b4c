"""One SHA-256 over everything a world remembers, in the order it was remembered: "same seed, same bytes".

What only makes finding faster (indexes of aliases and tokens, counters of subscribed devices) is left out, because the
records say it already, and so is what was used up of a rate limit, which a refused request uses up as well.
"""

from __future__ import annotations

from collections import deque
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from fake_onesignal.event_stream import Lane

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fake_onesignal.state import AppState, World


def fingerprint(world: World) -> str:
    """Give the digest of the final state."""
    digest = sha256()
    encoder = msgspec.json.Encoder(enc_hook=opened, decimal_format="string")
    digest.update(encoder.encode(world.organization))
    for state in world.apps.values():
        for shelf in shelves(state):
            digest.update(encoder.encode(shelf))
    digest.update(encoder.encode(world.audit_log))
    return digest.hexdigest()


def shelves(state: AppState) -> Iterator[object]:
    """Go through everything of one app, piece by piece."""
    yield state.app
    yield state.settings
    yield state.keys
    yield state.templates
    yield state.journeys
    yield from state.users.values()
    yield from state.subscriptions.values()
    yield state.segments
    yield state.cohorts
    yield {cohort_id: tuple(members) for cohort_id, members in state.cohort_members.items()}
    yield [(export.path, export.ready_at, len(export.rows)) for export in state.exports.values()]
    yield state.idle_checked_to
    yield from state.ledger.shelves()


def opened(kept: object) -> object:
    """Give what is inside of something that is no record: a stream on its way, a queue, one part of the ledger."""
    if isinstance(kept, Lane):
        return kept.memory()
    return list(kept) if isinstance(kept, deque) else vars(kept)
