"""The official client, unmodified, over a real socket, as a witness (facts/amplitude-api.md 7)."""

import logging
import threading

import pytest
import waitress
from amplitude import Amplitude as OfficialClient
from amplitude import BaseEvent, Config, EventOptions, Identify, Revenue


@pytest.fixture
def serve():
    servers = []

    def start(fake):
        server = waitress.create_server(fake, host="127.0.0.1", port=0, threads=2)
        thread = threading.Thread(target=server.run)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.effective_port}"

    yield start
    for server, thread in servers:
        server.close()
        server.task_dispatcher.shutdown()
        thread.join(10)


@pytest.fixture
def connect():
    clients = []

    def make(api_key, server_url, **options):
        answers = []
        config = Config(
            server_url=server_url,
            flush_interval_millis=60_000,
            callback=lambda event, code, message: answers.append((event.event_type, code, message)),
            **options,
        )
        client = OfficialClient(api_key, config)
        client.answers = answers
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.shutdown()


def flush(client):
    for future in client.flush():
        if future is not None:
            future.result(timeout=30)


@pytest.mark.parametrize(("path", "use_batch"), [("/2/httpapi", False), ("/batch", True)])
def test_tracked_events_arrive_once(amplitude, serve, connect, path, use_batch):
    client = connect(amplitude.project.api_key, serve(amplitude.fake) + path, use_batch=use_batch)

    client.track(BaseEvent("Play", user_id="user-1", device_id="device-1", event_properties={"level": 3}))
    client.track(BaseEvent("Play", user_id="user-1", device_id="device-1", insert_id="same"))
    client.track(BaseEvent("Play", user_id="user-1", device_id="device-1", insert_id="same"))
    flush(client)

    assert [code for _, code, _ in client.answers] == [200, 200, 200]
    assert len(amplitude.warehouse.events) == 2
    assert {each.path for each in amplitude.warehouse.events} == {path}


def test_identify_sets_what_the_client_asked_for(amplitude, serve, connect):
    client = connect(amplitude.project.api_key, serve(amplitude.fake) + "/2/httpapi")
    wanted = Identify()
    wanted.set("plan", "pro").add("visits", 2).append("seen", "home")

    client.identify(wanted, EventOptions(user_id="user-1", device_id="device-1"))
    client.track(BaseEvent("Play", user_id="user-1", device_id="device-1"))
    flush(client)

    (profile,) = amplitude.warehouse.profiles.all()
    assert profile.properties == {"plan": "pro", "visits": 2, "seen": ["home"]}


def test_what_the_client_calls_revenue_is_revenue(amplitude, serve, connect, event):
    client = connect(amplitude.project.api_key, serve(amplitude.fake) + "/2/httpapi")
    who = EventOptions(user_id="user-1", device_id="device-1", time=amplitude.clock.ms)
    asked = {"e": '{"event_type":"revenue_amount"}', "m": "sums", "start": "20260310", "end": "20260310"}

    client.revenue(Revenue(price=2.5, quantity=2, product_id="song"), who)
    client.revenue(Revenue(price=4.0), who)
    flush(client)
    amplitude.upload(event("Buy", revenue=1.0))

    told = amplitude.get("/api/2/useractivity", user=amplitude.warehouse.events[0].amplitude_id).json["userData"]
    assert (told["purchases"], told["revenue"]) == (3, 10)
    assert amplitude.get("/api/2/events/segmentation", **asked).json["data"]["series"] == [[10]]


def test_a_group_is_set_and_identified_by_the_client(amplitude, serve, connect):
    client = connect(amplitude.project.api_key, serve(amplitude.fake) + "/2/httpapi")
    seats = Identify()
    seats.set("seats", 5)

    client.set_group("org", ["acme", "globex"], EventOptions(user_id="user-1", device_id="device-1"))
    client.group_identify("org", "acme", seats, EventOptions(user_id="user-1", device_id="device-1"))
    flush(client)

    assert amplitude.warehouse.groups == {("org", "acme"): {"seats": 5}}
    (profile,) = amplitude.warehouse.profiles.all()
    assert profile.properties == {"org": ["acme", "globex"]}


def test_the_client_drops_the_bad_event_and_sends_the_others_again(amplitude, serve, connect):
    client = connect(amplitude.project.api_key, serve(amplitude.fake) + "/2/httpapi")

    client.track(BaseEvent("Play", user_id="42"))
    client.track(BaseEvent("Play", user_id="user-1"))
    flush(client)
    flush(client)

    assert sorted(code for _, code, _ in client.answers) == [200, 400]
    assert [each.user_id for each in amplitude.warehouse.events] == ["user-1"]


def test_a_project_of_the_european_region_takes_its_events_there(another, serve, connect):
    european = another(region="EU")
    client = connect(european.project.api_key, serve(european.fake) + "/2/httpapi", server_zone="EU")

    client.track(BaseEvent("Play", user_id="user-1"))
    flush(client)

    assert len(european.warehouse.events) == 1


def test_a_european_key_is_refused_by_the_american_region_and_the_client_says_so(another, serve, connect, caplog):
    american, european = another(region="US"), another(region="EU")
    client = connect(european.project.api_key, serve(american.fake) + "/2/httpapi")

    with caplog.at_level(logging.ERROR):
        client.track(BaseEvent("Play", user_id="user-1"))
        flush(client)

    assert "Invalid API Key" in caplog.text
    assert american.warehouse.events == []
