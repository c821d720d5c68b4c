"""A live street with people in OneSignal: `python bench_vendors.py PEOPLE` says where, and ends with its input."""

from __future__ import annotations

import json
import sys

import orjson

from simulator import Simulation
from simulator.live import Live


def main(people: str) -> None:
    street = Simulation(7)
    street.connect()
    url = f"https://api.onesignal.com/apps/{street.app.id}/users"
    headers = {"Authorization": f"Key {street.app.rest_api_key}", "Content-Type": "application/json"}
    for number in range(int(people)):
        body = orjson.dumps({"identity": {"external_id": f"user-{number:06}"}})
        assert street.network.call("POST", url, headers, body)[0] == 201
    with Live(street) as live:
        keys = {"app_id": street.app.id, "rest_api_key": street.app.rest_api_key, "api_key": street.project.api_key}
        sys.stdout.write(json.dumps(live.urls | keys) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
