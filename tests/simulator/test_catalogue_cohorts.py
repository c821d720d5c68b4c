"""Each reason of the cohort catalogue (`facts/integration.md` 2.5) is made in a simulation and found by its code."""

import unicodedata
from dataclasses import replace
from datetime import timedelta

import pytest
from catalogue_worlds import (
    ALICE,
    BOB,
    CAROL,
    COHORT,
    codes_found,
    cohort_of_learners,
    known,
    learn,
    phone,
    street,
    synced,
)

from simulator import counting
from simulator.accounts.catalogue import entries
from simulator.accounts.causes import Cause
from simulator.accounts.symptoms import look, symptoms
from simulator.disturbances import Doubled, Failing
from simulator.occasions import always, first, nth
from simulator.recipients import Attention

BRIDGE = "bridge.test"


def a01_mapped_property_is_empty():
    simulation = street(mapped_property="crm_id")
    learn(simulation, ALICE, crm_id="crm-alice")
    phone(simulation, "crm-alice")
    learn(simulation, BOB)
    return codes_found(simulation, synced(simulation), mapped_property="crm_id")


def a02_anonymous():
    simulation = street()
    known(simulation, ALICE)
    learn(simulation, None)
    return codes_found(simulation, synced(simulation))


def a03_unknown_to_onesignal():
    simulation = street()
    known(simulation, ALICE)
    learn(simulation, BOB)
    return codes_found(simulation, synced(simulation))


def near_miss(in_amplitude, in_onesignal, **properties):
    simulation = street()
    known(simulation, CAROL)
    learn(simulation, in_amplitude, **properties)
    phone(simulation, in_onesignal)
    return codes_found(simulation, synced(simulation), properties=tuple(properties))


def a04_another_case():
    return near_miss("Bobby", "bobby")


def a05_another_spelling():
    return near_miss("user-éva", unicodedata.normalize("NFD", "user-éva"))


def a06_rejected_by_partner():
    simulation = street()
    known(simulation, ALICE)
    learn(simulation, BOB)
    simulation.network.disturb(Failing(404), nth(1).to(BRIDGE).at("*/add").about(BOB))
    return codes_found(simulation, synced(simulation))


def a07_placeholder():
    simulation = street(mapped_property="crm_id")
    learn(simulation, ALICE, crm_id="crm-alice")
    phone(simulation, "crm-alice")
    learn(simulation, BOB, crm_id="undefined")
    return codes_found(simulation, synced(simulation), mapped_property="crm_id")


def a08_too_short_for_amplitude():
    simulation = street()
    known(simulation, ALICE)
    phone(simulation, "42")
    return codes_found(simulation, synced(simulation))


def a09_too_long():
    simulation = street()
    known(simulation, ALICE)
    learn(simulation, "é" * 600)
    return codes_found(simulation, synced(simulation))


def a10_no_subscription():
    simulation = street()
    known(simulation, ALICE)
    learn(simulation, BOB)
    simulation.onesignal_api().post(f"/apps/{simulation.app.id}/users", {"identity": {"external_id": BOB}})
    return codes_found(simulation, synced(simulation))


def a11_unsubscribed():
    simulation = street()
    known(simulation, ALICE)
    learn(simulation, BOB)
    phone(simulation, BOB).opt_out()
    return codes_found(simulation, synced(simulation))


def a12_several_devices():
    simulation = street()
    known(simulation, ALICE)
    phone(simulation, ALICE, token="another")
    return codes_found(simulation, synced(simulation))


def a13_twenty_first_subscription():
    simulation = street()
    learn(simulation, ALICE)
    for number in range(21):
        simulation.wait(2)
        phone(simulation, ALICE, token=f"token-{number}")
    return codes_found(simulation, synced(simulation))


def earlier(simulation):
    return tuple(simulation.onesignal_reader().channels())


def a14_logged_out():
    simulation = street()
    known(simulation, ALICE)
    learn(simulation, BOB)
    device = phone(simulation, BOB)
    before = earlier(simulation)
    device.logout()
    return codes_found(simulation, synced(simulation), before=before)


def a15_account_switch():
    simulation = street()
    known(simulation, ALICE)
    learn(simulation, BOB)
    device = phone(simulation, BOB)
    before = earlier(simulation)
    device.login(ALICE)
    return codes_found(simulation, synced(simulation), before=before)


def a16_address_before_login():
    simulation = street()
    known(simulation, ALICE)
    learn(simulation, BOB, email="bob@example.com")
    phone(simulation, None).add_email("bob@example.com")
    return codes_found(simulation, synced(simulation), properties=("email",))


def a18_login_lost():
    simulation = street()
    known(simulation, ALICE)
    device = phone(simulation, None)
    learn(simulation, BOB, onesignal_subscription=device.subscription_id)
    return codes_found(simulation, synced(simulation), properties=("onesignal_subscription",))


def a19_identity_verification():
    simulation = street()
    known(simulation, ALICE)
    simulation.onesignal.dashboard.require_identity_verification(simulation.app.id)
    session = simulation.session()
    session.patch(
        f"https://api.onesignal.com/apps/{simulation.app.id}/users/by/external_id/{ALICE}",
        json={"properties": {"tags": {"a": "b"}}},
        timeout=5,
    )
    return codes_found(simulation, synced(simulation))


def a20_external_id_replaced():
    simulation = street()
    known(simulation, ALICE, BOB)
    before = earlier(simulation)
    path = f"/apps/{simulation.app.id}/users/by/external_id/{BOB}/identity"
    simulation.onesignal_api().ask("PATCH", path, {"identity": {"external_id": "imported-9"}})
    return codes_found(simulation, synced(simulation), before=before)


def a21_uninstalled():
    simulation = street()
    known(simulation, ALICE, BOB)
    simulation.recipients.attention = Attention(uninstalled=1)
    for _ in range(3):
        body = {"app_id": simulation.app.id, "include_aliases": {"external_id": [BOB]}, "target_channel": "push"}
        simulation.onesignal_api().post("/notifications", body | {"contents": {"en": "Hello"}})
        simulation.run_until_quiet()
    return codes_found(simulation, synced(simulation))


def a22_idle_for_eighteen_months():
    simulation = street()
    known(simulation, ALICE)
    before = earlier(simulation)
    simulation.onesignal.set_plan(simulation.app.id, "free")
    simulation.run_for(timedelta(days=560))
    simulation.onesignal.set_plan(simulation.app.id, "growth")
    learn(simulation, BOB)
    phone(simulation, BOB)
    return codes_found(simulation, synced(simulation), before=before)


def a24_segment_limit():
    simulation = street()
    known(simulation, ALICE)
    for number in range(10):
        filters = [{"field": "country", "relation": "=", "value": f"C{number}"}]
        simulation.onesignal.create_segment(simulation.app.id, f"segment {number}", filters)
    return codes_found(simulation, synced(simulation))


def a25_no_match():
    simulation = street()
    learn(simulation, ALICE)
    return codes_found(simulation, synced(simulation))


def a26_paused():
    simulation = street()
    known(simulation, ALICE)
    cohort_id = synced(simulation)
    simulation.onesignal.pause_segment(simulation.app.id, simulation.onesignal_reader().segment_id(COHORT))
    return codes_found(simulation, cohort_id)


def a27_further_filter():
    simulation = street()
    known(simulation, ALICE)
    phone(simulation, ALICE, type_="iOSPush", token="iphone")
    learn(simulation, BOB)
    phone(simulation, BOB, type_="AndroidPush")
    cohort_id = synced(simulation)
    filters = [
        {"field": "amplitude_cohort", "relation": "in", "value": cohort_id},
        {"field": "device_type", "relation": "=", "value": "iOS"},
    ]
    simulation.onesignal.create_segment(simulation.app.id, "iPhones", filters)
    return codes_found(simulation, cohort_id, segment="iPhones")


def a28_journeys_count_users():
    return a11_unsubscribed()


def a29_late():
    simulation = street()
    known(simulation, ALICE)
    cohort_id = synced(simulation, "daily")
    known(simulation, BOB)
    return codes_found(simulation, cohort_id)


def a30_first_two_syncs():
    simulation = street()
    known(simulation, ALICE)
    cohort_id = synced(simulation, "daily")
    simulation.run_for(timedelta(days=1))
    return codes_found(simulation, cohort_id)


def a31_one_time():
    simulation = street()
    known(simulation, ALICE)
    cohort_id = synced(simulation)
    simulation.run_for(timedelta(days=2))
    known(simulation, BOB)
    return codes_found(simulation, cohort_id)


def a32_still_loading():
    simulation = street()
    known(simulation, ALICE)
    simulation.network.disturb(Failing(503), first(5).to(BRIDGE).at("*/add"))
    cohort_id = cohort_of_learners(simulation)
    simulation.sync(cohort_id, "minute")
    simulation.run_for(timedelta(seconds=10))
    return codes_found(simulation, cohort_id)


def a33_counted_at_another_moment():
    simulation = street()
    known(simulation, ALICE)
    cohort_id = synced(simulation, "daily")
    learn(simulation, BOB)
    return codes_found(simulation, cohort_id)


def a34_ghost():
    simulation = street(mapped_property="email")
    for who in (ALICE, BOB):
        learn(simulation, who, email=f"{who}@example.com")
        phone(simulation, f"{who}@example.com")
        phone(simulation, who, token=f"second-{who}")
    cohort_id = synced(simulation, "hourly")
    simulation.amplitude["US"].change_mapping(simulation.destination.id, "user_id")
    learn(simulation, CAROL)
    phone(simulation, CAROL)
    simulation.run_for(timedelta(hours=3))
    return codes_found(simulation, cohort_id, properties=("email",))


def a35_partly_failed():
    simulation = street()
    known(simulation, ALICE, BOB)
    cohort_id = cohort_of_learners(simulation)
    to = simulation.destination
    one_by_one = simulation.amplitude["US"].add_destination(
        simulation.project, name="small", url=to.url, headers=to.headers, batch_size=1
    )
    simulation.network.disturb(Failing(500), always().to(BRIDGE).at("*/add").about(BOB))
    simulation.amplitude["US"].schedule_sync(cohort_id, one_by_one.id, "one-time")
    simulation.run_until_quiet()
    return codes_found(simulation, cohort_id)


def a36_dropped_in_silence():
    simulation = street()
    known(simulation, ALICE)
    cohort_id = synced(simulation, "hourly")
    known(simulation, BOB)
    simulation.network.disturb(_DroppedInSilence(), always().to(BRIDGE).at("*/add"))
    simulation.run_for(timedelta(hours=1))
    return codes_found(simulation, cohort_id)


class _DroppedInSilence:
    def befall(self, *_):
        return 200, [("Content-Type", "application/json")], b"{}"

    def __str__(self):
        return "200, and nothing happened"


def a37_arrived_twice():
    simulation = street()
    known(simulation, ALICE)
    simulation.network.disturb(Doubled(), always().to(BRIDGE).at("*/add"))
    return codes_found(simulation, synced(simulation))


def a38_from_the_top():
    simulation = street()
    known(simulation, ALICE)
    cohort_id = synced(simulation)
    to = simulation.destination
    anew = simulation.amplitude["US"].add_destination(
        simulation.project, name="OneSignal again", url=to.url, headers=to.headers
    )
    simulation.amplitude["US"].schedule_sync(cohort_id, anew.id, "one-time")
    simulation.run_until_quiet()
    return codes_found(simulation, cohort_id)


def a39_renamed():
    simulation = street()
    known(simulation, ALICE)
    cohort_id = synced(simulation)
    simulation.amplitude["US"].rename_cohort(cohort_id, "Scholars")
    return codes_found(simulation, cohort_id)


def a40_plan_downgraded():
    simulation = street()
    known(simulation, ALICE)
    simulation.onesignal.set_plan(simulation.app.id, "free")
    return codes_found(simulation, synced(simulation, "daily"))


def a41_another_app():
    simulation = street()
    learn(simulation, ALICE)
    phone(simulation, BOB)
    return codes_found(simulation, synced(simulation))


def a42_another_region():
    simulation = street()
    known(simulation, ALICE)
    keys = simulation.projects["EU"]
    simulation.session().get("https://amplitude.com/api/3/cohorts", auth=(keys.api_key, keys.secret_key), timeout=5)
    return codes_found(simulation, synced(simulation))


def a43_shared_value():
    simulation = street(mapped_property="email")
    for who in (ALICE, BOB):
        learn(simulation, who, email="office@example.com")
    phone(simulation, "office@example.com")
    return codes_found(simulation, synced(simulation), mapped_property="email")


def a44_two_ids_of_one_person():
    simulation = street()
    known(simulation, ALICE, email="alice@example.com")
    learn(simulation, "alice-from-the-old-system", email="Alice@example.com")
    return codes_found(simulation, synced(simulation), properties=("email",))


def a45_merged_profile():
    simulation = street()
    known(simulation, ALICE)
    learn(simulation, None, device="shared")
    learn(simulation, ALICE, device="shared")
    return codes_found(simulation, synced(simulation))


def a46_custom_alias():
    simulation = street()
    known(simulation, ALICE)
    learn(simulation, BOB)
    user = {"identity": {"external_id": "other-name", "user_id": BOB}}
    simulation.onesignal_api().post(f"/apps/{simulation.app.id}/users", user)
    return codes_found(simulation, synced(simulation), labels=("user_id",))


def a50_wordless_error():
    simulation = street()
    known(simulation, ALICE)
    simulation.network.disturb(Failing(418), always().to(BRIDGE).at("*/add"))
    return codes_found(simulation, synced(simulation))


MADE = {name[:3].upper(): story for name, story in dict(globals()).items() if name[:1] == "a" and name[1:3].isdigit()}


ALSO_FOUND = {  # what such a world cannot be without
    "A11": {"A28"},
    "A13": {"A12"},
    "A15": {"A12"},
    "A21": {"A11", "A28"},
    "A25": {"A03"},
    "A28": {"A11"},
    "A29": {"A33"},
    "A32": {"A29"},
    "A33": {"A03"},
    "A34": {"A30"},
    "A35": {"A50"},
    "A36": {"A30"},
    "A41": {"A03", "A25"},
    "A50": {"A06"},
}
CANNOT_BE_MADE = {
    "A17": "the fake keeps one user for an external id, whoever sets it; test_reconcile_files has it in two files",
    "A23": "the fake counts exactly at any size; test_reconcile_files has it in two files",
    "A47": "Amplitude maps one property with one value; values that are lists are not sent at all",
    "A48": "the cohort would have to have a million members, and is then refused before there is an account",
    "A49": "the fake's cohorts count users only; what is recognised is held by the test below",
}


@pytest.mark.parametrize("code", MADE)
def test_a_reason_that_is_made_is_found_and_nothing_else(code):
    found = MADE[code]()

    assert found == {code} | ALSO_FOUND.get(code, set())


def test_the_catalogue_is_whole():
    codes = [f"A{number:02}" for number in range(1, 51)]

    assert [entry.code for entry in entries().values() if entry.is_about_cohorts] == codes
    assert sorted([*MADE, *CANNOT_BE_MADE]) == codes


def test_a_cohort_of_groups_is_found_by_its_definition():
    simulation = street()
    known(simulation, ALICE)
    cohort_id = synced(simulation)
    account = counting.count(simulation, cohort_id, simulation.onesignal_reader().segment_id(COHORT))
    evidence = look(simulation, simulation.amplitude_reader().listed(cohort_id), account)

    of_companies = replace(evidence, cohort={**evidence.cohort, "definition": {"countGroup": {"name": "company"}}})

    assert [note.code for note in symptoms(of_companies)] == ["A49"]


@pytest.mark.parametrize(
    ("in_amplitude", "in_onesignal", "what", "code"),
    [
        ("Bobby", "bobby", "case", "A04"),
        (" bobby", "bobby", "white space", "A05"),
        ("bob\u200bby", "bobby", "white space", "A05"),
        ("user-é", "user-e\u0301", "Unicode form", "A05"),
        ("a%2Fb%20c", "a/b c", "encoded", "A05"),
        ("0012345", "12345", "leading zeros", "A03"),
        ("BOBBY ", "bobby", "white space and case", "A05"),
    ],
)
def test_a_near_miss_is_named(in_amplitude, in_onesignal, what, code):
    simulation = street()
    known(simulation, CAROL)
    learn(simulation, in_amplitude)
    phone(simulation, in_onesignal)
    cohort_id = synced(simulation)

    account = counting.count(simulation, cohort_id, simulation.onesignal_reader().segment_id(COHORT))

    cause = account.explain(in_amplitude).cause
    assert (cause.code, cause.near_miss, cause.told) == (code, what, f"OneSignal has {in_onesignal!r}")


def test_an_email_instead_of_the_id_is_named_on_either_side():
    simulation = street()
    known(simulation, CAROL)
    learn(simulation, "bob@example.com")
    phone(simulation, BOB).add_email("Bob@example.com")
    learn(simulation, ALICE, email="alice@example.com")
    phone(simulation, "alice@example.com")
    cohort_id = synced(simulation)

    account, _ = counting.examine(
        simulation,
        cohort_id,
        simulation.onesignal_reader().segment_id(COHORT),
        clues=counting.Clues(properties=("email",)),
    )

    for who, has in (("bob@example.com", "this address under 'bobby-2'"), (ALICE, "'alice@example.com'")):
        assert account.explain(who).cause == Cause("A03", "e-mail instead of id", f"OneSignal has {has}")
