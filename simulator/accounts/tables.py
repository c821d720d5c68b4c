"""Reads CSV, from files (gzip allowed) or from answers; whatever is wrong is said in one line with its position."""

import csv
import difflib
import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from simulator.errors import WrongUsageError

_GZIP: Final = b"\x1f\x8b"
_OTHER_FORMATS: Final = {
    b"PK\x03\x04": "a zip archive or a spreadsheet; unzip it or save it as CSV",
    b"\xff\xfe": "UTF-16; save it as UTF-8",
    b"\xfe\xff": "UTF-16; save it as UTF-8",
    b"\xd0\xcf": "an old spreadsheet; save it as CSV",
    b"SQLi": "a database; export it as CSV",
}
_DELIMITERS: Final = ",;\t|"


class Line(NamedTuple):
    """One row and the line of the file on which it ends."""

    number: int
    fields: list[str]


class Table:
    """A header and rows below it; columns are found whatever their order, their case, and spaces or underscores."""

    def __init__(self, name: str, lines: Iterable[str]) -> None:
        self.name = name
        every = iter(lines)
        self._reader = csv.reader(every, strict=True)
        with self._in_one_line():
            above, first = _up_to_the_header(every)
            if not first:
                raise WrongUsageError(f"{name} is empty")
            delimiter = max(_DELIMITERS, key=first.count)
            self._reader = csv.reader(chain(above, [first], every), strict=True, delimiter=delimiter)
            self.header = next(filter(None, self._reader))
            self._header_line = self._reader.line_num

    def find(self, *names: str) -> int | None:
        """Give the place of the first of these columns that there is; refused when it is there twice."""
        for name in names:
            places = self._places(name, str) or self._places(name, _plain)
            if len(places) > 1:
                raise self.wrong(self._header_line, f"the column {name!r} is there twice")
            if places:
                return places[0]
        return None

    def need(self, *names: str, remedy: str = "") -> int:
        """Give the place of a column; refused with the nearest name when there is none."""
        place = self.find(*names)
        if place is None:
            raise WrongUsageError(self._missing(names[0], remedy))
        return place

    def rows(self) -> Iterator[Line]:
        """Go through the rows; blank lines are skipped, and a row of another length than the header is refused."""
        width = len(self.header)
        with self._in_one_line():
            for fields in self._reader:
                if len(fields) == width:
                    yield Line(self._reader.line_num, fields)
                elif any(map(str.strip, fields)):
                    raise self.wrong(self._reader.line_num, f"{len(fields)} fields where the header has {width}")

    def wrong(self, line: int, what: str) -> WrongUsageError:
        """Make the refusal of a line."""
        return WrongUsageError(f"{self.name}, line {line}: {what}")

    def _missing(self, name: str, remedy: str) -> str:
        nearest = difflib.get_close_matches(name, self.header, n=1, cutoff=0.0)
        near = f"the nearest is {nearest[0]!r}" if nearest else "it has none"
        return f"{self.name} has no column {name!r}; {near}{f' ({remedy})' if remedy else ''}"

    def _places(self, name: str, spelling: Callable[[str], str]) -> list[int]:
        return [place for place, column in enumerate(self.header) if spelling(column) == spelling(name)]

    @contextmanager
    def _in_one_line(self) -> Iterator[None]:
        try:
            yield
        except csv.Error as error:
            raise self.wrong(self._reader.line_num, f"broken CSV: {error}") from error
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise self.wrong(self._reader.line_num + 1, f"broken gzip: {error}") from error


@contextmanager
def table(path: Path) -> Iterator[Table]:
    """Open a CSV file, or a gzipped one."""
    try:
        with path.open("rb") as file:
            magic = file.read(4)
            file.seek(0)
            _refuse_other_formats(path.name, magic)
            binary = gzip.open(file) if magic.startswith(_GZIP) else file  # noqa: SIM115  # closed with `file`
            with io.TextIOWrapper(binary, encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
                yield Table(path.name, _utf8(path.name, text))
    except OSError as error:
        raise WrongUsageError(f"cannot read {str(path)!r}: {error.strerror or error}") from error


def table_of(name: str, text: str) -> Table:
    """Read a CSV that is in memory."""
    return Table(name, io.StringIO(text, newline=""))


def _refuse_other_formats(name: str, magic: bytes) -> None:
    for beginning, what in _OTHER_FORMATS.items():
        if magic.startswith(beginning):
            raise WrongUsageError(f"{name} is {what}")


def _utf8(name: str, lines: Iterable[str]) -> Iterator[str]:
    """Let lines pass that are UTF-8; whatever else a file holds was escaped when it was read."""
    for number, line in enumerate(lines, 1):
        if not line.isascii():
            try:
                line.encode()
            except UnicodeEncodeError as error:
                raise WrongUsageError(f"{name}, line {number}: not UTF-8 at character {error.start + 1}") from error
        yield line


def _up_to_the_header(lines: Iterator[str]) -> tuple[list[str], str]:
    """Take the blank lines at the beginning, and the first that is not blank ("" when there is none)."""
    blank: list[str] = []
    for line in lines:
        if line.strip():
            return blank, line
        blank.append("\n")
    return blank, ""


def _plain(column: str) -> str:
    return column.strip().lower().replace(" ", "_").replace("-", "_")
