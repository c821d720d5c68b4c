"""The tracking plan: the same five calls for each kind of name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from fake_amplitude import planning_errors, taxonomy
from fake_amplitude.auth import authorized_project, world
from fake_amplitude.wire import taxonomy as wire

if TYPE_CHECKING:
    from fake_amplitude.taxonomy import Kind

blueprint = Blueprint("taxonomy", __name__)

JSON = "application/json"
PATH = "/api/2/taxonomy"


def _list(kind: Kind) -> Response:
    found = taxonomy.names(world(), authorized_project(), kind, with_deleted=wire.parse_shows_deleted())
    shown = taxonomy.of_event(found, wire.parse_of_event(kind))
    return Response(wire.render_rows(kind, shown), content_type=JSON)


def _create(kind: Kind) -> Response:
    project, name = authorized_project(), wire.parse_name(kind)
    taxonomy.create(world(), project, kind, name, details=wire.parse_details(kind))
    return Response(wire.SUCCESS, content_type=JSON)


def _show(kind: Kind, name: str) -> Response:
    return Response(wire.render_one(kind, taxonomy.one(world(), authorized_project(), kind, name)), content_type=JSON)


def _update(kind: Kind, name: str) -> Response:
    project, renamed = authorized_project(), wire.parse_new_name(kind)
    taxonomy.update(world(), project, kind, name, renamed=renamed, details=wire.parse_details(kind))
    return Response(wire.SUCCESS, content_type=JSON)


def _delete(kind: Kind, name: str) -> Response:
    taxonomy.delete(world(), authorized_project(), kind, name)
    return Response(wire.SUCCESS, content_type=JSON)


def _restore(kind: Kind, name: str) -> Response:
    taxonomy.restore(world(), authorized_project(), kind, name)
    return Response(wire.SUCCESS, content_type=JSON)


def _no_account_properties(**_: str) -> Response:
    authorized_project()
    raise planning_errors.NoAccountProperties


CALLS = (("GET", _list), ("POST", _create))
CALLS_BY_NAME = (("GET", _show), ("PUT", _update), ("DELETE", _delete))

for _kind in taxonomy.KINDS:
    for _method, _call in CALLS:
        _name = f"{_kind}{_call.__name__}"
        blueprint.add_url_rule(f"{PATH}/{_kind}", _name, partial(_call, _kind), methods=[_method])
    for _method, _by_name in CALLS_BY_NAME:
        _name = f"{_kind}{_by_name.__name__}"
        blueprint.add_url_rule(f"{PATH}/{_kind}/<encoded:name>", _name, partial(_by_name, _kind), methods=[_method])
    if _kind != "category":
        _path = f"{PATH}/{_kind}/<encoded:name>/restore"
        blueprint.add_url_rule(_path, f"{_kind}_restore", partial(_restore, _kind), methods=["POST"])
for _end, _methods in (("", ["GET", "POST"]), ("/<encoded:name>", ["GET", "PUT", "DELETE"])):
    blueprint.add_url_rule(
        f"{PATH}/group-property{_end}", f"group_property{len(_end)}", _no_account_properties, methods=_methods
    )
blueprint.add_url_rule(
    f"{PATH}/group-property/<encoded:name>/restore", "group_property_restore", _no_account_properties, methods=["POST"]
)
