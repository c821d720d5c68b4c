"""Nothing that is asked of the reading side makes a 500, and what is refused changes nothing."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_amplitude.operations import operations
from fake_amplitude.rules import Performed

READING = [
    (row.method, row.path)
    for row in operations()
    if row.level != "501" and row.host != "ingest" and row.path != "/v1/userprofile"
]
STRANGE = [
    b"", b"{", b"[]", b"null", b"0", b'"x"', b"[" * 3_000, b"\xff", b"\x00", b'{"a":1e999}', b'{"label":"\\ud800"}',
    b'{"start":"9999-99-99","label":"x"}', b'{"start":"0001-01-01T00:00:00+23:59","label":"x"}', b'{"category":null}',
    b'{"user_ids":[null]}', b'{"user_ids":["\\u0000"]}', b"event_type=%ff%00", b"version=\xff&title=x",
]  # fmt: skip
QUERIES = [
    "start=20260310&end=20260310&e={}&e=[]&s=[[]]&se=%ff&re=x&rm=nday&p=%00",
    'start=20260310&end=20260310&e={"event_type":"Play","group_by":[{"value":"\\u0000"}]}&s=[{"prop":null}]&p=gp:',
    'start=20260310&end=20260310&e={"event_type":"Play"}&e={"event_type":"_new"}&cs=999999999999999&limit=0&p=user_id',
    "start=99999999&end=00000000&start_day=0000-00-00&end_day=x&i=-1&sync_id=%ff&time_period=CUSTOM&expires=x",
    'start=20260310&end=20260310&se={"event_type":"Play"}&re={"event_type":"Play"}&rm=bracket&rb=[[0,1e9]]&i=30',
    "timeHistogramConfigBinSize=999999999999999&timeHistogramConfigBinMax=999999999999999&start=20260310&end=20260310",
]
IDS = ["x", "%ff%00", "a%2Fb", "9" * 60, "2026-13-41"]


@pytest.fixture
def asked(amplitude, event):
    amplitude.upload(event())
    amplitude.fake.create_cohort(amplitude.project, "Players", Performed("Play"))
    return amplitude


def paths_of(path):
    for said in IDS:
        whole = path
        while "{" in whole:
            before, _, rest = whole.partition("{")
            whole = before + said + rest.partition("}")[2]
        yield whole
        if whole == path:
            return


def asked_of(method, path):
    """Every strange query, every strange body where one is read, and every strange id with nothing else."""
    first, *others = paths_of(path)
    if method in ("POST", "PUT"):
        yield from ((first, body) for body in STRANGE)
    yield from ((f"{first}?{query}", b"") for query in QUERIES)
    yield from ((other, b"") for other in others)


@pytest.mark.parametrize(("method", "path"), READING)
def test_strange_bodies_and_queries_are_no_500_and_change_nothing_when_refused(asked, method, path):
    before = asked.fake.fingerprint()
    for number, (url, body) in enumerate(asked_of(method, path)):
        content_type = ("application/json", "application/x-www-form-urlencoded")[number % 2]
        answer = asked.client.open(url, method=method, data=body, content_type=content_type, auth=asked.auth)

        assert answer.status_code < 500 or answer.status_code == 501, (url, body, answer.text)
        after = asked.fake.fingerprint()
        assert answer.status_code < 400 or after == before, (url, body)
        before = after


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.text(max_size=4), st.floats()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=5,
)
KEYS = st.sampled_from(
    ["event_type", "filters", "group_by", "subprop_key", "subprop_op", "subprop_value", "prop", "op", "values", "type"]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(event=st.dictionaries(KEYS, VALUES, max_size=4), segment=st.lists(st.dictionaries(KEYS, VALUES, max_size=4)))
def test_random_questions_are_answered_or_refused(asked, event, segment):
    query = {
        "e": json.dumps({"event_type": "Play", **event}),
        "s": json.dumps(segment),
        "start": "20260310",
        "end": "20260310",
    }

    assert asked.get("/api/2/events/segmentation", **query).status_code in (200, 400, 404, 501)


@pytest.mark.parametrize(("method", "path"), [each for each in READING if each[1].startswith("/api/")])
def test_without_a_key_pair_it_is_forbidden(amplitude, method, path):
    whole = path.replace("{", "").replace("}", "")

    assert amplitude.client.open(whole, method=method).status_code == 403
