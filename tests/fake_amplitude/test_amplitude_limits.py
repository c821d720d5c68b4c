"""The documented throttle (facts/amplitude-api.md 2.4), and that it is off unless asked for."""


def test_nothing_is_throttled_when_limits_are_off(amplitude, event):
    assert amplitude.upload(*[event()] * 2_000).status_code == 200


def test_over_thirty_a_second_averaged_over_thirty_seconds_is_throttled(documented, event):
    assert documented.upload(*[event()] * 900).status_code == 200
    before = documented.fake.fingerprint()

    refused = documented.upload(event(user_id="user-2", device_id="device-2"), event())

    assert refused.status_code == 429
    assert refused.text == (
        '{"code":429,"error":"Too many requests for some devices and users","eps_threshold":30,'
        '"throttled_devices":{"device-1":31},"throttled_users":{"user-1":31},"throttled_events":[1]}'
    )
    assert documented.fake.fingerprint() == before


def test_the_throttle_forgets_after_thirty_seconds(documented, event):
    documented.upload(*[event()] * 900)

    documented.clock.advance(seconds=30)

    assert documented.upload(event()).status_code == 200


def test_batch_takes_thirty_thousand_in_thirty_seconds_and_then_names_quotas_too(documented, event):
    for _ in range(15):
        assert documented.upload(*[event()] * 2_000, path="/batch").status_code == 200

    refused = documented.upload(event(), path="/batch").json

    assert refused["eps_threshold"] == 1_000
    assert refused["exceeded_daily_quota_users"] == {}


def test_the_daily_quota_of_batch_is_half_a_million(documented, event):
    documented.fake.world.throttle._daily.add({(documented.project.id, "user", "user-1"): 500_000}, documented.clock.ms)

    refused = documented.upload(event(), event(user_id="user-2", device_id="device-2"), path="/batch").json

    assert refused["exceeded_daily_quota_users"] == {"user-1": 500_001}
    assert refused["throttled_events"] == [0]
    documented.clock.advance(hours=25)
    assert documented.upload(event(), path="/batch").status_code == 200
