"""`python -m evals`: exit status 0 the gate passed, 1 it failed, 2 the run could not be made."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from app.errors import ConfigurationError
from app.settings import read_settings
from evals.callers import command
from evals.run import MISCONFIGURED, Options, evaluate

CASES = Path(__file__).resolve().parent / "cases"
_OTHERS = "`python -m evals converse --help`: whole calls with written customers."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suite, or play calls where the first argument says so."""
    given_arguments = sys.argv[1:] if arguments is None else list(arguments)
    if given_arguments[:1] == ["converse"]:
        return command.main(given_arguments[1:])
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__, epilog=_OTHERS)
    parser.add_argument("--cases", type=Path, nargs="+", default=sorted(CASES.glob("*.jsonl")), help="JSONL files")
    parser.add_argument("--url", help="a running service; default: one in this process, by the settings")
    parser.add_argument("--key-file", type=Path, help="a file that holds the key to that service")
    parser.add_argument("--samples", type=_at_least_one, default=1, help="answers to each script case")
    parser.add_argument(
        "--deadline-ms",
        type=_at_least_one,
        help="a deadline for every request; a long one shows what the model writes on a machine that is busy",
    )
    parser.add_argument("--output", type=Path, default=Path("var/evals/latest.json"), help="where the record goes")
    parser.add_argument("--baseline", type=Path, help="an earlier record to compare with")
    parser.add_argument("--bless", type=Path, help="write the figures here as a baseline, if the gate passes")
    given = parser.parse_args(given_arguments)
    console = Console(width=None if sys.stdout.isatty() else 120)
    try:
        options = Options(
            cases=given.cases,
            settings=read_settings(),
            url=given.url,
            key=given.key_file.read_text("utf-8").strip() if given.key_file else None,
            samples=given.samples,
            deadline_ms=given.deadline_ms,
            output=given.output,
            baseline=given.baseline,
            bless=given.bless,
        )
    except (ConfigurationError, OSError) as unusable:
        print(unusable, file=sys.stderr)
        return MISCONFIGURED
    return asyncio.run(evaluate(options, console))


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1 is expected")
    return number


if __name__ == "__main__":
    sys.exit(main())
