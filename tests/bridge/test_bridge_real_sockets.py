"""The whole bridge over real sockets: waitress in front of its doors, strict local receivers behind it."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

import requests
from bridge_vendors import Clock, StrictAmplitude, StrictOneSignal, ToLocalServer
from bridge_world import SECRET, make_connection
from waitress.server import create_server
from waitress.wasyncore import close_all

from bridge import Bridge, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def serving(house: Bridge | StrictAmplitude | StrictOneSignal) -> Iterator[str]:
    server = create_server(house, host="127.0.0.1", port=0, threads=4)
    thread = Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.trigger.pull_trigger(lambda: close_all(server._map))
    thread.join(timeout=10)
    server.task_dispatcher.shutdown()
    assert not thread.is_alive()


def test_uploads_and_memberships_pass_strict_receivers_over_real_sockets(tmp_path):
    amplitude, onesignal = StrictAmplitude(), StrictOneSignal()
    settings = Settings((make_connection(name="a/b"),), outbox_url=f"sqlite:///{tmp_path}/outbox.db")
    with serving(amplitude) as amplitude_url, serving(onesignal) as onesignal_url, requests.Session() as outgoing:
        outgoing.trust_env = False
        outgoing.mount("https://api2.amplitude.com", ToLocalServer(amplitude_url))
        outgoing.mount("https://api.onesignal.com", ToLocalServer(onesignal_url))
        bridge = Bridge(settings, now=Clock(), ids=lambda: "list-1", session=outgoing)
        with serving(bridge) as url, requests.Session() as incoming:
            incoming.trust_env = False
            incoming.headers.update(SECRET)
            base = f"{url}/connections/a%2Fb"
            event = {"event.kind": "message.push.sent", "event.id": "e1", "event.timestamp": 1_773_144_000}
            streamed = incoming.post(f"{base}/message-events", json=event | {"event.external_id": "ü 1"}, timeout=10)
            named = incoming.post(f"{base}/cohorts/lists", json={"name": "[Amplitude] Ü: c/1"}, timeout=10)
            users = {"userIds": ["ü 1", "a/b"]}
            added = incoming.post(f"{base}/cohorts/lists/{named.json()['listId']}/add", json=users, timeout=10)

            ran = bridge.run_due()

        bridge.close()
    assert [answer.status_code for answer in (streamed, named, added)] == [200, 200, 200]
    assert ran == 4
    assert [event["user_id"] for event in amplitude.events] == ["ü 1"]
    assert onesignal.names == {"c/1": "Ü"}
    assert onesignal.members == {"c/1": {"ü 1", "a/b"}}
