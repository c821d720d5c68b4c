"""Writes the log as JSON, one event a line; a secret of the settings is never in it."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from structlog.typing import EventDict, Processor

    from bridge.settings import Settings

_REDACTED = "[redacted]"
_SHORTEST_SECRET = 4  # a shorter one would redact half of every line


class Redaction:
    """Takes the secrets out of whatever is about to be written."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted({each for each in secrets if len(each) >= _SHORTEST_SECRET}, key=len, reverse=True)

    def __call__(self, _: object, __: str, event: EventDict) -> EventDict:
        """Answer the event without them."""
        return {key: self._clean(value) for key, value in event.items()}

    def _clean(self, value: object) -> object:
        if not isinstance(value, str):
            return value
        for secret in self._secrets:
            value = value.replace(secret, _REDACTED)
        return value


def write_logs(settings: Settings) -> None:
    """Send our log and that of every library to the standard error, as JSON."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        Redaction(_secrets(settings)),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                Redaction(_secrets(settings)),
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("urllib3").setLevel(logging.WARNING)


def _secrets(settings: Settings) -> Iterable[str]:
    for connection in settings.connections:
        yield connection.secret
        yield connection.onesignal.rest_api_key
        yield connection.amplitude.api_key
        yield connection.amplitude.secret_key
