"""Renders the delivery metrics of a stream (facts/amplitude-api.md 1.16); times are UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from fake_amplitude.wire.moments import render_moment

if TYPE_CHECKING:
    from fake_amplitude.stream_metrics import Summary


def render_summary(summary: Summary) -> bytes:
    """Render the counts; the rate is a share of the events whose fate is known, the latency a mean."""
    counts = summary.counts
    settled = counts.delivered + counts.not_delivered
    said = {
        "timePeriod": summary.period,
        "eventsDelivered": counts.delivered,
        "eventsNotDelivered": counts.not_delivered,
        "deliveryRate": counts.delivered / settled if settled else 0,
        "latencyInSeconds": counts.latency_ms / counts.delivered / 1_000 if counts.delivered else 0,
        "timePeriodStart": render_moment(summary.start_ms),
        "timePeriodEnd": render_moment(summary.end_ms),
        "successOnFirstAttempt": counts.on_first_attempt,
        "successAfterRetry": counts.after_retry,
        "eventsExpired": counts.expired,
        "eventsDiscarded": counts.discarded,
    }
    return msgspec.json.encode(said)
