"""What one worker of pytest-xdist has made, the others use."""

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path


def built_once(folder: Path, build: Callable[[Path], object]) -> Path:
    """A folder that `build` fills, called with it by the first worker that comes; the others wait until it is done.

    Tests read it and copy it before they change anything.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    done = folder.parent / f"{folder.name}.done"
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of a worker that failed in the middle
            build(folder)
            done.touch()
    return folder
