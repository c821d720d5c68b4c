"""The command line of the bridge: `bridge run --config bridge.toml`, and what an operator asks of it."""

from __future__ import annotations

import click

from bridge.commands import COMMANDS


@click.group()
def main() -> None:
    """Run the engine between OneSignal and Amplitude, and ask what became of everything."""


for command in COMMANDS:
    main.add_command(command)


if __name__ == "__main__":
    main()
