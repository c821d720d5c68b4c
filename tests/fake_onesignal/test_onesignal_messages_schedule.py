"""When messages are sent: over minutes, at each person's own time of day, not too often, and never after a cancel."""

from datetime import UTC, datetime, time, timedelta

import pytest

from fake_onesignal import Refused
from fake_onesignal.carrier import UNREGISTERED, Gone
from fake_onesignal.schedule import next_time, zone_of

PUSH = {"included_segments": ["All"], "contents": {"en": "Hello"}}


def sent_at(shop):
    return [(envelope.token, envelope.sent_at) for envelope in shop.carrier.envelopes]


def run_until(shop, clock, end):
    """Run whatever is due, moving the clock from one due moment to the next, no further than `end`."""
    shop.fake.run_due()
    while (due := shop.fake.next_due()) is not None and due <= end:
        clock.time = max(clock.time, due)
        shop.fake.run_due()
    clock.time = end


def test_throttling_spreads_the_audience_over_minutes(shop, clock):
    for number in range(5):
        shop.device(f"user-{number}")
    start = clock()

    id_ = shop.post(**PUSH, throttle_rate_per_minute=2).json["id"]
    shop.fake.run_due()

    assert shop.view(id_)["remaining"] == 3
    assert shop.view(id_)["completed_at"] is None
    assert shop.fake.next_due() == start + timedelta(minutes=1)
    run_until(shop, clock, start + timedelta(hours=1))
    assert [(moment - start).total_seconds() for _, moment in sent_at(shop)] == [0, 0, 60, 60, 120]
    assert shop.view(id_)["remaining"] == 0
    assert shop.view(id_)["completed_at"] == int((start + timedelta(minutes=2)).timestamp())


def test_an_apps_throttle_holds_unless_a_message_says_otherwise(shop):
    for number in range(3):
        shop.device(f"user-{number}")
    shop.fake.messaging.set_throttle(shop.app.id, 1)

    shop.post(**PUSH)
    shop.fake.run_due()
    throttled = len(shop.carrier.envelopes)
    shop.post(**PUSH, throttle_rate_per_minute="0")
    shop.fake.run_due()

    assert (throttled, len(shop.carrier.envelopes)) == (1, 4)


def test_what_is_not_yet_sent_of_a_message_can_be_cancelled(shop, clock):
    for number in range(5):
        shop.device(f"user-{number}")
    id_ = shop.post(**PUSH, throttle_rate_per_minute=2).json["id"]
    shop.fake.run_due()

    answer = shop.call("DELETE", f"/notifications/{id_}?app_id={shop.app.id}")
    run_until(shop, clock, clock() + timedelta(hours=1))

    assert answer.json == {"success": True}
    assert len(shop.carrier.envelopes) == 2
    seen = shop.view(id_)
    assert (seen["canceled"], seen["remaining"], seen["successful"], seen["completed_at"]) == (True, 3, 2, None)


def test_a_cancelled_message_leaves_nothing_to_wait_for_and_takes_no_other_along(shop, clock):
    for number in range(2):
        shop.device(f"user-{number}")
    cancelled, other = (shop.post(**PUSH, throttle_rate_per_minute=1).json["id"] for _ in range(2))
    shop.fake.run_due()

    shop.call("DELETE", f"/notifications/{cancelled}?app_id={shop.app.id}")
    run_until(shop, clock, clock() + timedelta(minutes=1))

    assert (shop.view(cancelled)["successful"], shop.view(other)["successful"]) == (1, 2)
    alone = shop.post(**PUSH, throttle_rate_per_minute=1).json["id"]
    shop.fake.run_due()
    shop.call("DELETE", f"/notifications/{alone}?app_id={shop.app.id}")
    assert shop.fake.next_due() is None


def test_a_message_that_is_wholly_sent_cannot_be_cancelled(shop):
    shop.device("anna")
    id_ = shop.post(**PUSH).json["id"]
    shop.fake.run_due()

    answer = shop.call("DELETE", f"/notifications/{id_}?app_id={shop.app.id}")

    assert (answer.status_code, shop.view(id_)["canceled"]) == (400, False)


def test_a_time_of_day_comes_at_each_persons_own(shop, clock):
    zones = {"anna": "Europe/Berlin", "ben": "America/New_York", "carl": "Asia/Tokyo", "dora": "No/Where"}
    for name, zone in zones.items():
        shop.device(name)
        shop.call("PATCH", f"/apps/{shop.app.id}/users/by/external_id/{name}", {"properties": {"timezone_id": zone}})
    start = clock()

    shop.post(**PUSH, delayed_option="timezone", delivery_time_of_day="9:30AM")
    run_until(shop, clock, start + timedelta(days=2))

    hours = {token.partition("-")[0]: (moment - start).total_seconds() / 3600 for token, moment in sent_at(shop)}
    assert hours == {"dora": 0.5, "ben": 5.5, "carl": 15.5, "anna": 23.5}


def test_last_active_comes_at_the_time_of_day_of_the_last_visit(shop, clock):
    clock.advance(hours=-20)
    shop.device("anna")
    clock.advance(hours=10)
    shop.device("ben")
    clock.advance(hours=10)
    start = clock()

    id_ = shop.post(**PUSH, delayed_option="last-active", send_after="2026-03-02T10:00:00Z").json["id"]
    run_until(shop, clock, start + timedelta(days=2))

    assert [(token[:4], moment) for token, moment in sent_at(shop)] == [
        ("anna", datetime(2026, 3, 2, 13, tzinfo=UTC)),
        ("ben-", datetime(2026, 3, 2, 23, tzinfo=UTC)),
    ]
    assert shop.view(id_)["delayed_option"] == "last-active"


def test_a_time_of_day_survives_the_night_in_which_clocks_are_changed():
    zone = zone_of("Europe/Berlin", 0)

    winter = next_time(datetime(2026, 3, 28, 12, tzinfo=UTC), time(9), zone)
    summer = next_time(winter, time(9), zone)

    assert winter == summer == datetime(2026, 3, 29, 7, tzinfo=UTC)


def test_whoever_asks_for_no_delay_by_name_gets_none_and_may_throttle(shop):
    shop.device("anna")

    id_ = shop.post(**PUSH, delayed_option="immediate", delivery_time_of_day="", throttle_rate_per_minute=5).json["id"]
    shop.fake.run_due()

    assert (shop.view(id_)["delayed_option"], shop.statistics(id_)) == ("immediate", {"successful": 1})


@pytest.mark.parametrize(
    "fields",
    [
        {"delayed_option": "timezone", "throttle_rate_per_minute": 5},
        {"delayed_option": "tomorrow"},
        {"delayed_option": "timezone", "delivery_time_of_day": "25:00"},
        {"delayed_option": "timezone", "delivery_time_of_day": ""} | {"ttl": -1},
        {"ttl": 2_419_201},
        {"throttle_rate_per_minute": -1},
        {"throttle_rate_per_minute": "many"},
        {"delayed_option": "timezone", "target_channel": "sms"},
    ],
)
def test_what_cannot_be_scheduled_is_refused(shop, fields):
    shop.device("anna")
    before = shop.fake.fingerprint()

    answer = shop.post(**PUSH, **fields)

    assert answer.status_code == 400
    assert shop.fake.fingerprint() == before


def test_a_device_that_had_its_share_is_capped_without_any_event(shop, clock):
    shop.fake.messaging.set_frequency_cap(shop.app.id, messages_max=1, window_s=3600)
    shop.device("anna")

    ids = [shop.push("anna") for _ in range(2)] + [shop.push("anna", enable_frequency_cap=False)]
    shop.fake.run_due()
    clock.advance(hours=1)
    ids.append(shop.push("anna"))
    shop.fake.run_due()

    seen = [shop.view(id_) for id_ in ids]
    assert [one["successful"] for one in seen] == [1, 0, 1, 1]
    assert [(one["frequency_capped"], one["fcap_status"]) for one in seen] == [
        (0, "uncapped"),
        (1, "capped"),
        (0, "uncapped"),
        (0, "uncapped"),
    ]
    assert seen[1]["platform_delivery_stats"]["ios"]["frequency_capped"] == 1
    assert shop.kinds() == ["message.push.sent"] * 3


def test_an_app_that_sends_ten_times_its_subscriptions_in_15_minutes_is_disabled(new_shop, clock):
    shop = new_shop(limits="documented")
    shop.device("anna")
    clock.advance(seconds=2)
    for _ in range(10):
        shop.push("anna")
    shop.fake.run_due()
    clock.advance(minutes=15)
    for _ in range(12):
        shop.push("anna")

    shop.fake.run_due()

    assert len(shop.carrier.envelopes) == 10 + 11
    assert shop.fake.next_due() is None
    assert shop.post(**PUSH).status_code == 403
    shop.fake.dashboard.enable_app(shop.app.id)
    shop.fake.run_due()
    assert len(shop.carrier.envelopes) == 10 + 12


def test_an_uninstalled_app_is_only_found_out_at_the_third_send(shop):
    device = shop.device("anna", token="token-a")
    shop.carrier.outcomes["token-a"] = Gone()

    ids = []
    for _ in range(3):
        ids.append(shop.push("anna"))
        shop.fake.run_due()
        counted = shop.fake.dashboard.audience(shop.app.id, "All")

    assert [shop.statistics(id_) for id_ in ids] == [{"successful": 1}, {"successful": 1}, {"failed": 1}]
    assert shop.kinds() == ["message.push.sent", "message.push.sent", "message.push.unsubscribed"]
    assert counted == ()
    user = shop.call("GET", f"/apps/{shop.app.id}/users/by/external_id/anna").json
    assert [(one["id"], one["notification_types"]) for one in user["subscriptions"]] == [(device, -10)]


def test_a_message_that_finds_the_last_app_gone_does_not_disable_the_app(new_shop, clock):
    """`facts/onesignal-api.md` 8.1: the limit is ten times the subscriptions that there were to send to."""
    shop = new_shop(limits="documented")
    shop.device("anna", token="token-a")
    shop.carrier.outcomes["token-a"] = Gone()
    clock.advance(seconds=2)
    for _ in range(3):
        shop.push("anna")
        shop.fake.run_due()
        clock.advance(minutes=5)

    assert shop.fake.dashboard.audience(shop.app.id, "All") == ()
    assert shop.post(**PUSH).status_code == 200


def test_a_device_that_took_a_message_in_between_is_not_forgotten(shop):
    shop.device("anna", token="token-a")
    for outcome in (Gone(), Gone(), None, Gone(), Gone()):
        if outcome is None:
            del shop.carrier.outcomes["token-a"]
        else:
            shop.carrier.outcomes["token-a"] = outcome
        shop.push("anna")
        shop.fake.run_due()

    assert len(shop.fake.dashboard.audience(shop.app.id, "All")) == 1


def test_a_provider_that_says_so_at_once_is_believed_at_once(shop):
    shop.device("anna", token="token-a")
    shop.carrier.outcomes["token-a"] = Refused(UNREGISTERED)

    shop.push("anna")
    shop.fake.run_due()

    assert shop.fake.dashboard.audience(shop.app.id, "All") == ()


def test_the_carrier_hears_of_time_to_live_and_collapsing(shop):
    shop.device("anna")

    id_ = shop.push("anna", ttl=60, collapse_id="score")
    shop.push("anna")
    shop.fake.run_due()

    assert [(one.ttl_s, one.collapse_id) for one in shop.carrier.envelopes] == [(60, "score"), (259_200, "")]
    assert shop.view(id_)["collapse_id"] == "score"
