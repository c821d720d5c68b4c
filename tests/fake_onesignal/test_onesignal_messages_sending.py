"""What becomes of a message: statistics and events, from the request to the device's own report."""

import pytest

from fake_onesignal import Refused
from fake_onesignal.carrier import UNREGISTERED, Bounced, Undelivered


def test_a_route_remembers_and_only_the_work_that_is_due_sends(shop):
    shop.device("anna")

    id_ = shop.push("anna")

    assert shop.carrier.envelopes == []
    assert shop.fake.next_due() == shop.fake.world.now()
    assert shop.fake.run_due() == 1
    assert shop.fake.next_due() is None
    assert shop.statistics(id_) == {"successful": 1}
    assert shop.kinds() == ["message.push.sent"]


def test_one_user_with_three_devices_gets_three_messages_of_that_channel(shop):
    for type_ in ("iOSPush", "AndroidPush", "ChromePush"):
        shop.device("anna", type_)
    shop.device("anna", "Email", "anna@example.com")

    id_ = shop.push("anna")
    shop.fake.run_due()

    assert shop.statistics(id_) == {"successful": 3}
    stats = shop.view(id_)["platform_delivery_stats"]
    assert {platform: counted["successful"] for platform, counted in stats.items()} == {
        "ios": 1,
        "android": 1,
        "chrome_web_push": 1,
    }


def test_an_unsubscribed_device_counts_as_failed_and_is_an_unsubscribed_event(shop):
    shop.device("anna")
    shop.device("anna", "AndroidPush", enabled=False, notification_types=-2)

    id_ = shop.push("anna")
    shop.fake.run_due()

    assert shop.statistics(id_) == {"successful": 1, "failed": 1}
    assert sorted(shop.kinds()) == ["message.push.sent", "message.push.unsubscribed"]


def test_who_unsubscribes_before_the_sending_is_not_sent_to(shop):
    device = shop.device("anna")
    id_ = shop.push("anna")

    shop.call("PATCH", f"/apps/{shop.app.id}/subscriptions/{device}", {"subscription": {"enabled": False}})
    shop.fake.run_due()

    assert shop.carrier.envelopes == []
    assert shop.statistics(id_) == {"failed": 1}


def test_a_refusal_is_errored_and_its_reason_is_in_the_event(shop):
    shop.device("anna", token="token-a")
    shop.carrier.outcomes["token-a"] = Refused("MISMATCHED_SENDER")

    id_ = shop.push("anna")
    shop.fake.run_due()

    (event,) = shop.fake.message_events(shop.app.id)
    assert (event.kind, event.details.failure_reason) == ("message.push.failed", "MISMATCHED_SENDER")
    assert shop.statistics(id_) == {"errored": 1}


def test_an_unregistered_token_unsubscribes_the_device_with_minus_ten(shop):
    device = shop.device("anna", token="token-a")
    shop.carrier.outcomes["token-a"] = Refused(UNREGISTERED)

    shop.push("anna")
    shop.fake.run_due()

    user = shop.call("GET", f"/apps/{shop.app.id}/users/by/external_id/anna").json
    (subscription,) = [one for one in user["subscriptions"] if one["id"] == device]
    assert (subscription["enabled"], subscription["notification_types"]) == (False, -10)
    assert shop.post(included_segments=["All"], contents={"en": "Hi"}).json["id"] == ""


def test_an_email_is_sent_and_received_or_bounced_and_then_suppressed(shop):
    shop.device("anna", "Email", "anna@example.com")
    shop.device("ben", "Email", "ben@example.com")
    shop.carrier.outcomes["ben@example.com"] = Bounced()

    first = shop.email("anna", "ben")
    shop.fake.run_due()
    second = shop.email("ben")
    shop.fake.run_due()

    assert shop.statistics(first) == {"successful": 2, "received": 1}
    assert shop.view(first)["platform_delivery_stats"]["email"]["bounced"] == 1
    assert shop.statistics(second) == {"failed": 1}
    assert shop.kinds() == [
        "message.email.sent",
        "message.email.received",
        "message.email.sent",
        "message.email.bounced",
        "message.email.suppressed",
    ]


def test_an_sms_is_sent_and_delivered_or_undelivered_or_failed(shop):
    for name, number in (("anna", "+4915100000001"), ("ben", "+4915100000002"), ("eva", "+4915100000003")):
        shop.device(name, "SMS", number)
    shop.carrier.outcomes["+4915100000002"] = Undelivered()
    shop.carrier.outcomes["+4915100000003"] = Refused("landline")

    id_ = shop.push("anna", "ben", "eva", target_channel="sms")
    shop.fake.run_due()

    assert shop.statistics(id_) == {"successful": 2, "errored": 1, "received": 1}
    assert shop.kinds() == [
        "message.sms.sent",
        "message.sms.delivered",
        "message.sms.sent",
        "message.sms.undelivered",
        "message.sms.failed",
    ]


def test_a_tap_and_a_receipt_count_once_however_often_the_sdk_reports_them(shop):
    device = shop.device("anna")
    id_ = shop.push("anna")
    shop.fake.run_due()

    for _ in range(2):
        report = {"app_id": shop.app.id, "player_id": device}
        assert shop.sdk("PUT", f"/notifications/{id_}/report_received", report).json == {"success": True}
        assert shop.sdk("PUT", f"/notifications/{id_}", report | {"opened": True}).json == {"success": True}

    assert shop.statistics(id_) == {"successful": 1, "converted": 1, "received": 1}
    assert shop.kinds() == ["message.push.sent", "message.push.received", "message.push.clicked"]


def test_a_tap_by_someone_who_never_got_the_message_counts_nothing(shop):
    shop.device("anna")
    stranger = shop.device("ben", "AndroidPush")
    id_ = shop.push("anna")
    shop.fake.run_due()

    shop.sdk("PUT", f"/notifications/{id_}", {"app_id": shop.app.id, "player_id": stranger, "opened": True})

    assert shop.statistics(id_) == {"successful": 1}


def test_confirmed_delivery_is_a_paid_feature(shop):
    shop.fake.set_plan(shop.app.id, "free")
    device = shop.device("anna")
    id_ = shop.push("anna")
    shop.fake.run_due()

    report = {"app_id": shop.app.id, "player_id": device}
    answer = shop.sdk("PUT", f"/notifications/{id_}/report_received", report)

    assert answer.status_code == 200
    assert shop.statistics(id_) == {"successful": 1}


def test_an_event_names_the_owner_of_the_moment(shop):
    device = shop.device("anna")
    id_ = shop.push("anna")
    shop.fake.run_due()

    shop.device("ben", token="anna-iOSPush")
    shop.sdk("PUT", f"/notifications/{id_}", {"app_id": shop.app.id, "player_id": device, "opened": True})

    sent, clicked = shop.fake.message_events(shop.app.id)
    assert (sent.external_id, clicked.external_id) == ("anna", "ben")
    assert sent.subscription_id == clicked.subscription_id == device


def test_what_a_mailbox_does_is_counted_in_total_and_uniquely(shop):
    address = shop.device("anna", "Email", "anna@example.com")
    id_ = shop.email("anna")
    shop.fake.run_due()

    for _ in range(3):
        shop.fake.record_email_opened(id_, address)
        shop.fake.record_email_clicked(id_, address)
    shop.fake.record_email_unsubscribed(id_, address)
    shop.fake.record_email_reported_as_spam(id_, address)

    email = shop.view(id_)["platform_delivery_stats"]["email"]
    assert {column: number for column, number in email.items() if number} == {
        "successful": 1,
        "received": 1,
        "converted": 1,
        "opened": 3,
        "unique_opens": 1,
        "clicks": 3,
        "unique_clicks": 1,
        "unsubscribed": 1,
        "reported_spam": 1,
    }
    assert shop.statistics(id_)["converted"] == 1
    assert shop.post(email_to=["anna@example.com"], email_subject="a", email_body="b").json["id"] == ""


def test_a_scheduled_message_waits_for_its_time_and_takes_the_audience_of_that_time(shop, clock):
    id_ = shop.post(included_segments=["All"], contents={"en": "Later"}, send_after="2026-03-02T12:00:00+01:00").json[
        "id"
    ]
    assert shop.fake.run_due() == 0

    shop.device("late")
    clock.advance(hours=2)

    assert shop.fake.next_due() == clock.time
    assert shop.fake.run_due() == 1
    assert shop.statistics(id_) == {"successful": 1}


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02 12:00:00 GMT+0100",
        "2026-03-02 11:00:00 GMT+000",
        "Mon Mar 02 2026 12:00:00 GMT+0100 (CET)",
        "Mon, 02 Mar 2026 11:00:00 GMT",
        "March 2nd 2026, 12:00:00 pm UTC+01:00",
        "2026-03-02T11:00:00Z",
        "2026-03-02 11:00:00 UTC",
    ],
)
def test_send_after_may_be_written_as_javascript_does(shop, clock, text):
    shop.device("anna")

    shop.push("anna", send_after=text)

    clock.advance(hours=2)
    assert shop.fake.next_due() == clock.time


def test_a_canceled_message_is_never_sent_and_a_sent_one_cannot_be_canceled(shop):
    shop.device("anna")
    canceled, sent = shop.push("anna"), shop.push("anna", name="second")
    path = f"/notifications/{{}}?app_id={shop.app.id}"

    assert shop.call("DELETE", path.format(canceled)).json == {"success": True}
    shop.fake.run_due()

    assert shop.view(canceled)["canceled"] is True
    assert shop.statistics(canceled) == {}
    assert shop.statistics(sent) == {"successful": 1}
    refusal = shop.call("DELETE", path.format(sent))
    assert (refusal.status_code, refusal.json) == (
        400,
        {"errors": ["Notification has already been sent to all recipients"]},
    )


def test_in_app_messages_are_listed_and_their_reports_carry_the_name_only(shop):
    device = shop.device("anna")
    message = shop.fake.create_in_app_message(shop.app.id, name="Welcome")
    report = {"app_id": shop.app.id, "player_id": device, "variant_id": message.variant_id}

    listed = shop.sdk("GET", f"/apps/{shop.app.id}/subscriptions/{device}/iams").json["in_app_messages"]
    for verb in ("impression", "click", "pageImpression"):
        more = {"click_id": "buy"} if verb == "click" else {"page_id": "2"}
        assert shop.sdk("POST", f"/in_app_messages/{message.id}/{verb}", report | more).json == {"success": True}

    assert [one["id"] for one in listed] == [message.id]
    shown, tapped, turned = shop.fake.message_events(shop.app.id)
    assert shop.kinds() == ["message.iam.impression", "message.iam.clicked", "message.iam.page_displayed"]
    assert tapped.details.target_id == "buy"
    assert turned.details.page_id == "2"
    assert shown.message_id == message.id
