"""The dashboard's verbs as JSON on the control port."""

import inspect
from contextlib import ExitStack
from functools import cache

import pytest
import requests

from simulator.live import Live
from simulator.web.onesignal_desk import VERBS, onesignal_desk

NOT_A_PERSONS = {"run_due", "next_due", "fingerprint", "operations"}
OPEN_ENDED = {"create_in_app_message", "add_event_stream", "update_event_stream"}
STREAM = {"url": "https://stream.test/events", "kinds": ["message.email.opened"], "kind_names": "older"}


@pytest.fixture
def act(simulation):
    """Speaks to the control port; the world goes live with the first word."""
    with ExitStack() as stack:
        control = cache(lambda: stack.enter_context(Live(simulation)).urls["control"])

        def act(verb, **parameters):
            answer = requests.post(f"{control()}/dashboard/{verb}", json=parameters, timeout=5)
            return answer.status_code, answer.json()

        yield act


def test_a_verb_does_what_a_person_does_and_says_what_became_of_it(simulation, act):
    filters = [{"field": "language", "relation": "=", "value": "en"}]

    status, segment = act("create_segment", app_id=simulation.app.id, name="English", filters=filters)

    assert status == 200
    assert simulation.onesignal_reader().segment_id("English") == segment["id"]
    assert act("pause_segment", app_id=simulation.app.id, segment_id=segment["id"])[1]["is_active"] is False


def test_an_audience_can_be_read(simulation, act):
    subscription = {"type": "AndroidPush", "token": "t", "enabled": True, "notification_types": 1}
    user = {"identity": {"external_id": "user-1"}, "subscriptions": [subscription]}
    simulation.onesignal_api().post(f"/apps/{simulation.app.id}/users", user)

    _, audience = act("audience", app_id=simulation.app.id, segment="Total Subscriptions")

    assert [each["token"] for each in audience] == ["t"]


@pytest.mark.parametrize(
    ("verb", "parameters", "said"),
    [
        ("pause_segmnt", {}, "there is no verb 'pause_segmnt'; the nearest is 'pause_segment'"),
        ("set_plan", {"app": "x"}, "there is no parameter 'app' of set_plan; the nearest is 'app_id'"),
        ("set_plan", {"app_id": 5}, "parameter 'app_id' of set_plan: Expected `str`, got `int`"),
        ("set_plan", {"app_id": "x", "plan": "gold"}, "parameter 'plan' of set_plan: Invalid enum value 'gold'"),
        ("set_plan", {"app_id": "x", "plan": "free"}, "set_plan: there is no app 'x'; the nearest is '"),
        ("integration", {}, "integration needs the parameter 'app_id'"),
        ("audience", {"app_id": "", "segment": "Total"}, "audience: there is no app ''; the nearest is"),
        (
            "import_csv",
            {"app_id": "x", "file": "", "channel": "fax"},
            "parameter 'channel' of import_csv: Invalid enum",
        ),
        ("custom_events", {"app_id": "\0"}, "custom_events: there is no app '\\x00'"),
    ],
)
def test_a_wrong_word_is_answered_in_one_line(simulation, act, verb, parameters, said):
    before = simulation.onesignal.fingerprint()

    status, answer = act(verb, **parameters)

    assert status == 400
    assert answer["error"].startswith(said)
    assert simulation.onesignal.fingerprint() == before


@pytest.mark.parametrize(
    ("verb", "parameters", "said"),
    [
        (
            "audience",
            {"segment": "Total Subscription"},
            "there is no segment 'Total Subscription'; the nearest is 'Total S",
        ),
        (
            "pause_segment",
            {"segment_id": "Actve"},
            "there is no segment 'Actve'; the nearest is 'Active Subscriptions'",
        ),
        (
            "add_event_stream",
            {"url": "https://a.test", "kinds": ["message.push.send"]},
            "the nearest is 'message.push.sent'",
        ),
        ("add_event_stream", {"url": "https://a.test", "headers": {"Host": "b"}}, "may not set the header 'Host'"),
        ("activate_amplitude", {"api_key": "k", "events": ["push.clicked"]}, "the nearest is 'message.push.clicked'"),
        ("activate_amplitude", {"api_key": " "}, "an API key is required"),
        ("delete_event_stream", {"stream_id": "1"}, "there is no event stream '1'; the nearest is"),
        ("set_frequency_cap", {"messages_max": 1, "window_s": 1e300}, "a window of at most a year"),
        ("unsubscribe_link", {"notification_id": "1", "subscription_id": "2"}, "Notification not found"),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest_right_one(simulation, act, verb, parameters, said):
    before = simulation.onesignal.fingerprint()
    in_app = {} if verb == "unsubscribe_link" else {"app_id": simulation.app.id}

    status, answer = act(verb, **in_app, **parameters)

    assert (status, answer["error"].partition(": ")[0]) == (400, verb)
    assert said in answer["error"]
    assert simulation.onesignal.fingerprint() == before


@pytest.mark.parametrize("body", [b"[]", b"{", b'"\\ud800"', b"\xff", b"[" * 100_000, b"null", b"1e999"])
def test_what_is_no_object_is_refused(simulation, body):
    with Live(simulation) as live:
        answer = requests.post(f"{live.urls['control']}/dashboard/integration", data=body, timeout=5)

    assert answer.status_code == 400
    assert "integration takes a JSON object" in answer.json()["error"]


def test_every_verb_of_the_fake_is_a_verb_here_with_the_same_parameters(simulation):
    fake = simulation.onesignal
    methods = {
        name: method
        for owner in (fake, fake.dashboard, fake.messaging)
        for name, method in inspect.getmembers(owner, inspect.isroutine)
        if not name.startswith("_") and name not in NOT_A_PERSONS
    }

    assert set(VERBS) == set(methods)
    for name, method in methods.items():
        named = [one.name for one in inspect.signature(method).parameters.values() if one.kind is not one.VAR_KEYWORD]
        assert [each for each in VERBS[name] if each in named] == named
        assert name in OPEN_ENDED or list(VERBS[name]) == named
        assert onesignal_desk(fake).method_of(name).__name__ == name


def test_the_verbs_are_listed_with_their_parameters(simulation):
    with Live(simulation) as live:
        listed = requests.get(f"{live.urls['control']}/dashboard", timeout=5).json()

    assert listed["set_frequency_cap"] == ["app_id", "messages_max", "window_s"]
    assert set(listed) == set(VERBS)


@pytest.fixture
def done(act):
    """What became of a verb that worked."""

    def done(verb, **parameters):
        status, answer = act(verb, **parameters)
        assert status == 200, answer
        return answer

    return done


@pytest.fixture
def anna(simulation):
    """Anna's address, and the mail that she got."""
    app_id = simulation.app.id
    simulation.onesignal.dashboard.import_csv(app_id, "email,external_user_id\nanna@example.com,anna\n")
    asked = {"app_id": app_id, "email_to": ["anna@example.com"], "email_subject": "News", "email_body": "Hello"}
    mail = simulation.onesignal_api().post("/notifications", asked)
    simulation.run_until_quiet()
    [address] = simulation.onesignal.dashboard.audience(app_id, "All")
    return {"notification_id": mail["id"], "subscription_id": address.id}


def test_an_email_is_opened_clicked_complained_of_and_unsubscribed_from(simulation, anna, done):
    assert done("unsubscribe_link", **anna).startswith("https://api.onesignal.com/apps/")
    for what in ("opened", "clicked", "reported_as_spam", "unsubscribed"):
        assert done(f"record_email_{what}", **anna)["kind"] == f"message.email.{what}"
    assert done("record_live_activity_clicked", **anna) is None

    events = done("message_events", app_id=simulation.app.id)

    assert [event["kind"].rpartition(".")[2] for event in events] == [
        *("sent", "received", "opened", "clicked", "reported_as_spam", "unsubscribed")
    ]


def test_a_stream_is_added_changed_disabled_enabled_and_deleted(simulation, done):
    app = {"app_id": simulation.app.id}

    stream = done("add_event_stream", **app, **STREAM)
    stream_id = stream["id"]
    changed = done("update_event_stream", **app, stream_id=stream_id, kinds=None, headers={"X-Shop": "1"})

    assert (stream["kind_names"], changed["kinds"], changed["headers"]) == ("older", None, {"X-Shop": "1"})
    assert done("disable_event_stream", **app, stream_id=stream_id) is None
    assert [one["is_enabled"] for one in done("event_streams", **app) if one["stream_id"] == stream_id] == [False]
    assert done("enable_event_stream", **app, stream_id=stream_id) is None
    assert done("admin_mails", **app) == []
    assert done("delete_event_stream", **app, stream_id=stream_id)["id"] == stream_id
    assert stream_id not in [one["stream_id"] for one in done("event_streams", **app)]


def test_an_app_is_set_up(simulation, done):
    app = {"app_id": done("create_app", name="Second shop", plan="growth")["id"]}

    assert done("set_frequency_cap", **app, messages_max=2, window_s=3_600) is None
    assert done("set_throttle", **app, per_minute=100) is None
    assert done("configure_web_push", **app, origin="https://shop.test")["web_origin"] == "https://shop.test"
    assert done("require_identity_verification", **app, required=True)["requires_jwt"] is True
    assert done("disable_app", **app)["is_disabled"] is True
    assert done("enable_app", **app)["is_disabled"] is False
    assert done("set_plan", **app, plan="free")["plan"] == "free"
    assert done("activate_amplitude", **app, api_key="k", eu=True, events=["message.push.sent"])["eu"] is True
    assert done("integration", **app)["events"] == ["message.push.sent"]
    assert done("deactivate_amplitude", **app) is None

    ledger = simulation.onesignal.world.apps[app["app_id"]].ledger
    assert (ledger.frequency.cap.messages_max, ledger.throttle_per_minute) == (2, 100)
    assert done("set_frequency_cap", **app, messages_max=None) is None
    assert ledger.frequency.cap is None


def test_addresses_are_imported_and_wrong_lines_explained(simulation, done):
    file = "email,external_user_id\nanna@example.com,anna\nnobody,ben\n"

    report = done("import_csv", app_id=simulation.app.id, file=file)

    assert (report["imported"], report["updated"], [line for line, _ in report["rows"]]) == (1, 0, [3])


def test_an_in_app_message_is_made(simulation, done):
    triggers = [[{"kind": "session_time", "operator": "greater", "value": 5}]]

    made = done("create_in_app_message", app_id=simulation.app.id, name="Hi", targets={"t1": "Buy"}, triggers=triggers)

    listed = simulation.onesignal.world.apps[simulation.app.id].ledger.in_app_messages[made["id"]]
    assert (listed.name, listed.targets, listed.triggers) == ("Hi", {"t1": "Buy"}, ((triggers[0][0],),))


def test_a_custom_event_is_read_with_its_properties(simulation, act):
    simulation.onesignal_api().post(
        f"/apps/{simulation.app.id}/users", {"identity": {"external_id": "anna"}, "subscriptions": []}
    )
    event = {"name": "lesson", "external_id": "anna", "properties": {"level": 3}}
    simulation.onesignal_api().post(f"/apps/{simulation.app.id}/custom_events", {"events": [event]})

    [read] = act("custom_events", app_id=simulation.app.id)[1]

    assert (read["name"], read["external_id"], read["properties"]) == ("lesson", "anna", {"level": 3})
