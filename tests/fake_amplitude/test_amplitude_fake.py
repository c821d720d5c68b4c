"""The fake as a party: its raw paths, its fingerprint, its cheapness."""

import os
import subprocess
import sys

import pytest

from fake_amplitude.doors import raw_path

STORY = """
import random, uuid
from datetime import UTC, datetime
import requests
from werkzeug.test import Client
from fake_amplitude import FakeAmplitude
from fake_amplitude.rules import AnyOf, Performed, PropertyIs

luck = random.Random(5)
with requests.Session() as session:
    fake = FakeAmplitude(
        now=lambda: datetime(2026, 3, 10, tzinfo=UTC),
        ids=lambda: str(uuid.UUID(int=luck.getrandbits(128), version=4)),
        random=luck,
        session=session,
    )
    project = fake.create_project("Main")
    events = [
        {"event_type": luck.choice("abc"), "user_id": f"user-{luck.randrange(40)}",
         "device_id": f"device-{luck.randrange(60)}", "user_properties": {luck.choice("xyz"): n}}
        for n in range(300)
    ]
    answer = Client(fake).post("/batch", json={"api_key": project.api_key, "events": events})
    assert answer.status_code == 200
    fake.create_cohort(project, "P", AnyOf((Performed("a", times=2), PropertyIs("x", ("7", "9")))))
    print(fake.fingerprint())
"""


def test_the_same_seed_gives_the_same_fingerprint_in_another_process():
    told = {
        subprocess.run(  # noqa: S603 - our own interpreter and our own story
            [sys.executable, "-c", STORY],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }

    assert len(told) == 1
    assert len(told.pop().strip()) == 64


@pytest.mark.parametrize(
    ("environ", "path"),
    [
        ({"REQUEST_URI": "/api/3/cohorts/a%2Fb?x=1", "PATH_INFO": "/api/3/cohorts/a/b"}, "/api/3/cohorts/a%2Fb"),
        ({"RAW_URI": "http://amplitude.com/batch?x", "PATH_INFO": "/batch"}, "/batch"),
        ({"PATH_INFO": "/a%2Fb c"}, "/a%252Fb%20c"),
        ({"PATH_INFO": "/\xc3\xa9"}, "/%C3%A9"),
    ],
)
def test_the_path_is_routed_as_it_was_sent(environ, path):
    assert raw_path(environ) == path


def test_every_world_has_keys_of_its_own(another):
    keys = {another(region=region).project.api_key for region in ("US", "EU")}

    assert len(keys) == 2
    assert all(len(key) == 32 for key in keys)
