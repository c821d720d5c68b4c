"""Killed at any moment around any durable write, and started again: the end is the same."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from bridge_receivers import serving
from bridge_vendors import StrictAmplitude, StrictOneSignal

CRASHING = Path(__file__).with_name("bridge_crashing.py")
MOMENTS_AT_LEAST = 30


def outcome(database, amplitude, onesignal):
    with sqlite3.connect(database) as stranger:
        events = stranger.execute("SELECT source_id, state, reason FROM deliveries WHERE direction = 'events'")
        waiting = stranger.execute("SELECT count(*) FROM deliveries WHERE state = 'waiting'").fetchone()
        stored = sorted(events.fetchall())
    stranger.close()
    by_user = [
        [event["insert_id"] for event in amplitude.events if event["user_id"] == user] for user in ("user-0", "user-1")
    ]
    return stored, waiting, by_user, onesignal.members, onesignal.names


@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.slow)])
def test_killed_at_any_moment_around_a_durable_write_the_end_is_the_same(tmp_path, every):
    amplitude, onesignal = StrictAmplitude(), StrictOneSignal()
    with serving(amplitude) as amplitude_url, serving(onesignal) as onesignal_url:
        command = [sys.executable, str(CRASHING), amplitude_url, onesignal_url]
        with subprocess.Popen(  # noqa: S603  # our own module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=CRASHING.parent.parent.parent
        ) as crashing:

            def played(moment):
                amplitude.events.clear()
                amplitude._seen.clear()
                onesignal.names.clear()
                onesignal.members.clear()
                database = tmp_path / f"{moment}.db"
                crashing.stdin.write(f"{database} {moment}\n")
                crashing.stdin.flush()
                return crashing.stdout.readline().strip(), outcome(database, amplitude, onesignal)

            ended, undisturbed = played(10**6)
            moment = 1
            while (result := played(moment))[0] == "killed":
                assert result[1] == undisturbed, f"killed at moment {moment}"
                moment += every
            crashing.stdin.close()

    assert ended == "ended"
    assert undisturbed[1] == (0,)
    assert undisturbed[2] == [["e0", "e2", "e4"], ["e1", "e3", "e5"]]
    assert undisturbed[3] == {"c1": {"user-1"}}
    assert moment > MOMENTS_AT_LEAST
