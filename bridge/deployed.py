"""A bridge on the wall clock: the one room that reads it, draws ids, and opens the way out to the vendors."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import requests

from bridge.bridge import Bridge
from bridge.gateways import mount

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.settings import Settings


@contextmanager
def deployed(settings: Settings) -> Iterator[Bridge]:
    """Open the bridge of these settings as a company deploys it, and close it in the end; nothing is lost by that."""
    with outgoing_session(settings) as session:
        bridge = Bridge(settings, now=utc_now, ids=new_id, session=session)
        try:
            yield bridge
        finally:
            bridge.close()


def outgoing_session(settings: Settings) -> requests.Session:
    """Answer a session that carries calls to the vendors; it takes no proxy from the environment."""
    session = requests.Session()
    session.trust_env = False
    mount(session, settings.gateways)
    return session


def utc_now() -> datetime:
    """Answer the moment by the wall clock."""
    return datetime.now(UTC)  # noqa: TID251  # a deployed bridge lives on the wall clock, and reads it here only


def new_id() -> str:
    """Answer a new UUIDv4 as text."""
    return str(uuid.uuid4())  # noqa: TID251  # likewise its luck
