"""To whom a message goes: push tokens, limits of ids, 2022's recipients, and who can confirm a delivery."""

from datetime import UTC, datetime

import pytest

from fake_onesignal.profiles import Profile


@pytest.mark.parametrize(
    ("family", "type_", "platform"),
    [
        ("include_ios_tokens", "iOSPush", "ios"),
        ("include_android_reg_ids", "AndroidPush", "android"),
        ("include_amazon_reg_ids", "FireOSPush", "amazon"),
        ("include_chrome_web_reg_ids", "ChromePush", "chrome_web_push"),
        ("include_chrome_reg_ids", "ChromeExtensionPush", "chrome_extension"),
        ("include_wp_wns_uris", "WindowsPush", "edge_web_push"),
    ],
)
def test_an_unknown_push_token_becomes_a_subscription(shop, family, type_, platform):
    known = shop.device("anna", type_, "known")

    id_ = shop.post(**{family: ["known", "new", "new"]}, contents={"en": "Hello"}).json["id"]
    shop.fake.run_due()

    assert shop.view(id_)["platform_delivery_stats"][platform]["successful"] == 2
    assert [(one.type, one.token) for one in shop.carrier.envelopes] == [(type_, "known"), (type_, "new")]
    assert shop.carrier.envelopes[0].subscription_id == known


def test_an_unsubscribed_push_token_is_named(shop):
    shop.device("anna", token="gone", enabled=False)

    answer = shop.post(include_ios_tokens=["gone", "with space"], contents={"en": "Hello"})

    assert answer.json == {"id": "", "errors": {"invalid_player_ids": ["gone", "with space"]}}


@pytest.mark.parametrize(("profile", "limit"), [("suggested", 20_000), ("client", 2_000), ("2022", 2_000)])
def test_a_request_names_so_many_ids_as_the_profile_allows(new_shop, profile, limit):
    shop = new_shop(profile=profile)
    shop.device("user-0")
    names = [f"user-{number}" for number in range(limit + 1)]
    target = {"contents": {"en": "Hello"}, "target_channel": "push"}

    most = shop.post(include_aliases={"external_id": names[:limit]}, **target)
    too_many = [
        shop.post(include_aliases={"external_id": names}, **target),
        shop.post(include_ios_tokens=names, contents={"en": "Hello"}),
        shop.post(email_to=[f"{name}@example.com" for name in names], email_subject="a", email_body="b"),
    ]

    assert (most.status_code, [answer.status_code for answer in too_many]) == (200, [400] * 3)


def test_the_answer_of_2022_says_how_many_it_reaches(new_shop):
    shop = new_shop(profile="2022")
    for name in ("anna", "ben"):
        shop.device(name)
    shop.device("carl", enabled=False)
    contents = {"en": "Hello"}

    by_segment = shop.post(included_segments=["All"], contents=contents)
    by_id = shop.post(include_external_user_ids=["anna", "carl"], contents=contents)
    nobody = shop.post(included_segments=["Nobody here"], contents=contents)
    later = shop.post(included_segments=["All"], contents=contents, send_after="2026-03-03T09:00:00Z")

    assert [answer.json.get("recipients") for answer in (by_segment, by_id, nobody, later)] == [2, 1, 0, 2]


def test_in_2022_an_app_sends_to_devices_and_cancels_without_the_key(new_shop):
    """facts/onesignal-api.md 3."""
    for profile, statuses in (("2022", [200, 200, 400, 200, 400]), ("suggested", [403] * 5)):
        shop = new_shop(profile=profile)
        anna, ben = shop.device("anna"), shop.device("ben")
        body = {"app_id": shop.app.id, "contents": {"en": "Hello"}, "send_after": "2026-03-03 09:00:00 GMT+0000"}
        cancelled = []
        for ids in ([anna], [anna, ben]):
            mine = shop.call("POST", "/notifications", body | {"include_player_ids": ids}).json["id"]
            cancelled.append(shop.sdk("DELETE", f"/notifications/{mine}?app_id={shop.app.id}"))

        answers = [
            shop.sdk("POST", "/notifications", body | {"include_player_ids": [anna, ben]}),
            cancelled[0],
            shop.sdk("POST", "/notifications", body | {"included_segments": ["All"], "include_player_ids": None}),
            shop.sdk("POST", "/notifications", body | {"include_player_ids": [anna]}),
            cancelled[1],
        ]

        assert [answer.status_code for answer in answers] == statuses


def test_whoever_reaches_nobody_gets_an_empty_id_or_none(new_shop):
    for profile, answer in ((Profile(), {"id": ""}), (Profile(shows_empty_id=False), {})):
        nobody = new_shop(profile=profile).post(included_segments=["Nobody here"], contents={"en": "Hello"})

        assert nobody.json == answer | {"errors": ["All included players are not subscribed"]}


@pytest.mark.parametrize(("profile", "hour"), [("suggested", 10), ("client", 21)])
def test_a_moment_without_a_zone_is_in_the_zone_of_the_profile(new_shop, profile, hour):
    shop = new_shop(profile=profile)
    shop.device("anna")

    at = shop.view(shop.push("anna", send_after="2026-03-03 10:00:00"))["send_after"]

    assert at == datetime(2026, 3, 3, hour, tzinfo=UTC).timestamp()


def test_a_segment_of_emails_holds_the_unsubscribed_when_that_is_asked_for(shop):
    shop.device("anna", "Email", "anna@example.com")
    shop.device("ben", "Email", "ben@example.com", enabled=False)
    content = {"email_subject": "a", "email_body": "b", "target_channel": "email", "included_segments": ["All"]}

    for body in (content, content | {"include_unsubscribed": True}):
        shop.post(**body)
        shop.fake.run_due()

    assert [one.token for one in shop.carrier.envelopes] == ["anna@example.com", "anna@example.com", "ben@example.com"]


def test_a_push_never_goes_to_the_unsubscribed_whatever_is_asked_for(shop):
    shop.device("anna", enabled=False)

    answer = shop.post(
        include_aliases={"external_id": ["anna"]},
        target_channel="push",
        include_unsubscribed=True,
        contents={"en": "Hello"},
    )

    assert answer.json["id"] == ""


@pytest.mark.parametrize(
    ("type_", "fields", "received"),
    [
        ("iOSPush", {}, 1),
        ("SafariPush", {}, 0),
        ("SafariLegacyPush", {}, 0),
        ("HuaweiPush", {"huawei_msg_type": "message"}, 0),
        ("HuaweiPush", {"huawei_msg_type": "data"}, 1),
    ],
)
def test_only_a_device_that_can_confirm_a_delivery_does(shop, type_, fields, received):
    device = shop.device("anna", type_)
    id_ = shop.push("anna", **fields)
    shop.fake.run_due()

    shop.sdk("PUT", f"/notifications/{id_}/report_received", {"app_id": shop.app.id, "player_id": device})

    assert shop.view(id_)["received"] == received


def test_the_docs_have_no_remaining_while_a_message_is_queued(new_shop):
    for profile, remaining in (("docs", None), ("suggested", 0)):
        shop = new_shop(profile=profile)
        shop.device("anna")
        id_ = shop.push("anna")

        assert shop.view(id_)["remaining"] == remaining
        shop.fake.run_due()
        assert shop.view(id_)["remaining"] == 0
