"""`python -m evals converse`: exit status 0 every goal was met, 1 one was missed, 2 the calls could not be made."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
from rich.console import Console
from rich.markup import escape

from app.application import build_app
from app.errors import ConfigurationError, HeyanError
from app.settings import Settings, read_settings
from evals.callers.calls import Call, Service, play
from evals.callers.customers import Customer, CustomersError, read_customers
from evals.callers.measures import failed, measure
from evals.callers.readings import readable, write_lines, write_readings
from evals.callers.report import print_report
from evals.run import GATE_FAILED, MISCONFIGURED, PASSED, open_in_process
from evals.subjects import OverHttp, SubjectError
from guards.lexicon.documents import DocumentError

CUSTOMERS = Path(__file__).resolve().parent / "customers.yaml"
_PATIENCE_SECONDS = 60.0
_HERE = "here"
"""The name of every run in this process, whose store is new each time: the same seed gives the same calls."""


@dataclass(frozen=True, slots=True)
class Options:
    """Who calls whom. Without `url` the service is opened in this process, as `settings` say."""

    settings: Settings
    customers: Path = CUSTOMERS
    url: str | None = None
    key: str | None = None
    seed: int = 1
    rounds: int = 1
    out: Path | None = None
    readings: Path | None = None
    show: str | None = None


async def converse(options: Options, console: Console, service: Service | None = None) -> int:
    """Play the calls and return the exit status; `service` takes the place of the one that the options name."""
    try:
        customers = _chosen(read_customers(options.customers), options.show)
        if service is not None:
            calls = await _played(customers, service, options, _HERE)
        else:
            run = f"{datetime.now(UTC):%y%m%d%H%M%S}" if options.url else _HERE
            async with _opened(options) as found:
                calls = await _played(customers, found, options, run)
    except (CustomersError, SubjectError, DocumentError, HeyanError) as unusable:
        console.print(str(unusable), style="red", markup=False, soft_wrap=True)
        return MISCONFIGURED
    if options.out:
        write_lines(options.out, calls, options.seed)
    if options.readings:
        for file in write_readings(options.readings, calls):
            console.print(str(file), markup=False, soft_wrap=True)
    if options.show:
        for call in calls:
            console.print(escape(readable(call)), soft_wrap=True, highlight=False)
        return PASSED
    shares = measure(calls)
    print_report(console, calls, shares)
    return GATE_FAILED if failed(shares) else PASSED


def main(arguments: Sequence[str]) -> int:
    """Read the command line and play the calls."""
    parser = argparse.ArgumentParser(prog="python -m evals converse", description=__doc__)
    parser.add_argument("--url", help="a running service; default: one in this process, by the settings")
    keys = parser.add_mutually_exclusive_group()
    keys.add_argument("--key", help="the key to that service")
    keys.add_argument("--key-file", type=Path, help="a file that holds the key")
    parser.add_argument("--customers", type=Path, default=CUSTOMERS, help="who calls; default: the shipped ones")
    parser.add_argument("--seed", type=int, default=1, help="of the lines that are drawn")
    parser.add_argument("--rounds", type=_at_least_one, default=1, help="calls with each customer, in other lines")
    parser.add_argument("--out", type=Path, help="write the transcripts here, one call a line, as JSON")
    parser.add_argument("--readings", type=Path, help="write the calls that are kept for reading into this folder")
    parser.add_argument("--show", metavar="ID", help="play this customer alone and print the call; nothing is judged")
    given = parser.parse_args(arguments)
    try:
        options = Options(
            settings=read_settings(),
            customers=given.customers,
            url=given.url,
            key=given.key_file.read_text("utf-8").strip() if given.key_file else given.key,
            seed=given.seed,
            rounds=given.rounds,
            out=given.out,
            readings=given.readings,
            show=given.show,
        )
    except (ConfigurationError, OSError) as unusable:
        print(unusable, file=sys.stderr)
        return MISCONFIGURED
    return asyncio.run(converse(options, Console(width=None if sys.stdout.isatty() else 120)))


def _chosen(customers: Sequence[Customer], show: str | None) -> Sequence[Customer]:
    if show is None:
        return customers
    chosen = [customer for customer in customers if customer.id == show]
    if not chosen:
        raise CustomersError(f"there is no customer {show}; there are {', '.join(each.id for each in customers)}")
    return chosen


async def _played(customers: Sequence[Customer], service: Service, options: Options, run: str) -> list[Call]:
    calls = []
    for round_ in range(1, options.rounds + 1):
        for customer in customers:
            try:
                calls.append(await play(customer, service, run=run, seed=options.seed, round_=round_))
            except SubjectError as refused:
                raise SubjectError(f"{customer.id}: {refused}") from None
    return calls


@asynccontextmanager
async def _opened(options: Options) -> AsyncIterator[Service]:
    """The service under test, over HTTP either way."""
    if options.url:
        headers = {"authorization": f"Bearer {options.key}"} if options.key else {}
        async with httpx.AsyncClient(
            base_url=options.url, headers=headers, timeout=_PATIENCE_SECONDS, trust_env=False
        ) as client:
            yield OverHttp(client)
        return
    async with open_in_process(options.settings.model_copy(update={"log_level": "error"})) as parts:
        transport = httpx.ASGITransport(app=build_app(parts))
        async with httpx.AsyncClient(transport=transport, base_url="http://heyan", timeout=_PATIENCE_SECONDS) as client:
            yield OverHttp(client)


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1 is expected")
    return number
