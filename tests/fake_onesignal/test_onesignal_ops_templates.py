"""Templates: kept, changed, copied, and what a message takes from one."""

from __future__ import annotations

import pytest
from onesignal_caller import Caller
from onesignal_official import models

PUSH = {"name": "Welcome", "contents": {"en": "Hello {{ message.custom_data.name | default: 'you' }}"}}
EMAIL = {
    "name": "Receipt",
    "isEmail": True,
    "contents": {},
    "email_subject": "Order {{ message.custom_data.order }}",
    "email_body": "<p>Thanks</p>",
}
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def made(shop, template):
    return shop.call("POST", "/templates", {"app_id": shop.app.id, **template}).json


def test_the_official_client_makes_views_lists_changes_and_deletes_templates(official, app):
    words = models.LanguageStringMap(en="Hello")
    push = official.create_template(models.CreateTemplateRequest(app_id=app.id, name="Welcome", contents=words))
    sms = official.create_template(
        models.CreateTemplateRequest(app_id=app.id, name="Code", contents=words, is_sms=True)
    )
    changed = official.update_template(push.id, app.id, models.UpdateTemplateRequest(name="Welcome 2"))
    viewed = official.view_template(push.id, app.id)

    assert (push.channel, sms.channel) == ("push", "sms")
    assert (changed.name, viewed.name, viewed.content["contents"]) == ("Welcome 2", "Welcome 2", {"en": "Hello"})
    assert [one.id for one in official.view_templates(app.id).templates] == [push.id, sms.id]
    assert [one.id for one in official.view_templates(app.id, channel="sms").templates] == [sms.id]
    assert [one.id for one in official.view_templates(app.id, limit=1, offset=1).templates] == [sms.id]

    assert official.delete_template(push.id, app.id).success is True
    assert [one.id for one in official.view_templates(app.id).templates] == [sms.id]


def test_the_official_client_copies_a_template_to_another_app(official, fake, app):
    other = fake.create_app("Another shop")
    request = models.CreateTemplateRequest(app_id=app.id, name="Welcome", contents=models.LanguageStringMap(en="Hello"))
    original = official.create_template(request)

    copy = official.copy_template_to_app(original.id, app.id, models.CopyTemplateRequest(target_app_id=other.id))

    seen = Caller(fake, other.rest_api_key)("GET", f"/templates/{copy.id}?app_id={other.id}").json
    assert copy.id != original.id
    assert (seen["name"], seen["content"]["contents"]) == ("Welcome", {"en": "Hello"})


def test_a_message_takes_from_its_template_what_it_does_not_say_itself(shop):
    shop.device("anna")
    template = made(shop, {**PUSH, "headings": {"en": "Hi"}})

    sent = shop.push(
        "anna", template_id=template["id"], contents=None, headings={"en": "Hey"}, custom_data={"name": "A"}
    )
    shop.fake.run_due()

    (envelope,) = shop.carrier.envelopes
    assert (envelope.title, envelope.contents) == ({"en": "Hey"}, {"en": "Hello A"})
    assert (shop.view(sent)["name"], shop.view(sent)["template_id"]) == ("Welcome", template["id"])
    assert shop.view(sent)["contents"] == {"en": "Hello A"}


def test_without_custom_data_the_default_of_the_template_shows(shop):
    shop.device("anna")
    template = made(shop, PUSH)

    shop.push("anna", template_id=template["id"], contents=None)
    shop.fake.run_due()

    assert shop.carrier.envelopes[0].contents == {"en": "Hello you"}


def test_the_template_tells_the_channel_when_nothing_else_does(shop):
    shop.device("anna", "Email", "anna@example.com")
    shop.device("anna")
    template = made(shop, EMAIL)

    shop.post(template_id=template["id"], included_segments=["All"], custom_data={"order": 7})
    shop.fake.run_due()

    assert [(one.type, one.title) for one in shop.carrier.envelopes] == [("Email", "Order 7")]


def test_a_changed_or_deleted_template_does_not_change_what_was_already_asked_for(shop):
    shop.device("anna")
    template = made(shop, PUSH)
    shop.push("anna", template_id=template["id"], contents=None)

    path = f"/templates/{template['id']}?app_id={shop.app.id}"
    shop.call("PATCH", path, {"contents": {"en": "Bye"}})
    shop.call("DELETE", path)
    shop.fake.run_due()

    assert shop.carrier.envelopes[0].contents == {"en": "Hello you"}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ({"name": "x", "isEmail": True, "email_subject": "x"}, "'message' Email body can not be blank"),
        ({"name": "x", "isEmail": True, "email_body": "x"}, "'message' Email subject can not be blank"),
        ({"name": "x"}, "Message Notifications must have English language content"),
        ({"contents": {"en": "x"}}, "'name' can not be blank"),
        ({"name": "x", "contents": {"en": "x"}, "isEmail": True, "isSMS": True}, "A template is for one channel"),
        ({"name": "x", "contents": {"en": "{% if %}"}}, "Liquid syntax error"),
        ({"name": "x", "contents": {"en": 7}}, "Request is malformed"),
        ({"name": "x", "contents": {"en": "x"}, "email_bcc": list("abcdef")}, "'email_bcc' is limited to 5 addresses"),
    ],
)
def test_an_incomplete_template_is_refused(shop, template, text):
    before = shop.fake.fingerprint()

    answer = shop.call("POST", "/templates", {"app_id": shop.app.id, **template})

    assert (answer.status_code, answer.json["success"]) == (400, False)
    assert answer.json["errors"][0].startswith(text)
    assert shop.fake.fingerprint() == before


def test_a_template_without_a_body_is_refused_in_the_words_of_the_service(shop):
    answer = shop.call("POST", "/templates")

    assert answer.json == {"success": False, "errors": ["JSON body is None for app_id_location=body request"]}


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("limit=0", "Invalid limit, must be within 1 to 50"),
        ("limit=51", "Invalid limit, must be within 1 to 50"),
        ("channel=fax", "Invalid channel"),
    ],
)
def test_a_list_asked_for_in_a_wrong_way_is_refused(shop, query, text):
    answer = shop.call("GET", f"/templates?app_id={shop.app.id}&{query}")

    assert (answer.status_code, answer.json["errors"]) == (400, [text])


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_an_unknown_template_is_not_found(shop, method):
    answer = shop.call(method, f"/templates/{UNKNOWN}?app_id={shop.app.id}", None if method == "GET" else {})

    assert (answer.status_code, answer.json["errors"]) == (404, ["template not found"])


def test_a_template_is_copied_by_the_organization_to_an_app_it_has(shop):
    template = made(shop, PUSH)
    path = f"/templates/{template['id']}/copy_to_app?app_id={shop.app.id}"
    organization = Caller(shop.fake, shop.fake.organization_api_key)

    by_app, nowhere = shop.call("POST", path, {}), organization("POST", path, {"target_app_id": UNKNOWN})

    assert (by_app.status_code, nowhere.status_code) == (403, 400)
    assert nowhere.json["errors"] == ["target_app_id not found"]
