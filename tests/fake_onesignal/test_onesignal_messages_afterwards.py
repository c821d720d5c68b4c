"""After the sending: the history of a message as a file, and the unsubscribe link of an e-mail."""

import pytest
from onesignal_official import DefaultApi, models, onesignal
from onesignal_sockets import served

LINK = "https://api.onesignal.com"


def history(shop, id_, **fields):
    body = {"app_id": shop.app.id, "events": "clicked", "email": "me@example.com"} | fields
    return shop.call("POST", f"/notifications/{id_}/history", body)


def fetched(shop, answer):
    return shop.sdk("GET", "/message_histories" + answer.json["destination_url"].partition("/message_histories")[2])


def test_a_history_is_a_file_of_who_was_sent_a_message_and_when(new_shop, clock):
    shop = new_shop(limits="documented")
    clock.advance(seconds=1)
    device = shop.device("anna")
    sent = int(clock().timestamp())
    id_ = shop.push("anna")
    shop.fake.run_due()
    clock.advance(seconds=10)
    shop.sdk("PUT", f"/notifications/{id_}", {"app_id": shop.app.id, "player_id": device, "opened": True})

    answer = history(shop, id_)
    early = fetched(shop, answer)
    clock.advance(minutes=1)
    late = fetched(shop, answer)

    assert (answer.status_code, answer.json["success"]) == (202, True)
    assert early.status_code == 404
    assert late.text == f"player_id,timestamp\n{device},{sent + 10}\n"


def test_only_a_message_to_a_thousand_has_sent_rows(shop):
    for number in range(1_000):
        shop.device(f"user-{number}")
    small = shop.push("user-0")
    large = shop.post(included_segments=["All"], contents={"en": "Hello"}).json["id"]
    shop.fake.run_due()

    rows = [len(fetched(shop, history(shop, id_, events="sent")).text.splitlines()) - 1 for id_ in (small, large)]

    assert rows == [0, 1_000]


def test_a_history_is_for_paid_plans_and_seven_days(shop, clock):
    shop.device("anna")
    id_ = shop.push("anna")
    clock.advance(days=7, seconds=-1)
    in_time = history(shop, id_)
    clock.advance(seconds=1)
    too_late = history(shop, id_)
    shop.fake.set_plan(shop.app.id, "free")

    assert (in_time.status_code, too_late.status_code, history(shop, id_).status_code) == (202, 404, 403)


@pytest.mark.parametrize("fields", [{"email": "nobody"}, {"email": 7}, {"events": "opened"}, {"events": ["sent"]}])
def test_a_history_is_asked_for_with_an_address_and_one_kind_of_event(shop, fields):
    shop.device("anna")
    id_ = shop.push("anna")

    answer = history(shop, id_, **fields)

    assert (answer.status_code, answer.json["success"]) == (400, False)


def test_the_official_client_asks_for_a_history(app, call, official):
    call("POST", f"/apps/{app.id}/users", {"subscriptions": [{"type": "iOSPush", "token": "t"}]})
    message = {"app_id": app.id, "included_segments": ["All"], "contents": {"en": "Hello"}}
    id_ = call("POST", "/notifications", message).json["id"]

    answer = official.get_notification_history(
        id_, models.GetNotificationHistoryRequestBody(app_id=app.id, events="sent", email="me@example.com")
    )

    assert answer.success is True
    assert "/message_histories/" in answer.destination_url


def test_the_link_in_an_email_unsubscribes_its_address_without_a_key(shop):
    device = shop.device("anna", "Email", "anna@example.com")
    id_ = shop.email("anna")
    shop.fake.run_due()
    link = shop.fake.messaging.unsubscribe_link(id_, device).removeprefix(LINK)

    first, again = shop.sdk("POST", link), shop.sdk("POST", link)

    assert (first.status_code, first.json, again.status_code) == (202, {"success": "true"}, 202)
    assert shop.kinds() == ["message.email.sent", "message.email.received", "message.email.unsubscribed"]
    assert shop.fake.dashboard.audience(shop.app.id, "All") == ()


def test_a_token_of_another_message_or_address_opens_nothing(shop):
    anna = shop.device("anna", "Email", "anna@example.com")
    ben = shop.device("ben", "Email", "ben@example.com")
    first, second = shop.email("anna", "ben"), shop.email("anna", "ben")
    shop.fake.run_due()
    before = shop.fake.fingerprint()
    link = shop.fake.messaging.unsubscribe_link(first, anna).removeprefix(LINK)

    answers = [shop.sdk("POST", link.replace(*change)) for change in ((anna, ben), (first, second), ("token=", "t="))]

    assert [one.status_code for one in answers] == [400, 400, 400]
    assert shop.fake.fingerprint() == before


def test_the_official_client_follows_a_link(new_shop):
    shop = new_shop(profile="client")
    device = shop.device("anna", "Email", "anna@example.com")
    id_ = shop.email("anna")
    shop.fake.run_due()
    token = shop.fake.messaging.unsubscribe_link(id_, device).partition("token=")[2]

    with served(shop.fake) as url, onesignal.ApiClient(onesignal.Configuration(host=url)) as client:
        answer = DefaultApi(client).unsubscribe_email_with_token(shop.app.id, id_, token)

    assert answer.success is True
