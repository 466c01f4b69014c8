"""Start vLLM with heyan-mini, wait until it writes, and serve Heyan in front of it; both end together."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.errors import HeyanError
from app.writing.servers.adapters import read_adapters
from finetune.adapters.export import exported_problems
from guards.lexicon.documents import DocumentError
from scripts.vllm_server import ROOT, VllmServer, cores_of_each, positions_of

_STOP_SECONDS = 10.0


def main() -> int:
    """Exit status of the service; 2 when vLLM cannot be started, or when an adapter is not for the checkpoint.

    Read from the environment: HOST and PORT of the service, REPLICAS of vLLM, MODEL (a checkpoint), ADAPTERS (a file as
    HEYAN_ADAPTERS_FILE).
    """
    # A terminal's hang-up, or a supervisor's stop, ends this process as an interrupt does: through the finally below.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    model = Path(os.environ.get("MODEL") or ROOT / "models" / "heyan-mini").resolve()
    adapters = Path(os.environ["ADAPTERS"]).resolve() if os.environ.get("ADAPTERS") else None
    try:
        positions_of(model)
        if adapters:
            check_adapters(adapters, model)
    except (DocumentError, HeyanError, FileNotFoundError) as unusable:
        print(unusable, file=sys.stderr)
        return 2
    logs = ROOT / "var" / "vllm"
    logs.mkdir(parents=True, exist_ok=True)
    count = int(os.environ.get("REPLICAS") or 1)
    servers = [
        VllmServer(model, log=logs / f"{number}.log", cores=cores)
        for number, cores in enumerate(cores_of_each(count), 1)
    ]
    try:
        for server in servers:
            server.start()
        print(f"vLLM is starting ({count} x {model.name}); its log is in var/vllm ...", flush=True)
        for server in servers:
            server.wait()
        environment = {
            **os.environ,
            "HEYAN_MODEL_URL": ",".join(server.url for server in servers),
            "HEYAN_MODEL_NAME": model.name,
            "HEYAN_MODEL_DIR": str(model),
        }
        if adapters:
            environment["HEYAN_ADAPTERS_FILE"] = str(adapters)
        host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
        heyan = [str(Path(sys.executable).with_name("heyan")), "serve", "--host", host, "--port", port]
        return _call(heyan, environment)
    except KeyboardInterrupt:
        return 130
    except (FileNotFoundError, RuntimeError) as failure:
        print(failure, file=sys.stderr)
        return 2
    finally:
        for server in servers:
            server.stop()


def _call(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end; when this process is to end before, let the command finish what it is doing."""
    process = subprocess.Popen(command, env=environment)  # noqa: S603  our own arguments
    try:
        return process.wait()
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def check_adapters(file: Path, model: Path) -> None:
    """Look whether vLLM may serve the adapters of a file on top of a checkpoint: it would not notice other weights.

    Raises:
        DocumentError: naming each one that is no whole export, or was trained on other weights.
        ConfigurationError: if an adapter's sentences are unusable.
    """
    listed = read_adapters(file)
    problems = [
        problem for adapter in listed.named.values() for problem in exported_problems(file.parent / adapter.path, model)
    ]
    if listed.base != model.name:
        problems.append(f"{file}:1: base is {listed.base}, but {model.name} is to be served")
    if problems:
        raise DocumentError(problems)


if __name__ == "__main__":
    sys.exit(main())
