"""A bridge whose files may not grow beyond a size: `python bridge_cramped.py OUTBOX_URL BYTES` tells what it took.

The kernel refuses the write, as it does on a disk that is full.
"""

from __future__ import annotations

import json
import resource
import sys

from bridge_world import build_world

EVENTS = 400


def main(outbox_url: str, bytes_max: str) -> None:
    world = build_world(outbox_url=outbox_url)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(bytes_max), int(bytes_max)))
    answers = {
        f"e{number}": world.stream(event_id=f"e{number}", message_name="n" * 900).status_code
        for number in range(EVENTS)
    }
    sys.stdout.write(json.dumps(answers))


if __name__ == "__main__":
    main(*sys.argv[1:])
