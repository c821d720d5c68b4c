"""POST /notifications and its sisters: every answer of facts/onesignal-api.md 6.2 and 6.3."""

import pytest
from werkzeug.test import Client

PUSH = {"target_channel": "push", "contents": {"en": "Hello"}}
MIXED = (
    "Platforms You may only send to one delivery channel at a time. "
    "Make sure you are only including one of push platforms, Email, or SMS."
)
NOBODY = {"id": "", "errors": ["All included players are not subscribed"]}
UUID = "11111111-2222-4333-8444-555555555555"


def test_an_accepted_message_has_an_id_and_echoes_its_idempotency_key(shop):
    shop.device("anna")

    plain = shop.post(included_segments=["All"], **PUSH)
    keyed = shop.post(included_segments=["All"], idempotency_key=UUID, **PUSH)

    assert plain.status_code == keyed.status_code == 200
    assert plain.json == {"id": plain.json["id"], "external_id": None}
    assert keyed.json["external_id"] == UUID


@pytest.mark.parametrize("root", ["", "/api/v1"])
@pytest.mark.parametrize("field", ["idempotency_key", "external_id"])
def test_a_repeated_key_gives_the_first_result_for_thirty_days(shop, clock, root, field):
    shop.device("anna")
    body = {"app_id": shop.app.id, "included_segments": ["All"], field: UUID, **PUSH}
    first = shop.call("POST", f"{root}/notifications", body)

    again = shop.call("POST", f"{root}/notifications", body | {"contents": {"en": "Other"}})
    clock.advance(days=30)
    later = shop.call("POST", f"{root}/notifications", body)

    assert "Idempotent-Replayed" not in first.headers
    assert (again.json, again.headers["Idempotent-Replayed"]) == (first.json, "true")
    assert later.json["id"] != first.json["id"]


def test_a_replay_repeats_who_could_not_be_reached_the_first_time(shop):
    shop.device("anna")
    ben = shop.device("ben", enabled=False)
    asked = {"include_aliases": {"external_id": ["anna", "ben"]}, "idempotency_key": UUID, **PUSH}
    first = shop.post(**asked)

    shop.call("PATCH", f"/apps/{shop.app.id}/subscriptions/{ben}", {"subscription": {"enabled": True}})

    assert shop.post(**asked).json == first.json
    assert first.json["errors"] == {"invalid_aliases": {"external_id": ["ben"]}}


@pytest.mark.parametrize(
    "target",
    [
        {"included_segments": ["No such segment"]},
        {"included_segments": ["All Email Subscriptions"]},
        {"included_segments": ["All"], "excluded_segments": ["Total Subscriptions"]},
        {"include_aliases": {"external_id": ["nobody"]}},
        {"include_subscription_ids": [UUID]},
        {"include_player_ids": [UUID]},
        {"filters": [{"field": "tag", "key": "vip", "relation": "=", "value": "yes"}]},
        {"included_segments": ["All"], "isAndroid": True},
    ],
)
def test_when_nobody_can_be_reached_the_answer_is_200_without_a_message(shop, target):
    shop.device("anna")
    before = shop.fake.fingerprint()

    answer = shop.post(**PUSH | target)

    assert (answer.status_code, answer.json) == (200, NOBODY)
    assert shop.fake.fingerprint() == before


def test_an_unsubscribed_user_is_listed_once_for_every_unsubscribed_subscription(shop):
    shop.device("anna")
    for type_ in ("iOSPush", "AndroidPush"):
        shop.device("ben", type_, enabled=False, notification_types=-2)
    shop.device("ben", "Email", "ben@example.com")

    both = shop.post(include_aliases={"external_id": ["anna", "ben"]}, **PUSH).json
    none = shop.post(include_aliases={"external_id": ["ben"]}, **PUSH).json
    old = shop.post(include_external_user_ids=["anna", "ben"], contents={"en": "Hello"}).json

    assert both["id"]
    assert both["errors"] == {"invalid_aliases": {"external_id": ["ben", "ben"]}}
    assert none == {"id": "", "errors": {"invalid_aliases": {"external_id": ["ben", "ben"]}}}
    assert old["errors"] == {"invalid_external_user_ids": ["ben", "ben"]}


def test_unsubscribed_ids_and_addresses_are_listed_under_their_own_names(shop):
    gone = shop.device("anna", enabled=False)
    here = shop.device("ben")
    shop.device("ben", "Email", "ben@example.com", enabled=False)

    by_id = shop.post(include_player_ids=[gone, here], contents={"en": "Hello"}).json
    by_address = shop.post(email_to=["ben@example.com", "new@example.com"], email_subject="a", email_body="b").json
    by_number = shop.post(include_phone_numbers=["+4915100000001", "12"], contents={"en": "Hello"}).json

    assert by_id["errors"] == {"invalid_player_ids": [gone]}
    assert by_address["errors"] == {"invalid_email_tokens": ["ben@example.com"]}
    assert by_number["errors"] == {"invalid_phone_numbers": ["12"]}


def test_an_unknown_address_becomes_a_subscription_and_gets_the_message(shop):
    body = {"email_subject": "a", "email_body": "b"}

    first = shop.post(email_to=["new@example.com"], **body).json["id"]
    second = shop.post(include_email_tokens=["new@example.com"], **body).json["id"]
    shop.fake.run_due()

    assert shop.statistics(first) == shop.statistics(second) == {"successful": 1, "received": 1}
    assert {envelope.subscription_id for envelope in shop.carrier.envelopes} == {
        shop.carrier.envelopes[0].subscription_id
    }


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (PUSH, "You must include which players, segments, or tags you wish to send this notification to."),
        (
            PUSH | {"included_segments": []},
            "You must include which players, segments, or tags you wish to send this notification to.",
        ),
        (
            {"included_segments": ["All"], "contents": {"de": "Hallo"}},
            "Message Notifications must have English language content",
        ),
        ({"included_segments": ["All"]}, "Message Notifications must have English language content"),
        (
            PUSH | {"include_subscription_ids": ["anna"]},
            "Incorrect subscription_id format in include_subscription_ids (not a valid UUID): anna",
        ),
        (
            PUSH | {"include_player_ids": ["anna"]},
            "Incorrect player_id format in include_player_ids (not a valid UUID): anna",
        ),
        (
            PUSH | {"email_to": ["a@example.com"]},
            MIXED,
        ),
        (
            {"included_segments": ["All"], "contents": {"en": "a"}, "isIos": True, "isEmail": True},
            MIXED,
        ),
        (
            PUSH | {"included_segments": ["All"], "filters": [{"field": "language", "relation": "=", "value": "en"}]},
            "You may only use one way of targeting at a time, not included_segments and filters.",
        ),
        (
            {"include_aliases": {"external_id": ["a"]}, "contents": {"en": "a"}},
            "target_channel is required when targeting with include_aliases. Use push, email or sms.",
        ),
        ({"included_segments": ["All"], "email_subject": "a"}, "'message' Email body can not be blank"),
        (PUSH | {"included_segments": ["All"], "send_after": "soon"}, "Send after is not a valid date"),
    ],
)
def test_a_message_that_cannot_be_meant_is_refused_in_the_vendors_words(shop, body, text):
    shop.device("anna")

    answer = shop.post(**body)

    assert (answer.status_code, answer.json["errors"]) == (400, [text])


@pytest.mark.parametrize("path", ["/notifications", "/notifications/count-unsaved"])
def test_filters_of_a_message_are_refused_in_the_envelope_of_messages(shop, path):
    endless = {"filters": [{"field": "language", "relation": "=", "value": "en"}, {"operator": "OR"}]}
    segments = {"included_segments": ["All"]} if path.endswith("unsaved") else {}

    answer = shop.call("POST", path, {"app_id": shop.app.id, **PUSH, **segments, **endless})

    assert (answer.status_code, answer.json) == (400, {"errors": ["filters must not end with an operator"]})


def test_the_app_is_named_by_its_uuid_and_opened_by_its_key(shop):
    body = {"included_segments": ["All"], **PUSH}

    missing = shop.call("POST", "/notifications", body)
    malformed = shop.call("POST", "/notifications", body | {"app_id": "shop"})
    strange = shop.call("POST", "/notifications", body | {"app_id": UUID})
    keyless = shop.sdk("POST", "/notifications", body | {"app_id": shop.app.id})

    assert missing.json["errors"] == ["app_id not found. You may be missing a Content-Type: application/json header."]
    assert (malformed.status_code, malformed.json) == (400, {"errors": ["app_id must be a valid UUID"]})
    for refused in (strange, keyless):
        assert refused.status_code == 403
        assert refused.json["errors"][0].startswith("Access denied.  Please include an 'Authorization: ...' header")


def test_a_template_or_a_silent_push_needs_no_english(shop):
    shop.device("anna")

    by_template = shop.post(included_segments=["All"], template_id=UUID)
    silent = shop.post(included_segments=["All"], content_available=True)

    assert by_template.json["id"]
    assert silent.json["id"]
    assert shop.view(by_template.json["id"])["template_id"] == UUID


def test_a_platform_flag_turns_the_other_platforms_off(shop):
    shop.device("anna", "iOSPush")
    shop.device("anna", "AndroidPush")

    id_ = shop.post(included_segments=["All"], isAndroid=True, **PUSH).json["id"]
    shop.fake.run_due()

    assert [envelope.type for envelope in shop.carrier.envelopes] == ["AndroidPush"]
    assert shop.view(id_)["isAndroid"] is True


def test_named_subscriptions_tell_the_channel_when_nothing_else_does(shop):
    number = shop.device("anna", "SMS", "+4915100000001")
    phone = shop.device("anna", "iOSPush")

    shop.post(include_subscription_ids=[number], contents={"en": "Hello"})
    shop.fake.run_due()
    mixed = shop.post(include_subscription_ids=[number, phone], contents={"en": "Hello"})

    assert [envelope.type for envelope in shop.carrier.envelopes] == ["SMS"]
    assert mixed.status_code == 400


def test_excluded_segments_and_filters_narrow_who_gets_a_message(shop):
    shop.device("anna")
    shop.device("ben")
    shop.call("PATCH", f"/apps/{shop.app.id}/users/by/external_id/ben", {"properties": {"tags": {"vip": "yes"}}})
    vip = [{"field": "tag", "key": "vip", "relation": "=", "value": "yes"}]
    shop.call("POST", f"/apps/{shop.app.id}/segments", {"name": "VIP", "filters": vip})

    shop.post(filters=vip, **PUSH)
    shop.post(included_segments=["All"], excluded_segments=["VIP"], **PUSH)
    shop.fake.run_due()

    assert [envelope.token for envelope in shop.carrier.envelopes] == ["ben-iOSPush", "anna-iOSPush"]


def test_the_list_shows_the_newest_first_by_pages(shop, clock):
    shop.device("anna")
    ids = []
    for number in range(5):
        ids.append(shop.push("anna", name=str(number)))
        clock.advance(seconds=1)
    path = f"/notifications?app_id={shop.app.id}"

    page = shop.call("GET", f"{path}&limit=2&offset=1").json
    automated = shop.call("GET", f"{path}&kind=3").json
    clock.advance(days=30)
    forgotten = shop.call("GET", path).json

    assert (page["total_count"], page["offset"], page["limit"]) == (5, 1, 2)
    assert [one["id"] for one in page["notifications"]] == [ids[3], ids[2]]
    assert (automated["total_count"], automated["notifications"]) == (0, [])
    assert (forgotten["total_count"], forgotten["limit"]) == (0, 50)


def test_an_unknown_or_forgotten_message_is_not_found(shop, clock):
    shop.device("anna")
    id_ = shop.push("anna")
    clock.advance(days=30)

    for method in ("GET", "DELETE"):
        for named in (id_, UUID, "a%2Fb"):
            answer = shop.call(method, f"/notifications/{named}?app_id={shop.app.id}")
            assert (answer.status_code, answer.json) == (404, {"errors": ["Notification not found"]})


def test_an_estimate_counts_subscribed_subscriptions(shop):
    shop.device("anna")
    shop.device("anna", "Email", "anna@example.com")
    shop.device("ben", enabled=False)
    body = {"app_id": shop.app.id, "included_segments": ["All"]}

    everyone = shop.call("POST", "/notifications/count-unsaved", body).json
    by_email = shop.call("POST", "/notifications/count-unsaved", body | {"target_channel": "email"}).json

    assert everyone == {"count": 2, "cap_applied": False, "mobile_suppressed": False, "mobile_excluded_count": 0}
    assert by_email["count"] == 1


def test_creating_and_cancelling_share_one_documented_limit(new_fake):
    fake = new_fake(limits="documented")
    app = fake.create_app("Free shop", plan="free")
    client = Client(fake)
    key = {"Authorization": f"Key {app.rest_api_key}"}
    body = {"app_id": app.id, "included_segments": ["All"], **PUSH}

    answers = [client.post("/notifications", json=body, headers=key) for _ in range(151)]

    assert [answer.status_code for answer in answers] == [200] * 150 + [429]
    assert answers[-1].headers["Retry-After"] == "1"
