"""What a start costs: CPU seconds of commands and of the service until it is ready, and the memory it then has."""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from app.settings import ROOT
from bench.orders import orders
from bench.processes import cpu_seconds, environment, memory, surroundings
from bench.server import ServerError, running_server

_YARDSTICKS = {
    "import fastapi, sqlalchemy, numpy": "import fastapi, sqlalchemy, numpy",
    "import torch": "import torch",
}
_TEXT = "您好，这里是应急贷，额度以审批结果为准。"


class Cost(NamedTuple):
    """CPU seconds, user and system; resident memory in MiB of a service that is ready."""

    cpu: float
    memory: float | None = None


def bench_startup(console: Console, trees: Sequence[Path] = ()) -> None:
    """Print what starts cost in this checkout and in others, each run as `python -m app` by the same interpreter.

    Raises:
        ServerError: if a command or a service of one of them fails.
    """
    table = Table(title="starts: CPU seconds, and resident memory of the service in MiB", title_justify="left")
    for name in ("what", "CPU s", "÷ import torch", "MiB"):
        table.add_column(name, justify="left" if name == "what" else "right")
    bare = {name: _command(["-c", program], ROOT, {}) for name, program in _YARDSTICKS.items()}
    for name, cost in bare.items():
        table.add_row(f"bare: {name}", *_shown(cost, bare["import torch"]))
    for tree in (ROOT, *trees):
        table.add_section()
        for name, cost in _costs(tree.resolve()):
            table.add_row(f"{tree.resolve().name}: {name}", *_shown(cost, bare["import torch"]))
    console.print(table)
    console.print(
        "cold: nothing is remembered of an earlier start; warm: the start before found the same files. A service is "
        "measured when /health/ready answers 200, its memory after one more script request"
    )


def _shown(cost: Cost, yardstick: Cost) -> tuple[str, str, str]:
    return f"{cost.cpu:.2f}", f"{cost.cpu / yardstick.cpu:.2f}", "" if cost.memory is None else f"{cost.memory:.0f}"


def _costs(tree: Path) -> Iterator[tuple[str, Cost]]:
    """What each start costs in a checkout, by its name. Its code is compiled before, whoever ran it last."""
    subprocess.run([sys.executable, "-m", "compileall", "-q", "app", "guards"], cwd=tree, check=True)
    with tempfile.TemporaryDirectory(prefix="heyan-bench-") as folder:
        yield "heyan --help", _command(["-m", "app", "--help"], tree, environment(folder, "help"))
        yield "heyan keys list", _command(["-m", "app", "keys", "list"], tree, environment(folder, "help"))
        for warmth in ("cold", "warm"):
            command = ["-m", "app", "review", _TEXT]
            yield f"heyan review, {warmth}", _command(command, tree, environment(folder, "review"))
        for warmth in ("cold", "warm"):
            yield f"heyan serve until ready, {warmth}", _service(tree, environment(folder, "serve"))


def _command(arguments: Sequence[str], tree: Path, given: Mapping[str, str]) -> Cost:
    """Run a command of a checkout to its end.

    Raises:
        ServerError: if it fails.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603  our own commands
            [sys.executable, *arguments],
            cwd=tree,
            env=surroundings(tree, given),
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise ServerError(f"{tree}: {' '.join(arguments)} failed: {said.read()[-2000:].decode(errors='replace')}")
    return Cost(used.ru_utime + used.ru_stime)


def _service(tree: Path, given: Mapping[str, str]) -> Cost:
    """Start the service of a checkout, wait until it is ready, let it write one script, and stop it.

    Raises:
        ServerError: if it does not start, or does not answer.
    """
    with running_server(tree, surroundings(tree, given)) as server:
        server.wait_until_ready()
        cpu = cpu_seconds(server.process.pid)
        order = urllib.request.Request(  # noqa: S310  our own service
            f"{server.url}/v1/scripts", json.dumps(next(orders(1))).encode(), {"content-type": "application/json"}
        )
        try:
            with urllib.request.urlopen(order, timeout=60) as answer:  # noqa: S310
                answer.read()
        except OSError as failed:
            raise ServerError(f"{tree}: a script request failed: {failed}") from None
        return Cost(cpu, memory(server.process.pid))
