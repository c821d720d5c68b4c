"""A witness who sees every answer that a fake gives in these tests, and says what the vendor would not have said.

Five checks an answer: `status` (declared for the operation), `allow` (a 405 names the methods), `json` (there is a JSON
body), `client` (it passes the official client's strict model) and `openapi` (it fits the vendor's document, where that
lies beside the checkout). `onesignal_exceptions.py` is the one list of what is excused.
"""

from __future__ import annotations

import json
import warnings
from functools import cache

from onesignal_exceptions import EXCUSED
from onesignal_official import DefaultApi, exceptions, model_utils, models, onesignal
from onesignal_openapi import complaints, schema_of

from fake_onesignal.coverage import operation_of
from fake_onesignal.doors import raw_path
from fake_onesignal.operations import declared


class Witness:
    """Wraps the door of a fake; `complaints` are the answers that do not hold, each in a line.

    `answered` has, by operation, the statuses that were seen: a test that is named as a proof must have seen a success.
    """

    def __init__(self):
        self.complaints = []
        self.answered = {}

    def at(self, door):
        """The same door, with the witness standing by."""

        def attended(fake, environ, start_response):
            given = {}

            def start(status, headers, *more):
                given.update(status=int(status[:3]), headers=dict(headers))
                return start_response(status, headers, *more)

            answer = door(fake, environ, start)
            body = b"".join(answer)
            if hasattr(answer, "close"):
                answer.close()
            self.see(environ["REQUEST_METHOD"], raw_path(environ), given["status"], given["headers"], body)
            return [body]

        return attended

    def see(self, method, path, status, headers, body):
        """Look at one answer."""
        if method == "OPTIONS":
            return
        operation = operation_of(method, path)
        self.answered.setdefault(operation and operation.operation, set()).add(status)
        for check, complaint in _checked(method, path, status, headers, body):
            self.complaints.append(f"{method} {path} {status} [{check}] {complaint}")

    def unproved(self, test):
        """Name the operations that this test is said to prove and has not seen at work."""
        return [
            row.operation
            for row in declared()
            if row.proof == test and self.answered.get(row.operation, set()).isdisjoint(row.success or (501,))
        ]


def _checked(method, path, status, headers, body):
    operation = operation_of(method, path)
    name = operation.operation if operation else "no operation"
    if status not in (operation.statuses if operation else (404, 405)):
        yield "status", f"is not declared for {name}"
    if status == 405 and not headers.get("Allow"):
        yield "allow", "names no methods"
    if method == "HEAD" or _is_excused(name, status, headers):
        return
    try:
        parsed = json.loads(body)
    except ValueError:
        yield "json", f"{name} answered {body[:60]!r}"
        return
    for check, judge in (("openapi", _openapi), ("client", _client)):
        if operation:
            for complaint in judge(name, status, _without(parsed, EXCUSED.get((name, check)), status)):
                yield check, complaint


def _is_excused(name, status, headers):
    excuse = EXCUSED.get((name, "json"))
    return bool(excuse and excuse.covers(status, headers.get("Content-Type", "").partition(";")[0]))


def _without(parsed, excuse, status):
    """The body without its excused parts."""
    for part in excuse.part.split() if excuse and excuse.is_for(status) else ():
        parsed = _without_part(parsed, part)
    return parsed


def _without_part(parsed, part):
    head, _, rest = part.partition(".")
    if not isinstance(parsed, dict) or head not in parsed:
        return parsed
    if not rest:
        return {key: value for key, value in parsed.items() if key != head}
    return {**parsed, head: _without_part(parsed[head], rest)}


def _client(name, status, parsed):
    """What the strict client would stumble over; it takes the body apart, and so is the last to see it."""
    refusal = models.RateLimitError if status == 429 else models.GenericError
    wanted = _response_type(name) if status < 300 else (refusal,)
    if wanted is None:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model_utils.validate_and_convert_types(parsed, wanted, ["body"], True, True, onesignal.Configuration())
    except exceptions.OpenApiException as error:
        yield str(error)[:300]


def _openapi(name, status, parsed):
    schema = schema_of(name, status)
    return complaints(parsed, schema) if schema else []


@cache
def _response_type(name):
    endpoint = getattr(DefaultApi(), f"{name}_endpoint", None)
    return endpoint.settings["response_type"] if endpoint else None
