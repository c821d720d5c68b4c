"""What can be typed after `bridge`: one command a file, and this list of them."""

from bridge.commands.run import run

COMMANDS = (run,)

__all__ = ["COMMANDS"]
