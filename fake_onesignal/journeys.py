"""Journeys."""

from __future__ import annotations

from msgspec import Struct


class Journey(Struct, frozen=True, kw_only=True):
    """One journey."""
