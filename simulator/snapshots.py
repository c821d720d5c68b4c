"""Snapshots by name: places in stories, kept in small files that a person can read, proven by the world's digest."""

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec

from simulator.errors import WrongUsageError, no_such
from simulator.playback import Playback
from simulator.story import Limits
from simulator.telling import Telling

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_SUFFIX: Final = ".snapshot.json"


class Snapshot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place in a story: how it is told, how many beats have been played, and the digest of the world there.

    `at` is the time on the simulation's clock, `ahead` the beat that would be next (None: the story is over).
    """

    scenario: str
    seed: int
    settings: tuple[str, ...]
    limits: Limits | None
    beat: Annotated[int, msgspec.Meta(ge=0)]
    at: datetime
    ahead: str | None
    digest: str

    @property
    def telling(self) -> Telling:
        """How the story is told."""
        return Telling(self.scenario, self.seed, self.settings, self.limits)


class Album:
    """The snapshots of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, name: str, playback: Playback) -> Snapshot:
        """Keep the place where a playback is held; an older snapshot of that name gives way."""
        telling, simulation = playback.telling, playback.simulation
        snapshot = Snapshot(
            scenario=telling.scenario,
            seed=telling.seed,
            settings=telling.settings,
            limits=telling.limits,
            beat=playback.beat,
            at=simulation.clock.now(),
            ahead=playback.ahead,
            digest=simulation.digest(),
        )
        path = self._path(name)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(".draft")
            draft.write_bytes(msgspec.json.format(msgspec.json.encode(snapshot)) + b"\n")
            draft.replace(path)
        except OSError as error:
            raise WrongUsageError(f"cannot write {path}: {error.strerror}") from error
        return snapshot

    def find(self, name: str) -> Snapshot:
        """Read a snapshot; says where a broken file is broken."""
        path = self._path(name)
        try:
            return msgspec.json.decode(path.read_bytes(), type=Snapshot)
        except FileNotFoundError as error:
            raise no_such("snapshot", name, self.names(), of=f" in {self.folder}") from error
        except OSError as error:
            raise WrongUsageError(f"cannot read {path}: {error.strerror}") from error
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise WrongUsageError(f"{path} is no snapshot: {error}") from error

    def load(self, name: str) -> Playback:
        """Tell the story up to a snapshot; every load is a branch of its own.

        Raises `WrongUsageError` when the world there is not the one that was saved, as after a change of the scenario.
        """
        snapshot = self.find(name)
        playback = Playback(snapshot.telling)
        playback.go_to(snapshot.beat)
        if (found := playback.simulation.digest()) != snapshot.digest:
            playback.leave()
            raise WrongUsageError(
                f"snapshot {name!r} cannot be loaded: the story goes differently now, its digest at beat "
                f"{playback.beat} is {found[:12]}, not {snapshot.digest[:12]}"
            )
        return playback

    def names(self) -> list[str]:
        """Name every snapshot, in order."""
        return sorted(path.name.removesuffix(_SUFFIX) for path in self.folder.glob(f"*{_SUFFIX}"))

    def _path(self, name: str) -> Path:
        if _NAME.fullmatch(name) is None:
            raise WrongUsageError(f"a snapshot is named with 1 to 64 letters, digits, '.', '_' or '-', not {name!r}")
        return self.folder / f"{name}{_SUFFIX}"
