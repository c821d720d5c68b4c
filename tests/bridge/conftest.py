from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bridge_world import World, build_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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
