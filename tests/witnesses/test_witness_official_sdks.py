"""The vendors' official clients, unmodified, over real sockets, with the bridge between them."""

import amplitude
import onesignal
import pytest
from onesignal.api import default_api
from onesignal.models import LanguageStringMap, Notification, Subscription, User

SENT = "Push Pending Delivery"


@pytest.fixture
def onesignal_api(live):
    keys = live.ready()["credentials"]["onesignal"]
    configuration = onesignal.Configuration(
        host=live.urls["onesignal"],
        rest_api_key=keys["rest_api_key"],
        organization_api_key=keys["organization_api_key"],
    )
    with onesignal.ApiClient(configuration) as client:
        yield default_api.DefaultApi(client)


def amplitude_client(live, region, told):
    configuration = amplitude.Config(
        server_url=f"{live.urls[f'amplitude_{region}']}/2/httpapi",
        server_zone=region.upper(),
        flush_interval_millis=10,
        callback=lambda event, code, message=None: told.append((event.event_type, code, message)),
    )
    return amplitude.Amplitude(live.ready()["credentials"][f"amplitude_{region}"]["api_key"], configuration)


def a_user_with_three_subscriptions(api, app_id):
    return api.create_user(
        app_id,
        User(
            identity={"external_id": "customer-1"},
            subscriptions=[
                Subscription(type="iOSPush", token="a" * 64, enabled=True, notification_types=1),
                Subscription(type="Email", token="one@example.com", enabled=True),
                Subscription(type="SMS", token="+15555550100", enabled=True),
            ],
        ),
    )


def test_a_message_of_onesignals_client_arrives_in_amplitude_through_the_bridge(live, onesignal_api, simulation):
    app_id = simulation.app.id
    created = a_user_with_three_subscriptions(onesignal_api, app_id)
    message = Notification(
        app_id=app_id,
        name="Welcome",
        contents=LanguageStringMap(en="Hello"),
        include_aliases={"external_id": ["customer-1"]},
        target_channel="push",
    )

    sent = onesignal_api.create_notification(message)
    arrived = live.wait_until(lambda: simulation.amplitude_reader().events_of("customer-1"))

    assert arrived
    assert onesignal_api.get_notification(app_id, sent.id).successful == 1
    (event,) = simulation.amplitude_reader().events_of("customer-1")
    assert event["event_type"] == SENT
    assert event["device_id"] == created.subscriptions[0].id
    assert event["event_properties"]["delivery_id"] == sent.id
    assert simulation.verdicts() == ()


@pytest.mark.parametrize("region", ["us", "eu"])
def test_amplitudes_client_tracks_identifies_and_flushes_in_its_region(live, simulation, region):
    told = []
    client = amplitude_client(live, region, told)

    client.track(amplitude.BaseEvent("Lesson Completed", user_id="customer-1"))
    client.identify(amplitude.Identify().set("plan", "pro"), amplitude.EventOptions(user_id="customer-1"))
    for flushed in client.flush() or []:
        if flushed is not None:
            flushed.result()
    client.shutdown()

    assert live.wait_until(lambda: len(told) == 2)
    assert {(name, code) for name, code, _ in told} == {("Lesson Completed", 200), ("$identify", 200)}
    other = "EU" if region == "us" else "US"
    assert simulation.amplitude_reader(region.upper()).events_of("customer-1")
    assert not simulation.amplitude_reader(other).events_of("customer-1")
    assert simulation.verdicts() == ()
