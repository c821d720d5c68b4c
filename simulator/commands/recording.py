"""`simulator recording`: writes a tape out as a scenario, a pytest test or a Locust user."""

from pathlib import Path

import click

from simulator.errors import WrongUsageError
from simulator.recordings.tape import read_tape
from simulator.recordings.writing import FORMS, Form, write


@click.command()
@click.argument("tape", type=click.Path(path_type=Path))
@click.option("--as", "form", type=click.Choice(FORMS), required=True, help="What to write.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it here instead of printing it.")
def recording(*, tape: Path, form: Form, output: Path | None) -> None:
    """Write TAPE, recorded with `serve --record`, out as Python; ids become references."""
    text = write(read_tape(tape), form)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text)
    except OSError as error:
        raise WrongUsageError(f"cannot write {output}: {error.strerror}") from error
