"""The dashboard's verbs about destinations, streams, charts and the plan: what a person does in the browser."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from fake_amplitude import destinations, event_streaming, saved_charts, sync_history, sync_schedule
from fake_amplitude.streams import EventDestination

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fake_amplitude.chart_questions import EventChoice
    from fake_amplitude.records import Destination, Plan, Project
    from fake_amplitude.saved_charts import SavedChart
    from fake_amplitude.streams import Counts, OneSignalApp, Webhook
    from fake_amplitude.sync_history import Mail
    from fake_amplitude.world import World


class Dashboard:
    """What has no REST route and is asked for less often than the verbs of `FakeAmplitude`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def change_plan(self, plan: Plan) -> None:
        """Change the organisation's plan; schedules it does not have rest until it comes back."""
        with self._world.state.lock:
            self._world.state.plan = plan

    def rotate_credentials(self, destination_id: str, headers: Mapping[str, str]) -> Destination:
        """Send other credentials to a destination from now on."""
        return destinations.rotate_credentials(self._world, destination_id, headers)

    def remove_destination(self, destination_id: str) -> None:
        """Disconnect a destination; it keeps what it has and hears no more. Raises KeyError."""
        destinations.remove(self._world, destination_id)

    def stop_sync(self, cohort_id: str, destination_id: str) -> None:
        """End a schedule; the destination keeps what it has. Raises KeyError."""
        sync_schedule.stop(self._world, (cohort_id, destination_id))

    def define_custom_event(self, project: Project, name: str, parts: Sequence[EventChoice]) -> None:
        """Let charts ask for `ce:NAME`: every event that is one of the parts; replaces what the name stood for."""
        with self._world.state.lock:
            self._world.state.warehouses[project.id].custom_events[name] = tuple(parts)

    def save_chart(self, project: Project, name: str, path: str, parameters: Mapping[str, object]) -> SavedChart:
        """Save a chart: the parameters of a call like `events/segmentation`, which its id stands for from now on.

        Raises ValueError for a path that is no chart.
        """
        return saved_charts.save(self._world, project, name, path=path, parameters=parameters)

    def sync_to_profile_api(self, cohort_id: str) -> None:
        """Let the profile API tell who is in a cohort."""
        with self._world.state.lock:
            self._world.state.profile_cohorts[self._world.state.cohorts[cohort_id].id] = None

    def sync_history_csv(self, cohort_id: str, run: int = -1) -> str:
        """Answer who was sent and who was skipped in a run, the last one unless told, as CSV.

        Raises IndexError where there is no such run, ValueError for a real-time sync.
        """
        return sync_history.csv(sync_history.history(self._world, cohort_id)[run])

    def mails(self, cohort_id: str) -> tuple[Mail, ...]:
        """Answer the mails about a cohort's finished syncs of the last 14 days, oldest first."""
        return sync_history.mails(self._world, cohort_id)

    def add_event_destination(
        self,
        project: Project,
        *,
        name: str,
        target: OneSignalApp | Webhook,
        mapped_property: str = "user_id",
        event_types: Sequence[str] | None = None,
        event_properties: Sequence[str] = (),
        user_properties: Sequence[str] = (),
    ) -> EventDestination:
        """Stream events from now on, of every type unless some are chosen, with the chosen properties."""
        destination = EventDestination(
            id=self._world.ids(),
            project_id=project.id,
            name=name,
            target=target,
            mapped_property=mapped_property,
            event_types=None if event_types is None else tuple(event_types),
            event_properties=tuple(event_properties),
            user_properties=tuple(user_properties),
        )
        return event_streaming.add(self._world, project, destination)

    def remove_event_destination(self, destination_id: str) -> None:
        """Stream no more; what waits for its next try is dropped. Raises KeyError."""
        with self._world.state.lock:
            del self._world.state.streams[destination_id]

    def change_streaming_volume(self, events_a_month: int | None) -> None:
        """Let so many events be streamed in a calendar month, in UTC; None, any number. The rest is discarded."""
        with self._world.state.lock:
            self._world.state.streaming_volume.events_a_month = events_a_month

    def stream_counts(self, destination_id: str) -> Counts:
        """Answer what became of every event of a stream so far."""
        with self._world.state.lock:
            return copy(self._world.state.streams[destination_id].total)
