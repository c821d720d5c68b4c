"""What a journey is made of: its definition, and the graph of nodes whose branches hold nodes again.

The fields and their limits are those of facts/onesignal-api.md 2.3; a field that was not said is UNSET and not shown.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from fake_onesignal.records import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

YEAR_S = 31_556_952

Kind: TypeAlias = Literal[
    "wait", "time_window", "send_push", "send_email", "send_sms", "send_iam", "send_webhook",
    "tag", "split_range", "yes_no", "wait_until",
]  # fmt: skip
State: TypeAlias = Literal["draft", "scheduled", "processing", "active", "archived"]
EventName: TypeAlias = Annotated[str, Meta(max_length=255)]
HeldS: TypeAlias = Annotated[int, Meta(ge=60, le=YEAR_S)]
Json: TypeAlias = dict[str, Any]


class EventAttribute(Struct, frozen=True):
    """One comparison with a property of an event."""

    key: str
    operator: Literal[
        "equal", "not_equal", "less", "less_or_equal", "greater_or_equal", "greater",
        "is", "is_not", "exists", "not_exists", "before", "after",
    ]  # fmt: skip
    value: str | UnsetType = UNSET


Attributes: TypeAlias = Annotated[list[list[EventAttribute]], Meta(max_length=1)]
"""One group of comparisons that must all hold; a second group is refused."""


class Audience(Struct, frozen=True, kw_only=True):
    """Who enters the journey."""

    kind: Literal["segment", "event_trigger"]
    included_segment_ids: list[str] | UnsetType = UNSET
    excluded_segment_ids: list[str] | UnsetType = UNSET
    future_additions_only: bool | UnsetType | None = UNSET
    name: EventName | UnsetType = UNSET
    attributes: Attributes | UnsetType = UNSET


class Condition(Struct, frozen=True, kw_only=True):
    """What decides for a branch; `client_node_id` is only written, it is read as `sending_node_id`."""

    kind: Literal["segment_membership", "on_notification_action", "event_trigger"]
    included_segment_ids: list[str] | UnsetType = UNSET
    excluded_segment_ids: list[str] | UnsetType = UNSET
    action: Literal["received", "clicked", "opened"] | UnsetType = UNSET
    sending_node_id: str | UnsetType = UNSET
    client_node_id: str | UnsetType = UNSET
    name: EventName | UnsetType = UNSET
    attributes: Attributes | UnsetType = UNSET
    entry_event_match_attributes: list[Json] | UnsetType | None = UNSET


class TimePoint(Struct, frozen=True):
    """A time of day."""

    hour: Annotated[int, Meta(ge=0, le=23)] = 0
    minute: Annotated[int, Meta(ge=0, le=59)] = 0


class TimeWindow(Struct, frozen=True):
    """From when to when; on one day of the week (1 is Monday) or every day."""

    start: TimePoint
    end: TimePoint
    day_of_week: Annotated[int, Meta(ge=1, le=7)] | UnsetType = UNSET


class Expiration(Struct, frozen=True):
    """When waiting ends, and whether the journey ends with it."""

    duration_seconds: HeldS | UnsetType | None = UNSET
    exits: bool | UnsetType | None = UNSET


class Branch(Struct, frozen=True, kw_only=True):
    """One way on; the flow comes together again after it."""

    id: str | UnsetType = UNSET
    condition: Condition | UnsetType = UNSET
    weight: float | UnsetType = UNSET
    nodes: list[Node] = []


class Node(Struct, frozen=True, kw_only=True):
    """One step; its kind says which fields mean something."""

    id: str | UnsetType = UNSET
    kind: Kind
    client_node_id: str | UnsetType = UNSET
    annotation: Annotated[str, Meta(max_length=255)] | UnsetType = UNSET
    duration_seconds: HeldS | UnsetType | None = UNSET
    relative_to: Literal["schedule_in_timezone", "last_active_time"] | UnsetType = UNSET
    windows: list[TimeWindow] | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET
    use_user_time_zone: bool | UnsetType | None = UNSET
    template_id: str | UnsetType = UNSET
    iam_id: str | UnsetType = UNSET
    user_ttl_seconds: Annotated[int, Meta(ge=1)] | UnsetType | None = UNSET
    webhook_id: str | UnsetType = UNSET
    assignments: dict[Annotated[str, Meta(max_length=255)], Annotated[str, Meta(max_length=1024)]] | UnsetType = UNSET
    randomize_on_entry: bool | UnsetType | None = UNSET
    branches: list[Branch] | UnsetType = UNSET
    expiration: Expiration | UnsetType | None = UNSET


class Schedule(Struct, frozen=True):
    """When the journey starts and stops by itself."""

    start_at: datetime | UnsetType | None = UNSET
    stop_at: datetime | UnsetType | None = UNSET


class SegmentRule(Struct, frozen=True):
    """Leaving on entering a segment."""

    included_segment_ids: list[str] = []


class EventRule(Struct, frozen=True):
    """Leaving on an event."""

    name: EventName


class ExitRules(Struct, frozen=True):
    """When a person leaves before the end."""

    on_segment: SegmentRule | UnsetType | None = UNSET
    when_not_in_audience: bool | UnsetType | None = UNSET
    on_session: bool | UnsetType | None = UNSET
    on_event: EventRule | UnsetType | None = UNSET


class EarlyExit(Struct, frozen=True):
    """The rules for leaving early, and the tags that one then gets."""

    rules: ExitRules = ExitRules()
    tag_on_early_exit: dict[str, str] | UnsetType = UNSET


class ReentryRules(Struct, frozen=True):
    """How soon a person may enter again."""

    duration_seconds: Annotated[int, Meta(ge=600)] | UnsetType | None = UNSET


class Definition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the caller writes: whom the journey takes, what it does with them, when it lets them go."""

    name: Annotated[str, Meta(max_length=300)]
    description: Annotated[str, Meta(max_length=1024)] | None = ""
    audience: Audience | UnsetType = UNSET
    early_exit: EarlyExit | UnsetType | None = UNSET
    reentry_rules: ReentryRules | UnsetType | None = UNSET
    schedule: Schedule | UnsetType | None = UNSET
    nodes: list[Node] = []


def branches_of(node: Node) -> list[Branch]:
    """Give the ways on from a node."""
    return node.branches or []


def every_node(nodes: list[Node]) -> Iterator[Node]:
    """Go through all nodes at every depth, in the order of the definition."""
    for node in nodes:
        yield node
        for branch in branches_of(node):
            yield from every_node(branch.nodes)


def changed(nodes: list[Node], change: Callable[[Node], Node], branch: Callable[[Branch], Branch]) -> list[Node]:
    """Give the same graph with every node and every branch changed, from the outside in."""

    def deep(node: Node) -> Node:
        node = change(node)
        if not node.branches:
            return node
        inner = [replace(branch(one), nodes=[deep(below) for below in one.nodes]) for one in node.branches]
        return replace(node, branches=inner)

    return [deep(node) for node in nodes]


def linked(nodes: list[Node], ids: Mapping[str, str]) -> list[Node]:
    """Give the same graph whose conditions name their sending node by its id; `ids` leads there from other names."""

    def link(branch: Branch) -> Branch:
        condition = branch.condition
        if not condition:
            return branch
        name = condition.client_node_id or condition.sending_node_id
        if not name:
            return branch
        return replace(branch, condition=replace(condition, sending_node_id=ids.get(name, name), client_node_id=UNSET))

    return changed(nodes, lambda node: node, link)
