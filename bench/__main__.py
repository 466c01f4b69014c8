"""`python -m bench`: speeds beside their yardsticks, judgements of unseen texts: figures for reading, never a test."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from app.errors import HeyanError
from app.settings import read_settings
from bench.compiling import bench_compiling
from bench.contacts import bench_contacts
from bench.endurance import bench_endurance
from bench.enforcement import bench_enforcement
from bench.guards import bench_guards
from bench.impact import bench_impact
from bench.importing import bench_importing
from bench.judgements import bench_judgements
from bench.pages import bench_pages
from bench.records import bench_records
from bench.server import ServerError
from bench.service import bench_service
from bench.startup import bench_startup
from bench.turns import bench_turns
from guards.lexicon.reader import read_lexicon

_PARTS = (
    "guards",
    "judgements",
    "compiling",
    "endurance",
    "service",
    "records",
    "contacts",
    "enforcement",
    "impact",
    "importing",
    "pages",
    "startup",
    "turns",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts that were asked for; exit status 2 when one cannot be run."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"any of {', '.join(_PARTS)}; default: all")
    parser.add_argument("--rounds", type=int, default=1000, help="rounds over the guards")
    parser.add_argument("--phrases", type=int, default=20_000, help="pad the lexicon to this many phrases; 0: as it is")
    parser.add_argument("--texts", type=int, default=600, help="random and hostile texts to judge")
    parser.add_argument("--callers", type=int, default=8, help="callers at once")
    parser.add_argument("--requests", type=int, default=160, help="requests of all callers together")
    parser.add_argument("--rows", type=int, default=2000, help="decisions to record")
    parser.add_argument("--refusals", type=int, default=100_000, help="refusals to import")
    parser.add_argument("--publications", type=int, default=20, help="revisions to publish")
    parser.add_argument("--scripts", type=int, default=50_000, help="recorded scripts that a change is tried on")
    parser.add_argument("--imported", type=int, default=50_000, help="phrases that are imported at once")
    parser.add_argument("--decisions", type=int, default=100_000, help="decisions on the store of the console")
    parser.add_argument("--rules", type=int, default=5_000, help="rules on the store of the console")
    parser.add_argument(
        "--tree",
        type=Path,
        action="append",
        default=[],
        help="measure judgements and starts of this checkout too; repeatable",
    )
    given = parser.parse_args(arguments)
    if unknown := sorted(set(given.parts) - set(_PARTS)):
        parser.error(f"no part {', '.join(unknown)}; known are {', '.join(_PARTS)}")
    counts = {name: value for name, value in vars(given).items() if isinstance(value, int) and name != "phrases"}
    if low := [name for name, value in counts.items() if value < 1]:
        parser.error(f"{', '.join(low)} must be at least 1")
    console = Console(width=None if sys.stdout.isatty() else 120)
    return _run(given, given.parts or _PARTS, console)


def _run(given: argparse.Namespace, parts: Sequence[str], console: Console) -> int:
    """Run these parts; the exit status."""
    try:
        settings = read_settings()
        _warn_of_noise(console)
        if "guards" in parts:
            bench_guards(settings, console, phrases=given.phrases, rounds=given.rounds)
        if "judgements" in parts:
            bench_judgements(console, given.tree)
        if "compiling" in parts:
            bench_compiling(console, read_lexicon(settings.lexicons_dir))
        if "endurance" in parts and bench_endurance(settings, console, texts=given.texts):
            return 1
        if "service" in parts:
            asyncio.run(bench_service(settings, console, callers=given.callers, requests=given.requests))
        if "records" in parts:
            asyncio.run(bench_records(console, rows=given.rows))
        if "contacts" in parts:
            asyncio.run(bench_contacts(console, refusals=given.refusals, rounds=given.rounds))
        if "enforcement" in parts:
            asyncio.run(bench_enforcement(settings, console, publications=given.publications))
        if "impact" in parts:
            asyncio.run(bench_impact(settings, console, records=given.scripts, phrases=given.imported))
        if "importing" in parts:
            asyncio.run(bench_importing(settings, console, phrases=given.imported, records=min(1000, given.scripts)))
        if "pages" in parts:
            asyncio.run(bench_pages(settings, console, decisions=given.decisions, rules=given.rules))
        if "turns" in parts:
            asyncio.run(bench_turns(console, callers=given.callers))
        if "startup" in parts:
            bench_startup(console, given.tree)
    except (HeyanError, ServerError) as unusable:
        print(unusable, file=sys.stderr)
        return 2
    _warn_of_noise(console)
    return 0


def _warn_of_noise(console: Console) -> None:
    """Say how busy the machine is: figures of a busy one are about its other work."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    machine = f"{cores} cores, load {load:.1f} over the last minute"
    if load > 0.5 * cores:
        console.print(f"[yellow]noise: {machine}; compare within this run only, and better run it again[/yellow]")
    else:
        console.print(f"[dim]{machine}[/dim]")


if __name__ == "__main__":
    sys.exit(main())
