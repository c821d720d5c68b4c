"""What the dashboard lets one say of an event stream, and in-app messages as SDKs fetch them."""

import json

import pytest
from werkzeug import Response

from fake_onesignal.message_kinds import KINDS


@pytest.fixture
def received(httpserver, shop):
    """Everything that reaches the customer's server: method, path and body."""
    shop.fake.world.session.trust_env = False
    seen = []

    def take(request):
        seen.append((request.method, request.path, json.loads(request.get_data())))
        return Response(status=200)

    for path in ("/push", "/email", "/hook"):
        httpserver.expect_request(path).respond_with_handler(take)
    yield seen
    shop.fake.world.session.close()


def test_url_headers_and_body_are_templates(shop, httpserver, received):
    url = httpserver.url_for("/") + "{% if event.kind contains 'push' %}push{% else %}email{% endif %}"
    shop.fake.add_event_stream(
        shop.app.id, url=url, method="PUT", headers={"X-Kind": "{{ event.kind }}"}, body_template='"{{ message.name }}"'
    )
    shop.device("anna")
    shop.device("anna", "Email", "anna@example.com")

    shop.push("anna", name="A")
    shop.email("anna", name="B")
    shop.fake.run_due()

    assert received == [("PUT", "/push", "A"), ("PUT", "/email", "B"), ("PUT", "/email", "B")]


def test_a_stream_may_want_only_some_messages_or_templates(shop, httpserver, received):
    url = httpserver.url_for("/hook")
    shop.device("anna")
    wanted, other = (shop.push("anna", name=name) for name in "AB")
    shop.fake.add_event_stream(shop.app.id, url=url, message_ids=(wanted,), body_template='"{{ message.id }}"')
    shop.fake.add_event_stream(shop.app.id, url=url, template_ids=("t1",), body_template='"{{ message.id }}"')
    templated = shop.push("anna", template_id="t1")

    shop.fake.run_due()

    assert [body for _, _, body in received] == [wanted, templated]
    assert other not in str(received)


def test_older_names_of_kinds_are_an_alias(shop, httpserver, received):
    shop.fake.add_event_stream(
        shop.app.id, url=httpserver.url_for("/hook"), kind_names="older", body_template='"{{ event.kind }}"'
    )
    device = shop.device("anna")
    message = shop.fake.create_in_app_message(shop.app.id, name="Welcome")
    report = {"app_id": shop.app.id, "player_id": device, "first_impression": True}

    for call in ("impression", "pageImpression", "click"):
        shop.sdk("POST", f"/in_app_messages/{message.id}/{call}", report | {"click_id": "a", "page_id": "p"})
    shop.fake.run_due()

    assert [body for _, _, body in received] == [
        "message.iam.displayed",
        "message.iam.pagedisplayed",
        "message.iam.clicked",
    ]


def test_a_stream_is_changed_disabled_enabled_and_deleted(shop, httpserver, received):
    stream = shop.fake.add_event_stream(shop.app.id, url=httpserver.url_for("/hook"), body_template='"1"')
    desk = shop.fake.messaging
    shop.device("anna")

    def send():
        shop.push("anna")
        shop.fake.run_due()

    send()
    desk.update_event_stream(shop.app.id, stream.id, body_template='"2"')
    send()
    desk.disable_event_stream(shop.app.id, stream.id)
    send()
    desk.enable_event_stream(shop.app.id, stream.id)
    send()
    desk.delete_event_stream(shop.app.id, stream.id)
    send()

    assert [body for _, _, body in received] == ["1", "2", "2"]
    assert shop.fake.event_streams(shop.app.id) == ()


def test_a_change_that_the_dashboard_refuses_changes_nothing(shop):
    stream = shop.fake.add_event_stream(shop.app.id, url="https://shop.example")

    with pytest.raises(ValueError, match="may not set"):
        shop.fake.messaging.update_event_stream(shop.app.id, stream.id, headers={"Host": "a"})
    with pytest.raises(ValueError, match="not a Liquid template"):
        shop.fake.messaging.update_event_stream(shop.app.id, stream.id, url="https://a.example", body_template="{% x")

    lane = shop.fake.world.apps[shop.app.id].ledger.lanes[stream.id]
    assert (lane.stream, lane.request.url) == (stream, "https://shop.example/")


def test_administrators_get_mail_before_and_when_a_stream_is_disabled(shop, httpserver):
    shop.fake.world.session.trust_env = False
    httpserver.expect_request("/gone").respond_with_data("", status=410)
    shop.fake.add_event_stream(shop.app.id, url=httpserver.url_for("/gone"))
    for number in range(100):
        shop.device(f"user-{number}")

    shop.post(included_segments=["All"], contents={"en": "Hello"})
    shop.fake.run_due()
    shop.fake.world.session.close()

    subjects = [mail.subject for mail in shop.fake.messaging.admin_mails(shop.app.id)]
    assert subjects == ["Your event stream is failing", "Your event stream was disabled"]
    (counts,) = shop.fake.event_streams(shop.app.id)
    assert counts.is_enabled is False


def test_an_in_app_event_tells_page_and_target_by_name_too(shop, httpserver, received):
    shop.fake.add_event_stream(shop.app.id, url=httpserver.url_for("/hook"))
    device = shop.device("anna")
    message = shop.fake.create_in_app_message(
        shop.app.id, name="Welcome", targets={"buy": "Buy now"}, pages={"p": "One"}
    )
    report = {"app_id": shop.app.id, "player_id": device}

    shop.sdk("POST", f"/in_app_messages/{message.id}/click", report | {"click_id": "buy"})
    shop.sdk("POST", f"/in_app_messages/{message.id}/pageImpression", report | {"page_id": "p"})
    shop.fake.run_due()

    assert [body["event.data"] for _, _, body in received] == [
        {"target_id": "buy", "target_name": "Buy now"},
        {"page_id": "p", "page_name": "One"},
    ]
    assert {(body["message.name"], body["message.title"], body["message.contents"]) for _, _, body in received} == {
        ("Welcome", "", "")
    }


def test_a_live_activity_event_tells_its_activity(shop, httpserver, received):
    template = (
        '{"data": {{ event.data | json }}, "kind": "{{ event.kind }}",'
        ' "step": "{{ message.live_activity_event_kind }}"}'
    )
    shop.fake.add_event_stream(shop.app.id, url=httpserver.url_for("/hook"), body_template=template)
    device = shop.device("anna")
    token = {"push_token": "live", "subscription_id": device}
    shop.sdk("POST", f"/apps/{shop.app.id}/live_activities/order-7/token", token)

    update = {"event": "update", "name": "Order", "event_updates": {}}
    shop.call("POST", f"/apps/{shop.app.id}/live_activities/order-7/notifications", update)
    shop.fake.run_due()

    data = {"live_activity_id": "order-7"}
    assert [body for _, _, body in received] == [
        {"data": data, "step": "update", "kind": "message.live_activity.sent"},
        {"data": data, "step": "update", "kind": "message.live_activity.delivered"},
    ]
    assert len(KINDS) == 26


def test_an_sdk_fetches_triggers_and_content(shop):
    device = shop.device("anna")
    triggers = (({"kind": "session_time", "operator": "greater", "value": 5},),)
    message = shop.fake.create_in_app_message(
        shop.app.id, name="Welcome", html="<p>Hi</p>", triggers=triggers, display_duration_s=3.5
    )
    html = f"/in_app_messages/{message.id}/variants/"
    person = f"/apps/{shop.app.id}/users/by/external_id"

    listed = shop.call("GET", f"{person}/anna/subscriptions/{device}/iams").json["in_app_messages"]
    content = shop.sdk("GET", f"{html}{message.variant_id}/html?app_id={shop.app.id}")
    preview = shop.sdk("GET", f"/in_app_messages/device_preview?preview_id={message.id}&app_id={shop.app.id}")

    assert [(one["id"], one["triggers"]) for one in listed] == [(message.id, [[dict(triggers[0][0])]])]
    assert content.json == preview.json == {"html": "<p>Hi</p>", "display_duration": 3.5}
    assert shop.sdk("GET", f"{html}other/html?app_id={shop.app.id}").status_code == 404
    shop.device("ben")
    assert shop.call("GET", f"{person}/ben/subscriptions/{device}/iams").status_code == 404
