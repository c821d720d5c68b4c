"""The audience activity of a message, as a CSV file."""

import csv
import gzip
import io

from fake_onesignal import Refused


def asked_for(shop, id_):
    return shop.call("POST", f"/notifications/{id_}/export_events?app_id={shop.app.id}")


def table(shop, url):
    text = gzip.decompress(shop.sdk("GET", url.removeprefix("http://localhost")).data).decode()
    return {row["external_user_id"]: row for row in csv.DictReader(io.StringIO(text))}


def test_each_device_has_a_row_of_what_became_of_the_message_there(shop):
    device = shop.device("anna")
    shop.device("ben", enabled=False)
    shop.device("eva", token="token-e")
    shop.carrier.outcomes["token-e"] = Refused("MISMATCHED_SENDER")
    id_ = shop.push("anna", "ben", "eva")
    shop.push("anna", name="another message")
    shop.fake.run_due()
    shop.sdk("PUT", f"/notifications/{id_}", {"app_id": shop.app.id, "player_id": device, "opened": True})

    answer = asked_for(shop, id_)
    rows = table(shop, answer.json["csv_file_url"])

    true_of = {name: {column for column, value in row.items() if value == "true"} for name, row in rows.items()}
    assert true_of == {"anna": {"sent", "clicked"}, "ben": {"unsubscribed"}, "eva": {"failed"}}
    assert rows["eva"]["failure_message"] == "MISMATCHED_SENDER"
    assert (rows["anna"]["subscription_id"], rows["anna"]["device_type"]) == (device, "iOS")


def test_the_file_is_of_the_moment_of_asking_and_kept_three_days(shop, clock):
    device = shop.device("anna")
    id_ = shop.push("anna")
    shop.fake.run_due()
    url = asked_for(shop, id_).json["csv_file_url"]

    shop.sdk("PUT", f"/notifications/{id_}", {"app_id": shop.app.id, "player_id": device, "opened": True})

    assert table(shop, url)["anna"]["clicked"] == "false"
    clock.advance(days=3)
    gone = shop.sdk("GET", url.removeprefix("http://localhost"))
    assert (gone.status_code, b"NoSuchKey" in gone.data) == (404, True)


def test_an_account_makes_one_file_at_a_time_of_whatever_kind(new_shop, clock):
    shop = new_shop(limits="documented")
    shop.device("anna")
    id_ = shop.push("anna")
    shop.fake.run_due()

    users = shop.call("POST", f"/players/csv_export?app_id={shop.app.id}")
    too_early = asked_for(shop, id_)
    clock.advance(seconds=1)
    events = asked_for(shop, id_)
    too_early_again = shop.call("POST", f"/players/csv_export?app_id={shop.app.id}")

    assert [one.status_code for one in (users, too_early, events, too_early_again)] == [200, 429, 200, 429]
    assert too_early.headers["Retry-After"] == "1"


def test_an_unknown_or_forgotten_message_has_no_activity(shop, clock):
    shop.device("anna")
    id_ = shop.push("anna")
    clock.advance(days=30)

    for named in (id_, "no-such-message"):
        assert asked_for(shop, named).status_code == 404
