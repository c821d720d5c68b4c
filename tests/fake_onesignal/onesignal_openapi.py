"""The vendor's OpenAPI document, where it lies beside the checkout, and the part of JSON Schema that it uses."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

DOCUMENT = Path(__file__).parents[3] / "shared" / "specs" / "onesignal-openapi.json"
TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}


@cache
def document():
    """The document, or None when it is not there: it is not ours to carry along."""
    return json.loads(DOCUMENT.read_text()) if DOCUMENT.is_file() else None


@cache
def schema_of(operation, status):
    """The schema of an operation's answer; None when the document says nothing of such a body."""
    for path in (document() or {"paths": {}})["paths"].values():
        for described in path.values():
            if described["operationId"] == operation:
                answers = described["responses"]
                answer = answers.get(str(status)) or answers.get("200" if status < 300 else "default", {})
                return next((one["schema"] for one in answer.get("content", {}).values()), None)
    return None


def complaints(value, schema, where="body"):
    """What is wrong with a value, in words; nothing when it fits the schema."""
    schema = _resolved(schema)
    if value is None:
        return [] if schema.get("nullable") or not schema.keys() - {"description"} else [f"{where} is null"]
    for branch in ("oneOf", "anyOf"):
        if branch in schema and all(complaints(value, one, where) for one in schema[branch]):
            return [f"{where} fits none of the alternatives"]
    found = [one for part in schema.get("allOf", ()) for one in complaints(value, part, where)]
    wanted = schema.get("type")
    if wanted and (not isinstance(value, TYPES[wanted]) or (isinstance(value, bool) and wanted != "boolean")):
        return [*found, f"{where} is no {wanted}: {value!r:.60}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where} is none of {schema['enum']}: {value!r:.60}")
    return found + _limits(value, schema, where) + _parts(value, schema, where)


def _limits(value, schema, where):
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        return [f"{where} is out of range: {value}"]
    if isinstance(value, list) and len(value) > schema.get("maxItems", len(value)):
        return [f"{where} is too long"]
    return []


def _parts(value, schema, where):
    if isinstance(value, list):
        items = schema.get("items", {})
        return [one for place, part in enumerate(value) for one in complaints(part, items, f"{where}[{place}]")]
    if not isinstance(value, dict):
        return []
    found = [f"{where}.{name} is missing" for name in schema.get("required", ()) if name not in value]
    more = schema.get("additionalProperties")
    for name, part in value.items():
        described = schema.get("properties", {}).get(name, more if isinstance(more, dict) else None)
        if described is not None:
            found += complaints(part, described, f"{where}.{name}")
    return found


def _resolved(schema):
    while "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema
