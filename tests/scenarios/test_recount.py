"""A stranger's recount: plain HTTP against the served story, nothing of ours but the URLs and keys it prints."""

import csv
import gzip
import io

import pytest
import requests

from simulator import Simulation
from simulator.live import Live
from simulator.story import story


@pytest.fixture(
    params=[{"seed": 21}, {"seed": 22, "anonymous": 0.1, "without_subscription": 0.1, "misspelt": 0.1}], ids=str
)
def served(request):
    parameters = dict(request.param)
    simulation = Simulation(parameters.pop("seed"))
    ending = story("faq_counts").play(simulation, users=200, **parameters)
    with Live(simulation, ending) as live:
        yield live.ready(), ending


def cohort_rows(ready):
    keys = ready["credentials"]["amplitude_us"]
    auth = (keys["api_key"], keys["secret_key"])
    base = f"{ready['amplitude_us']}/api/5/cohorts"
    request_id = requests.get(f"{base}/request/{ready['cohort_id']}", auth=auth, timeout=5).json()["request_id"]
    status = requests.get(f"{base}/request-status/{request_id}", auth=auth, timeout=5)
    assert status.status_code == 200
    table = requests.get(f"{base}/request/{request_id}/file", auth=auth, timeout=5).text
    return list(csv.DictReader(io.StringIO(table)))


def onesignal(ready, method, path, **words):
    keys = ready["credentials"]["onesignal"]
    headers = {"Authorization": f"Key {keys['rest_api_key']}"}
    url = f"{ready['onesignal']}{path.format(app=keys['app_id'])}"
    return requests.request(method, url, headers=headers, timeout=5, **words)


def reason_of(ready, user_id):
    if not user_id:
        return "no value in the mapped property", 0
    user = onesignal(ready, "GET", "/apps/{app}/users/by/external_id/" + requests.utils.quote(user_id, safe=""))
    if user.status_code == 404:
        return "not in OneSignal under that external_id", 0
    subscriptions = user.json().get("subscriptions", [])
    if not subscriptions:
        return "in OneSignal without any subscription", 0
    subscribed = [each for each in subscriptions if each["enabled"] and each["notification_types"] > 0]
    return ("users OneSignal can reach" if subscribed else "every subscription unsubscribed"), len(subscribed)


def test_a_recount_of_every_row_over_http_agrees_with_the_account(served):
    ready, ending = served
    counted = {}
    further = 0

    for row in cohort_rows(ready):
        reason, subscribed = reason_of(ready, row["user_id"])
        counted[reason] = counted.get(reason, 0) + 1
        further += max(0, subscribed - 1)

    account = {line.reason: line for line in ending.account}
    assert {reason: account[reason].users for reason in counted} == counted
    assert sum(counted.values()) == account['Amplitude cohort "Power users"'].users == 200
    assert account["further subscribed devices of the same users"].subscriptions == further


def test_the_segment_counts_the_same_by_its_detail_by_its_export_and_in_the_account(served):
    ready, ending = served

    detail = onesignal(ready, "GET", "/apps/{app}/segments/" + ready["segment_id"]).json()["subscriber_count"]
    export = onesignal(ready, "POST", "/players/csv_export?app_id={app}", json={"segment_name": "Power users"}).json()
    rows = csv.DictReader(
        io.StringIO(gzip.decompress(requests.get(export["csv_file_url"], timeout=5).content).decode())
    )

    assert detail == len(list(rows)) == ending.account[-1].subscriptions


def test_each_user_of_each_row_can_be_explained(served):
    ready, _ = served

    for row in cohort_rows(ready):
        reason, _ = reason_of(ready, row["user_id"])
        told = requests.get(f"{ready['control']}/explain/{row['user_id'] or row['amplitude_id']}", timeout=5).json()
        assert reason in told["explanation"][0]
