"""A tape: the calls that came from outside, one JSON line each, in which every key is a name and no secret is kept."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec

from simulator.errors import WrongUsageError

_T = TypeVar("_T")
PACKED: Final = "gzip"
_TEN_YEARS_S: Final = 315_360_000

Seconds = Annotated[float, msgspec.Meta(ge=0, le=_TEN_YEARS_S)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Method = Annotated[str, msgspec.Meta(pattern=r"^[^\s\"\\]+$")]
Url = Annotated[str, msgspec.Meta(pattern=r"^https?://[^/\s]+[^\s]*$")]
Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class Start(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A tape's first line: its format, and the street before the first call.

    `scenario` is the story that was played before the tape ran (None: a fresh, connected street).
    """

    recording: Literal[1]
    seed: int
    began: Moment
    limits: Literal["off", "documented"]
    scenario: Name | None = None
    settings: tuple[str, ...] = ()


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One call from outside and its answer.

    `wait_s` are the seconds since the call before, `worked` says whether the houses had work to do in between. A body
    is `json`, unpacked when `Content-Encoding` is gzip, or `raw` (Latin-1) when it is none; `answer` is the JSON that
    came back. `${onesignal.app_id}` and the
    like stand for the keys of whichever street the calls are made on.
    """

    method: Method
    url: Url
    status: int
    wait_s: Seconds = 0.0
    worked: bool = False
    headers: dict[str, str] = {}
    json: Any = None
    raw: str | None = None
    answer: Any = None


class Tape(msgspec.Struct, frozen=True):
    """A whole recording."""

    start: Start
    calls: tuple[Call, ...]


def read_tape(path: Path) -> Tape:
    """Read a tape; raises `WrongUsageError` with the line where it is broken."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise WrongUsageError(f"cannot read {path}: {error.strerror}") from error
    if not lines:
        raise WrongUsageError(f"{path} is no recording: it is empty")
    return Tape(_line(path, 1, lines[0], Start), tuple(_calls(path, lines[1:])))


def _calls(path: Path, lines: list[bytes]) -> Iterator[Call]:
    for number, line in enumerate(lines, 2):
        yield _line(path, number, line, Call)


def _line(path: Path, number: int, line: bytes, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WrongUsageError(f"{path} is no recording: line {number}: {error}") from error
