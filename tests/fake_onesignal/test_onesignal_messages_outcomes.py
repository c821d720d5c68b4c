"""Outcomes: measured by SDKs, derived from taps and receipts, added up by time, platform and attribution."""

import pytest


def measure(shop, name, **fields):
    return shop.sdk("POST", "/outcomes/measure", {"app_id": shop.app.id, "id": name, **fields})


def asked(shop, names, **query):
    answer = shop.call("GET", f"/apps/{shop.app.id}/outcomes", query_string={"outcome_names": names} | query)
    return {f"{one['id']}.{one['aggregation']}": one["value"] for one in answer.json["outcomes"]}


def tapped(shop, external_id="anna"):
    """A message that one device received and tapped: its id, and the device's."""
    device = shop.device(external_id)
    id_ = shop.push(external_id)
    shop.fake.run_due()
    body = {"app_id": shop.app.id, "player_id": device}
    shop.sdk("PUT", f"/notifications/{id_}/report_received", body)
    shop.sdk("PUT", f"/notifications/{id_}", body | {"opened": True})
    return id_, device


def test_outcomes_add_up_by_time_platform_and_attribution(shop, clock):
    id_, device = tapped(shop)
    ios = {"id": device, "type": "iOSPush"}
    measure(shop, "sale", weight=10, subscription=ios, notification_ids=[id_], direct=True)
    measure(shop, "sale", weight=5, subscription=ios, notification_ids=[id_], direct=False)
    clock.advance(hours=2)
    measure(shop, "sale", weight=2, subscription={"id": "", "type": "AndroidPush"})

    names = "sale.sum,sale.count"
    assert asked(shop, names) == {"sale.sum": 2, "sale.count": 1}
    assert asked(shop, names, outcome_time_range="1d") == {"sale.sum": 17, "sale.count": 3}
    assert asked(shop, names, outcome_time_range="1d", outcome_platforms="0") == {"sale.sum": 15, "sale.count": 2}
    by_attribution = {
        attribution: asked(shop, "sale.sum", outcome_time_range="1mo", outcome_attribution=attribution)["sale.sum"]
        for attribution in ("direct", "influenced", "unattributed", "total")
    }
    assert by_attribution == {"direct": 10, "influenced": 5, "unattributed": 2, "total": 17}
    clock.advance(days=30)
    assert asked(shop, "sale.sum", outcome_time_range="1mo") == {"sale.sum": 0}


def test_clicks_receipts_and_time_spent_are_outcomes_by_themselves(shop):
    tapped(shop)
    measure(shop, "os__session_duration", session_time=60)
    measure(shop, "os__session_duration", session_time=30)

    values = asked(
        shop, "os__click.count,os__confirmed_delivery.count,os__session_duration.sum,os__session_duration.count"
    )

    assert list(values.values()) == [1, 1, 90, 2]
    assert asked(shop, "os__click.count", outcome_attribution="influenced") == {"os__click.count": 0}


def test_a_name_with_a_comma_is_asked_for_alone(shop):
    measure(shop, "Sales, Purchase", weight=3)

    answer = shop.call(
        "GET", f"/apps/{shop.app.id}/outcomes", query_string={"outcome_names[]": ["Sales, Purchase.sum", "a.count"]}
    )

    assert [(one["id"], one["value"]) for one in answer.json["outcomes"]] == [("Sales, Purchase", 3), ("a", 0)]


def test_a_message_shows_what_was_credited_to_it(shop):
    id_, device = tapped(shop)
    measure(shop, "sale", weight=10, subscription={"id": device}, notification_ids=[id_], direct=True)
    measure(shop, "sale", weight=1, notification_ids=["11111111-2222-4333-8444-555555555555"], direct=True)

    assert shop.view(id_)["outcomes"] == [
        {"id": "sale", "value": 10, "aggregation": "sum"},
        {"id": "sale", "value": 1, "aggregation": "count"},
    ]
    assert asked(shop, "sale.count", outcome_attribution="unattributed") == {"sale.count": 1}


@pytest.mark.parametrize(
    "query",
    [
        {"outcome_names": "sale"},
        {"outcome_names": "sale.average"},
        {"outcome_names": ""},
        {"outcome_names": "sale.sum", "outcome_time_range": "1y"},
        {"outcome_names": "sale.sum", "outcome_attribution": "partly"},
    ],
)
def test_a_question_without_sense_is_refused(shop, query):
    assert shop.call("GET", f"/apps/{shop.app.id}/outcomes", query_string=query).status_code == 400


@pytest.mark.parametrize(
    "fields", [{"id": ""}, {"weight": "1"}, {"weight": 1e300}, {"notification_ids": "a"}, {"id": 7}]
)
def test_a_measurement_without_sense_is_refused(shop, fields):
    before = shop.fake.fingerprint()
    answer = shop.sdk("POST", "/outcomes/measure", {"app_id": shop.app.id, "id": "sale"} | fields)

    assert (answer.status_code, shop.fake.fingerprint()) == (400, before)


def test_outcomes_need_the_key(shop):
    answer = shop.sdk("GET", f"/apps/{shop.app.id}/outcomes?outcome_names=a.sum")

    assert answer.status_code == 403
    assert answer.json["errors"][0].endswith("(/docs/accounts-and-keys).")


def test_the_official_client_reads_outcomes(app, official, sdk):
    sdk("POST", "/outcomes/measure", {"app_id": app.id, "id": "sale", "weight": 1.5})

    found = official.get_outcomes(app.id, "sale.sum,sale.count", outcome_time_range="1d")

    assert [(one.id, one.value, one.aggregation) for one in found.outcomes] == [
        ("sale", 2, "sum"),
        ("sale", 1, "count"),
    ]
