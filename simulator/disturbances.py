"""What can go wrong with a call on the wire; each disturbance prints itself in English."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import requests

from simulator.errors import WrongUsageError

Answer = tuple[int, list[tuple[str, str]], bytes]
Effect = Callable[[], Answer]
_JSON: Final = ("Content-Type", "application/json")
_HTML: Final = ("Content-Type", "text/html; charset=utf-8")
_WRONG: Final = b"<!doctype html><title>Welcome to the hotel's network</title>"


def _require(condition: bool, said: str) -> None:  # noqa: FBT001  # what must be true comes first
    if not condition:
        raise WrongUsageError(said)


class Sky(Protocol):
    """What a disturbance can do besides letting a request through or not."""

    def pass_time(self, seconds: float) -> None:
        """Let seconds pass on the clock."""

    def hold(self, effect: Effect, calls: int) -> None:
        """Let a request arrive after `calls` further calls."""


class Disturbance(Protocol):
    """One thing that can happen to a call on its way."""

    def befall(self, effect: Effect, sky: Sky) -> Answer:
        """Happen to a call: `effect` is the honest call, and the answer is what its sender sees."""


@dataclass(frozen=True, slots=True)
class RequestLost:
    """The request never arrives; its sender sees a broken connection."""

    def befall(self, effect: Effect, sky: Sky) -> Answer:  # noqa: ARG002  # the protocol names them
        """Lose the request."""
        raise requests.ConnectionError(str(self))

    def __str__(self) -> str:
        return "the request is lost"


@dataclass(frozen=True, slots=True)
class AnswerLost:
    """The request has its effect, and its sender never hears of it: what makes honest duplicates."""

    def befall(self, effect: Effect, sky: Sky) -> Answer:  # noqa: ARG002  # the protocol names it
        """Lose the answer."""
        effect()
        raise requests.ConnectionError(str(self))

    def __str__(self) -> str:
        return "the answer is lost"


@dataclass(frozen=True, slots=True)
class AnswerCut:
    """The request has its effect, and the answer breaks off in the middle."""

    def befall(self, effect: Effect, sky: Sky) -> Answer:  # noqa: ARG002  # the protocol names it
        """Cut the answer."""
        effect()
        raise requests.exceptions.ChunkedEncodingError(str(self))

    def __str__(self) -> str:
        return "the answer is cut in the middle"


@dataclass(frozen=True, slots=True)
class Doubled:
    """The request arrives twice; its sender sees the first answer."""

    def befall(self, effect: Effect, sky: Sky) -> Answer:  # noqa: ARG002  # the protocol names it
        """Let the request arrive twice."""
        answer = effect()
        effect()
        return answer

    def __str__(self) -> str:
        return "the request arrives twice"


@dataclass(frozen=True, slots=True)
class Overtaken:
    """The sender gives up waiting; the request arrives all the same, after `calls` later ones."""

    calls: int = 1

    def __post_init__(self) -> None:
        """Refuse to be overtaken by nobody."""
        _require(self.calls >= 1, f"a request is overtaken by 1 call or more, not {self.calls}")

    def befall(self, effect: Effect, sky: Sky) -> Answer:
        """Let the request arrive late."""
        sky.hold(effect, self.calls)
        raise requests.ReadTimeout(str(self))

    def __str__(self) -> str:
        return f"the request is overtaken by {self.calls} later ones, unheard of"


@dataclass(frozen=True, slots=True)
class Late:
    """The request takes `seconds` to arrive; whose patience is `timeout_s` seconds or less has given up by then."""

    seconds: float
    timeout_s: float = 10.0

    def __post_init__(self) -> None:
        """Refuse what takes no time."""
        _require(self.seconds > 0, f"a request is late by more than 0 s, not {self.seconds:g}")

    def befall(self, effect: Effect, sky: Sky) -> Answer:
        """Arrive late; a request whose sender gave up arrives with the next call."""
        sky.pass_time(min(self.seconds, self.timeout_s))
        if self.seconds >= self.timeout_s:
            sky.hold(effect, 1)
            raise requests.ReadTimeout(str(self))
        return effect()

    def __str__(self) -> str:
        return f"the request is {self.seconds:g} s late"


@dataclass(frozen=True, slots=True)
class Slow:
    """The call takes `seconds`; a sender whose patience is `timeout_s` seconds or less gives up before the answer."""

    seconds: float
    timeout_s: float = 10.0

    def __post_init__(self) -> None:
        """Refuse what takes no time."""
        _require(self.seconds > 0, f"a slow call takes more than 0 s, not {self.seconds:g}")

    def befall(self, effect: Effect, sky: Sky) -> Answer:
        """Take a while."""
        answer = effect()
        sky.pass_time(min(self.seconds, self.timeout_s))
        if self.seconds >= self.timeout_s:
            raise requests.ReadTimeout(str(self))
        return answer

    def __str__(self) -> str:
        return f"the call takes {self.seconds:g} s"


@dataclass(frozen=True, slots=True)
class Failing:
    """Something in between answers with an error: before the request had its effect, or after."""

    status: int = 503
    after_effect: bool = False
    retry_after_s: int | None = None
    body: bytes = b'{"errors": ["Service temporarily unavailable"]}'

    def __post_init__(self) -> None:
        """Refuse what is no error, or asks for the past."""
        _require(self.status in range(400, 600), f"an error has a status from 400 to 599, not {self.status}")
        _require((self.retry_after_s or 0) >= 0, f"Retry-After cannot be {self.retry_after_s} s")

    def befall(self, effect: Effect, sky: Sky) -> Answer:  # noqa: ARG002  # the protocol names it
        """Answer with the error."""
        if self.after_effect:
            effect()
        wait = [] if self.retry_after_s is None else [("Retry-After", str(self.retry_after_s))]
        return self.status, [_JSON, *wait], self.body

    def __str__(self) -> str:
        wait = "" if self.retry_after_s is None else f", Retry-After {self.retry_after_s} s"
        return f"{self.status} {'after' if self.after_effect else 'before'} the effect{wait}"


@dataclass(frozen=True, slots=True)
class WrongContent:
    """The request has its effect, and something in between answers 200 with a page of its own."""

    def befall(self, effect: Effect, sky: Sky) -> Answer:  # noqa: ARG002  # the protocol names it
        """Answer with a page."""
        effect()
        return 200, [_HTML], _WRONG

    def __str__(self) -> str:
        return "a web page instead of the answer"


KINDS: Final[Mapping[str, Disturbance]] = {
    "request lost": RequestLost(),
    "answer lost": AnswerLost(),
    "answer cut": AnswerCut(),
    "doubled": Doubled(),
    "overtaken": Overtaken(),
    "late": Late(5),
    "too late": Late(60),
    "slow": Slow(5),
    "too slow": Slow(60),
    "429": Failing(429, retry_after_s=30, body=b'{"errors": ["API rate limit exceeded"]}'),
    "429 after": Failing(429, after_effect=True, retry_after_s=30, body=b'{"errors": ["API rate limit exceeded"]}'),
    "500 before": Failing(500),
    "500 after": Failing(500, after_effect=True),
    "502 before": Failing(502, body=b"<html>Bad Gateway</html>"),
    "502 after": Failing(502, after_effect=True, body=b"<html>Bad Gateway</html>"),
    "503": Failing(503),
    "503 after": Failing(503, after_effect=True),
    "503 Retry-After": Failing(503, retry_after_s=60),
    "504 before": Failing(504, body=b""),
    "504 after": Failing(504, after_effect=True, body=b""),
    "wrong content": WrongContent(),
}
