"""Every kind of message event comes of something that happens, is counted where it is, and arrives at a stream."""

import json

import pytest
from werkzeug import Response

from fake_onesignal import Refused
from fake_onesignal.carrier import UNREGISTERED, Bounced, Undelivered
from fake_onesignal.message_kinds import KINDS

OLDER_NAMES = {
    "message.iam.impression": "message.iam.displayed",
    "message.iam.page_displayed": "message.iam.pagedisplayed",
    "message.email.bounced": "message.email.hardbounced",
    "message.email.suppressed": "message.email.supressed",
    "message.email.reported_as_spam": "message.email.resporedasspam",
}
START = {
    "event": "start",
    "name": "Order",
    "activity_id": "order-7",
    "event_attributes": {},
    "event_updates": {},
    "contents": {"en": "Packed"},
    "headings": {"en": "Your order"},
    "included_segments": ["All"],
}


def push(shop, outcome=None, **fields):
    """Anna's phone is sent a push; answers the phone and the message."""
    shop.carrier.outcomes |= {"phone": outcome} if outcome else {}
    device = shop.device("anna", token="phone")
    id_ = shop.push("anna", **fields)
    shop.fake.run_due()
    return device, id_


def push_tapped(shop, verb="", **words):
    device, id_ = push(shop)
    shop.sdk("PUT", f"/notifications/{id_}{verb}", {"app_id": shop.app.id, "player_id": device, **words})


def push_unsubscribed(shop):
    shop.device("ben")
    shop.device("anna", enabled=False, notification_types=-2)
    shop.push("anna", "ben")
    shop.fake.run_due()


def in_app(shop, verb):
    device = shop.device("anna")
    message = shop.fake.create_in_app_message(shop.app.id, name="Welcome")
    report = {"app_id": shop.app.id, "player_id": device, "variant_id": message.variant_id, "click_id": "a"}
    shop.sdk("POST", f"/in_app_messages/{message.id}/{verb}", report | {"page_id": "p"})


def email(shop, outcome=None, times=1, does=None):
    """Anna is mailed so often, and then does something with the last mail."""
    shop.carrier.outcomes |= {"anna@example.com": outcome} if outcome else {}
    address = shop.device("anna", "Email", "anna@example.com")
    for _ in range(times):
        id_ = shop.email("anna")
        shop.fake.run_due()
    if does:
        getattr(shop.fake, f"record_email_{does}")(id_, address)


def sms(shop, outcome=None):
    shop.carrier.outcomes |= {"+491701234567": outcome} if outcome else {}
    shop.device("anna", "SMS", "+491701234567")
    shop.push("anna", target_channel="sms")
    shop.fake.run_due()


def activity(shop, outcome=None, *, tapped=False):
    """A live activity is started on Anna's phone."""
    shop.carrier.outcomes |= {"phone": outcome} if outcome else {}
    device = shop.device("anna", token="phone")
    started = shop.call("POST", f"/apps/{shop.app.id}/activities/activity/Order", START).json["notification_id"]
    shop.fake.run_due()
    if tapped:
        shop.fake.messaging.record_live_activity_clicked(started, device)


HAPPENS = {
    "message.push.sent": push,
    "message.push.received": lambda shop: push_tapped(shop, "/report_received"),
    "message.push.clicked": lambda shop: push_tapped(shop, opened=True),
    "message.push.failed": lambda shop: push(shop, Refused("InternalError")),
    "message.push.unsubscribed": push_unsubscribed,
    "message.iam.impression": lambda shop: in_app(shop, "impression"),
    "message.iam.clicked": lambda shop: in_app(shop, "click"),
    "message.iam.page_displayed": lambda shop: in_app(shop, "pageImpression"),
    "message.email.sent": email,
    "message.email.received": email,
    "message.email.opened": lambda shop: email(shop, does="opened"),
    "message.email.clicked": lambda shop: email(shop, does="clicked"),
    "message.email.unsubscribed": lambda shop: email(shop, does="unsubscribed"),
    "message.email.reported_as_spam": lambda shop: email(shop, does="reported_as_spam"),
    "message.email.bounced": lambda shop: email(shop, Bounced()),
    "message.email.failed": lambda shop: email(shop, Refused("mailbox full")),
    "message.email.suppressed": lambda shop: email(shop, Bounced(), times=2),
    "message.sms.sent": sms,
    "message.sms.failed": lambda shop: sms(shop, Refused("30003")),
    "message.sms.delivered": sms,
    "message.sms.undelivered": lambda shop: sms(shop, Undelivered()),
    "message.live_activity.sent": activity,
    "message.live_activity.delivered": activity,
    "message.live_activity.unsubscribed": lambda shop: activity(shop, Refused(UNREGISTERED)),
    "message.live_activity.failed": lambda shop: activity(shop, Refused("TooManyRequests")),
    "message.live_activity.clicked": lambda shop: activity(shop, tapped=True),
}


@pytest.fixture
def streamed(shop, httpserver):
    """What arrives at two streams: one with today's names, one with the older ones."""
    session = shop.fake.world.session
    session.trust_env = False
    received = {"present": [], "older": []}
    for names, kinds in received.items():

        def take(request, kinds=kinds):
            kinds.append(json.loads(request.get_data())["event.kind"])
            return Response(status=200)

        httpserver.expect_request(f"/{names}").respond_with_handler(take)
        shop.fake.add_event_stream(shop.app.id, url=httpserver.url_for(f"/{names}"), kind_names=names)
    yield received
    session.close()


def test_every_kind_is_tried():
    """facts/onesignal-api.md 7.1 has no other."""
    assert list(HAPPENS) == list(KINDS)


@pytest.mark.parametrize("kind", HAPPENS)
def test_a_kind_comes_of_what_happens_and_is_streamed_under_its_names(shop, streamed, kind):
    HAPPENS[kind](shop)
    shop.fake.run_due()

    assert shop.kinds().count(kind) == 1
    assert streamed["present"] == shop.kinds()
    assert streamed["older"] == [OLDER_NAMES.get(each, each) for each in shop.kinds()]


@pytest.mark.parametrize("kind", [kind for kind, rule in KINDS.items() if rule.counts])
def test_a_kind_that_counts_is_one_in_its_column(shop, kind):
    HAPPENS[kind](shop)

    event = next(one for one in shop.fake.message_events(shop.app.id) if one.kind == kind)
    [columns] = shop.view(event.message_id)["platform_delivery_stats"].values()
    assert columns[KINDS[kind].counts] == 1
