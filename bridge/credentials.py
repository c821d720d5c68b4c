"""Tries every credential of the settings without changing anything, for `bridge check`."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
import requests

from bridge.amplitude import BASE_URLS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.settings import AmplitudeProject, Connection, OneSignalApp

# facts/amplitude-api.md 1.1: the REST API is on other hosts than the ingestion
COHORTS_URLS = {"US": "https://amplitude.com/api/3/cohorts", "EU": "https://analytics.eu.amplitude.com/api/3/cohorts"}
SEGMENTS_URL = "https://api.onesignal.com/apps/{app_id}/segments?limit=1"
_TIMEOUT_S = (10, 30)
_WORDS_MAX = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """What a vendor said of one credential; `objection` is None when it was taken."""

    connection: str
    credential: str
    objection: str | None


def try_credentials(connection: Connection, session: requests.Session) -> Iterator[Finding]:
    """Ask both vendors."""
    name = connection.name
    yield Finding(name, "onesignal.rest_api_key", _try_onesignal(connection.onesignal, session))
    yield Finding(name, "amplitude.api_key", _try_upload(connection.amplitude, session))
    if connection.amplitude.secret_key:
        yield Finding(name, "amplitude.secret_key", _try_cohorts(connection.amplitude, session))


def _try_onesignal(app: OneSignalApp, session: requests.Session) -> str | None:
    url = SEGMENTS_URL.format(app_id=quote(app.app_id, safe=""))
    headers = {"Authorization": f"Key {app.rest_api_key}"}
    return _objection(session, "GET", url, secret=app.rest_api_key, headers=headers)


def _try_upload(project: AmplitudeProject, session: requests.Session) -> str | None:
    """Upload no event: the vendor reads the key all the same."""
    body = msgspec.json.encode({"api_key": project.api_key, "events": []})
    url = f"{BASE_URLS[project.region]}/2/httpapi"
    headers = {"Content-Type": "application/json"}
    return _objection(session, "POST", url, secret=project.api_key, data=body, headers=headers)


def _try_cohorts(project: AmplitudeProject, session: requests.Session) -> str | None:
    auth = (project.api_key, project.secret_key)
    return _objection(session, "GET", COHORTS_URLS[project.region], secret=project.secret_key, auth=auth)


def _objection(
    session: requests.Session,
    method: str,
    url: str,
    *,
    secret: str,
    data: bytes | None = None,
    headers: dict[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> str | None:
    """Answer what the vendor says against it, without the secret that it may repeat."""
    try:
        answer = session.request(
            method, url, data=data, headers=headers, auth=auth, timeout=_TIMEOUT_S, allow_redirects=False
        )
    except requests.RequestException as error:
        return f"no answer: {type(error).__name__}"
    if answer.status_code == HTTPStatus.OK:
        return None
    said = answer.text.replace(secret, "[redacted]")
    return " ".join(f"{answer.status_code} {said}".split())[:_WORDS_MAX]
