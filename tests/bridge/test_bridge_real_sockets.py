"""The whole bridge over real sockets: waitress in front of its doors, strict local receivers behind it."""

from __future__ import annotations

import requests
from bridge_receivers import serving
from bridge_vendors import Clock, StrictAmplitude, StrictOneSignal, ToLocalServer
from bridge_world import SECRET, make_connection

from bridge import Bridge, Settings


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
