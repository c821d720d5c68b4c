"""Who is asking: the world that came with the request, and the project whose key pair it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from fake_amplitude import errors

if TYPE_CHECKING:
    from werkzeug.datastructures import Authorization

    from fake_amplitude.records import Project
    from fake_amplitude.world import World

WORLD_KEY = "fake_amplitude.world"


def world() -> World:
    """Answer the world of the fake that was asked."""
    carried: World = request.environ[WORLD_KEY]
    return carried


def authorized_project() -> Project:
    """Answer the project of the Basic `api_key:secret_key`; raises `Forbidden` (facts/amplitude-api.md 1.1)."""
    shown = _shown()
    if shown is None or shown.type != "basic":
        raise errors.Forbidden("Invalid API Key")
    return world().state.project_of_pair(shown.username or "", shown.password or "")


def _shown() -> Authorization | None:
    try:
        return request.authorization
    except ValueError:  # werkzeug lets this one out when the Base64 of a Basic header is not even ASCII
        return None
