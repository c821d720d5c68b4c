"""Imports: addresses and numbers from a file count and can be messaged; bad lines say what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from onesignal_caller import Caller
    from onesignal_messaging import Shop

    from fake_onesignal import FakeOneSignal
    from fake_onesignal.records import App

HEADER = "email,external_user_id,language\n"


def test_imported_addresses_belong_to_their_users_count_and_can_be_messaged(shop: Shop) -> None:
    dashboard = shop.fake.dashboard
    report = dashboard.import_csv(shop.app.id, HEADER + "a@x.test,ada,en\nb@x.test,bob,de\n")

    message = shop.email("ada", "bob")
    shop.fake.run_due()

    assert (report.imported, report.updated, report.rows) == (2, 0, ())
    assert len(dashboard.audience(shop.app.id, "All Email Subscriptions")) == 2
    assert shop.statistics(message)["successful"] == 2


def test_imported_numbers_are_kept_in_international_form(fake: FakeOneSignal, app: App) -> None:
    report = fake.dashboard.import_csv(
        app.id, b"\xef\xbb\xbfphone_number,external_user_id\n+1 (555) 010-0199,ada\n", channel="sms"
    )

    (number,) = fake.dashboard.audience(app.id, "All SMS Subscriptions")
    assert (report.imported, number.type, number.token) == (1, "SMS", "+15550100199")


def test_a_known_address_is_updated_keeps_its_id_and_goes_to_the_user_whom_the_file_names(
    fake: FakeOneSignal, app: App, call: Caller
) -> None:
    fake.dashboard.import_csv(app.id, HEADER + "a@x.test,,\n")
    (before,) = fake.dashboard.audience(app.id, "All")

    report = fake.dashboard.import_csv(app.id, HEADER + "a@x.test,ada,fr\n")

    user = call("GET", f"/apps/{app.id}/users/by/external_id/ada").json
    assert (report.imported, report.updated) == (0, 1)
    assert [one["id"] for one in user["subscriptions"]] == [before.id]
    assert user["properties"]["language"] == "fr"


def test_a_file_that_names_nobody_takes_no_address_from_its_user(fake: FakeOneSignal, app: App, call: Caller) -> None:
    fake.dashboard.import_csv(app.id, HEADER + "a@x.test,ada,\n")

    fake.dashboard.import_csv(app.id, "email\na@x.test\n")

    assert len(call("GET", f"/apps/{app.id}/users/by/external_id/ada").json["subscriptions"]) == 1


def test_an_import_subscribes_nobody_again(fake: FakeOneSignal, app: App, call: Caller) -> None:
    body = {
        "identity": {"external_id": "ada"},
        "subscriptions": [{"type": "Email", "token": "a@x.test", "enabled": False, "notification_types": -2}],
    }
    call("POST", f"/apps/{app.id}/users", body)

    report = fake.dashboard.import_csv(app.id, HEADER + "a@x.test,ada,en\n")

    assert report.updated == 1
    assert fake.dashboard.audience(app.id, "All") == ()


def test_every_bad_line_says_what_is_wrong_and_the_good_ones_are_imported(fake: FakeOneSignal, app: App) -> None:
    lines = ["good@x.test,ada,", "not-an-address,bob,", "good@x.test,cyd,", "", "n@x.test,null,", '"two\nlines@x",d,']

    report = fake.dashboard.import_csv(app.id, HEADER + "\n".join([*lines, "last@x.test,eve,"]))

    assert report.imported == 2
    assert [(line, reason.split(":")[0]) for line, reason in report.rows] == [
        (3, "not an e-mail address"),
        (4, "duplicate of line 2"),
        (6, "External ID is restricted"),
        (7, "not an e-mail address"),
    ]


@pytest.mark.parametrize(
    "number", ["", "5550100199", "+0123456789", "+1", "+1234567890123456", "+49 30 abc", "+٣٤٥٦٧٨٩٠"]
)
def test_a_number_that_is_not_international_is_refused(fake: FakeOneSignal, app: App, number: str) -> None:
    report = fake.dashboard.import_csv(app.id, f'phone_number,external_user_id\n"{number}",ada\n', channel="sms")

    assert report.imported == 0
    assert [line for line, _ in report.rows] == [2]


@pytest.mark.parametrize(
    ("file", "line", "reason"),
    [
        (b"", 1, 'missing column "email"'),
        (b"address,external_user_id\na@x.test,ada\n", 1, 'missing column "email"'),
        (b"email;external_user_id\na@x.test;ada\n", 1, 'missing column "email"'),
        (b"email\na@x.test\nj\xfcrgen@x.test\n", 3, "wrong encoding"),
        ("email\na@x.test\n".encode("utf-16"), 1, "wrong encoding"),
        ("email\na@x.test\n".encode("utf-16-le"), 1, "wrong encoding"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(
    fake: FakeOneSignal, app: App, file: bytes, line: int, reason: str
) -> None:
    before = fake.fingerprint()

    report = fake.dashboard.import_csv(app.id, file)

    assert [(row.line, row.reason.split(":")[0]) for row in report.rows] == [(line, reason)]
    assert fake.fingerprint() == before


def test_addresses_and_numbers_also_arrive_through_both_apis(fake: FakeOneSignal, app: App, call: Caller) -> None:
    for device_type, identifier in ((11, "a@x.test"), (14, "+15550100199")):
        said = {"app_id": app.id, "device_type": device_type, "identifier": identifier, "external_user_id": "ada"}
        call("POST", "/players", said)
    new = [{"type": "Email", "token": "b@x.test"}, {"type": "SMS", "token": "+15550100198"}]
    call("POST", f"/apps/{app.id}/users", {"identity": {"external_id": "bob"}, "subscriptions": new})

    kinds = [one.type for one in fake.dashboard.audience(app.id, "Total Subscriptions")]

    assert kinds == ["Email", "SMS", "Email", "SMS"]
