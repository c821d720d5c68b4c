"""Almost the same id: people whom both services know, and who still do not meet, because one of them spells otherwise.

OneSignal compares external ids sign by sign. A different case, a stray blank, another Unicode form of the same letter,
an id that somebody percent-encoded, a spreadsheet that ate the leading zeros, an e-mail address where an id belongs: in
every case the person is in the cohort and not in the segment. The account names each, with the id that was nearly met.
"""

import unicodedata
from collections import Counter
from typing import Final

from simulator import Check, Ending, Simulation, counting
from simulator.errors import require
from simulator.somebody import cohort_of_learners, learn, phone

COHORT = "Learners"
SPELLINGS: Final = {  # what is different: in Amplitude, in OneSignal
    "case": ("Case-{}", "case-{}"),
    "white space": (" blank-{}", "blank-{}"),
    "Unicode form": ("caf\u00e9-{}", unicodedata.normalize("NFD", "caf\u00e9-{}")),
    "encoded": ("a%2Fb-{}", "a/b-{}"),
    "leading zeros": ("000{}000", "{}000"),
    "e-mail instead of id": ("person{}@example.com", "person-{}"),
}
CODES: Final = {"case": "A04", "leading zeros": "A03", "e-mail instead of id": "A03"}


def play(simulation: Simulation, *, each: int = 2, well_spelt: int = 5) -> Ending:
    """Let some people be misspelt in each way, and some not at all, and sync them."""
    require(1, each=each)
    require(0, well_spelt=well_spelt)
    simulation.connect()
    for number in range(well_spelt):
        learn(simulation, f"good-{number:03}")
        phone(simulation, f"good-{number:03}")
    for in_amplitude, in_onesignal in SPELLINGS.values():
        for number in range(1, each + 1):
            learn(simulation, in_amplitude.format(number))
            phone(simulation, in_onesignal.format(number)).add_email(f"person{number}@example.com")
    cohort_id = cohort_of_learners(simulation, COHORT)
    simulation.sync(cohort_id)
    simulation.run_until_quiet()

    segment_id = simulation.onesignal_reader().segment_id(COHORT)
    account = counting.count(simulation, cohort_id, segment_id)
    named = Counter((row.code, row.near_miss) for row in account.losses for _ in range(row.users))
    wanted = {(CODES.get(what, "A05"), what): each for what in SPELLINGS}
    return counting.ending(
        account,
        (
            Check("each way of misspelling is named, with its people", named == wanted, f"{dict(named)}"),
            Check("the well spelt are reached", account.reachable.users == well_spelt, f"{account.reachable.users}"),
            *counting.checks(account, cohort_size=each * len(SPELLINGS) + well_spelt),
        ),
        cohort_id=cohort_id,
        segment_id=segment_id,
    )
