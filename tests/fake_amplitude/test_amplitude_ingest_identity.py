"""Who is counted, and whose stream an event is in: random events, mappings and unmappings against a slow model."""

from hypothesis import given, settings
from hypothesis import strategies as st

from fake_amplitude.ingestion import receive
from fake_amplitude.stored_events import Arrival
from fake_amplitude.text_errors import InvalidMapping
from fake_amplitude.user_mapping import Mapping, _refuse_circles
from fake_amplitude.warehouse import Warehouse
from fake_amplitude.wire.upload_form import UploadedEvent

USERS, DEVICES = ["u1", "u2", "u3"], ["d1", "d2", "d3"]
EVENTS = st.tuples(st.just("event"), st.sampled_from([None, *USERS]), st.sampled_from(DEVICES))
MAPPINGS = st.tuples(st.just("map"), st.sampled_from(USERS), st.sampled_from([None, *USERS, "all"]))
ARRIVAL = Arrival(0, 0, "/batch")


@settings(max_examples=80, deadline=None)
@given(st.lists(st.one_of(EVENTS, EVENTS, MAPPINGS), max_size=30))
def test_random_streams_and_mappings_are_counted_as_a_slow_obvious_model_counts(stream):
    warehouse, history, mapped = Warehouse(1, lambda _: None), [], {}

    for kind, user_id, other in stream:
        if kind == "event":
            receive(warehouse, UploadedEvent(event_type="Play", user_id=user_id, device_id=other), ARRIVAL)
            history.append((user_id, other))
        elif _is_taken(warehouse, Mapping(user_id, other)):
            mapped[user_id] = other

    owners = _owners(history)
    assert len(warehouse.active_ids()) == len({_end(owner, mapped) for owner in owners})
    for user_id in {owner for owner in owners if owner in USERS}:
        expected = [number for number, owner in enumerate(owners) if user_id in _way(owner, mapped)]
        told = warehouse.activity(warehouse.identity.users[user_id])
        assert [event.number for event in told] == expected


def _is_taken(warehouse, mapping):
    try:
        _refuse_circles(warehouse.mappings, [mapping])
    except InvalidMapping:
        return False
    warehouse.map_user(mapping)
    return True


def _owners(history):
    """Say whose each event is after all merges: its user, its device's last user, or the first user seen later."""
    owners = []
    for number, (user_id, device_id) in enumerate(history):
        before = [user for user, device in history[: number + 1] if device == device_id and user is not None]
        after = [user for user, device in history[number:] if device == device_id and user is not None]
        owners.append(user_id or (before or [None])[-1] or (after or [device_id])[0])
    return owners


def _way(owner, mapped):
    way = [owner]
    while mapped.get(way[-1]) is not None:
        way.append(mapped[way[-1]])
    return way


def _end(owner, mapped):
    return _way(owner, mapped)[-1]
