"""Processes of a checkout: in surroundings of their own, and what they have used."""

import os
from collections.abc import Mapping
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def environment(folder: str, name: str) -> dict[str, str]:
    """Folders of their own for what is written. Other checkouts may not know all settings of this one."""
    return {
        "XDG_CACHE_HOME": str(Path(folder) / name / "cache"),
        "HEYAN_DATA_DIR": str(Path(folder) / name / "var"),
        "HEYAN_LOG_LEVEL": "error",
    }


def surroundings(tree: Path, given: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process of that checkout: this one's without our settings, and what is given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HEYAN_")}
    return {**kept, "PYTHONPATH": str(tree), **given}


def cpu_seconds(process: int) -> float:
    """CPU seconds of a running process and of its children that have ended."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICK


def memory(process: int) -> float:
    """Resident memory of a running process in MiB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
