"""How a deployed bridge is served: where its doors are, and through which gateways it goes out."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from bridge.errors import SettingsError
from bridge.setting_rules import require_text

_PORT_MAX = 65_535


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the doors listen (port 0: any free one), and how many processes and threads answer there.

    Events that come at the same time share one commit, so that threads are worth more than cores. With an outbox on
    SQLite one process answers; several need PostgreSQL.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    processes: int = 1
    threads: int = 16

    def __post_init__(self) -> None:
        require_text("doors.host", self.host)
        if not 0 <= self.port <= _PORT_MAX:
            raise SettingsError(f"doors.port must be between 0 and {_PORT_MAX}, not {self.port}")
        for name, value in (("processes", self.processes), ("threads", self.threads)):
            if value < 1:
                raise SettingsError(f"doors.{name} must be 1 or more, not {value}")


def require_urls(name: str, urls: dict[str, str]) -> None:
    """Refuse what is not a map of base URLs."""
    for url in (*urls, *urls.values()):
        parsed = urlsplit(url)
        if parsed.scheme not in ("http", "https") or not parsed.netloc or parsed.path or parsed.query:
            raise SettingsError(f"{name}: {url!r} is not of the form 'https://host'")
