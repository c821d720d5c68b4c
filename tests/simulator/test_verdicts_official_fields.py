"""No field that the vendors' own clients send is called misspelt."""

from amplitude.event import EVENT_KEY_MAPPING
from onesignal.model.basic_notification_all_of import BasicNotificationAllOf
from onesignal.model.custom_event import CustomEvent
from onesignal.model.notification_all_of import NotificationAllOf
from onesignal.model.notification_target import NotificationTarget
from onesignal.model.update_user_request import UpdateUserRequest
from onesignal.model.user import User

from simulator.suspicions import SUSPICIOUS


def suspicious(simulation, method, url, *bodies):
    for body in bodies:
        simulation.session().request(method, url, json=body, timeout=5)
    return [verdict.words for verdict in simulation.verdicts() if verdict.sin == SUSPICIOUS]


def names(*models):
    return [name for model in models for name in model.attribute_map.values()]


def test_no_field_of_a_message(simulation):
    fields = names(BasicNotificationAllOf, NotificationAllOf, NotificationTarget)

    assert len(fields) > 100
    assert suspicious(simulation, "POST", "https://api.onesignal.com/notifications", *({it: 1} for it in fields)) == []


def test_no_field_of_a_user(simulation):
    url = f"https://api.onesignal.com/apps/{simulation.app.id}/users"

    assert suspicious(simulation, "POST", url, *({field: 1} for field in names(User, UpdateUserRequest))) == []


def test_no_field_of_a_custom_event(simulation):
    url = f"https://api.onesignal.com/apps/{simulation.app.id}/custom_events"

    assert suspicious(simulation, "POST", url, *({"events": [{field: 1}]} for field in names(CustomEvent))) == []


def test_no_field_of_an_event_of_amplitude(simulation):
    fields = [key for key, *_ in EVENT_KEY_MAPPING.values()]
    uploads = ({"events": [{field: 2_000_000_000_000}]} for field in fields)

    assert len(fields) > 30
    assert suspicious(simulation, "POST", "https://api2.amplitude.com/2/httpapi", *uploads) == []
