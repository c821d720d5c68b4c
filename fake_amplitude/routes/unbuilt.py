"""What the vendor has and the simulator does not: whatever of `operations.txt` no other route answers, with 501."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from flask import Blueprint, request

from fake_amplitude import errors
from fake_amplitude.operations import declared, shape

if TYPE_CHECKING:
    from fake_amplitude.operations import Shape


def unbuilt(answered: set[Shape]) -> Blueprint:
    """Answer the routes of every declared operation that is not among those `answered`."""
    blueprint = Blueprint("unbuilt", __name__)
    for one in declared():
        if shape(one.method, one.path) not in answered:
            rule = one.path.replace("{", "<encoded:").replace("}", ">")
            say = _unbuilt_rest if one.host == "rest" else _unbuilt_ingestion
            blueprint.add_url_rule(rule, one.operation, say, methods=[one.method])
    return blueprint


def _unbuilt_rest(**_: str) -> NoReturn:
    raise errors.UnbuiltRest(f"{request.method} {request.path}")


def _unbuilt_ingestion() -> NoReturn:
    raise errors.UnbuiltIngestion
