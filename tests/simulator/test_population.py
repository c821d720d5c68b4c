"""People are drawn as their distribution says, and the same luck draws the same people."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import WrongUsageError
from simulator.moving_in import onesignal_user
from simulator.population import Device, Population, Standing

NOTHING_UNUSUAL = dict.fromkeys(("anonymous", "absent", "misspelt", "without_subscription", "unsubscribed"), 0.0)


def people(count, *, seed=7, **shares):
    population = Population(**(NOTHING_UNUSUAL | shares))
    return list(population.people(count, random.Random(seed)))  # noqa: S311  # chance, not a secret


def test_the_same_luck_draws_the_same_people():
    assert people(50) == people(50)
    assert people(50) != people(50, seed=8)


def test_shares_come_out_as_asked():
    standings = Counter(person.standing for person in people(5_000, anonymous=0.1, unsubscribed=0.2))

    assert standings[Standing.ANONYMOUS] == pytest.approx(500, rel=0.2)
    assert standings[Standing.UNSUBSCRIBED] == pytest.approx(1_000, rel=0.2)


def test_ids_addresses_and_numbers_are_nobody_elses():
    crowd = people(2_000)

    for field in ("external_id", "email", "phone"):
        assert len({getattr(person, field) for person in crowd}) == len(crowd)


def test_who_is_unsubscribed_is_so_on_every_device_and_who_has_none_has_none():
    for person in people(500, unsubscribed=0.5, without_subscription=0.5):
        if person.standing is Standing.UNSUBSCRIBED:
            assert person.devices
            assert not any(device.subscribed for device in person.devices)
        else:
            assert person.devices == ()


def test_a_misspelt_id_is_near_but_not_the_same():
    for person in people(30, misspelt=1.0):
        assert person.onesignal_external_id != person.external_id == person.amplitude_user_id


def test_an_anonymous_person_has_devices_but_no_id_anywhere():
    for person in people(30, anonymous=1.0):
        assert person.amplitude_user_id is None
        assert onesignal_user(person)["identity"] == {}


def test_nobody_has_two_mail_addresses():
    for person in people(500, devices=(0.0, 0.0, 0.0, 0.0, 0.0, 1.0)):
        kinds = Counter(device.type for device in person.devices)
        assert kinds["Email"] <= 1
        assert kinds["SMS"] <= 1
        assert len(person.devices) == 6


@pytest.mark.parametrize(
    "wrong",
    [
        {"anonymous": 1.1},
        {"absent": -0.1},
        {"anonymous": 0.6, "absent": 0.6},
        {"devices": ()},
        {"devices": (0.0,)},
        {"devices": (float("inf"),)},
    ],
)
def test_what_is_no_distribution_is_refused(wrong):
    with pytest.raises(WrongUsageError):
        Population(**wrong)


@given(st.integers(0, 2**32), st.integers(0, 30))
def test_as_many_people_as_asked_for_whatever_the_luck(seed, count):
    crowd = people(count, seed=seed)

    assert [person.number for person in crowd] == list(range(count))
    assert all(isinstance(device, Device) for person in crowd for device in person.devices)
