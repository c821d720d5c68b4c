"""What phones fetch when they start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from onesignal_caller import Caller

    from fake_onesignal import FakeOneSignal
    from fake_onesignal.records import App


def test_android_gets_its_parameters_and_then_hears_that_they_are_the_same(sdk: Caller, app: App) -> None:
    path = f"/apps/{app.id}/android_params.js?player_id=x"
    first = sdk("GET", path)

    again = sdk("GET", path, headers={"If-None-Match": first.headers["ETag"]})

    assert first.json["outcomes"]["indirect"]["notification_attribution"]["limit"] == 10
    assert (again.status_code, again.data) == (304, b"")


def test_changed_parameters_are_sent_again(sdk: Caller, fake: FakeOneSignal, app: App) -> None:
    path = f"/apps/{app.id}/android_params.js"
    known = sdk("GET", path).headers["ETag"]
    fake.dashboard.require_identity_verification(app.id)

    again = sdk("GET", path, headers={"If-None-Match": known})

    assert (again.status_code, again.json["jwt_required"]) == (200, True)


def test_confirmed_deliveries_are_a_matter_of_the_plan(sdk: Caller, fake: FakeOneSignal, app: App) -> None:
    paid = sdk("GET", f"/apps/{app.id}/ios_params.js").json
    fake.set_plan(app.id, "free")
    free = sdk("GET", f"/apps/{app.id}/ios_params.js").json

    assert (paid["receive_receipts_enable"], free["receive_receipts_enable"]) == (True, False)
    assert "android_sender_id" not in paid


def test_no_feature_is_tried_out(sdk: Caller, app: App) -> None:
    assert sdk("GET", f"/apps/{app.id}/sdk/features/android/5.9.9").json == {"features": []}


@pytest.mark.parametrize("path", ["android_params.js", "ios_params.js", "sdk/features/android/5"])
def test_an_unknown_app_has_no_parameters(sdk: Caller, path: str) -> None:
    answer = sdk("GET", f"/apps/5a35dbd2-3e6c-4a1c-93b5-45ba6ee25f1d/{path}")

    assert (answer.status_code, "errors" in answer.json) == (400, True)
