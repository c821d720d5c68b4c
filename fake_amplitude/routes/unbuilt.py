"""What the vendor has and the simulator does not: whatever of `operations.txt` no other route answers, with 501."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from flask import Blueprint, request

from fake_amplitude import errors
from fake_amplitude.auth import authorized_project
from fake_amplitude.operations import operations, shape

if TYPE_CHECKING:
    from fake_amplitude.operations import Shape


def unbuilt(answered: set[Shape]) -> Blueprint:
    """Answer the routes of every declared operation that is not among those `answered`."""
    blueprint = Blueprint("unbuilt", __name__)
    for one in operations():
        if shape(one.method, one.path) not in answered:
            rule = one.path.replace("{", "<encoded:").replace("}", ">")
            blueprint.add_url_rule(rule, one.operation, _unbuilt, methods=[one.method])
    return blueprint


def _unbuilt(**_: str) -> NoReturn:
    authorized_project()
    raise errors.UnbuiltRest(f"{request.method} {request.path}")
