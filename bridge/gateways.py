"""Reaches a vendor through a gateway of the operator's own; the request is the same, only the way is another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

_CONNECTIONS = 64


class Gateway(HTTPAdapter):
    """Sends every request to one base URL, and says in `Host` for whom it is."""

    def __init__(self, base_url: str) -> None:
        super().__init__(pool_maxsize=_CONNECTIONS)
        self._base_url = base_url

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Send it there instead."""
        asked = urlsplit(str(request.url))
        request.headers["Host"] = asked.netloc
        request.url = self._base_url + asked._replace(scheme="", netloc="").geturl()
        return super().send(request, *args, **options)


def mount(session: requests.Session, gateways: Mapping[str, str]) -> None:
    """Let a session reach `https://vendor` by `http://gateway`, as the settings say."""
    session.mount("https://", HTTPAdapter(pool_maxsize=_CONNECTIONS))
    for vendor, base_url in gateways.items():
        session.mount(vendor, Gateway(base_url))
