"""What the vendor has and the simulator does not: a table, answered with 501."""

from __future__ import annotations

from typing import NoReturn

from flask import Blueprint, request

from fake_amplitude import errors

blueprint = Blueprint("unbuilt", __name__)

METHODS = ["GET", "POST", "PUT", "DELETE"]
REST = (
    "/api/2/usermap",
    "/api/3/cohorts/usage",
    "/api/2/sessions/length",
    "/api/2/sessions/average",
    "/api/2/sessions/peruser",
    "/api/2/composition",
    "/api/2/funnels",
    "/api/2/retention",
    "/api/2/realtime",
    "/api/2/revenue/ltv",
    "/api/2/release",
    "/api/2/deletions/users",
    "/api/2/event-streaming/delivery-metrics-summary",
    "/api/2/dsar/requests",
    "/api/2/taxonomy/<path:rest>",
    "/api/2/annotations",
    "/api/3/annotations",
    "/api/3/annotations/<path:rest>",
    "/api/3/chart/<path:rest>",
)
INGESTION = ("/", "/httpapi", "/usermap", "/attribution", "/v1/userprofile")


def _unbuilt_rest(**_: str) -> NoReturn:
    raise errors.UnbuiltRest(f"{request.method} {request.path}")


def _unbuilt_ingestion() -> NoReturn:
    raise errors.UnbuiltIngestion


for _path in REST:
    blueprint.add_url_rule(_path, _path, _unbuilt_rest, methods=METHODS)
for _path in INGESTION:
    blueprint.add_url_rule(_path, _path, _unbuilt_ingestion, methods=METHODS)
