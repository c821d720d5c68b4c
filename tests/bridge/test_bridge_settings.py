from __future__ import annotations

import dataclasses

import pytest
from bridge_world import make_connection

from bridge import AmplitudeProject, OneSignalApp, Settings
from bridge.errors import SettingsError


def test_no_key_and_no_secret_shows_in_a_repr():
    settings = Settings((make_connection(),))

    for secret in ("door-secret", "rest-key", "amplitude-key"):
        assert secret not in repr(settings)


def test_settings_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        make_connection().secret = "other"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: make_connection(name=""), "name must be"),
        (lambda: make_connection(secret=" padded"), "secret must be"),
        (lambda: make_connection(secret="new\nline"), "secret must be"),
        (lambda: make_connection(contract="2020"), "contract: '2020' is not one of 2022"),
        (lambda: make_connection(events=frozenset({"message.push.send"})), "did you mean 'message.push.sent'"),
        (lambda: make_connection(anonymous="perhaps"), "anonymous"),
        (lambda: make_connection(min_id_length=0), "min_id_length"),
        (lambda: AmplitudeProject("key", region="eu"), "did you mean 'EU'"),
        (lambda: AmplitudeProject(""), "amplitude.api_key"),
        (lambda: OneSignalApp("", "key"), "onesignal.app_id"),
        (lambda: OneSignalApp("app", "kéy"), "onesignal.rest_api_key"),
        (lambda: Settings((make_connection(), make_connection())), "two connections are named 'shop'"),
        (lambda: Settings((), outbox_maximum=0), "outbox_maximum"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused_by_its_name(make, words):
    with pytest.raises(SettingsError, match=words):
        make()


def test_a_secret_is_never_in_the_complaint_about_it():
    with pytest.raises(SettingsError) as complaint:
        OneSignalApp("app", "kéy-of-ours")

    assert "of-ours" not in str(complaint.value)
