"""What can be typed after `bridge`: one command a file, and this list of them."""

from bridge.commands.check import check
from bridge.commands.resume import resume
from bridge.commands.run import run

COMMANDS = (
    run,
    check,
    resume,
)

__all__ = ["COMMANDS"]
