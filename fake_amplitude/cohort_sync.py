"""Syncs cohorts to destinations: first everybody, then who entered and who left (facts/amplitude-api.md 4.1, 4.2).

The base of a difference is what the partner acknowledged: for each user of an acknowledged batch the value that was
sent. So a failed batch is part of the next difference, a run that is partly failed is shown as Successful
(facts/integration.md 2.5 A35), and the partner's list converges. Users sent under an old mapping keep their value,
and their leaving is not told: they haunt the partner's list (A34).
A value that another acknowledged member is also known by is not taken off the list (two users, one e-mail).
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from fake_amplitude import curation, partner, sync_schedule
from fake_amplitude.audiences import Call, Run
from fake_amplitude.records import SyncRow, SyncRun
from fake_amplitude.sync_history import history
from fake_amplitude.sync_protocols import request_of
from fake_amplitude.user_properties import mapped_value
from fake_amplitude.wire.list_protocol import parse_list_id

if TYPE_CHECKING:
    from datetime import datetime

    from fake_amplitude.audiences import Audience, Users
    from fake_amplitude.partner import Verdict
    from fake_amplitude.records import Cohort, Destination, Operation
    from fake_amplitude.state import Pair
    from fake_amplitude.world import World

UNRESOLVED, REJECTED = "Unresolved mapping", "Rejected by partner"


def run_due(world: World) -> int:
    """Begin the runs that are due and make the calls that are due; answer how many of both were done."""
    done = 0
    while True:
        begun = _begin_due(world)
        claimed = _claim(world)
        if claimed is not None:
            _make(world, *claimed)
        if not begun and claimed is None:
            return done
        done += begun + (claimed is not None)


def _begin_due(world: World) -> int:
    with world.state.lock:
        now = world.now()
        pairs = sync_schedule.due_pairs(world.state, now)
        for pair in pairs:
            sync = world.state.syncs[pair]
            world.state.syncs[pair] = sync_schedule.after_slot(sync, now)
            cohort = curation.recompute(world, pair[0])
            _begin(world, pair, cohort, now)
        return len(pairs)


def _begin(world: World, pair: Pair, cohort: Cohort, now: datetime) -> None:
    warehouse = world.state.warehouses[cohort.project_id]
    destination, audience = world.state.destinations[pair[1]], world.state.audiences[pair]
    audience.follow_merges(warehouse.identity.canonical)
    audience.forget_ghosts(cohort.members)
    rows, entering = [], []
    for amplitude_id in sorted(cohort.members.difference(audience.sent)):
        value = mapped_value(warehouse.profiles.of(amplitude_id), destination.mapped_property)
        if value is None:
            rows.append(SyncRow(amplitude_id, "ADD", None, skip_detected=True, skip_reason=UNRESOLVED))
        else:
            entering.append((amplitude_id, value))
    leaving = {gone: audience.sent[gone] for gone in sorted(audience.sent.keys() - cohort.members)}
    needs_list = destination.protocol == "lists" and audience.list_id is None
    audience.run = Run(
        started=now,
        computed_ms=cohort.computed_ms,
        creations=deque([Call(None, (), now)] if needs_list else []),
        additions=_calls("ADD", tuple(entering), destination, now),
        leaving=leaving,
        rows=rows,
        message_id=world.ids() if destination.protocol == "webhook" else "",
    )
    _move_on(world, pair)


def _calls(operation: Operation, users: Users, destination: Destination, now: datetime) -> deque[Call]:
    size = destination.batch_size
    starts = range(0, len(users), size)
    return deque(Call(operation, users[at : at + size], now, number) for number, at in enumerate(starts))


def _claim(world: World) -> tuple[Pair, Call] | None:
    with world.state.lock:
        now = world.now()
        for pair, audience in world.state.audiences.items():
            run = audience.run
            if run is None or run.is_calling or pair not in world.state.syncs:
                continue
            call = next((call for call in run.in_flight() if call.not_before <= now), None)
            if call is not None:
                run.is_calling = True
                return pair, call
    return None


def _make(world: World, pair: Pair, call: Call) -> None:
    with world.state.lock:
        request = request_of(world, pair, call)
    verdict = partner.post(world, request)
    with world.state.lock:
        if pair in world.state.syncs:  # not removed while the partner was answering
            _settle(world, pair, call, verdict)


def _settle(world: World, pair: Pair, call: Call, verdict: Verdict) -> None:
    audience = world.state.audiences[pair]
    run = audience.run
    assert run is not None, "a call belongs to a run under way"
    run.is_calling = False
    if verdict.outcome == "try again" and call.attempts < partner.RETRIES_MAX:
        attempts = call.attempts + 1
        again = world.now() + partner.delay(attempts, verdict.retry_after)
        place = run.waiting().index(call)
        run.waiting()[place] = replace(call, attempts=attempts, not_before=again)
        return
    run.waiting().remove(call)
    if verdict.outcome == "acknowledged":
        _acknowledged(audience, run, call, verdict)
    else:
        run.problem = partner.words(verdict.status)
        _failed(run, call, is_rejected=verdict.outcome == "rejected")
    _move_on(world, pair)


def _acknowledged(audience: Audience, run: Run, call: Call, verdict: Verdict) -> None:
    if call.operation is None:
        audience.list_id = parse_list_id(verdict.body)
        if audience.list_id is None:
            run.problem = partner.words(None)
            _failed(run, call, is_rejected=True)
        return
    run.calls_acknowledged += 1
    if call.operation == "ADD":
        audience.sent.update(call.users)
    else:
        for amplitude_id, _ in call.users:
            audience.sent.pop(amplitude_id, None)
    run.rows.extend([SyncRow(amplitude_id, call.operation, value) for amplitude_id, value in call.users])


def _failed(run: Run, call: Call, *, is_rejected: bool) -> None:
    run.calls_failed += 1
    if call.operation is None:  # no list, nobody to put on it
        run.users_undelivered += sum(len(addition.users) for addition in run.additions)
        run.additions.clear()
        run.leaving.clear()
    elif is_rejected:
        operation = call.operation
        run.rows.extend(
            [
                SyncRow(amplitude_id, operation, value, skip_detected=True, skip_reason=REJECTED)
                for amplitude_id, value in call.users
            ]
        )
    else:
        run.users_undelivered += len(call.users)


def _move_on(world: World, pair: Pair) -> None:
    """Go to removals when additions are settled, and end the run when nothing is left."""
    audience = world.state.audiences[pair]
    run = audience.run
    if run is None or run.waiting():
        return
    if run.leaving:
        run.removals = _removals(world, pair, audience, run)
    if not run.waiting():
        audience.run = None
        world.state.history.setdefault(pair[0], []).append(_finished(world, run, pair))
        world.state.history[pair[0]] = list(history(world, pair[0]))


def _removals(world: World, pair: Pair, audience: Audience, run: Run) -> deque[Call]:
    leaving, run.leaving = run.leaving, {}
    staying = {value for amplitude_id, value in audience.sent.items() if amplitude_id not in leaving}
    shared = [amplitude_id for amplitude_id, value in leaving.items() if value in staying]
    for amplitude_id in shared:
        run.rows.append(SyncRow(amplitude_id, "REMOVE", audience.sent.pop(amplitude_id)))
        del leaving[amplitude_id]
    return _calls("REMOVE", tuple(leaving.items()), world.state.destinations[pair[1]], world.now())


def _finished(world: World, run: Run, pair: Pair) -> SyncRun:
    done = [row.operation for row in run.rows if not row.skip_detected]
    return SyncRun(
        cohort_id=pair[0],
        destination_id=pair[1],
        started=run.started,
        finished=world.now(),
        status="Failed" if run.calls_failed and not run.calls_acknowledged else "Successful",
        added=done.count("ADD"),
        removed=done.count("REMOVE"),
        skipped=len(run.rows) - len(done),
        undelivered=run.users_undelivered,
        rows=tuple(run.rows),
        cadence=world.state.syncs[pair].cadence,
        mapped_property=world.state.destinations[pair[1]].mapped_property,
        problem=run.problem,
    )
