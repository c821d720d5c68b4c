"""One region of Amplitude, in process: its doors, its dashboard, and the work it does on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_amplitude import (
    cohort_sync,
    curation,
    deletions,
    destinations,
    event_streaming,
    ingestion,
    operations,
    sync_history,
    sync_schedule,
)
from fake_amplitude.auth import WORLD_KEY
from fake_amplitude.dashboard import Dashboard
from fake_amplitude.doors import flask_app, raw_path
from fake_amplitude.fingerprints import fingerprint
from fake_amplitude.limits import RestLimits
from fake_amplitude.state import State
from fake_amplitude.switches import Switches
from fake_amplitude.throttle import Throttle
from fake_amplitude.upload_door import SIZE_MAX, answer_upload
from fake_amplitude.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from random import Random
    from wsgiref.types import StartResponse, WSGIEnvironment

    from requests import Session

    from fake_amplitude.operations import Operation
    from fake_amplitude.records import (
        Cadence,
        Cohort,
        CohortSync,
        Destination,
        Limits,
        Project,
        Protocol,
        Region,
        SyncRun,
    )
    from fake_amplitude.rules import Rule


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
        switches: Switches | None = None,
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
            switches=switches or Switches(),
        )
        self.dashboard = Dashboard(self.world)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; uploads take the hot door."""
        path = raw_path(environ)
        if environ["REQUEST_METHOD"] == "POST" and path in SIZE_MAX:
            return answer_upload(self.world, path, environ, start_response)
        return flask_app()({**environ, "PATH_INFO": path, "SCRIPT_NAME": "", WORLD_KEY: self.world}, start_response)

    # The work it does on its own.

    def run_due(self) -> int:
        """Go on with deletions, cohort syncs and event streams that are due; answer how many steps were done."""
        return sum(work(self.world) for work in (deletions.run_due, cohort_sync.run_due, event_streaming.run_due))

    def next_due(self) -> datetime | None:
        """Answer when there will be a step to do; None when none is in sight."""
        with self.world.state.lock:
            moments = (deletions.next_due, sync_schedule.next_due, event_streaming.next_due)
            return min(filter(None, (moment(self.world.state) for moment in moments)), default=None)

    def fingerprint(self) -> str:
        """Answer a SHA-256 over everything this region remembers."""
        with self.world.state.lock:
            return fingerprint(self.world.state)

    @staticmethod
    def operations() -> tuple[Operation, ...]:
        """List every operation of Amplitude and how this fake has it: stateful, derived, static or 501."""
        return operations.operations()

    # The dashboard: what has no REST route.

    def create_project(self, name: str) -> Project:
        """Make a project in the region's organisation."""
        return self.world.state.create_project(name)

    def silence_device(self, project: Project, device_id: str) -> None:
        """Refuse every upload with an event of a device from now on, as Amplitude does with a runaway one."""
        ingestion.silence_device(self.world, project, device_id)

    def hear_device(self, project: Project, device_id: str) -> None:
        """Take events of a silenced device again."""
        ingestion.hear_device(self.world, project, device_id)

    def create_secret_key(self, project: Project) -> str:
        """Make another secret key of a project, to be used beside those it has."""
        return self.world.state.create_secret_key(project.id)

    def revoke_secret_key(self, project: Project, secret_key: str) -> None:
        """Take a secret key away from now on; raises KeyError when the project does not have it."""
        self.world.state.revoke_secret_key(project.id, secret_key)

    def create_cohort(self, project: Project, name: str, rule: Rule) -> Cohort:
        """Make a behavioural cohort, computed at once."""
        return curation.create(self.world, project, name, rule)

    def rename_cohort(self, cohort_id: str, name: str) -> Cohort:
        """Rename a cohort; lists already made at partners keep the old name."""
        return curation.rename(self.world, cohort_id, name)

    def archive_cohort(self, cohort_id: str) -> Cohort:
        """Put a cohort away; partners keep what they have."""
        return curation.archive(self.world, cohort_id)

    def recompute(self, cohort_id: str) -> Cohort:
        """Find out who is in a cohort now."""
        return curation.recompute(self.world, cohort_id)

    def add_destination(
        self,
        project: Project,
        *,
        name: str,
        url: str,
        headers: Mapping[str, str],
        mapped_property: str = "user_id",
        batch_size: int = 1_000,
        protocol: Protocol = "lists",
        slugifies: bool = False,
    ) -> Destination:
        """Connect a partner or a cohort webhook; users are sent under their `mapped_property`.

        `slugifies`: cohort names are sent as slugs. Raises ValueError for what the form does not take.
        """
        return destinations.add(
            self.world,
            project,
            name=name,
            url=url,
            headers=headers,
            mapped_property=mapped_property,
            batch_size=batch_size,
            protocol=protocol,
            slugifies=slugifies,
        )

    def change_mapping(self, destination_id: str, mapped_property: str) -> Destination:
        """Send another property for users added from now on."""
        return destinations.change_mapping(self.world, destination_id, mapped_property)

    def schedule_sync(self, cohort_id: str, destination_id: str, cadence: Cadence) -> CohortSync:
        """Sync a cohort to a destination, at once and then at the cadence; replaces the pair's schedule."""
        return sync_schedule.schedule(self.world, (cohort_id, destination_id), cadence)

    def sync_history(self, cohort_id: str) -> tuple[SyncRun, ...]:
        """Answer the finished runs of the last 14 days, oldest first."""
        return sync_history.history(self.world, cohort_id)
