"""One region of Amplitude, in process: its doors, its dashboard, and the work it does on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_amplitude.auth import WORLD_KEY
from fake_amplitude.doors import flask_app, raw_path
from fake_amplitude.limits import RestLimits, Throttle
from fake_amplitude.state import State
from fake_amplitude.upload_door import SIZE_MAX, answer_upload
from fake_amplitude.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from random import Random
    from wsgiref.types import StartResponse, WSGIEnvironment

    from requests import Session

    from fake_amplitude.records import Limits, Project, Region


class FakeAmplitude:
    """A stateful fake of Amplitude's ingestion and REST hosts in one region."""

    def __init__(
        self,
        *,
        region: Region = "US",
        now: Callable[[], datetime],
        ids: Callable[[], str],
        random: Random,
        session: Session,
        limits: Limits = "off",
    ) -> None:
        documented = limits == "documented"
        self.world = World(
            state=State(region, random),
            now=now,
            ids=ids,
            random=random,
            session=session,
            throttle=Throttle() if documented else None,
            rest_limits=RestLimits() if documented else None,
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; uploads take the hot door."""
        path = raw_path(environ)
        if environ["REQUEST_METHOD"] == "POST" and path in SIZE_MAX:
            return answer_upload(self.world, path, environ, start_response)
        return flask_app()({**environ, "PATH_INFO": path, "SCRIPT_NAME": "", WORLD_KEY: self.world}, start_response)

    def create_project(self, name: str) -> Project:
        """Make a project in the region's organisation."""
        return self.world.state.create_project(name)
