"""Writes a tape out as Python that a person goes on with: a scenario, a pytest test, or a Locust user."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, get_args

from jinja2 import Environment, PackageLoader, StrictUndefined

from simulator.hosts import AMPLITUDE_HOSTS, BRIDGE_HOST, ONESIGNAL_HOSTS
from simulator.recordings.references import References, literal
from simulator.recordings.tape import Call, Tape

Form = Literal["scenario", "test", "locust"]
FORMS: Final = get_args(Form)
_ID: Final = re.compile(r"\$\{|(?=.*\d).{8,}$")
_DOORS: Final = {
    "onesignal": ONESIGNAL_HOSTS,
    "amplitude_us": AMPLITUDE_HOSTS["US"],
    "amplitude_eu": AMPLITUDE_HOSTS["EU"],
    "bridge": (BRIDGE_HOST,),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One call as Python: where its answer is kept (empty: nobody asks), its arguments, and how long to wait before.

    `name` is a Python string, too: what a report calls the call.
    """

    kept_as: str
    arguments: str
    wait_s: float
    name: str


def write(tape: Tape, form: Form) -> str:
    """Write the whole recording in one form; the text is a module."""
    environment = Environment(  # noqa: S701  # the text is Python, which knows no HTML
        loader=PackageLoader("simulator.recordings"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.get_template(f"{form}.py.jinja")
    return template.render(start=tape.start, steps=list(_steps(tape)), calls=len(tape.calls), doors=_DOORS) + "\n"


def _steps(tape: Tape) -> Iterator[Step]:
    references = References()
    written = []
    for number, call in enumerate(tape.calls, 1):
        written.append(_arguments(call, references))
        references.learn(number, call)
    for number, (call, arguments) in enumerate(zip(tape.calls, written, strict=True), 1):
        kept_as = f"a{number}" if number in references.used else ""
        wait_s = call.wait_s if call.worked or call.wait_s else -1.0
        yield Step(kept_as, arguments, wait_s, name=literal(f"{call.method} {_pattern(call.url)}"))


def _arguments(call: Call, references: References) -> str:
    given = [f'"{call.method}"', references.url(call.url), f"status={call.status}"]
    headers = dict(call.headers)
    if (authorization := headers.get("Authorization", "")).startswith("Basic ") and ":" in authorization:
        user, password = authorization.removeprefix("Basic ").split(":", 1)
        given.append(f"auth=({references.value(user)}, {references.value(password)})")
        del headers["Authorization"]
    if headers:
        given.append(f"headers={references.value(headers, 4)}")
    if call.json is not None:
        given.append(f"json={references.value(call.json, 4)}")
    if call.raw is not None:
        given.append(f"data={references.value(call.raw)}.encode('latin-1')")
    return ", ".join(given)


def _pattern(url: str) -> str:
    """Name a URL without its ids and its query, as a report groups it."""
    host, *pieces = url.split("://", 1)[1].split("?", maxsplit=1)[0].split("/")
    return "/".join([host, *(":id" if _ID.match(piece) else piece for piece in pieces)])
