"""The street put together: one clock, one wire, one seed, and the three houses; the only file that names all three."""

import hashlib
import random
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal, TypeVar

import requests

from bridge import AmplitudeProject, Bridge, Connection, OneSignalApp, Settings
from fake_amplitude.fake import FakeAmplitude
from fake_amplitude.records import Destination, Project, SyncRun
from fake_amplitude.rules import Performed, PropertyIs
from fake_onesignal import FakeOneSignal
from simulator.beats import Beats
from simulator.caller import Caller, basic, key
from simulator.clock import MONDAY_MORNING, Clock
from simulator.connecting import changed, connection_with, door_of, secret_of
from simulator.errors import WrongUsageError
from simulator.hosts import (
    AMPLITUDE_HOSTS,
    AMPLITUDE_INGESTION_URL,
    AMPLITUDE_REST_URL,
    BRIDGE_HOST,
    ONESIGNAL_HOSTS,
    ONESIGNAL_URL,
    Region,
)
from simulator.journal import Journal
from simulator.narration import Narrator
from simulator.network import YOU, Network
from simulator.parties import Party, Worker
from simulator.reading import EXPORT_LATE, AmplitudeReader, OneSignalReader
from simulator.recipients import Recipients
from simulator.schedule import Schedule
from simulator.verdicts import Bench, Verdict
from simulator.witness import Witness

Cadence = Literal["one-time", "hourly", "daily", "weekly", "minute"]
_T = TypeVar("_T")


class Simulation:
    """A OneSignal app, an Amplitude project in each region, and the bridge, on one street.

    `seed` decides every id and every chance. `limits` says whether rate limits and the vendors' job times apply. The
    clock stands still until it is advanced (`run_for`, `run_until_quiet`) or let flow. Nothing is connected before
    `connect`.
    """

    def __init__(
        self,
        seed: int = 0,
        *,
        start: datetime = MONDAY_MORNING,
        limits: Literal["off", "documented"] = "off",
        narrator: Narrator | None = None,
    ) -> None:
        self.seed = seed
        self.limits = limits
        self.began = start
        self.clock = Clock(start)
        self.bench, self.witness = Bench(), Witness()
        self.journal = Journal(self.bench.told)
        self.beats = Beats()
        self.network = Network(self.clock, self.journal, self.luck("weather"), self.beats)
        self.network.listen(self.bench, self.witness)
        self.schedule = Schedule(self.clock, self._workers, self.beats)
        self._narrator = narrator
        self.recipients = Recipients(
            self._caller(ONESIGNAL_URL, sender="devices"),
            now=self.clock.now,
            luck=self.luck("recipients"),
        )
        self.onesignal = FakeOneSignal(
            now=self.clock.now,
            ids=self._ids("onesignal"),
            random=self.luck("onesignal"),
            session=self.network.session("OneSignal"),
            limits=limits,
            carrier=self.recipients,
        )
        self.amplitude = {region: self._amplitude(region) for region in ("US", "EU")}
        self.app = self.onesignal.create_app("Simulated app", plan="growth")
        self.projects = {region: fake.create_project("Simulated project") for region, fake in self.amplitude.items()}
        self.connection: Connection | None = None
        self.destination: Destination | None = None
        self.region: Region = "US"
        self._outbox_url = ""
        self._bridge_ids = self._ids("bridge")
        self._bridge: Bridge | None = None
        self.network.settle(self.onesignal, *ONESIGNAL_HOSTS)
        for region, hosts in AMPLITUDE_HOSTS.items():
            self.network.settle(self.amplitude[region], *hosts)

    def connect(
        self,
        region: Region = "US",
        *,
        mapped_property: str = "user_id",
        onesignal_region: Region | None = None,
        outbox_url: str = "sqlite://",
        **more: Any,
    ) -> None:
        """Switch the integration on, as the page's steps 1 to 3 do.

        `mapped_property` is the Amplitude property that holds the external id; `onesignal_region` is the EU box on
        OneSignal's side, ticked wrongly. `more` is any other field of `bridge.Connection`: `events` (the message event
        kinds to send), `contract`, `anonymous`, `membership`, `custom_events` ...
        """
        if self.connection is not None:
            raise WrongUsageError("this street is connected already; make another Simulation to connect it differently")
        project = self.projects[region]
        self._outbox_url = outbox_url
        self.connection = connection = connection_with(
            name="main",
            secret=f"fake-bridge-secret-{self.luck('bridge secret').getrandbits(64):016x}",
            onesignal=OneSignalApp(app_id=self.app.id, rest_api_key=self.app.rest_api_key),
            amplitude=AmplitudeProject(
                api_key=project.api_key, region=onesignal_region or region, secret_key=project.secret_key
            ),
            **more,
        )
        self._open_bridge(connection)
        door, secret = door_of(connection), secret_of(connection)
        self.onesignal.add_event_stream(self.app.id, url=f"{door}/message-events", headers=secret)
        self.destination = self.amplitude[region].add_destination(
            project, name="OneSignal", url=f"{door}/cohorts", headers=secret, mapped_property=mapped_property
        )
        self.region = region

    def restart_bridge(self, **settings: Any) -> None:
        """Stop the bridge and start it on the same outbox with some of the connection's settings changed.

        An outbox in memory begins anew; a file or a database goes on.
        """
        self.bridge.close()
        assert self.connection is not None
        self.connection = changed(self.connection, **settings)
        self._open_bridge(self.connection)

    @property
    def bridge(self) -> Bridge:
        """The bridge of the connection."""
        if self._bridge is None:
            raise WrongUsageError("nothing is connected yet; call `connect` first")
        return self._bridge

    @property
    def bridge_contract(self) -> dict[str, str]:
        """The kinds of message event that the connection sends, with their names in Amplitude."""
        if self.connection is None:
            return {}
        named = self.connection.event_contract.events
        return {kind: event.event_type for kind, event in named.items() if self.connection.selects(kind)}

    @property
    def project(self) -> Project:
        """The Amplitude project that is connected."""
        return self.projects[self.region]

    def behavioural_cohort(self, name: str, event_type: str, *, at_least: int, within_days: int) -> str:
        """Make the cohort of users who did an event often enough lately, as a person does in Amplitude; give its id."""
        rule = Performed(event_type, times=at_least, days=within_days)
        return self.amplitude[self.region].create_cohort(self.project, name, rule).id

    def property_cohort(self, name: str, user_property: str, value: str) -> str:
        """Make the cohort of users whose property has a value; give its id."""
        rule = PropertyIs(user_property, (value,))
        return self.amplitude[self.region].create_cohort(self.project, name, rule).id

    def sync(self, cohort_id: str, cadence: Cadence = "one-time") -> None:
        """Sync a cohort to OneSignal at a cadence, as the page's step 5 does; the first sync is due at once."""
        if self.destination is None:
            raise WrongUsageError("nothing is connected yet; call `connect` first")
        self.amplitude[self.region].schedule_sync(cohort_id, self.destination.id, cadence)

    @property
    def houses(self) -> tuple[Party, ...]:
        """The houses, in the order in which they work."""
        vendors = (self.onesignal, self.amplitude["US"], self.amplitude["EU"])
        return vendors if self._bridge is None else (*vendors, self._bridge)

    def sync_history(self, cohort_id: str) -> tuple[SyncRun, ...]:
        """List the runs of a cohort's syncs, oldest first, as Amplitude shows them for 14 days."""
        return self.amplitude[self.region].sync_history(cohort_id)

    def run_for(self, length: timedelta) -> None:
        """Advance by `length`, stopping at everything that is due on the way."""
        self.schedule.run_until(self.clock.now() + length)

    def run_until_quiet(self) -> None:
        """Advance until nothing is due within ten minutes."""
        self.schedule.run_until_quiet()

    def wait(self, seconds: float) -> None:
        """Let seconds pass: what a patient client of this street does when it is told to come back later."""
        self.run_for(timedelta(seconds=seconds))

    def session(self) -> requests.Session:
        """Make a `requests.Session` for your own code: production URLs, and every call stays on this street."""
        return self.network.session()

    def onesignal_api(self) -> Caller:
        """Call OneSignal's REST API with the app's key."""
        return self._caller(ONESIGNAL_URL, key(self.app.rest_api_key))

    def onesignal_sdk(self) -> Caller:
        """Call OneSignal as the SDK on a device does: without a key."""
        return self._caller(ONESIGNAL_URL)

    def amplitude_api(self, region: Region | None = None) -> Caller:
        """Call Amplitude's REST API with the project's keys."""
        project = self.projects[region or self.region]
        return self._caller(AMPLITUDE_REST_URL[region or self.region], basic(project.api_key, project.secret_key))

    def amplitude_ingestion(self, region: Region | None = None) -> Caller:
        """Call Amplitude's ingestion host as an Amplitude SDK does."""
        return self._caller(AMPLITUDE_INGESTION_URL[region or self.region])

    def onesignal_reader(self) -> OneSignalReader:
        """Read OneSignal's own answers about the app."""
        return OneSignalReader(self.onesignal_api(), self.app.id)

    def amplitude_reader(self, region: Region | None = None) -> AmplitudeReader:
        """Read Amplitude's own answers about the connected project, or the one of a region."""
        return AmplitudeReader(self.amplitude_api(region), EXPORT_LATE if self.limits == "documented" else timedelta(0))

    def luck(self, whose: str) -> random.Random:
        """Make the generator of chance that belongs to `whose`; the same seed and name give the same chances."""
        return random.Random(f"{self.seed}/{whose}")  # noqa: S311  # a simulation's chance, not a secret

    def verdicts(self) -> tuple[Verdict, ...]:
        """Say what the bridge and your own code did wrong on the wire, however long ago."""
        return self.bench.verdicts()

    def digest(self) -> str:
        """Sum up the journal and the final world: the same seed gives the same digest in any process."""
        proof = hashlib.sha256(self.journal.digest().encode())
        for house in self.houses:
            proof.update(house.fingerprint().encode())
        return proof.hexdigest()

    def narrate(self, doing: str, each: Iterable[_T], total: int | None = None) -> Iterator[_T]:
        """Go through `each`, telling the narrator how far it is."""
        if self._narrator is None:
            yield from each
            return
        self._narrator(doing, 0, total)
        for number, one in enumerate(each, 1):
            yield one
            self._narrator(doing, number, total)

    def close(self) -> None:
        """Let go of the bridge's database."""
        if self._bridge is not None:
            self._bridge.close()

    # -- how the street is made --------------------------------------------------------------------------------------

    def _workers(self) -> dict[str, Worker]:
        bridge = {} if self._bridge is None else {"the bridge": self._bridge}
        vendors = {f"Amplitude {region}": fake for region, fake in self.amplitude.items()}
        return {"OneSignal": self.onesignal, **vendors, **bridge, "people": self.recipients}

    def _amplitude(self, region: Region) -> FakeAmplitude:
        return FakeAmplitude(
            region=region,
            now=self.clock.now,
            ids=self._ids(f"amplitude {region}"),
            random=self.luck(f"amplitude {region}"),
            session=self.network.session(f"Amplitude {region}"),
            limits=self.limits,
        )

    def _caller(self, base_url: str, authorization: str | None = None, *, sender: str = YOU) -> Caller:
        return Caller(base_url, authorization, carry=partial(self.network.call, sender=sender), wait=self.wait)

    def _open_bridge(self, connection: Connection) -> None:
        self._bridge = Bridge(
            Settings(connections=(connection,), outbox_url=self._outbox_url),
            now=self.clock.now,
            ids=self._bridge_ids,
            session=self.network.session("bridge"),
        )
        self.network.settle(self._bridge, BRIDGE_HOST)
        self.onesignal.dashboard.activate_amplitude(
            self.app.id,
            api_key=connection.amplitude.api_key,
            eu=connection.amplitude.region == "EU",
            events=tuple(self.bridge_contract),
        )

    def _ids(self, whose: str) -> Callable[[], str]:
        luck = self.luck(f"{whose} ids")
        return lambda: str(uuid.UUID(int=luck.getrandbits(128), version=4))
