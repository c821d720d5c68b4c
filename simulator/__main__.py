"""The command line: `simulator COMMAND`; exit code 0 holds, 1 does not hold, 2 wrong usage."""

import click

from simulator.usage import Commands


@click.group(cls=Commands)
@click.version_option(package_name="onesignal-amplitude-simulator")
def main() -> None:
    """Simulate the OneSignal <-> Amplitude integration on this machine."""


if __name__ == "__main__":
    main()
