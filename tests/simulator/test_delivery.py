"""The account of a message holds only when every device is explained and every event has a device."""

import pytest

from simulator.delivery import MEASURES, Missing, Part, Reached

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
