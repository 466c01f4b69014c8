"""The file that lists LoRA adapters and their routes, checked against the exported folders and read again on change."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

import structlog
from pydantic import BaseModel, ConfigDict, Field

from app.errors import ConfigurationError
from app.writing.lines.library import SENTENCES_FILE, read_approved_lines
from app.writing.lines.orders import LineSequences
from app.writing.model import WritingTask
from app.writing.servers.routes import Label, Lane, Route, lanes_of, route_problems
from app.writing.weights import cached_digest, digest_of_weights
from guards.lexicon.documents import Document, DocumentError, read_document
from guards.lexicon.rules import Strict

_VERSIONED = r"[A-Za-z0-9][A-Za-z0-9._-]*-v[0-9]+-[0-9a-f]{8}"
"""An adapter's own name, its version, and the beginning of the digest of its weights."""
_CARD = "heyan_adapter.json"
_WEIGHTS = "adapter_model.safetensors"
_FILES = ("adapter_config.json", _WEIGHTS, _CARD)
Name = Annotated[str, Field(pattern=f"^{_VERSIONED}$")]
_logger = structlog.get_logger("heyan.adapters")


class BaseCard(BaseModel):
    """The model that an adapter was trained on; the first exports did not `name` it."""

    model_config = ConfigDict(frozen=True)

    name: str | None = None
    model_type: str
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class AdapterCard(BaseModel):
    """The fields of an exported adapter's card that serving needs; a card may have more."""

    model_config = ConfigDict(frozen=True)

    format: Literal[1]
    name: Name
    base: BaseCard
    rank: Annotated[int, Field(ge=1)]
    target_modules: list[str] = Field(min_length=1)
    sentences: bool


class AdapterEntry(Strict):
    """An adapter's name, and its folder of the same name, relative to the folder of the adapters file."""

    name: Name
    path: Annotated[str, Field(min_length=1)]


class AdaptersFile(Strict):
    """The adapters file as a whole."""

    base: Label
    adapters: list[AdapterEntry] = []
    routes: list[Route] = []


@dataclass(frozen=True, slots=True)
class Adapter:
    """One adapter: its name, also on servers; its path below the file's folder; its approved lines, if it has any."""

    name: str
    path: PurePosixPath
    sequences: LineSequences | None


@dataclass(frozen=True, slots=True)
class Adapters:
    """One version of the file, with what its folders hold."""

    base: str
    named: Mapping[str, Adapter]
    lanes: tuple[Lane, ...]

    def adapter_for(self, task: WritingTask, institution: str) -> Adapter | None:
        """The adapter of the first route that fits an order; None: the base."""
        fitting = (lane.route.adapter for lane in self.lanes if lane.fits(task, institution))
        name = next(fitting, None)
        return self.named[name] if name else None


@dataclass(frozen=True, slots=True)
class _Base:
    """The base model of the adapters: its name on the servers, and the checkpoint here, which may be another model."""

    name: str
    checkpoint: Path | None

    @property
    def short_name(self) -> str:
        """The name without a registry or folder before it."""
        return self.name.rsplit("/", 1)[-1]

    def sha256(self) -> str | None:
        """The digest of its weights; None if the checkpoint is another model, or has no weights.

        Raises:
            OSError: if they cannot be read.
        """
        folder = self.checkpoint
        if folder is None or folder.name != self.short_name or not any(folder.glob("*.safetensors")):
            return None
        return digest_of_weights(folder, cached_digest)


def is_versioned(name: str) -> bool:
    """Whether a name has the form of an exported adapter's: a name, a version and a digest."""
    return re.fullmatch(_VERSIONED, name) is not None


def read_adapters(file: Path, checkpoint: Path | None = None) -> Adapters:
    """Read the file, and check each folder that it names.

    Servers do not notice that an adapter was trained on other weights than theirs. Where the folder of a `checkpoint`
    has the name of the file's base, each adapter must have been trained on exactly its weights.

    Raises:
        DocumentError: naming file and line of every problem.
        ConfigurationError: if an adapter's approved lines are unusable.
    """
    document = read_document(file)
    listed = document.check(AdaptersFile)
    base = _Base(listed.base, checkpoint)
    problems = [*_entry_problems(document, listed.adapters, base)]
    problems += route_problems(document, listed.routes, {entry.name for entry in listed.adapters})
    if problems:
        raise DocumentError(problems)
    named = {entry.name: _adapter(file.parent, entry) for entry in listed.adapters}
    return Adapters(listed.base, named, lanes_of(listed.routes))


def _adapter(directory: Path, entry: AdapterEntry) -> Adapter:
    try:
        approved = read_approved_lines(directory / entry.path)
    except (OSError, UnicodeDecodeError) as unreadable:
        raise DocumentError([f"{directory / entry.path / SENTENCES_FILE}:1: cannot be read: {unreadable}"]) from None
    return Adapter(entry.name, PurePosixPath(entry.path), LineSequences(approved) if approved else None)


def _entry_problems(document: Document, entries: list[AdapterEntry], base: _Base) -> list[str]:
    problems = []
    for index, entry in enumerate(entries):
        path = PurePosixPath(entry.path)
        if entry.name in [other.name for other in entries[:index]]:
            problems.append(document.describe(("adapters", index, "name"), "is already listed above"))
        if path.is_absolute() or ".." in path.parts:
            problems.append(document.describe(("adapters", index, "path"), "must lie below the folder of this file"))
        elif path.name != entry.name:
            problems.append(document.describe(("adapters", index, "path"), f"must end in {entry.name}"))
        else:
            problems += _folder_problems(document.path.parent / path, base)
    return problems


def _folder_problems(folder: Path, base: _Base) -> list[str]:
    """What is wrong with the folder of an exported adapter."""
    missing = [f"{folder / each}:1: is missing" for each in _FILES if not (folder / each).is_file()]
    if missing:
        return missing
    try:
        document = read_document(folder / _CARD)
        card = document.check(AdapterCard)
        if card.name != folder.name:
            return [document.describe(("name",), f"must be {folder.name}, as the folder")]
        problems = [*_base_problems(document, card.base, base), *_weights_problems(folder)]
    except DocumentError as broken:
        return broken.problems
    except OSError as unreadable:
        return [f"{unreadable.filename or folder}:1: cannot be read: {unreadable.strerror}"]
    if card.sentences and not (folder / SENTENCES_FILE).is_file():
        problems.append(f"{folder / SENTENCES_FILE}:1: is missing")
    return problems


def _base_problems(document: Document, card: BaseCard, base: _Base) -> list[str]:
    """What shows that an adapter was trained on another model or other weights."""
    if card.name not in (None, base.short_name):
        return [document.describe(("base", "name"), f"is {card.name}, but the adapters' base is {base.name}")]
    sha256 = base.sha256()
    if sha256 not in (None, card.sha256):
        return [document.describe(("base", "sha256"), f"is {card.sha256}, but {base.checkpoint} is {sha256}")]
    return []


def _weights_problems(folder: Path) -> list[str]:
    sha256 = cached_digest(folder / _WEIGHTS)
    if folder.name.endswith(f"-{sha256[:8]}"):
        return []
    return [f"{folder / _WEIGHTS}:1: its SHA-256 begins with {sha256[:8]}, which is not how the folder's name ends"]


class AdapterRegistry:
    """The last good version of the adapters file, which is read again when it changes."""

    def __init__(self, file: Path, institution: str, checkpoint: Path | None = None) -> None:
        """Read the file. `institution` is that of this process's orders; for `checkpoint` see `read_adapters`.

        Raises:
            DocumentError: naming file and line of every problem.
            ConfigurationError: if an adapter's approved lines are unusable.
        """
        self.file = file
        self._institution = institution
        self._checkpoint = checkpoint
        self._reported = ""
        self._version = _version_of(file)
        self.current = read_adapters(file, checkpoint)

    def adapter_for(self, task: WritingTask) -> Adapter | None:
        """The adapter that an order goes to; None: the base."""
        return self.current.adapter_for(task, self._institution)

    def refresh(self) -> None:
        """Read the file again if it changed. If it is broken, this is logged once and the last good version stays."""
        version = _version_of(self.file)
        if version == self._version:
            return
        try:
            latest = read_adapters(self.file, self._checkpoint)
            if latest.base != self.current.base:
                raise DocumentError([f"{self.file}:1: base: must stay {self.current.base} until the next start"])
        except (DocumentError, ConfigurationError) as broken:
            # Read again each time: the folders that it names may still be on their way.
            if str(broken) != self._reported:
                self._reported = str(broken)
                _logger.error("the adapters file is unusable; its last good version stays", problems=self._reported)
            return
        self.current, self._version, self._reported = latest, version, ""
        _logger.info("the adapters file was read again", adapters=sorted(latest.named))


def _version_of(file: Path) -> tuple[int, int] | None:
    """A value that changes whenever the file does; None where there is no file."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
