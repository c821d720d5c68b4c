"""The page in a real browser: a person reads the account, moves the clock, and follows an id."""

import shutil
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import sync_playwright

from simulator.disturbances import KINDS
from simulator.live import Live
from simulator.occasions import first
from simulator.telling import Telling

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine; .ci/run installs it")


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def street():
    telling = Telling("faq_counts", settings=("users=40",))
    simulation = telling.begin()
    with Live(simulation, telling.tell(simulation), speed=0) as live:
        yield live


@pytest.fixture
def page(browser, street):
    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(error))  # noqa: PLW0108  # playwright marks its listeners
    page.goto(street.urls["control"])
    yield page
    page.close()
    assert not errors


def test_the_account_and_its_checks_are_read(page):
    assert "OneSignal segment" in page.inner_text("#account")
    assert page.locator("#checks .good").count() == page.locator("#checks li").count() > 0


def test_an_hour_passes_at_the_press_of_a_button(page):
    before = datetime.fromisoformat(page.inner_text("#now"))

    with page.expect_navigation():
        page.get_by_text("An hour on").click()

    assert datetime.fromisoformat(page.inner_text("#now")) - before == timedelta(hours=1)
    assert "and the clock stands" in page.inner_text("body")


def test_time_is_let_flow_and_paused_again(page, street):
    with page.expect_navigation():
        page.get_by_text("A minute a second").click()
    assert "time flows 60 times as fast" in page.inner_text("body")

    with page.expect_navigation():
        page.get_by_text("Pause").click()

    assert street.simulation.clock.speed == 0


def test_a_user_is_followed_from_house_to_house(page, street):
    [user, *_] = [channel.external_id for channel in street.simulation.onesignal_reader().channels("Power users")]

    page.get_by_label("id").fill(user)
    with page.expect_navigation():
        page.get_by_text("Follow").click()

    assert f"is user {user}" in page.inner_text("#lifeline")
    assert f"{user} shall enter cohort" in page.inner_text("#lifeline")


def test_what_is_typed_is_text_and_never_markup(page):
    page.get_by_label("id").fill("<b id=evil>x</b>")
    with page.expect_navigation():
        page.get_by_text("Follow").click()

    assert page.locator("#evil").count() == 0
    assert page.get_by_label("id").input_value() == "<b id=evil>x</b>"


def test_bad_weather_is_shown_and_ended(page, street):
    street.simulation.network.disturb(KINDS["503"], first(2).to("api2.amplitude.com"))
    page.reload()
    assert "calls 1 to 2 to api2.amplitude.com" in page.inner_text("#weather")

    with page.expect_navigation():
        page.get_by_text("Calm").click()

    assert page.locator("#weather").count() == 0
    assert not street.simulation.network.weather.armed


def test_what_a_client_did_wrong_is_read_on_the_page_as_text(page, street):
    body = {"api_key": street.simulation.project.api_key, "events": [{"user_id": "ada-l", "event_type": "Visit"}]}
    body["events"][0]["insert_id"] = "<b id=evil>x</b>"
    for _ in range(2):
        street.simulation.session().post("https://api2.amplitude.com/2/httpapi", json=body, timeout=5)

    page.reload()

    assert "sent again what was accepted: '<b id=evil>x</b>'" in page.inner_text("#verdicts")
    assert "sent again what was accepted" in page.inner_text("#journal")
    assert page.locator("#evil").count() == 0
