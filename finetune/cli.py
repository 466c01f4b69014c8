"""The command line of training: one command a step, from the check of the corpus to an adapter for serving."""

import sys
from collections.abc import Sequence

import typer

from finetune.commands import adapters, corpus
from guards.errors import DataFileError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Check the corpus, train heyan-mini and the second opinion, build data sets, train and compare adapters.",
)
app.add_typer(corpus.commands)
app.add_typer(adapters.commands)


def main(given: Sequence[str] | None = None, commands: typer.Typer = app) -> int:
    """Run one command; the exit status. Problems of the data are printed with file and line, exit status 2."""
    command = typer.main.get_command(commands)
    try:
        status = command.main(None if given is None else list(given), "python -m finetune", standalone_mode=False)
    except DataFileError as invalid:
        print(invalid, file=sys.stderr)
        return 2
    except typer.TyperException as misused:
        print(misused.format_message(), file=sys.stderr)
        return misused.exit_code
    except typer.Abort as ended:
        # typer makes one of an EOFError, which here is no answer to a prompt but a file that ends too early.
        raise ended.__cause__ or ended from None
    return int(status or 0)
