"""The account of a message holds only when every device is explained and every event has a device."""

from datetime import timedelta

import pytest

from simulator import Simulation, delivery
from simulator.delivery import MEASURES, Missing, Part, Reached
from simulator.recipients import Attention
from simulator.somebody import learn, phone, push

ALICE = Reached("alice-1", "her phone", frozenset({"sent"}))
NOBODY = Reached("", "nobody's phone", frozenset({"sent"}))
TOLD = ("alice-1", "her phone")


def part(*, onesignal, missing=(), found=(), events=()):
    return Part(MEASURES[0], "Push Pending Delivery", onesignal, tuple(missing), tuple(found), tuple(events))


@pytest.mark.parametrize(
    ("holds", "account"),
    [
        (True, part(onesignal=2, missing=[Missing(NOBODY, "B02")], found=[ALICE], events=[TOLD])),
        (False, part(onesignal=2, missing=[Missing(NOBODY, "")], found=[ALICE], events=[TOLD])),
        (False, part(onesignal=3, missing=[Missing(NOBODY, "B02")], found=[ALICE], events=[TOLD])),
        (False, part(onesignal=1, found=[ALICE], events=[TOLD, ("bobby-2", "a stranger's phone")])),
        (True, part(onesignal=1, found=[ALICE], events=[TOLD, TOLD])),
    ],
)
def test_both_numbers_follow_from_each_other_or_do_not(holds, account):
    assert account.sum_holds is holds


def test_a_repeated_event_is_counted_beside_its_device():
    account = part(onesignal=1, found=[ALICE], events=[TOLD, TOLD])

    assert (account.repeated, account.users) == (1, 1)


@pytest.mark.parametrize("limits", ["off", "documented"])
def test_a_message_of_this_hour_is_accounted_for_though_another_hour_can_be_exported_already(limits):
    """`facts/amplitude-api.md` 1.12: an hour can be exported two hours after its end."""
    simulation = Simulation(7, limits=limits)
    simulation.connect()
    learn(simulation, "alice-1")
    phone(simulation, "alice-1")
    push(simulation, "In the morning")
    simulation.run_for(timedelta(hours=4))

    message = push(simulation, "At noon")
    simulation.run_until_quiet()

    sent, _, _ = delivery.account(simulation, message)
    assert (sent.onesignal, sent.sum_holds) == (1, True)


def test_an_account_is_of_the_moment_it_was_asked_for_whatever_is_clicked_while_amplitude_takes_its_time():
    simulation = Simulation(7, limits="documented")
    simulation.connect()
    simulation.recipients.attention = Attention(clicked=1)
    learn(simulation, "alice-1")
    phone(simulation, "alice-1")
    message = push(simulation, "Come")
    simulation.wait(5)

    _, _, clicked = delivery.account(simulation, message)
    _, _, afterwards = delivery.account(simulation, message)

    assert (clicked.onesignal, clicked.events, clicked.sum_holds) == (0, (), True)
    assert (afterwards.onesignal, len(afterwards.events), afterwards.sum_holds) == (1, 1, True)
