"""What goes wrong on the wire, when, and what its sender sees; what can never strike is refused when armed."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
import requests

from simulator.clock import MONDAY_MORNING
from simulator.disturbances import (
    KINDS,
    AnswerCut,
    AnswerLost,
    Doubled,
    Failing,
    Late,
    Overtaken,
    RequestLost,
    Slow,
    WrongContent,
)
from simulator.errors import WrongUsageError
from simulator.live import Live
from simulator.occasions import When, always, chance, first, nth

URL = "https://api2.amplitude.com/2/httpapi"
ANY = always().to("api2.amplitude.com")


@pytest.fixture
def track(simulation):
    """Send one event of a user through the weather."""
    session = simulation.session()

    def send(user):
        body = {"api_key": simulation.project.api_key, "events": [{"user_id": user, "event_type": "Play"}]}
        return session.post(URL, json=body, timeout=10)

    return send


def arrived(simulation, user):
    return len(simulation.amplitude_reader().events_of(user))


@pytest.mark.parametrize(
    ("what", "error", "effects"),
    [
        (RequestLost(), requests.ConnectionError, 0),
        (AnswerLost(), requests.ConnectionError, 1),
        (AnswerCut(), requests.exceptions.ChunkedEncodingError, 1),
        (Slow(60), requests.ReadTimeout, 1),
    ],
    ids=str,
)
def test_a_broken_call_is_an_error_of_its_sender_with_or_without_the_effect(simulation, track, what, error, effects):
    simulation.network.disturb(what, first(1).to("api2.amplitude.com"))

    with pytest.raises(error):
        track("user-1")

    assert arrived(simulation, "user-1") == effects
    assert track("user-2").status_code == 200


@pytest.mark.parametrize(
    ("what", "status", "effects"),
    [
        (Failing(503), 503, 0),
        (Failing(500, after_effect=True), 500, 1),
        (WrongContent(), 200, 1),
        (Doubled(), 200, 2),
        (Slow(5), 200, 1),
    ],
    ids=str,
)
def test_a_wrong_answer_is_an_answer_all_the_same(simulation, track, what, status, effects):
    simulation.network.disturb(what, ANY)

    assert track("user-1").status_code == status
    assert arrived(simulation, "user-1") == effects


def test_an_overtaken_request_arrives_after_the_next_one(simulation, track):
    simulation.network.disturb(Overtaken(), first(1).to("api2.amplitude.com"))

    with pytest.raises(requests.ReadTimeout):
        track("slow-user")
    before = arrived(simulation, "slow-user")
    track("fast-user")

    assert before == 0
    assert arrived(simulation, "slow-user") == 1


def test_what_is_under_way_when_the_weather_calms_arrives_then(simulation, track):
    simulation.network.disturb(Overtaken(calls=99), ANY)
    with pytest.raises(requests.ReadTimeout):
        track("user-1")

    simulation.network.calm()

    assert arrived(simulation, "user-1") == 1
    assert track("user-2").status_code == 200


def test_a_slow_call_takes_its_time_on_the_clock(simulation, track):
    simulation.network.disturb(Slow(5), ANY)
    began = simulation.clock.now()

    track("user-1")

    assert simulation.clock.now() - began == timedelta(seconds=5)


def test_only_the_calls_that_are_meant_are_struck(simulation, track):
    rule = simulation.network.disturb(Failing(500), nth(2).to("api2.amplitude.com").by("POST").at("/2/*").about("user"))

    assert [track("user-1").status_code for _ in range(3)] == [200, 500, 200]
    assert (rule.matched, rule.struck) == (3, 1)


def test_a_window_of_time_is_kept_to_the_second(simulation, track):
    until = MONDAY_MORNING + timedelta(minutes=5)
    simulation.network.disturb(Failing(503), always().between(MONDAY_MORNING, until))

    simulation.run_for(timedelta(minutes=5) - timedelta(seconds=1))
    inside = track("user-1").status_code
    simulation.run_for(timedelta(seconds=1))

    assert (inside, track("user-1").status_code) == (503, 200)


def test_chance_is_the_seeds(simulation, track):
    simulation.network.disturb(Failing(503), chance(0.5))

    seen = [track("user-1").status_code for _ in range(60)]

    assert 15 < seen.count(503) < 45


def test_the_journal_says_what_befell_a_call(simulation, track):
    simulation.network.disturb(AnswerLost(), ANY)

    with pytest.raises(requests.ConnectionError):
        track("user-1")

    effect, seen = list(simulation.journal)[-2:]
    assert (effect.status, effect.weather) == (200, "")
    assert seen.line.endswith("-> no answer (the answer is lost)")


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (first(1).to("api.amplitud.com"), "there is no house on this street 'api.amplitud.com'; the nearest is"),
        (always().by("FETCH"), "there is no method 'FETCH'; the nearest is 'PATCH'"),
        (nth(0), "can never strike: calls are counted from 1, not 0"),
        (first(0), "can never strike: calls are counted from 1, not 0"),
        (first(-2), "can never strike: calls are counted from 1, not -2"),
        (chance(0), "can never strike: a chance of 0"),
        (always().at("apps"), "can never strike: a path begins with / or *, unlike 'apps'"),
        (When(until=MONDAY_MORNING), "can never strike: its time is over before it begins"),
    ],
    ids=str,
)
def test_what_can_never_strike_is_refused_when_it_is_armed(simulation, when, said):
    with pytest.raises(WrongUsageError) as error:
        simulation.network.disturb(RequestLost(), when)

    assert str(error.value).startswith(said)
    assert simulation.network.weather.armed == []


def test_a_disturbance_and_its_occasion_print_themselves_in_english(simulation):
    rule = simulation.network.disturb(Failing(503, retry_after_s=30), first(3).to("api.onesignal.com").at("/apps/*"))

    assert str(rule) == "503 before the effect, Retry-After 30 s: calls 1 to 3 to api.onesignal.com at /apps/*"


ON_SOCKETS = [
    (RequestLost(), None, 0),
    (AnswerLost(), None, 1),
    (AnswerCut(), None, 1),
    (Overtaken(), None, 1),
    (Doubled(), 200, 2),
    (Late(0.05), 200, 1),
    (Late(0.2, timeout_s=0.1), None, 1),
    (Slow(0.05), 200, 1),
    (Slow(0.2, timeout_s=0.1), None, 1),
    (WrongContent(), 200, 1),
    *(
        (Failing(status, after_effect=after), status, int(after))
        for status in (429, 500, 502, 503, 504)
        for after in (False, True)
    ),
]


@pytest.mark.parametrize("on_sockets", [False, True], ids=["in process", "on sockets"])
def test_every_kind_of_weather_is_the_same_in_process_and_on_real_sockets(simulation, on_sockets):
    """One call through each kind, on one street; the number of events of its user tells how often it had its effect."""
    seen = []

    def one(what, user, url):
        simulation.network.disturb(what, first(1).to("api2.amplitude.com"))
        body = {"api_key": simulation.project.api_key, "events": [{"user_id": user, "event_type": "Play"}]}
        try:
            answer = (requests if on_sockets else simulation.session()).post(url, json=body, timeout=5)
        except requests.RequestException:
            return None
        return answer.status_code

    with Live(simulation) if on_sockets else nullcontext() as live:
        url = f"{live.urls['amplitude_us']}/2/httpapi" if live else URL
        for number, (what, _, _) in enumerate(ON_SOCKETS):
            seen.append(one(what, f"user-{number}", url))
            simulation.network.calm()

    effects = [arrived(simulation, f"user-{number}") for number in range(len(ON_SOCKETS))]
    assert list(zip(ON_SOCKETS, seen, effects, strict=True)) == [
        ((what, status, effect), status, effect) for what, status, effect in ON_SOCKETS
    ]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_prints_itself_in_english_and_differently(kind):
    told = str(KINDS[kind])

    assert " " in told
    assert [other for other in KINDS if str(KINDS[other]) == told] == [kind]


def test_a_late_request_takes_its_time_before_the_effect(simulation, track):
    simulation.network.disturb(Late(5), ANY)
    began = simulation.clock.now()

    track("user-1")

    effect = next(simulation.journal.to("api2.amplitude.com"))
    assert (effect.is_seen, effect.at - began) == (False, timedelta(seconds=5))


def test_a_request_too_late_is_given_up_and_arrives_with_the_next_one(simulation, track):
    simulation.network.disturb(Late(60), first(1).to("api2.amplitude.com"))

    with pytest.raises(requests.ReadTimeout):
        track("slow-user")
    before = arrived(simulation, "slow-user")
    track("fast-user")

    assert (before, arrived(simulation, "slow-user")) == (0, 1)


def test_only_the_calls_of_a_user_are_struck_not_those_of_a_longer_id(simulation, track):
    simulation.network.disturb(Failing(500), always().of("user-1"))
    amplitude = simulation.session()

    assert [track(user).status_code for user in ("user-1", "user-10", "user-1")] == [500, 200, 500]
    path = f"https://api.onesignal.com/apps/{simulation.app.id}/users/by/external_id"
    key = {"Authorization": f"Key {simulation.app.rest_api_key}"}
    assert [amplitude.get(f"{path}/{user}", headers=key).status_code for user in ("user%2D1", "user-10")] == [500, 404]
    assert amplitude.get("https://amplitude.com/api/2/usersearch?user=user-1").status_code == 500


def test_a_rule_whose_turn_another_took_strikes_the_next_call(simulation, track):
    first_rule = simulation.network.disturb(Failing(500), first(2).to("api2.amplitude.com"))
    second_rule = simulation.network.disturb(Failing(502), nth(2).to("api2.amplitude.com"))
    third_rule = simulation.network.disturb(Failing(503), nth(4).to("api2.amplitude.com"))

    assert [track("user-1").status_code for _ in range(5)] == [500, 500, 502, 503, 200]
    assert [(rule.matched, rule.struck) for rule in (first_rule, second_rule, third_rule)] == [(5, 2), (5, 1), (5, 1)]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Failing(200), "an error has a status from 400 to 599, not 200"),
        (lambda: Failing(429, retry_after_s=-1), "Retry-After cannot be -1 s"),
        (lambda: Slow(0), "a slow call takes more than 0 s, not 0"),
        (lambda: Late(-2), "a request is late by more than 0 s, not -2"),
        (lambda: Overtaken(0), "a request is overtaken by 1 call or more, not 0"),
    ],
)
def test_weather_that_contradicts_itself_is_refused_in_one_line(make, said):
    with pytest.raises(WrongUsageError) as error:
        make()

    assert str(error.value) == said


def test_weather_that_an_earlier_rule_leaves_nothing_to_is_refused(simulation):
    simulation.network.disturb(Failing(503), always().to("api.onesignal.com"))

    simulation.network.disturb(AnswerLost(), always())
    with pytest.raises(WrongUsageError) as error:
        simulation.network.disturb(RequestLost(), first(3).to("api.onesignal.com").of("user-1"))

    said = (
        "can never strike: '503 before the effect: every call to api.onesignal.com' strikes every such call before it"
    )
    assert str(error.value) == said


def test_bad_weather_between_the_houses_loses_nothing(simulation):
    """The bridge comes back after every kind of trouble, and `insert_id` absorbs what arrived twice."""
    reader, calls = simulation.onesignal_reader(), simulation.onesignal_api()
    for number in range(5):
        subscription = {"type": "AndroidPush", "token": f"token-{number}", "enabled": True, "notification_types": 1}
        user = {"identity": {"external_id": f"user-{number}"}, "subscriptions": [subscription]}
        calls.post(f"/apps/{simulation.app.id}/users", user)
    for what in (
        AnswerLost(),
        Failing(500, after_effect=True),
        Failing(429, retry_after_s=30),
        RequestLost(),
        Doubled(),
    ):
        simulation.network.disturb(what, first(1).to("api2.amplitude.com"))
    simulation.network.disturb(Failing(503), first(2).to("bridge.test"))
    message = {"included_segments": ["Total Subscriptions"], "contents": {"en": "Hello"}}

    sent = calls.post("/notifications", {"app_id": simulation.app.id, **message})["id"]
    simulation.run_until_quiet()

    assert reader.statistics(sent)["successful"] == 5
    assert [arrived(simulation, f"user-{number}") for number in range(5)] == [1] * 5
