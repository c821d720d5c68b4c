"""Two real files are reconciled on the command line; whatever is wrong with a file is said in one line."""

import csv
import gzip
import io
from collections import Counter

import orjson
import pytest
from click.testing import CliRunner
from csv_files import COHORT, USERS, codes, subscription, written

from simulator import Simulation
from simulator.__main__ import main
from simulator.accounts.catalogue import entries
from simulator.accounts.from_files import Files, reconcile_files
from simulator.story import story


@pytest.fixture
def files(tmp_path):
    """One member for each of the plain reasons, and one who can be reached on three channels."""
    members = [
        ["1", "rich", "rich@example.com"],
        ["2", "", "nobody@example.com"],
        ["3", "gone", ""],
        ["4", "mute", ""],
        ["5", "Rich", ""],
        ["6", "bare", ""],
        ["1", "rich", "rich@example.com"],
    ]
    channels = [
        subscription(1, "rich"),
        subscription(2, "rich", device_type="11", types="-99", address="rich@example.com"),
        subscription(3, "rich", device_type="14", types=""),
        subscription(4, "rich", types="-2"),
        subscription(5, "mute", invalid="t"),
        subscription(6, ""),
        subscription(1, "rich"),
        ["", "", "", "f", "bare", "", ""],
    ]
    return Files(written(tmp_path / "cohort.csv", COHORT, members), written(tmp_path / "users.csv.gz", USERS, channels))


def run(*words):
    done = CliRunner().invoke(main, ["reconcile", *map(str, words)])
    return done.exit_code, done.stdout, done.stderr


def refusal(cohort, users, *words):
    code, out, error = run("--amplitude", cohort, "--onesignal", users, *words)
    assert (code, out, error.count("\n")) == (2, "", 1)
    return error.removeprefix("simulator: ").strip()


def test_every_line_of_the_cohort_is_in_one_row_and_every_subscription_counts_once(files):
    account, notes = reconcile_files(files)

    assert codes(account) == {"": 1, "A02": 1, "A04": 1, "A03": 1, "A10": 1, "A11": 1}
    assert (account.cohort.users, account.reachable.users, account.segment.subscriptions) == (7, 1, 3)
    assert account.sum_holds
    assert [(note.code, note.count) for note in notes] == [("", 1), ("A08", 0), ("A28", 1)][::2]


@pytest.mark.parametrize("change", ["order", "bom", "semicolons", "crlf", "spelling", "blank lines"])
def test_the_same_content_in_another_shape_has_the_same_account(files, tmp_path, change):
    rows = list(csv.reader(io.StringIO(files.cohort.read_text())))
    shape = {"delimiter": ";"} if change == "semicolons" else {"end": "\r\n"} if change == "crlf" else {}
    if change == "order":
        rows = [row[::-1] for row in rows]
    if change == "bom":
        shape = {"encoding": "utf-8-sig"}
    if change == "spelling":
        rows[0] = ["Amplitude ID", "User ID", "E-Mail"]

    other = written(tmp_path / "other.csv", rows[0], rows[1:], **shape)
    if change == "blank lines":
        other.write_text(f"\n  \n{other.read_text()}\n  \n")

    assert codes(reconcile_files(Files(other, files.users))[0]) == codes(reconcile_files(files)[0])


def test_a_quoted_newline_belongs_to_its_value(tmp_path):
    cohort = written(tmp_path / "c.csv", COHORT, [["1", "two\nlines", ""], ["2", "rich", ""]])
    users = written(tmp_path / "u.csv", USERS, [subscription(1, "two\nlines"), subscription(2, "rich")])

    account, _ = reconcile_files(Files(cohort, users))

    assert (account.reachable.users, account.segment.subscriptions) == (2, 2)


def test_the_mapped_property_may_be_another_column(tmp_path):
    cohort = written(tmp_path / "c.csv", COHORT, [["1", "u1", "a@example.com"], ["2", "u2", ""], ["3", "", ""]])
    users = written(tmp_path / "u.csv", USERS, [subscription(1, "a@example.com")])

    account, _ = reconcile_files(Files(cohort, users), mapped_property="email")

    assert codes(account) == {"A01": 1, "A02": 1}
    assert account.segment.subscriptions == 1


def test_a_number_that_the_rows_do_not_explain_is_a_remainder(files):
    code, out, _ = run("--amplitude", files.cohort, "--onesignal", files.users, "--segment-count", 5, "--json")

    shown = orjson.loads(out)
    assert (code, shown["holds"], shown["remainder"]) == (1, False, 2)


def test_a_user_is_explained_and_everybody_is_listed(files):
    code, out, _ = run("--amplitude", files.cohort, "--onesignal", files.users, "--json", "--explain", "Rich", "--list")

    shown = orjson.loads(out)
    assert code == 0
    assert shown["explanation"][-1] == "A04: is in OneSignal in another case (case; OneSignal has 'rich')"
    assert [(each["user"], each["code"]) for each in shown["everybody"]][2:5] == [
        ("gone", "A03"),
        ("mute", "A11"),
        ("Rich", "A04"),
    ]
    assert sum(row["users"] for row in shown["account"][1:-3]) + 1 == shown["account"][0]["users"]


def test_the_table_is_readable_by_a_person(files):
    code, out, _ = run("--amplitude", files.cohort, "--onesignal", files.users)

    assert code == 0
    assert "A04" in out
    assert "holds  every user is in one row; 0 subscriptions are not explained" in out


def test_the_whole_catalogue_can_be_read():
    code, out, _ = run("--reasons")

    assert code == 0
    assert [line[:3] for line in out.splitlines() if line[:1] in {"A", "B"}] == list(entries())


def test_what_is_wrong_with_a_file_is_said_with_its_place(files, tmp_path):
    bad = tmp_path / "bad.csv"

    def said(content, **other):
        bad.write_bytes(content)
        return refusal(other.get("cohort", bad), other.get("users", files.users))

    assert said(b"") == "bad.csv is empty"
    assert said(b"amplitude_id,userid\n1,a\n") == "bad.csv has no column 'user_id'; the nearest is 'userid'"
    assert said(b"amplitude_id,user_id\n1,a\n2\n") == "bad.csv, line 3: 1 fields where the header has 2"
    assert said(b'amplitude_id,user_id\n1,"a\n') == "bad.csv, line 2: broken CSV: unexpected end of data"
    assert said(b'amplitude_id,user_id\n1,"a"b\n') == "bad.csv, line 2: broken CSV: ',' expected after '\"'"
    assert said(b"amplitude_id,user_id\n1,a\n2,\xff\n") == "bad.csv, line 3: not UTF-8 at character 3"
    assert said(b"amplitude_id,user_id,user_id\n") == "bad.csv, line 1: the column 'user_id' is there twice"
    assert said(gzip.compress(b"amplitude_id,user_id\n" * 99)[:-9]).startswith("bad.csv, line 100: broken gzip: ")
    assert said(b"\x1f\x8bnonsense").startswith("bad.csv, line 1: broken gzip: ")
    assert said("amplitude_id,user_id\n".encode("utf-16")) == "bad.csv is UTF-16; save it as UTF-8"
    assert said(b"PK\x03\x04...").startswith("bad.csv is a zip archive")
    assert said(b"id,external_user_id,invalid_identifier\n", cohort=bad).endswith("not like Amplitude's cohort")


def test_what_is_wrong_with_onesignals_file_is_said_with_its_place(files, tmp_path):
    bad = tmp_path / "bad.csv"

    def said(content):
        bad.write_bytes(content)
        return refusal(files.cohort, bad)

    assert said(b"id,invalid_identifier\n") == (
        "bad.csv has no column 'external_user_id'; the nearest is 'invalid_identifier' "
        "(export again with extra_fields external_user_id)"
    )
    assert said(b"id,external_user_id\n").startswith("bad.csv has no column 'invalid_identifier'; the nearest is ")
    assert said(b"id,external_user_id,invalid_identifier\n1,a,f\n2,b,x\n") == (
        "bad.csv, line 3: invalid_identifier is t or f, not 'x'"
    )
    assert said(b"id,external_user_id,notification_types\n1,a,many\n") == (
        "bad.csv, line 2: notification_types is a whole number, not 'many'"
    )
    assert said(b"amplitude_id,user_id\n1,a\n").endswith("not like OneSignal's export")


def test_wrong_usage_is_one_line_with_the_nearest_right_name(files, tmp_path):
    missing = tmp_path / "missing.csv"

    assert refusal(missing, files.users) == f"cannot read {str(missing)!r}: No such file or directory"
    assert refusal(tmp_path, files.users) == f"cannot read {str(tmp_path)!r}: Is a directory"
    assert refusal(files.cohort, files.users, "--explain", "rihc") == (
        "there is no user of the cohort 'rihc'; the nearest is 'rich'"
    )
    assert "No such option '--segmnt'" in refusal(files.cohort, files.users, "--segmnt", "x")
    assert "--segment-count" in refusal(files.cohort, files.users, "--segment-count", "many")
    assert "--segment-count" in refusal(files.cohort, files.users, "--segment-count", "9" * 30)
    assert run("--amplitude", files.cohort)[0] == 2


def test_the_downloads_of_a_simulated_town_have_the_account_of_the_town(tmp_path):
    """The services' own bytes; only users without any subscription cannot be told from unknown ones (A10)."""
    simulation = Simulation(11)
    ending = story("faq_counts").play(simulation, users=150, misspelt=0.1, without_subscription=0.05)
    amplitude, onesignal = simulation.amplitude_api(), simulation.onesignal_api()
    ordered = amplitude.get(f"/api/5/cohorts/request/{ending.cohort_id}")["request_id"]
    cohort = tmp_path / "cohort.csv"
    cohort.write_bytes(amplitude.ask("GET", f"/api/5/cohorts/request/{ordered}/file")[1])
    body = {"extra_fields": ["external_user_id"]}
    url = onesignal.post(f"/players/csv_export?app_id={simulation.app.id}", body)["csv_file_url"]
    users = tmp_path / "users.csv.gz"
    users.write_bytes(onesignal.ask("GET", url)[1])

    code, out, _ = run("--amplitude", cohort, "--onesignal", users, "--json")

    shown = orjson.loads(out)
    groups = Counter()
    for row in shown["account"]:
        groups[row["group"]] += row["users"]
    town = {line.reason: line.users for line in ending.account}
    absent = "not in OneSignal under that external_id"
    town[absent] += town.pop("in OneSignal without any subscription")
    assert code == 0
    assert {reason: groups[reason] for reason in list(town)[1:-1]} == dict(list(town.items())[1:-1])
    assert shown["account"][-1]["subscriptions"] == ending.account[-1].subscriptions


def test_of_two_columns_with_one_name_only_one_that_is_read_is_refused(files, tmp_path):
    harmless = written(tmp_path / "c.csv", ["user_id", "plan", "plan"], [["rich", "a", "b"]])

    assert reconcile_files(Files(harmless, files.users)).account.reachable.users == 1
