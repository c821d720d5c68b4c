"""The CSV file of an import: bytes or text to rows, and the reasons why a line is none.

Columns: `email` or `phone_number`; optionally `external_user_id` (or `external_id`), `language`, `country`,
`timezone_id`; others are passed over. What the service accepts of addresses is not published: the rules are ours.
"""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

Channel = Literal["email", "sms"]

REQUIRED: Final[dict[Channel, str]] = {"email": "email", "sms": "phone_number"}
EMAIL_LENGTH_MAX: Final = 254
_EMAIL: Final = re.compile(r"[^@\s,;]+@[^@\s,;.]+(\.[^@\s,;.]+)+")
_PHONE: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_PUNCTUATION: Final = re.compile(r"[\s().-]")


class Problem(NamedTuple):
    """Why a line was not imported; lines are counted from 1, which is the header."""

    line: int
    reason: str


class Contact(Struct, frozen=True):
    """One good line: an address or number, and whose it is; "" stands for a column that is empty or not there."""

    line: int
    token: str
    external_id: str = ""
    language: str = ""
    country: str = ""
    timezone_id: str = ""


def parse_import(file: str | bytes, channel: Channel) -> tuple[list[Contact], list[Problem]]:
    """Read a whole file; every line comes to be a contact or a problem, blank ones neither."""
    try:
        text = file.decode("utf-8-sig") if isinstance(file, bytes) else file.removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return [], [Problem(line, "wrong encoding: the file must be UTF-8")]
    if "\0" in text:  # UTF-16 without a mark, most likely
        return [], [Problem(1, "wrong encoding: the file must be UTF-8")]
    try:
        return _read_all(_lines(text), channel)
    except csv.Error as error:
        return [], [Problem(1, f"not readable as CSV: {error}")]


def _read_all(lines: Iterator[tuple[int, list[str]]], channel: Channel) -> tuple[list[Contact], list[Problem]]:
    columns = [name.lower() for name in next(lines, (1, []))[1]]
    if REQUIRED[channel] not in columns:
        found = ", ".join(columns)[:200] or "nothing"
        return [], [Problem(1, f'missing column "{REQUIRED[channel]}": the first line has {found}')]
    return _read(lines, columns, channel)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Go through the lines that are not blank, each with the number at which it begins."""
    reader = csv.reader(StringIO(text, newline=""))
    begins = 1
    for cells in reader:
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            yield begins, stripped
        begins = reader.line_num + 1


def _read(
    lines: Iterator[tuple[int, list[str]]], columns: list[str], channel: Channel
) -> tuple[list[Contact], list[Problem]]:
    contacts: list[Contact] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for line, cells in lines:
        read = _contact(line, dict(zip(columns, cells, strict=False)), channel)
        if isinstance(read, Problem):
            problems.append(read)
        elif (first := seen.setdefault(read.token, line)) != line:
            problems.append(Problem(line, f"duplicate of line {first}: {read.token}"))
        else:
            contacts.append(read)
    return contacts, problems


def _contact(line: int, row: dict[str, str], channel: Channel) -> Contact | Problem:
    sent = row.get(REQUIRED[channel], "")
    token = sent if channel == "email" else _PUNCTUATION.sub("", sent)
    if channel == "email" and (len(token) > EMAIL_LENGTH_MAX or not _EMAIL.fullmatch(token)):
        return Problem(line, f"not an e-mail address: {sent[:100]!r}")
    if channel == "sms" and not _PHONE.fullmatch(token):
        return Problem(line, f"not a phone number in international form (+ and 7 to 15 digits): {sent[:100]!r}")
    return Contact(
        line,
        token,
        external_id=row.get("external_user_id") or row.get("external_id", ""),
        language=row.get("language", ""),
        country=row.get("country", ""),
        timezone_id=row.get("timezone_id", ""),
    )
