"""Nothing that a client can send makes a 500 or changes anything when it is refused."""

import json
import random
from datetime import UTC, datetime

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from fake_amplitude import FakeAmplitude
from fake_amplitude.rules import Performed

JSON_PATHS = ["/2/httpapi", "/batch", "/api/3/cohorts/upload", "/api/3/cohorts/membership"]
GET_PATHS = [
    "/api/2/usersearch", "/api/2/useractivity", "/api/2/export", "/api/2/events/list", "/api/2/users",
    "/api/2/events/segmentation", "/api/3/cohorts", "/api/3/cohorts/x", "/api/5/cohorts/request/x",
    "/api/5/cohorts/request-status/x", "/api/5/cohorts/request/x/file",
]  # fmt: skip
STRANGE = [
    b"", b"{", b"[]", b"null", b"0", b'"x"', b"[" * 3_000, b"\xff", b"\x00", b'{"a":1e999}', b'{"api_key":{}}',
    b'{"api_key":"\\u0000","events":[{}]}', b'{"a":"\\ud800"}', b'{"a":"\\udc00"}', b"9" * 10_000,
    b'{"api_key":' + b'{"a":' * 900 + b"1" + b"}" * 901,
]  # fmt: skip
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**30), 10**30), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8), st.sampled_from(["", "\x00", "x" * 1_100, "0", "$set", "2026-01-01"]),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["$set", "$add", "$clearAll", "$unset", "$remove", "$append", "a"]), inner),
    ),
    max_leaves=6,
)
FIELDS = [
    "user_id", "device_id", "event_type", "time", "event_properties", "user_properties", "groups", "plan",
    "group_properties", "insert_id", "price", "session_id", "quantity", "platform", "$skip_user_properties_sync",
]  # fmt: skip
EVENTS = st.fixed_dictionaries(
    {"event_type": st.sampled_from(["Play", "$identify", "$groupidentify"]), "user_id": st.just("user-1")}
).flatmap(lambda sound: st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=4).map(lambda odd: {**sound, **odd}))
QUIET = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)


class World:
    """One fake for all examples: a refused request must not change it, so it need not be made anew."""

    def __init__(self, clock):
        session, luck = requests.Session(), random.Random(1)  # noqa: S311 - luck, not secrecy
        session.close()
        self.fake = FakeAmplitude(now=clock, ids=lambda: "0", random=luck, session=session)
        self.project = self.fake.create_project("Main")
        self.client = Client(self.fake)
        self.upload([{"event_type": "Play", "user_id": "user-1"}])
        self.cohort = self.fake.create_cohort(self.project, "P", Performed("Play"))
        self.auth = (self.project.api_key, self.project.secret_key)

    def upload(self, events, **more):
        body = json.dumps({"api_key": self.project.api_key, "events": events, **more})
        return self.client.post("/2/httpapi", data=body, content_type="application/json")


@pytest.fixture(scope="module")
def world():
    return World(lambda: datetime(2026, 3, 10, tzinfo=UTC))


@pytest.mark.parametrize("path", [*JSON_PATHS, "/identify", "/groupidentify"])
@pytest.mark.parametrize("body", STRANGE, ids=range(len(STRANGE)))
def test_strange_bodies_are_refused_and_change_nothing(world, path, body):
    before = world.fake.fingerprint()

    answer = world.client.post(path, data=body, content_type="application/json", auth=world.auth)
    form = world.client.post(path, data=b"api_key=" + body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code in (400, 413)
    assert form.status_code in (400, 403, 413)
    assert world.fake.fingerprint() == before


@pytest.mark.parametrize("path", [*JSON_PATHS, "/identify"])
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
def test_an_oversized_body_is_too_large(world, path, content_type):
    answer = world.client.post(path, data=b"a" * (20 * 1_048_576 + 1), content_type=content_type, auth=world.auth)

    assert answer.status_code in ((413, 400) if path == "/identify" else (413,))


@pytest.mark.parametrize("path", JSON_PATHS[:2])
def test_bad_gzip_is_refused(world, path):
    answer = world.client.post(
        path, data=b"\x1f\x8bnonsense", content_type="application/json", headers={"Content-Encoding": "gzip"}
    )

    assert answer.status_code == 400


@pytest.mark.parametrize("path", GET_PATHS)
@pytest.mark.parametrize(
    "query",
    [
        "",
        "user=%ff&e=%ff&start=%ff&end=x",
        "e=[[[[&user=%00&limit=1e9&m=%F0",
        "start=00000000T00&end=99999999T99&e={}&m=x",
    ],
)
def test_strange_queries_are_no_500(world, path, query):
    before = world.fake.fingerprint()

    answer = world.client.get(f"{path}?{query}", auth=world.auth)

    assert answer.status_code < 500
    assert world.fake.fingerprint() == before


@pytest.mark.parametrize(
    "path", [*JSON_PATHS, *GET_PATHS, "/identify", "/x", "/api/x", "/%ff", "/a%2Fb", "/x//y", "/api/3/cohorts/%ff%00"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE"])
def test_every_method_on_every_path_is_answered_without_a_500(world, path, method):
    before = world.fake.fingerprint()

    answer = world.client.open(path, method=method)

    assert answer.status_code < 500
    assert world.fake.fingerprint() == before


@pytest.mark.parametrize(
    "auth", ["Basic", "Basic x", "Basic OjpAAAA=", "Bearer x", "Basic /////w==", "Basic é", "x" * 9_000]
)
def test_strange_credentials_are_forbidden(world, auth):
    assert world.client.get("/api/3/cohorts", headers={"Authorization": auth}).status_code == 403


@QUIET
@given(events=st.lists(EVENTS, min_size=1, max_size=3))
def test_random_events_are_taken_whole_or_not_at_all(world, events):
    before, stored = world.fake.fingerprint(), len(world.fake.world.state.warehouses[world.project.id].events)

    answer = world.upload(events)

    assert answer.status_code in (200, 400)
    assert answer.json["code"] == answer.status_code
    if answer.status_code == 400:
        assert world.fake.fingerprint() == before
    else:
        world.fake.fingerprint()
        assert len(world.fake.world.state.warehouses[world.project.id].events) <= stored + len(events)


@QUIET
@given(
    document=VALUES,
    path=st.sampled_from(JSON_PATHS),
    keys=st.lists(
        st.sampled_from(
            ["api_key", "events", "options", "name", "app_id", "id_type", "ids", "owner", "published", "memberships"]
        ),
        unique=True,
    ),
)
def test_random_documents_are_refused_and_change_nothing(world, document, path, keys):
    before = world.fake.fingerprint()

    body = dict.fromkeys(keys, document) if keys else document
    answer = world.client.post(path, data=json.dumps(body), content_type="application/json", auth=world.auth)

    assert answer.status_code == 400
    assert world.fake.fingerprint() == before


def test_what_random_events_left_behind_can_be_read(world):
    hours = {"start": "20260310T00", "end": "20260310T00"}

    assert world.client.get("/api/2/export", query_string=hours, auth=world.auth).status_code == 200
    for event in world.fake.world.state.warehouses[world.project.id].events:
        answer = world.client.get(f"/api/2/useractivity?user={event.amplitude_id}", auth=world.auth)
        assert answer.status_code == 200
