"""The latest good version of the file of adapters, read again when it changes."""

from pathlib import Path

import structlog

from app.errors import ConfigurationError
from app.writing.adapters import Adapter, read_adapters
from app.writing.model import WritingTask
from guards.documents import DocumentError

_logger = structlog.get_logger("heyan.adapters")


class AdapterBook:
    """The latest good version of the file."""

    def __init__(self, file: Path, institution: str, checkpoint: Path | None = None) -> None:
        """Read the file for the institution whose orders this process takes; for `checkpoint` see `read_adapters`.

        Raises:
            DocumentError: naming file and line of every problem.
            ConfigurationError: if an adapter's sentences are unusable.
        """
        self.file = file
        self._institution = institution
        self._checkpoint = checkpoint
        self._complaint = ""
        self._mark = _mark(file)
        self.current = read_adapters(file, checkpoint)

    def adapter_for(self, task: WritingTask) -> Adapter | None:
        """The adapter that an order goes to; None: the base."""
        return self.current.adapter_for(task, self._institution)

    def refresh(self) -> None:
        """Read the file again if it changed. One that is broken is complained of once, and the last good one stays."""
        mark = _mark(self.file)
        if mark == self._mark:
            return
        try:
            latest = read_adapters(self.file, self._checkpoint)
            if latest.base != self.current.base:
                raise DocumentError([f"{self.file}:1: base: stays {self.current.base} until the next start"])
        except (DocumentError, ConfigurationError) as broken:
            # Tried again each time: the folders that it names may be on their way.
            if str(broken) != self._complaint:
                self._complaint = str(broken)
                _logger.error("the adapters file is unusable; its last good version stays", problems=self._complaint)
            return
        self.current, self._mark, self._complaint = latest, mark, ""
        _logger.info("the adapters file was read again", adapters=sorted(latest.named))


def _mark(file: Path) -> tuple[int, int] | None:
    """What changes whenever a file does."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
