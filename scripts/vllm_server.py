"""A real vLLM server as a child process, from the environment that `make serve-vllm` installs."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import IO

import httpx

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv-vllm" / "bin" / "python"
_START_SECONDS = 300.0
_BINDING = "VLLM_CPU_OMP_THREADS_BIND"
_MOST_RANK = 64
_LONGEST = 4096
"""Tokens of a full prompt with its hints and a body, in any tokenizer; a checkpoint for less has a compact prompt."""


class VllmServer:
    """One vLLM process that serves a checkpoint and takes adapters while it runs."""

    def __init__(
        self,
        model: Path,
        *,
        port: int | None = None,
        log: Path | None = None,
        python: Path = PYTHON,
        options: Sequence[str] = (),
        cores: Sequence[int] = (),
    ) -> None:
        """Nothing is started yet. `log` gets what the server prints; `options` go to the server as they are.

        Without a GPU it computes on `cores`, if given; servers that share cores wait for each other.
        """
        self.model = model
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = log
        self._python = python
        self._options = options
        self._cores = cores
        self._process: subprocess.Popen[bytes] | None = None
        self._out: IO[bytes] | None = None

    def start(self) -> None:
        """Start the process; it needs a while until it answers, see `wait`.

        Raises:
            FileNotFoundError: if vLLM is not installed.
        """
        if not self._python.exists():
            raise FileNotFoundError(f"{self._python} is missing: make setup-vllm")
        self._out = self._log.open("ab") if self._log else None
        self._process = subprocess.Popen(  # noqa: S603  our own arguments
            [str(self._python), "-m", "vllm.entrypoints.openai.api_server", *self._arguments()],
            env={**os.environ, **_ENVIRONMENT, **self._binding()},
            stdout=self._out or subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # its workers are its group, so that none is left behind
        )

    def wait(self, seconds: float = _START_SECONDS) -> None:
        """Return when the server has written something; its /health says yes earlier than it can write.

        Raises:
            RuntimeError: if it ended or did not write in time.
        """
        end = time.monotonic() + seconds
        body = {
            "model": self.model.name,
            "messages": [{"role": "user", "content": "您好"}],
            "max_tokens": 1,
        }
        while time.monotonic() < end:
            if self._process is None or self._process.poll() is not None:
                raise RuntimeError(f"vLLM ended before it answered; see {self._log or 'its output'}")
            try:
                if httpx.post(f"{self.url}/v1/chat/completions", json=body, timeout=60, trust_env=False).is_success:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.5)
        raise RuntimeError(f"vLLM did not answer within {seconds:g} s; see {self._log or 'its output'}")

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """End the process and its workers at once, as a crash would."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """Ask the process to end; after ten seconds make it."""
        self._signal(signal.SIGTERM)
        if self._process is not None:
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
        if self._out:
            self._out.close()
            self._out = None

    def pause(self) -> None:
        """Let the process and its workers stand still: they accept connections and answer nothing."""
        self._signal(signal.SIGSTOP, wait=False)

    def resume(self) -> None:
        """Undo `pause`."""
        self._signal(signal.SIGCONT, wait=False)

    def _signal(self, what: signal.Signals, *, wait: bool = True) -> None:
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, what)
        except ProcessLookupError:
            return
        if wait and what == signal.SIGKILL:
            self._process.wait(10)

    def _binding(self) -> dict[str, str]:
        if not self._cores or _BINDING in os.environ:
            return {}
        return {_BINDING: ",".join(map(str, self._cores))}

    def _arguments(self) -> list[str]:
        length = min(_LONGEST, positions_of(self.model))
        on_cpu = [] if _has_gpu() else ["--dtype", "bfloat16", "--enforce-eager"]
        return [
            *("--model", str(self.model), "--served-model-name", self.model.name),
            *("--host", "127.0.0.1", "--port", str(self.port), "--max-model-len", str(length)),
            *("--enable-lora", "--max-lora-rank", str(_MOST_RANK), "--max-loras", "2", "--max-cpu-loras", "8"),
            *on_cpu,
            *self._options,
        ]


_ENVIRONMENT = {
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "True",
    "HF_HUB_OFFLINE": "1",
}


def positions_of(model: Path) -> int:
    """How many tokens a checkpoint can read and write in all.

    Raises:
        FileNotFoundError: if the folder holds no checkpoint.
    """
    try:
        config = json.loads((model / "config.json").read_text("utf-8"))
        return int(config["max_position_embeddings"])
    except (OSError, ValueError, KeyError, TypeError):
        raise FileNotFoundError(f"{model} holds no checkpoint that vLLM could serve") from None


def cores_of_each(servers: int, of: Collection[int] | None = None) -> list[list[int]]:
    """Cores (this process's own) shared out among servers; nothing is shared out where that cannot be."""
    cores = sorted(os.sched_getaffinity(0) if of is None else of)
    return [cores[number::servers] if 1 < servers <= len(cores) else [] for number in range(servers)]


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _has_gpu() -> bool:
    return any(Path("/dev").glob("nvidia[0-9]*")) and os.environ.get("CPU", "0") == "0"
