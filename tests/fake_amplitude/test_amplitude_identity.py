"""Who is who: the vendor's table row by row, and random streams against a slow, obvious model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_amplitude.identity import Identity

VECTORS = {
    "anonymous only": "A-1 B-2 B-2 C-3 A-1 C-3",
    "login after anonymous": "G-4 G-4 G,John-4",
    "one user, two devices": "K,Zack-5 L,Zack-5",
    "shared device": "R,Jane-6 R-6 R,Mary-7 R-7 R-7",
    "merge": "Y,David-8 Z-9 Z,David-8 Z-8",
}


def identity():
    return Identity(1, lambda _: None)


@pytest.mark.parametrize("rows", VECTORS.values(), ids=VECTORS.keys())
def test_the_vendors_table_holds(rows):
    who = identity()
    expected, credited = [], []

    for row in rows.split():
        ids, _, amplitude_id = row.partition("-")
        device_id, _, user_id = ids.partition(",")
        expected.append(int(amplitude_id))
        credited.append(who.credit(user_id or None, device_id))

    first = expected[0]
    assert [each - credited[0] for each in credited] == [each - first for each in expected]


def test_a_merged_anonymous_user_is_counted_once_and_keeps_its_rows(amplitude):
    amplitude.upload(
        {"event_type": "a", "device_id": "device-Y", "user_id": "David"},
        {"event_type": "a", "device_id": "device-Z"},
        {"event_type": "a", "device_id": "device-Z", "user_id": "David"},
        {"event_type": "a", "device_id": "device-Z"},
    )

    eight, nine, *later = [each.amplitude_id for each in amplitude.warehouse.events]
    assert later == [eight, eight]
    assert amplitude.warehouse.active_ids() == {eight}
    told = amplitude.get("/api/2/useractivity", user=nine).json
    assert told["userData"]["canonical_amplitude_id"] == eight
    assert told["userData"]["merged_amplitude_ids"] == [nine]
    assert told["userData"]["num_events"] == 4


def test_merging_keeps_the_known_users_properties(amplitude, event):
    amplitude.upload(
        event(user_id="David", device_id="device-Y", user_properties={"plan": "pro"}),
        event(user_id=None, device_id="device-Z", user_properties={"plan": "free", "utm": "x"}),
        event(user_id="David", device_id="device-Z"),
    )

    (david,) = amplitude.warehouse.profiles.all()
    assert david.properties == {"plan": "pro", "utm": "x"}
    assert david.device_ids == ("device-Z", "device-Y")


def test_a_device_known_in_another_project_brings_its_user_along(amplitude, event):
    other = amplitude.fake.create_project("Other")
    amplitude.upload(event())

    amplitude.client.post(
        "/2/httpapi",
        json={"api_key": other.api_key, "events": [{"event_type": "a", "device_id": "device-1"}]},
    )

    assert amplitude.fake.world.state.warehouses[other.id].profiles.all()[0].user_id == "user-1"


def test_user_ids_are_case_sensitive():
    who = identity()

    assert who.credit("Bob", "d1") != who.credit("bob", "d2")


IDS = st.tuples(st.sampled_from([None, "u1", "u2", "u3"]), st.sampled_from(["d1", "d2", "d3", "d4"]))


@given(st.lists(IDS, max_size=40))
def test_random_streams_agree_with_a_slow_obvious_model(stream):
    who, history, merged = identity(), [], {}

    for user_id, device_id in stream:
        credited = who.credit(user_id, device_id)
        expected, merge = _obvious(history, user_id, device_id)
        if expected is None:
            assert credited not in {each for *_, each in history}
        else:
            assert credited == expected
        merged.update({merge: credited} if merge is not None and merge != credited else {})
        history.append((user_id, device_id, credited))

    assert who.merged == merged


def _obvious(history, user_id, device_id):
    """Read the whole history again each time, in the words of the rule."""
    of_device = [(user, amplitude_id) for user, device, amplitude_id in history if device == device_id]
    users_of_device = [user for user, _ in of_device if user is not None]
    anonymous = of_device[0][1] if of_device and not users_of_device else None
    if user_id is None:
        user_id = users_of_device[-1] if users_of_device else None
        if user_id is None:
            return anonymous, None
    known = [amplitude_id for user, _, amplitude_id in history if user == user_id]
    return (known[0], anonymous) if known else (anonymous, None)
