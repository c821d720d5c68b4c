"""The JSON of journeys: parsed whole or as a merge patch (RFC 7396), and shown again (facts/onesignal-api.md 2.3)."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import msgspec

from fake_onesignal.journey_definition import Definition, State, branches_of, every_node
from fake_onesignal.journey_errors import JourneyRefusedError, NodeNotFoundError
from fake_onesignal.wire.journey_checks import check_definition, check_schedule
from fake_onesignal.wire.json import in_words

if TYPE_CHECKING:
    from datetime import datetime

    from fake_onesignal.journey_definition import Node
    from fake_onesignal.journeys import Journey

SETTABLE: Final = ("draft", "scheduled", "active", "archived")
SENDS: Final = ("send_push", "send_email", "send_sms", "send_iam", "send_webhook")


class Changes(NamedTuple):
    """What a patch leads to: the whole definition, the state if one is wanted, the revision it was made for if said."""

    definition: Definition
    wanted: State | None
    concurrency_key: str | None


def parse_definition(sent: dict[str, Any], now: datetime, *, is_schedule_new: bool = True) -> Definition:
    """Read a whole definition; a schedule must lie in the future when it is set, not ever after."""
    try:
        definition = msgspec.convert(sent, Definition)
    except (msgspec.ValidationError, RecursionError) as error:
        raise JourneyRefusedError(in_words(error)) from error
    check_definition(definition)
    if is_schedule_new and definition.schedule:
        check_schedule(definition.schedule, now)
    return definition


def parse_changes(journey: Journey, sent: dict[str, Any], now: datetime) -> Changes:
    """Read a merge patch of a journey."""
    patch = {name: value for name, value in sent.items() if name not in {"state", "concurrency_key"}}
    wanted = sent.get("state")
    if wanted is not None and wanted not in SETTABLE:
        raise JourneyRefusedError(f"state must be one of {', '.join(SETTABLE)}")
    merged = _merged(msgspec.to_builtins(journey.definition), patch)
    definition = parse_definition(merged, now, is_schedule_new="schedule" in patch)
    return Changes(definition, cast("State | None", wanted), _key(sent))


def parse_node_changes(journey: Journey, node_id: str, sent: dict[str, Any], now: datetime) -> Changes:
    """Read a merge patch of one node, which may be anything but another kind of node."""
    if not any(node.id == node_id for node in every_node(journey.definition.nodes)):
        raise NodeNotFoundError
    if "kind" in sent or "id" in sent:
        raise JourneyRefusedError("The kind and id of a node can not be changed")
    patch = {name: value for name, value in sent.items() if name != "concurrency_key"}
    whole = msgspec.to_builtins(journey.definition)
    whole["nodes"] = [_patched(node, node_id, patch) for node in whole["nodes"]]
    return Changes(parse_definition(whole, now, is_schedule_new=False), None, _key(sent))


def parse_overrides(like: Definition, sent: dict[str, Any], now: datetime) -> Definition:
    """Read what a duplicate shall have of its own; without a name of its own it says that it is a copy (inferred)."""
    overrides = sent.get("overrides") or {}
    if not isinstance(overrides, dict):
        raise JourneyRefusedError("overrides must be an object")
    whole = msgspec.to_builtins(like)
    copy = {**whole, "name": f"{whole['name']} (copy)"[:300], "schedule": None, **overrides}
    return parse_definition(copy, now)


def render_journey(journey: Journey) -> dict[str, Any]:
    """Render a journey with its whole definition; what was never said is not there."""
    return {
        **msgspec.to_builtins(journey.definition),
        "description": journey.definition.description or "",
        **_life(journey),
        "concurrency_key": journey.concurrency_key,
    }


def render_summary(journey: Journey) -> dict[str, Any]:
    """Render a journey as lists show it."""
    whole = msgspec.to_builtins(journey.definition)
    said = {name: whole[name] for name in ("name", "schedule", "reentry_rules") if name in whole}
    if "audience" in whole:
        said["audience"] = {"kind": whole["audience"]["kind"]}
    return {**said, **_life(journey)}


def render_statistics(journey: Journey) -> dict[str, Any]:
    """Render how many went where: nobody, anywhere, because nobody travels in this fake."""
    nodes = list(every_node(journey.definition.nodes))
    branches = [branch for node in nodes for branch in branches_of(node)]
    return {
        "id": journey.id,
        "started": 0,
        "completed": 0,
        "exited_early": 0,
        "nodes": {str(node.id): _node_statistics(node) for node in nodes},
        "branches": {str(branch.id): {"completed": 0} for branch in branches},
    }


def _node_statistics(node: Node) -> dict[str, Any]:
    counts: dict[str, Any] = {"kind": node.kind, "waiting": 0, "completed": 0, "exited_early": 0}
    return {**counts, "message_stats": {"totals": {}}} if node.kind in SENDS else counts


def _life(journey: Journey) -> dict[str, Any]:
    return {
        "id": journey.id,
        "app_id": journey.app_id,
        "state": journey.state,
        "created_at": _iso(journey.created_at),
        "updated_at": _iso(journey.updated_at),
        "started_at": _iso(journey.started_at),
        "archived_at": _iso(journey.archived_at),
        "created_source": "public_api",
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _key(sent: dict[str, Any]) -> str | None:
    key = sent.get("concurrency_key")
    if key is not None and not isinstance(key, str):
        raise JourneyRefusedError("concurrency_key must be text")
    return key


def _patched(node: dict[str, Any], node_id: str, patch: dict[str, Any]) -> dict[str, Any]:
    """Give a node, or the one below it that is meant, with the patch merged."""
    if node.get("id") == node_id:
        return dict(_merged(node, patch))
    inner = [
        {**branch, "nodes": [_patched(below, node_id, patch) for below in branch["nodes"]]}
        for branch in node.get("branches", ())
    ]
    return {**node, "branches": inner} if inner else node


def _merged(whole: Any, patch: Any) -> Any:
    """Merge as RFC 7396 says: objects go together, null takes away, anything else takes the place."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(whole) if isinstance(whole, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _merged(merged.get(name), value)
    return merged
