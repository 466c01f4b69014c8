"""Start vLLM with heyan-mini, wait until it writes, and serve Heyan in front of it; both end together."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from scripts.vllm_server import ROOT, VllmServer


def main() -> int:
    """Exit status of the service; 2 when vLLM cannot be started.

    Read from the environment: HOST and PORT of the service, REPLICAS of vLLM, MODEL (a checkpoint), ADAPTERS (a file as
    HEYAN_ADAPTERS_FILE).
    """
    # A terminal's hang-up, or a supervisor's stop, ends this process as an interrupt does: through the finally below.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    model = Path(os.environ.get("MODEL") or ROOT / "models" / "heyan-mini").resolve()
    logs = ROOT / "var" / "vllm"
    logs.mkdir(parents=True, exist_ok=True)
    count = int(os.environ.get("REPLICAS") or 1)
    servers = [VllmServer(model, log=logs / f"{number}.log") for number in range(1, count + 1)]
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
        if adapters := os.environ.get("ADAPTERS"):
            environment["HEYAN_ADAPTERS_FILE"] = str(Path(adapters).resolve())
        host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
        heyan = [str(Path(sys.executable).with_name("heyan")), "serve", "--host", host, "--port", port]
        return subprocess.call(heyan, env=environment)  # noqa: S603  our own arguments
    except KeyboardInterrupt:
        return 130
    except (FileNotFoundError, RuntimeError) as failure:
        print(failure, file=sys.stderr)
        return 2
    finally:
        for server in servers:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
