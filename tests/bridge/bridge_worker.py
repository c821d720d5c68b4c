"""One worker of several on one database: `python bridge_worker.py OUTBOX_URL AMPLITUDE_URL`, until its input ends.

Its clock runs thirty times as fast as the wall's, so that nobody waits a minute for the lanes of a killed one.
"""

from __future__ import annotations

import sys
from threading import Event, Thread

from bridge_world import make_connection

from bridge import Bridge, Settings
from bridge.deployed import new_id, outgoing_session, utc_now

SPEED = 30


def main(outbox_url: str, amplitude_url: str) -> None:
    epoch = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
    gateways = {"https://api2.amplitude.com": amplitude_url}
    settings = Settings((make_connection(),), outbox_url=outbox_url, gateways=gateways)
    stopping = Event()
    with outgoing_session(settings) as session:
        bridge = Bridge(settings, now=lambda: epoch + (utc_now() - epoch) * SPEED, ids=new_id, session=session)

        def repeat(verb: object, nap_s: float) -> None:
            while not stopping.wait(nap_s):
                verb()  # type: ignore[operator]

        threads = [
            Thread(target=repeat, args=(bridge.keep_leases, 0.3)),
            Thread(target=repeat, args=(bridge.run_round, 0.01)),
        ]
        for thread in threads:
            thread.start()
        sys.stdin.read()
        stopping.set()
        for thread in threads:
            thread.join()
        bridge.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
