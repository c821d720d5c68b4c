"""Cohorts and exports as files, in every shape that they come in: what the tests of reconciliation share."""

import csv
import gzip
import io

COHORT = ["amplitude_id", "user_id", "email"]
USERS = [
    "id",
    "identifier",
    "device_type",
    "invalid_identifier",
    "external_user_id",
    "onesignal_id",
    "notification_types",
]


def written(  # each is a way in which a file may look different
    path, header, rows, *, delimiter=",", encoding="utf-8", end="\n", quoting=csv.QUOTE_ALL, blank=False
):
    """Write a file, gzipped when its name says so; `blank` puts an empty line below each."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    for row in [header, *rows]:
        writer.writerow(row)
        text.write(end if blank else "")
    content = text.getvalue().encode(encoding)
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return path


def subscription(number, external_id, *, invalid="f", types="1", device_type="1", address=None, onesignal_id=""):
    return [f"s{number}", address or f"token-{number}", device_type, invalid, external_id, onesignal_id, types]


def codes(account):
    return {row.code: row.users for row in account.losses}
