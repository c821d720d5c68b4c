"""What one call costs: an event, a batch, a user update, and the same call beside `responses`."""

from itertools import count

import orjson
import pytest
import requests
import responses

from simulator import Simulation

HTTP_V2 = "https://api2.amplitude.com/2/httpapi"
BATCH = "https://api2.amplitude.com/batch"


@pytest.fixture
def street():
    street = Simulation(7)
    street.connect()
    yield street
    street.close()


@pytest.fixture
def numbers():
    return count()


def upload(street, numbers, size):
    events = [
        {"user_id": f"user-{number % 1000:06}", "event_type": "Lesson Completed", "insert_id": f"insert-{number}"}
        for number, _ in zip(numbers, range(size), strict=False)
    ]
    return orjson.dumps({"api_key": street.project.api_key, "events": events})


@pytest.mark.benchmark(group="into Amplitude")
def test_one_event_into_httpapi(benchmark, street, numbers):
    def track():
        return street.network.call("POST", HTTP_V2, {"Content-Type": "application/json"}, upload(street, numbers, 1))

    assert benchmark(track)[0] == 200


@pytest.mark.benchmark(group="into Amplitude")
def test_a_batch_of_100_into_httpapi(benchmark, street, numbers):
    def track():
        return street.network.call("POST", HTTP_V2, {"Content-Type": "application/json"}, upload(street, numbers, 100))

    assert benchmark(track)[0] == 200


@pytest.mark.benchmark(group="into OneSignal")
def test_one_user_update(benchmark, street, numbers):
    calls = street.onesignal_api()
    calls.post(f"/apps/{street.app.id}/users", {"identity": {"external_id": "user-1"}})
    path = f"/apps/{street.app.id}/users/by/external_id/user-1"

    def update():
        return calls.ask("PATCH", path, {"properties": {"tags": {"lesson": str(next(numbers))}}})

    assert benchmark(update)[0] == 202


@pytest.mark.benchmark(group="the same call")
def test_a_call_of_requests_into_the_street(benchmark, street, numbers):
    session = street.session()

    def track():
        return session.post(HTTP_V2, data=upload(street, numbers, 1), headers={"Content-Type": "application/json"})

    assert benchmark(track).json()["events_ingested"] == 1


@pytest.mark.benchmark(group="the same call")
def test_a_call_of_requests_into_responses(benchmark, street, numbers):
    session = requests.Session()
    session.trust_env = False

    def track():
        return session.post(HTTP_V2, data=upload(street, numbers, 1), headers={"Content-Type": "application/json"})

    with responses.RequestsMock() as canned:
        canned.post(HTTP_V2, json={"code": 200, "events_ingested": 1})
        assert benchmark(track).json()["events_ingested"] == 1


@pytest.mark.benchmark(group="a simulation")
def test_a_connected_simulation_is_made(benchmark):
    def make():
        street = Simulation(7)
        street.connect()
        street.close()
        return street

    assert benchmark(make).connection.name == "main"
