"""A bad disk or a full one: a clear error, and nothing is acknowledged that is not stored."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from bridge_world import make_connection, open_bridge
from werkzeug.test import Client

from bridge import Settings
from bridge.errors import SettingsError

CRAMPED = Path(__file__).with_name("bridge_cramped.py")


def limit_pages(world, pages):
    with world.bridge._database.transaction() as transaction:
        if pages is None:
            pages = 1_073_741_823
        transaction.exec_driver_sql(f"PRAGMA max_page_count={pages}")


def stored_ids(world):
    return [each.source_id for each in world.bridge.deliveries()]


def test_on_a_full_disk_the_door_answers_503_and_what_it_took_is_there(make_world, sqlite_url):
    world = make_world(outbox_url=sqlite_url)
    limit_pages(world, 1)  # the least that SQLite allows is what there is

    answers = {
        number: world.stream(event_id=f"e{number}", message_name="n" * 1000, event_external_id=f"u{number}").status_code
        for number in range(100)
    }

    taken = [f"e{number}" for number, status in answers.items() if status == 200]
    assert set(answers.values()) == {200, 503}
    assert stored_ids(world) == taken
    limit_pages(world, None)
    assert world.stream(event_id="e99", event_external_id="u99").json == {"accepted": 1}


def test_when_the_kernel_refuses_a_write_the_door_answers_503_and_what_it_took_is_there(make_world, sqlite_url):
    command = [sys.executable, str(CRAMPED), sqlite_url, "300000"]
    told = subprocess.run(command, capture_output=True, check=True, timeout=60, cwd=CRAMPED.parents[2])  # noqa: S603  # our own module

    answers = json.loads(told.stdout)

    taken = [event_id for event_id, status in answers.items() if status == 200]
    assert set(answers.values()) == {200, 503}
    assert told.stderr == b""
    world = make_world(outbox_url=sqlite_url)
    assert stored_ids(world) == taken
    world.run_until_quiet()
    assert [event["insert_id"] for event in world.us.events] == taken


def test_with_a_full_disk_nothing_is_lost_that_was_sent_meanwhile(make_world, sqlite_url):
    world = make_world(outbox_url=sqlite_url)
    world.stream(event_id="e1")
    with world.bridge._database.transaction() as transaction:
        transaction.exec_driver_sql("PRAGMA query_only=ON")

    ready = Client(world.bridge).get("/ready")
    refused = world.stream(event_id="e2")
    with world.bridge._database.transaction() as transaction:
        transaction.exec_driver_sql("PRAGMA query_only=OFF")
    world.run_until_quiet()

    assert ready.status_code == 200, "it can be read"
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
    assert [event["insert_id"] for event in world.us.events] == ["e1"]


def test_a_file_that_is_no_database_is_named_in_one_line(tmp_path):
    (tmp_path / "outbox.db").write_bytes(b"this is not a database" * 100)

    with pytest.raises(SettingsError, match=r"outbox_url: .*not a database") as complaint:
        open_bridge(None, None, Settings((make_connection(),), outbox_url=f"sqlite:///{tmp_path}/outbox.db"))

    assert "\n" not in str(complaint.value)


def test_a_folder_that_cannot_be_written_is_named_in_one_line(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(SettingsError, match="outbox_url: unable to open database file") as complaint:
        open_bridge(None, None, Settings((make_connection(),), outbox_url=f"sqlite:///{tmp_path}/file/outbox.db"))

    assert "\n" not in str(complaint.value)


@pytest.mark.parametrize("table", ["deliveries", "cohort_members"])
def test_an_outbox_of_another_version_is_named_in_one_line(make_world, outbox_url, table):
    first = make_world(outbox_url=outbox_url)
    first.stream(event_id="e1")
    with first.bridge._database.transaction() as transaction:
        transaction.exec_driver_sql(f"ALTER TABLE {table} RENAME COLUMN reason TO because")
    first.bridge.close()

    with pytest.raises(SettingsError, match=f"another version .* its table '{table}' lacks reason$") as complaint:
        open_bridge(None, None, Settings((make_connection(),), outbox_url=outbox_url))

    assert "\n" not in str(complaint.value)


def test_a_postgresql_that_does_not_answer_is_named_in_one_line_without_its_password(tmp_path):
    url = f"postgresql+psycopg://bridge:pass-word@/bridge?host={tmp_path}"

    with pytest.raises(SettingsError, match="outbox_url: connection") as complaint:
        open_bridge(None, None, Settings((make_connection(),), outbox_url=url))

    assert "\n" not in str(complaint.value)
    assert "pass-word" not in str(complaint.value)


def test_a_file_that_breaks_while_it_is_open_is_answered_503(make_world, sqlite_url):
    world = make_world(outbox_url=sqlite_url)
    world.stream(event_id="e1")
    with world.bridge._database.transaction() as transaction:
        transaction.exec_driver_sql("DROP TABLE deliveries")

    assert world.stream(event_id="e2").status_code == 503
