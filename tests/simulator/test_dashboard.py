"""The dashboard's verbs as JSON on the control port."""

import pytest
import requests

from simulator.live import Live


@pytest.fixture
def act(simulation):
    with Live(simulation) as live:

        def act(verb, **parameters):
            answer = requests.post(f"{live.urls['control']}/dashboard/{verb}", json=parameters, timeout=5)
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
        ("set_plan", {"app_id": "x", "plan": "free"}, "set_plan: there is nothing called 'x'"),
        ("integration", {}, "integration: "),
    ],
)
def test_a_wrong_word_is_answered_in_one_line(simulation, act, verb, parameters, said):
    before = simulation.onesignal.fingerprint()

    status, answer = act(verb, **parameters)

    assert status == 400
    assert answer["error"].startswith(said)
    assert simulation.onesignal.fingerprint() == before
