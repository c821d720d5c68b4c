"""Where the sources disagree, a profile decides (facts/onesignal-api.md 9)."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest
from onesignal_caller import Caller

from fake_onesignal.profiles import Profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_onesignal import FakeOneSignal

ADA = {"identity": {"external_id": "ada"}}
PROFILES = ["suggested", "client", "docs", "2022"]


@pytest.fixture
def called(new_fake: Callable[..., FakeOneSignal]) -> Callable[..., tuple[Caller, str]]:
    """Makes a fake of a profile; gives calls with the key and the app's path."""

    def make(profile: str, **options: Any) -> tuple[Caller, str]:
        fake = new_fake(profile=profile, **options)
        app = fake.create_app("Corner shop")
        return Caller(fake, app.rest_api_key), f"/apps/{app.id}"

    return make


def email(number: int) -> dict[str, Any]:
    return {"type": "Email", "token": f"{number}@x.test"}


def push(number: int) -> dict[str, Any]:
    return {"type": "iOSPush", "token": f"token-{number}"}


@pytest.mark.parametrize(
    ("profile", "statuses"),
    [("suggested", [201, 200, 202]), ("client", [201, 202, 202]), ("docs", [200, 202, 202]), ("2022", [201, 200, 202])],
)
def test_a_user_who_is_new_the_same_and_changed(called: Any, profile: str, statuses: list[int]) -> None:
    call, app = called(profile)

    bodies = [ADA, ADA, {**ADA, "properties": {"language": "en"}}]
    assert [call("POST", f"{app}/users", body).status_code for body in bodies] == statuses


@pytest.mark.parametrize(
    ("profile", "status", "shows"), [("suggested", 202, True), ("client", 200, False), ("docs", 202, True)]
)
def test_a_deleted_user(called: Any, profile: str, status: int, *, shows: bool) -> None:
    call, app = called(profile)
    call("POST", f"{app}/users", ADA)

    answer = call("DELETE", f"{app}/users/by/external_id/ada")

    assert (answer.status_code, "identity" in answer.json) == (status, shows)


@pytest.mark.parametrize(
    ("profile", "status", "shows"), [("suggested", 201, True), ("client", 201, True), ("docs", 200, False)]
)
def test_a_new_subscription(called: Any, profile: str, status: int, *, shows: bool) -> None:
    call, app = called(profile)
    call("POST", f"{app}/users", ADA)

    answer = call("POST", f"{app}/users/by/external_id/ada/subscriptions", {"subscription": push(1)})

    assert (answer.status_code, "subscription" in answer.json) == (status, shows)


@pytest.mark.parametrize(("profile", "status"), [("suggested", 200), ("client", 201), ("docs", 200)])
def test_the_list_of_segments(called: Any, profile: str, status: int) -> None:
    call, app = called(profile)

    assert call("GET", f"{app}/segments").status_code == status


@pytest.mark.parametrize(("profile", "count"), [("suggested", 1), ("docs", 2)])
def test_a_segment_counts_the_subscribed_or_everybody(called: Any, profile: str, count: int) -> None:
    call, app = called(profile)
    call("POST", f"{app}/users", {**ADA, "subscriptions": [push(1), {**push(2), "enabled": False}]})
    filters = [{"field": "device_type", "relation": "=", "value": "iOS"}]
    mine = call("POST", f"{app}/segments", {"name": "Phones", "filters": filters}).json["id"]
    total = call("GET", f"{app}/segments").json["segments"][0]["id"]

    counts = [call("GET", f"{app}/segments/{one}").json["subscriber_count"] for one in (mine, total)]

    assert counts == [count, count]


@pytest.mark.parametrize(
    ("profile", "status", "code"), [("suggested", 404, "NoSuchKey"), ("client", 403, "AccessDenied")]
)
def test_a_file_that_is_not_written_yet(called: Any, profile: str, status: int, code: str) -> None:
    call, app = called(profile, limits="documented")
    call("POST", f"{app}/users", {**ADA, "subscriptions": [push(1)]})
    url = call("POST", "/players/csv_export?app_id=" + app.removeprefix("/apps/")).json["csv_file_url"]

    answer = call("GET", url.removeprefix("http://localhost"))

    assert (answer.status_code, code in answer.text) == (status, True)


def test_the_21st_subscription_evicts_the_oldest_by_last_session(called: Any) -> None:
    call, app = called("suggested")
    first = call("POST", f"{app}/users", {**ADA, "subscriptions": [push(0)]}).json["subscriptions"][0]["id"]
    call.fake.world.now.advance(hours=1)
    call("POST", f"{app}/users", {**ADA, "subscriptions": [push(number) for number in range(1, 20)]})

    call("POST", f"{app}/users/by/external_id/ada/subscriptions", {"subscription": push(20)})

    held = call("GET", f"{app}/users/by/external_id/ada").json["subscriptions"]
    orphan = call("GET", f"{app}/subscriptions/{first}/user/identity").json["identity"]
    assert (len(held), first in {one["id"] for one in held}) == (20, False)
    assert list(orphan) == ["onesignal_id"]


def test_three_addresses_and_three_numbers_are_never_evicted(called: Any) -> None:
    call, app = called("suggested")
    numbers = [{"type": "SMS", "token": f"+1555010010{number}"} for number in range(3)]
    call("POST", f"{app}/users", {**ADA, "subscriptions": [email(number) for number in range(3)] + numbers})
    call.fake.world.now.advance(hours=1)

    for number in range(30):
        call("POST", f"{app}/users/by/external_id/ada/subscriptions", {"subscription": push(number)})

    held = [one["type"] for one in call("GET", f"{app}/users/by/external_id/ada").json["subscriptions"]]
    assert (held.count("Email"), held.count("SMS"), len(held)) == (3, 3, 20)


@pytest.mark.parametrize("way", ["create", "upsert", "transfer", "move by token"])
def test_the_21st_subscription_is_refused_where_nothing_is_evicted(called: Any, way: str) -> None:
    call, app = called("client")
    call("POST", f"{app}/users", {**ADA, "subscriptions": [push(number) for number in range(20)]})
    other = call("POST", f"{app}/users", {"identity": {"external_id": "bob"}, "subscriptions": [push(99)]})
    moving = other.json["subscriptions"][0]["id"]
    before = call.fake.fingerprint()

    asked = {
        "create": ("POST", f"{app}/users/by/external_id/ada/subscriptions", {"subscription": push(20)}),
        "upsert": ("POST", f"{app}/users", {**ADA, "subscriptions": [push(20)]}),
        "transfer": ("PATCH", f"{app}/subscriptions/{moving}/owner", {"identity": {"external_id": "ada"}}),
        "move by token": ("POST", f"{app}/users", {**ADA, "subscriptions": [push(99)]}),
    }
    answer = call(*asked[way])

    assert (answer.status_code, answer.json["errors"][0]["code"]) == (409, "Subscription Limit Exceeded")
    assert call.fake.fingerprint() == before


def test_a_20th_subscription_and_the_ones_already_held_are_no_21st(called: Any) -> None:
    call, app = called("client")
    call("POST", f"{app}/users", {**ADA, "subscriptions": [push(number) for number in range(20)]})

    assert call("POST", f"{app}/users", {**ADA, "subscriptions": [push(3)]}).status_code == 202


@pytest.mark.parametrize("profile", PROFILES)
def test_the_same_world_in_every_profile_has_the_same_users(called: Any, profile: str) -> None:
    call, app = called(profile)

    user = call("POST", f"{app}/users", {**ADA, "subscriptions": [push(1)]}).json

    assert user["identity"]["external_id"] == "ada"
    assert [one["token"] for one in user["subscriptions"]] == ["token-1"]


def test_in_2022_a_deleted_player_was_a_text_and_files_ended_with_badges(called: Any) -> None:
    call, app = called("2022")
    app_id = app.rpartition("/")[2]
    one = call("POST", "/players", {"app_id": app_id, "device_type": 0, "identifier": "t", "badge_count": 3}).json["id"]

    url = call("POST", f"/players/csv_export?app_id={app_id}").json["csv_file_url"]
    rows = gzip.decompress(call("GET", url).data).decode().splitlines()

    assert rows[0].endswith(",invalid_identifier,badge_count")
    assert rows[1].endswith(",f,3")
    assert call("DELETE", f"/players/{one}?app_id={app_id}").json == {"success": "true"}


@pytest.mark.parametrize(("profile", "said"), [("2022", str), ("docs", list), ("suggested", list)])
def test_in_2022_an_unknown_app_was_told_in_a_bare_text(called: Any, profile: str, said: type) -> None:
    call, _ = called(profile)

    answer = call("GET", "/apps/a", headers={"Authorization": f"Basic {call.fake.organization_api_key}"})

    text = "Couldn't find app with id = a"
    assert (answer.status_code, answer.json) == (404, {"errors": text if said is str else [text]})


def test_in_2022_segments_were_of_users_and_all_was_short_for_the_first(called: Any) -> None:
    call, app = called("2022")
    call("POST", f"{app}/users", {"subscriptions": [push(1), {**push(2), "enabled": False}]})

    listed = call("GET", f"{app}/segments").json["segments"]
    audience = call.fake.dashboard.audience(app.rpartition("/")[2], "All")

    assert [one["name"] for one in listed] == ["Subscribed Users", "Active Users", "Inactive Users", "Engaged Users"]
    assert call("GET", f"{app}/segments/{listed[0]['id']}").json == {"subscriber_count": 1}
    assert len(audience) == 1


@pytest.mark.parametrize(("profile", "statuses"), [("client", [403, 403, 403]), ("suggested", [201, 200, 200])])
def test_segments_are_written_on_the_free_plan_or_not_as_the_profile_says(
    called: Any, profile: str, statuses: list[int]
) -> None:
    call, app = called(profile)
    body = {"name": "Fans", "filters": [{"field": "tag", "key": "a", "relation": "exists"}]}
    made = call.fake.create_segment(app.rpartition("/")[2], "Friends", body["filters"])
    call.fake.set_plan(app.rpartition("/")[2], "free")
    path = f"{app}/segments/{made.id}"

    answers = [call("POST", f"{app}/segments", body), call("PATCH", path, {"name": "F"}), call("DELETE", path)]

    assert [answer.status_code for answer in answers] == statuses
    if profile == "client":
        text = "This API is not available for applications on your plan."
        assert answers[0].json == {"success": False, "errors": [text]}


def test_a_service_that_runs_may_be_told_to_believe_another_source(called: Any) -> None:
    call, app = called("suggested")
    call("POST", f"{app}/users", ADA)

    call.fake.profile = "client"
    answer = call("DELETE", f"{app}/users/by/external_id/ada")

    assert (answer.status_code, answer.json) == (200, {})
    with pytest.raises(LookupError, match=r"there is no profile 'cliant'; the nearest is 'client'"):
        call.fake.profile = "cliant"


def test_who_believes_another_source_brings_a_profile(called: Any) -> None:
    call, app = called(Profile(custom_aliases_max=1, alias_length_max=11))

    statuses = [
        call("POST", f"{app}/users", {"identity": identity}).status_code
        for identity in (
            {"external_id": "ada", "crm": "7"},
            {"external_id": "bob", "crm": "8", "shop": "9"},
            {"external_id": "x" * 12},
        )
    ]

    assert statuses == [201, 400, 400]
