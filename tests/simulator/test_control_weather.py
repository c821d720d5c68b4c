"""Programs in any language arm the weather, and follow an id, over the control port."""

import pytest
import requests

from simulator.live import Live


@pytest.fixture
def live(simulation):
    with Live(simulation) as live:
        yield live


def weather(live, verb="GET", **body):
    answer = requests.request(verb, f"{live.urls['control']}/weather", json=body or None, timeout=10)
    return answer.status_code, answer.json()


def upload(live):
    key = live.ready()["credentials"]["amplitude_us"]["api_key"]
    body = {"api_key": key, "events": [{"user_id": "ada-lovelace", "event_type": "Visit", "insert_id": "visit-1"}]}
    return requests.post(f"{live.urls['amplitude_us']}/2/httpapi", json=body, timeout=10)


def test_armed_weather_strikes_on_the_socket_and_can_be_ended(live):
    armed = weather(live, "POST", what="503", first=2, to="api2.amplitude.com", at="/2/httpapi")
    statuses = [upload(live).status_code for _ in range(3)]
    shown = weather(live)
    ended = weather(live, "DELETE")

    assert armed[0] == 201
    assert "calls 1 to 2 to api2.amplitude.com at /2/httpapi" in armed[1]["armed"]
    assert statuses == [503, 503, 200]
    assert [(rule["matched"], rule["struck"]) for rule in shown[1]["armed"]] == [(3, 2)]
    assert ended[1]["armed"] == []


def test_a_lost_answer_breaks_the_connection_after_the_effect(live):
    weather(live, "POST", what="answer lost", nth=1, to="api2.amplitude.com")

    with pytest.raises(requests.ConnectionError):
        upload(live)
    upload(live)

    life = requests.get(f"{live.urls['control']}/lifeline/visit-1", timeout=10).json()
    assert any("(the answer is lost" in line for line in life["wire"])
    assert requests.get(f"{live.urls['control']}/lifeline/nobody", timeout=10).status_code == 404


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "the body must be a JSON object, as"),
        ({"what": "504"}, "there is no kind of trouble '504'; the nearest is '50"),
        ({"what": "503", "host": "api2.amplitude.com"}, "there is no word 'host' about weather; the nearest is 'what'"),
        ({"what": "503", "to": "api2.amplitud.com"}, "there is no house on this street 'api2.amplitud.com'; the"),
        ({"what": "503", "first": 0}, "can never strike"),
        ({"what": "503", "first": 1, "nth": 2}, "weather strikes either the 'first' calls or the 'nth', not both"),
        ({"what": "503", "chance": 2}, "can never strike: a chance of 2.0"),
        ({"what": "503", "first": "x"}, "Expected `int | null`, got `str` - at `$.first`; weather is armed as"),
    ],
)
def test_impossible_weather_is_refused_in_one_line_and_arms_nothing(live, body, said):
    status, told = weather(live, "POST", **body)

    assert status == 400
    assert told["error"].startswith(said)
    assert weather(live)[1]["armed"] == []
