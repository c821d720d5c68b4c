"""Templates: what a message may be made of instead of being written each time (facts/onesignal-api.md 2.2, 8.3).

A message that names a template takes from it whatever it does not say itself (`filled`), and its Liquid may name the
message's `custom_data`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from fake_onesignal.records import replace
from fake_onesignal.template_errors import TemplateNotFoundError
from fake_onesignal.wire.templates import fill

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_onesignal.message_kinds import Channel
    from fake_onesignal.messages import Draft
    from fake_onesignal.state import AppState, World

PAGE_MAX: Final = 50


class Template(Struct, frozen=True, kw_only=True):
    """A named message. `content` has the words of its channel under the vendor's names; times are unix seconds."""

    id: str
    name: str
    channel: Channel
    content: Mapping[str, Any]
    created_at: int
    updated_at: int


def create(world: World, state: AppState, *, name: str, channel: Channel, content: Mapping[str, Any]) -> Template:
    """Keep a new template."""
    now = world.unix_now()
    template = Template(id=world.ids(), name=name, channel=channel, content=content, created_at=now, updated_at=now)
    state.templates[template.id] = template
    return template


def update(world: World, state: AppState, template: Template, changed: Mapping[str, Any]) -> Template:
    """Change a template; messages that were made of it stay what they are."""
    state.templates[template.id] = replace(template, updated_at=world.unix_now(), **changed)
    return state.templates[template.id]


def delete(state: AppState, template: Template) -> None:
    """Delete a template; messages that were made of it stay what they are."""
    del state.templates[template.id]


def copy(world: World, template: Template, target: AppState) -> Template:
    """Make the same template in another app."""
    return create(world, target, name=template.name, channel=template.channel, content=template.content)


def found(state: AppState, template_id: str) -> Template:
    """Find a template by its id."""
    if template_id not in state.templates:
        raise TemplateNotFoundError
    return state.templates[template_id]


def browse(state: AppState, channel: Channel | None) -> list[Template]:
    """List the app's templates, of one channel or all, in the order in which they were made."""
    return [one for one in state.templates.values() if channel in {None, one.channel}]


def filled(state: AppState, draft: Draft) -> Draft:
    """Give the message with what its template adds; one that names no template of the app comes back as it was."""
    template = state.templates.get(draft.template_id)
    return draft if template is None else fill(template, draft)
