"""What messages look like when they are viewed: all they were made with, zeros elsewhere; and lists of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

FLAGS = ("isIos", "isAndroid", "isHuawei", "isAnyWeb", "isChromeWeb", "isFirefox", "isSafari", "isWP_WNS", "isAdm")
WARM_UP = {"stages": [{"start": "2026-03-02T09:00:00Z", "end": "2026-03-03T09:00:00Z", "quota": 50}]}


def test_a_message_is_viewed_with_what_it_was_made_with_and_zeros_elsewhere(shop):
    """facts/onesignal-api.md 6.3."""
    shop.device("anna")

    id_ = shop.push(
        "anna", name="Spring", headings={"en": "Hi"}, url="https://shop.example", data={"a": 1}, big_picture=None
    )
    seen = shop.view(id_)

    assert (seen["name"], seen["headings"], seen["data"]) == ("Spring", {"en": "Hi"}, {"a": 1})
    assert seen["include_aliases"] == {"external_id": ["anna"]}
    assert seen["queued_at"] == seen["send_after"] == int(shop.fake.world.now().timestamp())
    assert (seen["canceled"], seen["included_segments"], seen["subtitle"]) == (False, [], {})
    assert {seen[icon] for icon in ("big_picture", "small_icon", "large_icon", "chrome_web_icon", "ios_sound")} == {""}
    nothing = ("tags", "filters", "template_id", "include_player_ids", "include_subscription_ids", "completed_at")
    assert {seen[name] for name in (*nothing, "include_external_user_ids", "throttle_rate_per_minute")} == {None}
    assert seen.keys().isdisjoint({"collapse_id", "email_body", "android_channel_id"})


@pytest.mark.parametrize("field", ["include_subscription_ids", "include_player_ids", "include_external_user_ids"])
def test_the_names_of_a_message_are_repeated_in_their_own_field(shop, field):
    device = shop.device("anna")
    name = "anna" if field == "include_external_user_ids" else device

    id_ = shop.post(contents={"en": "Hello"}, **{field: [name]}).json["id"]

    assert shop.view(id_)[field] == [name]


def test_the_flags_of_a_message_are_those_of_the_platforms_it_goes_to(shop):
    shop.device("anna")
    shop.device("anna", "Email", "anna@example.com")

    everything = shop.view(shop.push("anna"))
    apple = shop.view(shop.push("anna", isIos=True))
    email = shop.view(shop.email("anna"))

    assert [everything[flag] for flag in FLAGS] == [True] * len(FLAGS)
    assert [flag for flag in FLAGS if apple[flag]] == ["isIos"]
    assert [flag for flag in (*FLAGS, "isEmail", "isSMS") if email[flag]] == ["isEmail"]


def test_a_throttle_is_shown_by_the_docs_and_null_for_the_strict_client(new_shop):
    for profile, shown in (("docs", 2), ("suggested", None)):
        shop = new_shop(profile=profile)
        shop.device("anna")

        assert shop.view(shop.push("anna", throttle_rate_per_minute=2))["throttle_rate_per_minute"] == shown


def test_copies_are_counted_and_warming_up_has_a_state(shop):
    shop.device("anna", "Email", "anna@example.com")
    copies = ["boss@example.com", "archive@example.com"]

    id_ = shop.email("anna", email_bcc=copies, kind="warmup", email_warm_up=WARM_UP)
    queued = shop.view(id_)
    shop.fake.run_due()
    sent = shop.view(id_)

    assert (queued["email_bcc"], queued["bcc_sent"], sent["bcc_sent"]) == (copies, 0, 2)
    assert queued["email_warm_up"] == {**WARM_UP, "strategy": "recommended", "status": "initializing", "is_live": False}
    assert (sent["kind"], sent["email_warm_up"]["status"]) == ("warmup", "finished")


@pytest.mark.parametrize(
    ("fields", "most"),
    [
        ({"name": "n" * 128}, {"name": "n" * 129}),
        ({"buttons": [{"id": "b"}] * 3}, {"buttons": [{"id": "b"}] * 4}),
        ({"web_buttons": [{"id": "b"}] * 2}, {"web_buttons": [{"id": "b"}] * 3}),
        ({"email_bcc": ["a@b.c"] * 5}, {"email_bcc": ["a@b.c"] * 6}),
        ({"custom_data": {"a": "x" * 2_040}}, {"custom_data": {"a": "x" * 2_041}}),
        ({"ttl": 2_419_200}, {"ttl": 2_419_201}),
        ({"huawei_category": "IM"}, {"huawei_category": "im"}),
        ({"kind": "warmup"}, {"kind": "cold"}),
        ({"email_warm_up": WARM_UP}, {"email_warm_up": {"stages": [{"start": "soon", "end": "later", "quota": 1}]}}),
        ({"email_warm_up": WARM_UP}, {"email_warm_up": {**WARM_UP, "strategy": "sudden"}}),
    ],
)
def test_a_message_holds_so_much_and_no_more(shop, fields, most):
    shop.device("anna")
    target = {"include_aliases": {"external_id": ["anna"]}, "target_channel": "push", "contents": {"en": "Hello"}}

    good = shop.post(**target, **fields)
    before = shop.fake.fingerprint()
    bad = shop.post(**target, **most)

    assert good.json["id"]
    assert (bad.status_code, len(bad.json["errors"])) == (400, 1)
    assert shop.fake.fingerprint() == before


def test_an_email_may_carry_more_data_than_a_push(shop):
    shop.device("anna", "Email", "anna@example.com")

    assert shop.email("anna", custom_data={"a": "x" * 9_990})


def test_a_sequential_pull_sees_every_message_once_in_the_order_of_sending(shop, clock):
    shop.device("anna")
    ids = [shop.push("anna")]
    for minutes in (30, 10, 20):
        ids.append(shop.push("anna", send_after=(clock() + timedelta(minutes=minutes)).isoformat()))
        clock.advance(seconds=1)
    query = {"app_id": shop.app.id, "limit": 3, "time_offset": "2026-01-01T00:00:00.000Z"}

    pages = []
    while not pages or pages[-1]["notifications"]:
        pages.append(shop.call("GET", "/notifications", query_string=query).json)
        query["time_offset"] = pages[-1]["next_time_offset"]

    assert [[one["id"] for one in page["notifications"]] for page in pages] == [[ids[0], ids[2], ids[3]], [ids[1]], []]
    assert shop.call("GET", "/notifications", query_string=query | {"time_offset": "?"}).status_code == 400


def test_a_sequential_pull_begins_after_its_moment_and_may_be_of_one_template(shop, clock):
    shop.device("anna")
    template = shop.call("POST", "/templates", {"app_id": shop.app.id, "name": "T", "contents": {"en": "a"}}).json["id"]
    shop.push("anna")
    start = clock().isoformat()
    clock.advance(seconds=1)
    plain, made = shop.push("anna"), shop.post(included_segments=["All"], template_id=template).json["id"]

    def pulled(**more):
        query = {"app_id": shop.app.id, "time_offset": start, **more}
        return {one["id"] for one in shop.call("GET", "/notifications", query_string=query).json["notifications"]}

    assert pulled() == {plain, made}
    assert pulled(template_id=template) == {made}
    assert pulled(kind=0) == set()
