"""Daemons in processes of their own, and a PostgreSQL of one's own that can be taken away from them."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOML = """
outbox_url = "{outbox_url}"

[[connections]]
name = "shop"
secret = "door-secret"
events = ["message.push.sent"]
onesignal = {{ app_id = "app-1", rest_api_key = "rest-key" }}
amplitude = {{ api_key = "amplitude-key", region = "EU" }}
"""


def write_config(folder: Path, outbox_url: str | None = None) -> Path:
    path = folder / "bridge.toml"
    path.write_text(TOML.format(outbox_url=outbox_url or f"sqlite:///{folder}/outbox.db"))
    return path


@contextmanager
def started(config: Path, gateway: str | None = None) -> Iterator[tuple[subprocess.Popen[str], requests.Session, str]]:
    """A daemon, a session that may knock at its doors, and their URL."""
    if gateway is not None:
        read, _, _ = config.read_text().partition("[gateways]")
        config.write_text(f'{read}[gateways]\n"https://api.eu.amplitude.com" = "{gateway}"\n')
    command = [sys.executable, "-m", "bridge", "run", "--config", str(config), "--port", "0"]
    with (
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as daemon,  # noqa: S603  # our own module
        requests.Session() as session,
    ):
        assert daemon.stderr is not None
        said = json.loads(daemon.stderr.readline())
        session.trust_env = False
        session.headers["Authorization"] = "Bearer door-secret"
        session.mount(
            "http://", HTTPAdapter(max_retries=Retry(total=None, connect=200, backoff_factor=0.1, backoff_max=0.5))
        )
        try:
            yield daemon, session, said["url"]
        finally:
            daemon.kill()
