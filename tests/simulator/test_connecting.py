"""A street is connected with any setting that the bridge knows, and its bridge can be restarted with others."""

import pytest

from simulator.errors import WrongUsageError
from simulator.simulation import Simulation


def push(street, user):
    api = street.onesignal_api()
    phone = {"type": "iOSPush", "token": f"apns-token-{user}", "enabled": True, "notification_types": 1}
    api.post(f"/apps/{street.app.id}/users", {"identity": {"external_id": user}, "subscriptions": [phone]})
    message = {"app_id": street.app.id, "include_aliases": {"external_id": [user]}, "target_channel": "push"}
    api.post("/notifications", message | {"contents": {"en": "Hello"}})


def event_types_of(street, user):
    street.run_until_quiet()
    return [event["event_type"] for event in street.amplitude_reader().events_of(user)]


def test_a_connection_takes_any_setting_of_the_bridge():
    street = Simulation()

    street.connect(contract="2026")
    push(street, "ada-lovelace")

    assert event_types_of(street, "ada-lovelace") == ["[Onesignal] Push Delivered"]


def test_a_restarted_bridge_delivers_what_was_left_and_speaks_the_new_contract(tmp_path):
    street = Simulation()
    street.connect(outbox_url=f"sqlite:///{tmp_path}/outbox.db")
    push(street, "ada-lovelace")
    street.onesignal.run_due()
    assert street.bridge.status().connections[0].events.waiting == 1

    street.restart_bridge(contract="2026")
    push(street, "grace-hopper")

    assert event_types_of(street, "grace-hopper") == ["[Onesignal] Push Delivered"]
    assert event_types_of(street, "ada-lovelace") == ["Push Pending Delivery"]


def test_a_setting_that_does_not_exist_is_refused_with_the_nearest_one():
    street = Simulation()

    with pytest.raises(WrongUsageError, match=r"there is no setting 'contracts' of .*; the nearest is 'contract'"):
        street.connect(contracts="2026")

    street.connect()


def test_nothing_can_be_restarted_before_it_is_connected():
    with pytest.raises(WrongUsageError, match="nothing is connected yet"):
        Simulation().restart_bridge(contract="2026")
