"""Who is asking: the world that came with the request, and the project whose key pair it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from fake_amplitude import errors

if TYPE_CHECKING:
    from fake_amplitude.records import Project
    from fake_amplitude.world import World

WORLD_KEY = "fake_amplitude.world"


def world() -> World:
    """Answer the world of the fake that was asked."""
    carried: World = request.environ[WORLD_KEY]
    return carried


def authorized_project() -> Project:
    """Answer the project of the Basic `api_key:secret_key`; raises `Forbidden` (facts/amplitude-api.md 1.1)."""
    shown = request.authorization
    if shown is None or shown.type != "basic":
        raise errors.Forbidden("Invalid API Key")
    return world().state.project_of_pair(shown.username or "", shown.password or "")
