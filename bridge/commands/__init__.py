"""What can be typed after `bridge`: one command a file, and this list of them."""

from bridge.commands.check import check
from bridge.commands.deliveries import deliveries
from bridge.commands.explain import explain
from bridge.commands.replay import replay
from bridge.commands.resume import resume
from bridge.commands.run import run
from bridge.commands.status import status
from bridge.commands.sync import sync, syncs

COMMANDS = (
    run,
    check,
    status,
    deliveries,
    explain,
    replay,
    sync,
    syncs,
    resume,
)

__all__ = ["COMMANDS"]
