"""Tells a person how far a story is: a bar on a terminal, a line now and then anywhere else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import Progress, TaskID

_LINES_PER_TASK: Final = 4

Narrator = Callable[[str, int, int | None], None]


@contextmanager
def narration(*, quiet: bool = False) -> Iterator[Narrator | None]:
    """Give the narrator for a simulation, which speaks on stderr; none when `quiet`."""
    console = Console(stderr=True)
    if quiet:
        yield None
    elif console.is_terminal:
        with Progress(console=console, transient=True) as progress:
            yield _bars(progress)
    else:
        yield _lines(console)


def _bars(progress: Progress) -> Narrator:
    tasks: dict[str, TaskID] = {}

    def tell(doing: str, done: int, total: int | None) -> None:
        if doing not in tasks:
            tasks[doing] = progress.add_task(doing, total=total)
        progress.update(tasks[doing], completed=done)

    return tell


def _lines(console: Console) -> Narrator:
    def tell(doing: str, done: int, total: int | None) -> None:
        if total and done and done % max(1, total // _LINES_PER_TASK) == 0:
            console.print(f"{doing}: {done:,} of {total:,}", highlight=False)

    return tell
