"""The ready file: where programs that start `simulator serve` find its URLs and keys, as soon as it is ready."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.errors import WrongUsageError


def forget(ready_file: Path) -> None:
    """Take away what an earlier run wrote, so that nobody reads it while this one is not ready yet."""
    with _writing(ready_file):
        if not ready_file.parent.is_dir():
            raise FileNotFoundError(None, "there is no such folder")
        if ready_file.is_file():
            ready_file.unlink()


def write_down(line: bytes, ready_file: Path) -> None:
    """Write a whole line or nothing: whoever waits for the file to appear never reads half of it."""
    part = ready_file.with_name(f"{ready_file.name}.part")
    with _writing(ready_file):
        if ready_file.exists():  # a pipe or a terminal
            ready_file.write_bytes(line)
        else:
            part.write_bytes(line)
            part.replace(ready_file)


@contextmanager
def _writing(ready_file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WrongUsageError(f"cannot write {str(ready_file)!r}: {error.strerror}") from error
