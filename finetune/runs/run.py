"""A run folder: what was trained from what, its log, its checkpoints, and at the end its adapter."""

import errno
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune.folders import write_atomically
from guards.lexicon.documents import DocumentError

MARKER = "complete"
"""Written last into a checkpoint: the sizes of its files. Without it, or with other sizes, it is incomplete."""
LOCK = "run.lock"
"""Locked by the process that trains here; gone when it ends. That the file is there means nothing."""
_CHECKPOINT = re.compile(r"^checkpoint-(\d+)$")
_IDENTITY = ("recipe", "base", "data")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PROBE = 1 << 20
"""Bytes that a disk with room takes; one that has just refused a checkpoint has less left."""


class UnwritableRun(Exception):  # noqa: N818
    """The run folder cannot be written: the disk is full, or not ours, or another process trains there."""


@dataclass(frozen=True, slots=True)
class Run:
    """One training's folder; nothing but this class writes its `run.json`."""

    folder: Path

    @property
    def checkpoints(self) -> Path:
        """Where the trainer saves."""
        return self.folder / "checkpoints"

    @property
    def adapter(self) -> Path:
        """The trained adapter; there only when the run is finished."""
        return self.folder / "adapter"

    @property
    def log(self) -> Path:
        """What was measured while training, one JSON object a line."""
        return self.folder / "log.jsonl"

    def read(self) -> dict[str, Any]:
        """What `run.json` says.

        Raises:
            DocumentError: if the folder is no run.
        """
        return read_json(self.folder / "run.json", "no run; train one with python -m finetune sft | dpo | kto")

    def write(self, record: Mapping[str, Any]) -> None:
        """Replace `run.json`, at once and for good."""
        write_atomically(self.folder / "run.json", json.dumps(record, ensure_ascii=False, indent=2) + "\n")

    def last_checkpoint(self) -> Path | None:
        """The complete checkpoint with the most steps."""
        complete = [(step, folder) for step, folder in self._found() if is_complete(folder)]
        return max(complete)[1] if complete else None

    def remove_incomplete_checkpoints(self) -> list[str]:
        """Remove checkpoints that were never finished; their names."""
        incomplete = [folder for _, folder in self._found() if not is_complete(folder)]
        for folder in incomplete:
            shutil.rmtree(folder)
        return sorted(folder.name for folder in incomplete)

    def keep_complete_checkpoints(self) -> None:
        """After a failure: keep only complete checkpoints, and without one nothing, so that the run can begin anew."""
        self.remove_incomplete_checkpoints()
        if self.last_checkpoint():
            return
        for file in (self.folder / "run.json", self.log, self.folder / "loss.png", self.folder / LOCK):
            file.unlink(missing_ok=True)
        shutil.rmtree(self.checkpoints, ignore_errors=True)
        with suppress(OSError):
            self.folder.rmdir()

    def _found(self) -> list[tuple[int, Path]]:
        if not self.checkpoints.is_dir():
            return []
        named = ((_CHECKPOINT.match(folder.name), folder) for folder in self.checkpoints.iterdir())
        return [(int(match[1]), folder) for match, folder in named if match]


def begin(folder: Path, record: Mapping[str, Any], *, resume: bool) -> Run:
    """A new run in `folder`, or one to go on with.

    Raises:
        DocumentError: if the folder holds something else, a run that must not be overwritten, or, with `resume`, a run
            of another recipe, model or data set.
    """
    run = Run(folder)
    if _is_empty(folder):
        folder.mkdir(parents=True, exist_ok=True)
        run.write(record)
        return run
    if not resume:
        raise DocumentError([f"{folder}: is not empty; --resume goes on with a run, --output names another folder"])
    begun = run.read()
    changed = [part for part in _IDENTITY if begun.get(part) != record[part]]
    if changed:
        raise DocumentError([f"{folder}/run.json: cannot go on: {' and '.join(changed)} differ from when it began"])
    return run


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep every other process out of a run folder, which is made if it is not there; what is no run is left alone.

    Raises:
        UnwritableRun: if another process trains there.
        OSError: if the folder cannot be made or written.
    """
    if not _is_empty(folder) and not (folder / "run.json").exists():
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / LOCK
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            ours = file.exists() and os.path.samestat(file.stat(), os.fstat(lock.fileno()))  # holders remove it
        except BlockingIOError:
            ours = False
        if not ours:
            raise UnwritableRun(f"{folder}: another process trains here")
        try:
            yield
        finally:
            file.unlink(missing_ok=True)


def unwritable(folder: Path, failure: BaseException) -> UnwritableRun:
    """The failure to write below a run folder, with what to do about it.

    torch does not say why it could not write, so the disk is asked: call this before anything is removed.
    """
    if isinstance(failure, UnwritableRun):
        return failure if failure.__context__ is None else unwritable(folder, failure.__context__)
    cause = failure if isinstance(failure, OSError) else _refusal(folder)
    reason = cause.strerror if cause and cause.strerror else next(iter(str(failure).splitlines()), "")
    advice = "; make room, then go on with --resume" if cause and cause.errno in _FULL else ""
    return UnwritableRun(f"{folder}: cannot be written: {reason}{advice}")


def _refusal(folder: Path) -> OSError | None:
    """Why a disk takes no more; None if it does."""
    probe = folder / "probe.draft"
    try:
        with probe.open("wb") as opened:
            opened.write(bytes(_PROBE))
            opened.flush()
            os.fsync(opened.fileno())
    except OSError as refused:
        return refused
    finally:
        with suppress(OSError):
            probe.unlink()
    return None


def _is_empty(folder: Path) -> bool:
    """Whether a folder is not there, or holds nothing but a lock."""
    return not folder.exists() or all(entry.name == LOCK for entry in folder.iterdir())


def finish_checkpoint(folder: Path) -> None:
    """Put every file of a checkpoint on the disk, then mark it as complete."""
    sizes = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name != MARKER:
            with file.open("rb") as opened:
                os.fsync(opened.fileno())
            sizes[file.relative_to(folder).as_posix()] = file.stat().st_size
    write_atomically(folder / MARKER, json.dumps(sizes))


def is_complete(checkpoint: Path) -> bool:
    """Whether a checkpoint was finished, and each of its files has the size it had then."""
    try:
        sizes = json.loads((checkpoint / MARKER).read_text("utf-8"))
        return all((checkpoint / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, AttributeError):
        return False


def write_log(file: Path, entries: Iterable[Mapping[str, Any]]) -> None:
    """Replace a log."""
    write_atomically(file, "".join(json.dumps(entry) + "\n" for entry in entries))


def read_log(file: Path) -> list[dict[str, Any]]:
    """The entries of a log; none where there is no log yet."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def read_json(file: Path, otherwise: str) -> dict[str, Any]:
    """The object that a JSON file holds.

    Raises:
        DocumentError: if it is not there (then it says `otherwise`), or is no JSON object.
    """
    try:
        found = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise DocumentError([f"{file}: {otherwise}"]) from None
    except (OSError, ValueError) as broken:
        raise DocumentError([f"{file}: cannot be read: {type(broken).__name__}"]) from None
    if not isinstance(found, dict):
        raise DocumentError([f"{file}: is no JSON object"])
    return found
