"""A hand count of generated files agrees with every row of the account, whatever the files hold."""

import csv
import unicodedata
from collections import Counter
from urllib.parse import quote

import pytest
from csv_files import written
from hypothesis import given, settings
from hypothesis import strategies as st
from reconcile_by_hand import COHORT, USERS, count

from simulator.accounts.from_files import Files, reconcile_files
from simulator.reconcile import Outcome

NAMES = ["alice-1", "user-éva", "12345", "a/b, c", "box@mail.example", 'q"q"\nz']
SPELLINGS = [
    str,
    str.upper,
    lambda name: f" {name}",
    lambda name: f"{name[:3]} {name[3:]}\u200b",
    lambda name: unicodedata.normalize("NFD", name),
    lambda name: quote(name, safe=""),
    lambda name: f"00{name}",
    lambda name: quote(f"{name} ".upper(), safe=""),
]
SPELLED = st.builds(lambda name, spell: spell(name), st.sampled_from(NAMES), st.sampled_from(SPELLINGS))
IDS = st.one_of(SPELLED, st.sampled_from(["", "", " ", "null", "0", "y" * 1025, "é" * 600]))
MAILS = st.sampled_from(["", "", "box@mail.example", "Eva@mail.example", "eva@mail.example"])
DEVICES = st.sampled_from(["", *(f"s{number}" for number in range(9))])
MEMBERS = st.lists(st.tuples(st.sampled_from(["", "1", "2", "3"]), IDS, MAILS, DEVICES), max_size=9)
CHANNELS = st.lists(
    st.tuples(
        DEVICES,
        st.one_of(MAILS, st.just("token")),
        st.sampled_from(["0", "1", "11", "14"]),
        st.sampled_from(["f", "f", "t", "false", "TRUE"]),
        st.one_of(st.just(""), SPELLED),
        st.sampled_from(["", "1", "31", "0", "-2", "-99"]),
        st.sampled_from(["{}", '{"a": "b, c"}']),
    ),
    max_size=14,
)
SHAPES = st.fixed_dictionaries(
    {
        "end": st.sampled_from(["\n", "\r\n"]),
        "delimiter": st.sampled_from([",", ";", "\t"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        "encoding": st.sampled_from(["utf-8", "utf-8-sig"]),
        "blank": st.booleans(),
    }
)
HEADINGS = st.sampled_from([str, str.upper, lambda name: name.replace("_", " ").title()])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("recount")


@st.composite
def files(draw, folder):
    """Two files in any shape, and what they say, row by row."""
    said = []
    paths = []
    for header, rows, name in ((COHORT, MEMBERS, "c.csv"), (USERS, CHANNELS, draw(st.sampled_from(["u.csv", "u.gz"])))):
        told = [dict(zip(header, row, strict=True)) for row in draw(rows)]
        columns = draw(st.permutations(header))
        heading = draw(HEADINGS)
        content = [[row[column] for column in columns] for row in told]
        paths.append(written(folder / name, [heading(column) for column in columns], content, **draw(SHAPES)))
        said.append(told)
    return Files(*paths), *said


@settings(deadline=None, max_examples=120)
@given(st.data())
def test_a_hand_count_of_two_files_agrees_with_the_account(folder, data):
    paths, cohort, users = data.draw(files(folder))

    account, _ = reconcile_files(paths)

    by_code = Counter(
        "again" if row.group == Outcome.REPEATED.value else row.code for row in account.losses for _ in range(row.users)
    )
    by_code[""] = account.reachable.users
    by_code["subscriptions"] = account.segment.subscriptions
    assert +by_code == +count(cohort, users)
    assert account.sum_holds
    assert [verdict.member.value for verdict in account.verdicts] == [member["user_id"] for member in cohort]
