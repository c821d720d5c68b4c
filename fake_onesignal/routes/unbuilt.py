"""What the service has and no other room answers: each says 501 and why (facts/onesignal-api.md 2.2, 8.2).

To build one, write its route anywhere in `routes/`: this room only takes what `operations.txt` lists and nobody else
has registered. It must therefore be the last of the blueprints.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NoReturn

from flask import Blueprint

from fake_onesignal.errors import NotBuiltError
from fake_onesignal.operations import declared, shape

if TYPE_CHECKING:
    from flask.blueprints import BlueprintSetupState

routes = Blueprint("unbuilt", __name__)

NOT_YET: Final = "it is not built yet"
REASONS: Final = {
    "inbox": "OneSignal publishes the paths of the inbox (facts/onesignal-api.md 2.1), not its bodies; none is invented"
}
"""Why an operation is left out, by a word of its name."""


@routes.record
def take_the_rest(setup: BlueprintSetupState) -> None:
    """Register every listed operation that no blueprint before this one answers."""
    taken = {shape(method, rule.rule) for rule in setup.app.url_map.iter_rules() for method in rule.methods or ()}
    for one in declared():
        if shape(one.method, one.path) not in taken:
            rule = one.path.replace("{", "<").replace("}", ">")
            setup.add_url_rule(rule, one.operation, partial(refuse, one.operation), methods=[one.method])


def refuse(operation: str, **_: str) -> NoReturn:
    """Say that the operation is not built, and why."""
    reason = next((reason for word, reason in REASONS.items() if word in operation.split("_")), NOT_YET)
    raise NotBuiltError(operation, reason)
