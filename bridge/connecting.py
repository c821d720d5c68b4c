"""Puts together what stands behind one connection: where its flows come in, and who sends them on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.amplitude import Amplitude
from bridge.amplitude_cohorts import AmplitudeCohorts
from bridge.cohort_changes import CohortChanges, WayIntoOneSignal
from bridge.cohort_lists import CohortLists
from bridge.cohort_pull import CohortPulls
from bridge.custom_events import CustomEventFlow
from bridge.doors import ConnectionDoors
from bridge.memberships import Memberships
from bridge.message_events import MessageEvents
from bridge.message_memory import MessageMemory
from bridge.modelled_membership import ModelledMembership
from bridge.onesignal import OneSignal
from bridge.onesignal_api import OneSignalApi
from bridge.onesignal_events import OneSignalEvents
from bridge.tag_membership import TagMembership

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import requests

    from bridge.database import Database
    from bridge.outbox import Outbox
    from bridge.settings import Connection


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all connections of a bridge share."""

    database: Database
    outbox: Outbox
    now: Callable[[], datetime]
    ids: Callable[[], str]
    session: requests.Session


def connect(connection: Connection, shared: Surroundings) -> ConnectionDoors:
    """Put one connection together."""
    amplitude = Amplitude(
        connection.amplitude, min_id_length=connection.min_id_length, session=shared.session, now=shared.now
    )
    memory = MessageMemory(
        shared.database, connection=connection.name, maximum=connection.texts.remembered_messages_max
    )
    api = OneSignalApi(connection.onesignal, session=shared.session, now=shared.now)
    changes = _cohort_changes(connection, shared, api)
    return ConnectionDoors(
        secret=connection.secret,
        mapped_property=connection.mapped_property,
        message_events=MessageEvents(connection, outbox=shared.outbox, memory=memory, amplitude=amplitude),
        cohort_changes=changes,
        cohort_pulls=CohortPulls(
            connection,
            database=shared.database,
            changes=changes,
            amplitude=AmplitudeCohorts(connection.amplitude, session=shared.session, now=shared.now),
            now=shared.now,
        ),
        custom_events=CustomEventFlow(connection, outbox=shared.outbox, onesignal=OneSignalEvents(api)),
    )


def _cohort_changes(connection: Connection, shared: Surroundings, api: OneSignalApi) -> CohortChanges:
    lists = CohortLists(shared.database, connection=connection.name, ids=shared.ids)
    memberships = Memberships(shared.database, connection=connection.name)
    way: WayIntoOneSignal
    if connection.membership == "tags":
        way = TagMembership(connection.tags, lists=lists, api=api, now=shared.now)
    else:
        way = ModelledMembership(lists=lists, memberships=memberships, onesignal=OneSignal(api))
    return CohortChanges(
        connection.name,
        database=shared.database,
        outbox=shared.outbox,
        lists=lists,
        memberships=memberships,
        way=way,
        now=shared.now,
    )
