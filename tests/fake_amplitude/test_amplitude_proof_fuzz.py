"""Bad input on every route that is registered: never a 500, and a refused request leaves the state as it was."""

import json
import random
from datetime import UTC, datetime
from itertools import cycle
from urllib.parse import quote

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from fake_amplitude import FakeAmplitude
from fake_amplitude.rules import Performed

ROUTES = [(row.method, row.path) for row in FakeAmplitude.operations() if row.level != "501"]
WORDS = [
    "api_key", "events", "event", "e", "client", "v", "checksum", "upload_time", "identification", "mapping", "options",
    "user", "user_ids", "user_id", "amplitude_ids", "start", "end", "m", "i", "n", "g", "s", "limit", "offset", "name",
    "app_id", "id_type", "ids", "owner", "published", "memberships", "cohort_id", "label", "date", "category", "title",
    "version", "release_start", "requester", "start_day", "end_day", "event_type", "user_property", "sync_id", "se",
    "re", "time_period", "p", "props", "propKeys", "timeHistogramConfigBinMin", "showDeleted",
    "timeHistogramConfigBinTimeUnit",
]  # fmt: skip
STRANGE = [
    "", "x", "0", "-1", "9" * 400, "1e999", "\x00", "\udcff", "[]", "{}", "null", "[1]", '[{"a":', '{"event_type":[]}',
    "[" * 2_000, '{"event_type":"Play"}', '{"user_id":"user-1"}', "20260310", "20260310T00", "2026-03-10",
    "99999999T99",    "2026-02-30", "true", "True", "\u0660", "%00", '"\\ud800"',
]  # fmt: skip
BODIES = [
    b"", b"{", b"[]", b"null", b"0", b'"x"', b"[" * 3_000, b"\xff\xfe", b"\x00", b'{"a":1e999}', b'{"a":"\\ud800"}',
    b"9" * 5_000, b"%ff=%00&%", b"a=b", b"--x\r\n\r\n", b'{"events":[[]],"ids":{},"name":[]}',
]  # fmt: skip
TYPES = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""]
VALUES = st.one_of(st.sampled_from(STRANGE), st.text(max_size=6), st.integers(-(10**20), 10**20).map(str))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**30), 10**30), st.floats(), st.sampled_from(STRANGE)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(WORDS), inner, max_size=4)),
    max_leaves=8,
)
QUIET = settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=100)


class World:
    """One fake for all examples; what the examples leave behind is input for the next ones."""

    def __init__(self):
        session, luck = requests.Session(), random.Random(1)  # noqa: S311 - luck, not secrecy
        session.close()
        moment = datetime(2026, 3, 10, tzinfo=UTC)
        self.fake = FakeAmplitude(
            now=lambda: moment, ids=iter(map(str, range(10**9))).__next__, random=luck, session=session
        )
        self.project = self.fake.create_project("Main")
        self.client = Client(self.fake)
        self.auth = (self.project.api_key, self.project.secret_key)
        events = [{"event_type": "Play", "user_id": "user-1"}]
        self.client.post("/2/httpapi", json={"api_key": self.project.api_key, "events": events})
        self.cohort = self.fake.create_cohort(self.project, "P", Performed("Play"))

    def ask(self, method, path, **request):
        """Ask; a 5xx (but the honest 501) or a change by a refused request is a failure."""
        before = self.fake.fingerprint()
        answer = self.client.open(path, method=method, auth=request.pop("auth", self.auth), **request)
        assert answer.status_code < 500 or answer.status_code == 501, answer.data
        if answer.status_code >= 400:
            assert self.fake.fingerprint() == before
        return answer


@pytest.fixture(scope="module")
def world():
    return World()


def filled(path, value):
    return "/".join(
        quote(value, safe="", errors="surrogateescape") if "{" in part else part for part in path.split("/")
    )


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=lambda part: part)
def test_strange_bodies_on_every_route(world, method, path):
    known = filled(path, world.cohort.id)

    for body, content_type in zip(BODIES, cycle(TYPES), strict=False):
        world.ask(method, known, data=body, content_type=content_type)


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=lambda part: part)
def test_every_parameter_of_every_route_with_every_strange_value(world, method, path):
    luck = random.Random(f"{method} {path}")  # noqa: S311 - luck, not secrecy
    known = filled(path, "Play")

    for value, place in zip(STRANGE, cycle(("query_string", "data")), strict=False):
        odd = dict.fromkeys(luck.sample(WORDS, 16), value.encode("utf-8", "surrogateescape"))
        world.ask(method, known, **{place: {**odd, "api_key": world.project.api_key}})


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=lambda part: part)
def test_every_route_without_credentials_and_with_strange_ids(world, method, path):
    for value in ("\x00", "a/b", "\udcff", "9" * 400):
        world.ask(method, filled(path, value), auth=None)
        world.ask(method, filled(path, value))


@QUIET
@given(route=st.sampled_from(ROUTES), query=st.dictionaries(st.sampled_from(WORDS), VALUES, max_size=6), body=JSON)
def test_random_requests_on_random_routes(world, route, query, body):
    method, path = route
    query = {name: value.encode("utf-8", "surrogateescape") for name, value in query.items() if value.isprintable()}
    if isinstance(body, dict):
        body = {**body, "api_key": world.project.api_key}

    world.ask(method, filled(path, "Play"), query_string=query, data=json.dumps(body), content_type="application/json")


def test_what_all_this_left_behind_can_be_read(world):
    for method, path in ROUTES:
        if method == "GET":
            world.ask(
                method, filled(path, "Play"), query_string={"start": "20260310", "end": "20260310", "user": "user-1"}
            )
    hours = {"start": "20260310T00", "end": "20260310T00"}
    assert world.ask("GET", "/api/2/export", query_string=hours).status_code == 200
