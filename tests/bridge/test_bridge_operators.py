"""What an operator types, and what the bridge answers; every command also in JSON."""

from __future__ import annotations

import json

import pytest
from bridge_vendors import LOST_ANSWER
from click.testing import CliRunner

from bridge.__main__ import main
from bridge.errors import OperatorError
from bridge.replay import NEVER_FIT, SUPERSEDED, WINDOW_PASSED, ReplayScope

REFUSED = (400, {}, {"code": 400, "error": "Invalid event"})


@pytest.fixture
def typed(make_world, tmp_path):
    """Make a world on a file, and a way to type commands at the same file."""
    url = f"sqlite:///{tmp_path}/outbox.db"
    config = tmp_path / "bridge.toml"
    config.write_text(
        f"""
        outbox_url = "{url}"
        [[connections]]
        name = "shop"
        secret = "door-secret"
        onesignal = {{ app_id = "app-1", rest_api_key = "rest-key" }}
        amplitude = {{ api_key = "amplitude-key" }}
        """
    )

    def run(*words):
        answer = CliRunner().invoke(main, [words[0], "--config", str(config), *words[1:]])
        assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
        return answer

    world = make_world(outbox_url=url)
    world.run = run
    return world


def buried_event(world, **fields):
    world.us.script.append(REFUSED)
    world.stream(**fields)
    world.bridge.run_due()


def test_status_gives_the_account_of_every_connection(typed):
    typed.stream()
    typed.stream(event_id="e2", event_external_id="")
    typed.bridge.run_due()

    words = typed.run("status").output
    record = json.loads(typed.run("status", "--json").output)

    assert "message events: 2 received, 0 waiting, 1 delivered" in words
    assert "ignored: 1 anonymous" in words
    assert record["connections"][0]["events"]["ignored"] == {"anonymous": 1}


def test_deliveries_are_shown_by_state_and_user(typed):
    buried_event(typed, event_external_id="user-1")
    typed.stream(event_id="e2", event_external_id="user-2")

    buried = json.loads(typed.run("deliveries", "--state", "buried", "--json").output)
    of_user = typed.run("deliveries", "--user", "user-2").output

    assert [(each["lane"], each["reason"]) for each in buried] == [("user-1", "400 Invalid event")]
    assert json.loads(buried[0]["payload"])["insert_id"] == "event-1"
    assert "event-1" not in of_user
    assert "e2 of user-2: waiting after 0" in of_user


def test_explain_tells_the_life_of_an_event_in_words(typed):
    typed.us.script.append((503, {}, b""))
    typed.stream(event_external_id="abc", message_name="")
    typed.run_until_quiet()

    lines = json.loads(typed.run("explain", "event-1", "--json").output)["life"]

    assert lines == [
        "2026-03-10 12:00:00 message.push.sent of abc (event event-1) came in on shop, for Amplitude",
        (
            "2026-03-10 12:00:00 it was decided: external_id is shorter than 5 characters: others may send this user "
            "without it"
        ),
        "2026-03-10 12:00:01 it was delivered after 2 tries",
    ]


def test_explain_tells_a_users_deliveries_memberships_and_near_misses(typed):
    list_id = typed.open_list()
    typed.change(list_id, "add", "Robert", " robert")
    typed.bridge.run_due()

    words = typed.run("explain", "Robert").output

    assert "Robert shall enter cohort c1 came in on shop, for OneSignal" in words
    assert "now Robert is in cohort c1 (Power users) of shop" in words
    assert "near miss: ' robert' is known, too" in words
    assert typed.run("explain", "ROBERT").output.startswith("nothing is known of 'ROBERT'\nnear miss: ' robert'")


def test_a_replay_says_first_what_it_would_do_and_then_does_that(typed):
    buried_event(typed)
    typed.stream(event_id="fine")
    typed.bridge.run_due()

    dry = json.loads(typed.run("replay", "--json").output)
    assert (dry["dry_run"], dry["again"]) == (True, {"400 Invalid event": 1})
    assert typed.bridge.status().connections[0].events.waiting == 0
    done = json.loads(typed.run("replay", "--yes", "--json").output)
    typed.run_until_quiet()

    assert done["again"] == dry["again"]
    assert [event["insert_id"] for event in typed.us.events] == ["fine", "event-1"]
    events = typed.bridge.status().connections[0].events
    assert (events.received, events.delivered, events.buried) == (2, 2, {})


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        (ReplayScope(), 2),
        (ReplayScope(user="user-1"), 1),
        (ReplayScope(kind="message.push.clicked"), 1),
        (ReplayScope(reason="Invalid"), 2),
        (ReplayScope(reason="other"), 0),
        (ReplayScope(direction="cohorts"), 0),
        (ReplayScope(connection="shop", user="user-2", kind="message.push.clicked"), 1),
        (ReplayScope(connection="elsewhere"), 0),
    ],
)
def test_a_replay_is_scoped(typed, scope, found):
    buried_event(typed, event_id="e1", event_external_id="user-1")
    buried_event(typed, event_id="e2", event_external_id="user-2", event_kind="message.push.clicked")

    assert len(typed.bridge.desk.plan_replay(scope).ids) == found


def test_a_replay_is_scoped_by_when_it_was_buried(typed):
    buried_event(typed, event_id="e1")
    typed.clock.advance(hours=1)
    middle = typed.clock.moment
    buried_event(typed, event_id="e2")

    plans = [typed.bridge.desk.plan_replay(scope) for scope in (ReplayScope(since=middle), ReplayScope(until=middle))]

    assert [len(plan.ids) for plan in plans] == [1, 1]
    assert plans[0].ids != plans[1].ids


def test_what_was_never_fit_to_be_sent_is_left(typed):
    typed.stream(event_external_id="undefined")

    assert typed.bridge.desk.replay(ReplayScope()).left == {NEVER_FIT: 1}
    assert typed.bridge.next_due() is None


def test_what_amplitude_may_have_and_would_count_twice_is_left_unless_it_is_meant(typed):
    typed.us.script.append(LOST_ANSWER)
    typed.stream()
    typed.bridge.run_due()
    typed.clock.advance(days=8)
    typed.run_until_quiet()

    assert typed.bridge.desk.replay(ReplayScope()).left == {WINDOW_PASSED: 1}
    typed.bridge.desk.replay(ReplayScope(after_window=True))
    typed.run_until_quiet()

    assert len(typed.us.uploads) == 2


def test_a_cohorts_change_that_a_later_one_supersedes_is_left(typed):
    typed.onesignal.poison = frozenset({"user-1"})
    list_id = typed.open_list()
    typed.change(list_id, "add", "user-1")
    typed.bridge.run_due()
    typed.onesignal.poison = frozenset()
    typed.change(list_id, "remove", "user-1")
    typed.bridge.run_due()

    assert typed.bridge.desk.replay(ReplayScope()).left == {SUPERSEDED: 1}


def test_a_replayed_membership_is_in_the_ledger(typed):
    typed.onesignal.poison = frozenset({"user-1"})
    typed.change(typed.open_list(), "add", "user-1")
    typed.bridge.run_due()
    typed.onesignal.poison = frozenset()

    typed.bridge.desk.replay(ReplayScope(user="user-1"))
    typed.run_until_quiet()

    assert typed.bridge.desk.members("shop", "c1") == {"applied": 1}
    assert typed.onesignal.members == {"c1": {"user-1"}}


def test_syncs_shows_every_run(typed):
    typed.change(typed.open_list(), "add", "user-1", "user-1")
    typed.bridge.run_due()

    (run,) = json.loads(typed.run("syncs", "--json").output)

    assert (run["cohort_id"], run["added"], run["skipped"]) == ("c1", 1, {"repeated in the batch": 1})
    assert "c1 by list: 1 added, 0 removed, 0 still on their way" in typed.run("syncs", "c1").output


@pytest.mark.parametrize("words", [("sync", "c1"), ("sync", "c1", "--dry-run"), ("sync", "c1", "--connection", "no")])
def test_what_cannot_be_done_is_said_in_one_line(typed, words):
    answer = typed.run(*words)

    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ")
    assert answer.output.count("\n") == 1


def test_an_unknown_connection_is_named(world):
    with pytest.raises(OperatorError, match="'nowhere', only shop"):
        world.bridge.desk.ask_for_sync("nowhere", "c1")
