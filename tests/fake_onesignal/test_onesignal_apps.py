"""Apps: what the organization's key may do with them, and what is said to every other key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from onesignal_caller import Caller

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_onesignal import FakeOneSignal
    from fake_onesignal.records import App

SAID = {
    "apns_env": "sandbox",
    "apns_p8": "a2V5",
    "chrome_web_origin": "https://shop.test",
    "safari_site_origin": "https://shop.test",
    "site_name": "Corner shop",
}
UNSAID = {"apns_p12": "Y2VydA==", "apns_p12_password": "hush", "additional_data_is_root_payload": True}
OTHER = "5a35dbd2-3e6c-4a1c-93b5-45ba6ee25f1d"


@pytest.fixture
def organization(fake: FakeOneSignal) -> Caller:
    """Calls with the organization's key."""
    return Caller(fake, fake.organization_api_key)


def test_apps_belong_to_the_organization(organization: Caller, call: Caller, app: App) -> None:
    phones = [{"type": "iOSPush", "token": "t1"}, {"type": "iOSPush", "token": "t2", "notification_types": -2}]
    call("POST", f"/apps/{app.id}/users", {"subscriptions": phones})

    made = organization("POST", "/apps", {"name": "Second"})

    seen = organization("GET", f"/apps/{app.id}").json
    assert (seen["players"], seen["messageable_players"]) == (2, 1)
    assert [one["name"] for one in organization("GET", "/apps").json] == ["Corner shop", "Second"]
    new_key = Caller(call.fake, made.json["basic_auth_key"])
    assert new_key("GET", f"/apps/{made.json['id']}/segments").status_code == 200
    assert organization("GET", "/apps/nope").json == {"errors": ["Couldn't find app with id = nope"]}
    assert organization("PUT", "/apps/nope", {"name": "x"}).json == {"status": 404, "error": "Not Found"}
    assert organization("POST", "/apps", {"name": ""}).json == {"errors": ["Name Enter an app name"]}


def test_what_is_said_of_platforms_is_kept_and_secrets_are_not_shown(organization: Caller) -> None:
    made = organization("POST", "/apps", {"name": "Shop", **SAID, **UNSAID, "gcm_key": None}).json

    seen = organization("GET", f"/apps/{made['id']}").json

    assert {name: seen.get(name) for name in SAID} == SAID
    assert not UNSAID.keys() & seen.keys()
    assert "gcm_key" not in seen
    assert "hush" not in repr(organization.fake.world.apps[made["id"]].app)


def test_an_update_changes_what_it_names_and_null_takes_it_back(organization: Caller, app: App) -> None:
    path = f"/apps/{app.id}"
    organization("PUT", path, SAID)

    seen = organization("PUT", path, {"apns_env": "production", "site_name": None}).json

    assert (seen["name"], seen["apns_env"], seen["apns_p8"]) == ("Corner shop", "production", SAID["apns_p8"])
    assert "site_name" not in seen


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        ({"apns_env": "moon"}, 400, "Apns env is invalid"),
        ({"site_name": 7}, 400, "Site name is invalid"),
        ({"additional_data_is_root_payload": "yes"}, 400, "Additional data is root payload is invalid"),
        ({"name": None}, 400, "Name Enter an app name"),
        ({"organization_id": OTHER}, 404, "Organization not found"),
        ({"organization_id": [OTHER]}, 404, "Organization not found"),
    ],
)
def test_what_cannot_be_said_of_an_app(
    organization: Caller, app: App, body: dict[str, Any], status: int, text: str
) -> None:
    before = organization.fake.fingerprint()

    answers = [organization("POST", "/apps", {"name": "x", **body}), organization("PUT", f"/apps/{app.id}", body)]

    assert [(one.status_code, one.json) for one in answers] == [(status, {"errors": [text]})] * 2
    assert organization.fake.fingerprint() == before


def test_a_thousand_apps_are_listed_and_no_more(organization: Caller, app: App) -> None:
    for number in range(999):
        organization.fake.create_app(f"Shop {number}")

    thousand = organization("GET", "/apps")
    organization.fake.create_app("One more")
    more = organization("GET", "/apps")

    assert (len(thousand.json), thousand.json[0]["id"]) == (1_000, app.id)
    assert (more.status_code, more.json["errors"][0][:29]) == (400, "This API endpoint is disabled")


@pytest.mark.parametrize(
    ("method", "path", "wanted"),
    [
        ("GET", "/apps", "list apps"),
        ("GET", "/apps/{app}", "view this app"),
        ("PUT", "/apps/{app}", "update this app"),
    ],
)
def test_an_apps_own_key_hears_that_it_may_not_and_a_wrong_key_that_it_is_wrong(
    call: Caller, sdk: Caller, app: App, method: str, path: str, wanted: str
) -> None:
    url = path.format(app=app.id)

    own, none = call(method, url, {}), sdk(method, url, {})

    assert (own.status_code, own.json) == (403, {"errors": [f"You do not have permission to {wanted}."]})
    assert (none.status_code, none.json["errors"][0][:15]) == (403, "Access denied. ")


def test_in_2022_a_wrong_key_was_answered_in_other_words(new_fake: Callable[..., FakeOneSignal]) -> None:
    fake = new_fake(profile="2022")
    app = fake.create_app("Corner shop")
    wrong = Caller(fake, "wrong")

    rest, organization = wrong("GET", f"/apps/{app.id}/segments"), wrong("GET", "/apps")

    assert (rest.status_code, organization.status_code) == (400, 400)
    assert "<YOUR-REST-API-KEY-HERE> with a valid REST API key." in rest.json["errors"][0]
    text = (
        "Please include a case-sensitive header of Authorization: Basic <YOUR-USER-AUTH-KEY-HERE> with a valid User "
        "Auth key."
    )
    reference = "https://documentation.onesignal.com/docs/accounts-and-keys#section-user-auth-key"
    assert organization.json == {"errors": [text], "reference": [reference]}
