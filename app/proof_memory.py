"""Remembers that rules and wording were proven, until anything that decides about it has changed.

An entry is a file in the cache folder, named by a digest of all that takes part: the files of prompts and lexicons, or
the published texts in their place, the weights of the second opinion, its encoder and head, the code, the libraries,
and the settings that guards are given. It says from which day on and until which day the same rules are in force.
Whoever finds it, on such a day, need not prove again. An entry that is missing, foreign or broken, or a folder that
cannot be used, costs time and nothing else.
"""

import hashlib
import os
import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

import guards
from app.settings import ROOT, Settings

_FORM = "3"
_MOST_ENTRIES = 32
CODE = {"app": Path(__file__).parent, "guards": Path(str(guards.__file__)).parent}
"""The packages that prove and are proven by, beside the libraries."""
_ENTRY = re.compile(r"heyan: rules and wording are proven: (\w+) from (\S+) until (\S+)\n", re.ASCII)


class ProofMemory:
    """Whether what these settings name was proven before, as it is now and for this day."""

    def __init__(
        self,
        settings: Settings,
        today: date,
        code: Mapping[str, Path] = CODE,
        *,
        published: Mapping[str, bytes] | None = None,
    ) -> None:
        """`today` is the day in China. A setting `cache_dir` of None remembers nothing.

        `published`: what stands in the place of files, by names such as `lexicons/gates.yaml`; no rule is then read
        from a file.
        """
        self._settings = settings
        self._today = today
        self._code = code
        self._published = published
        self._folder = settings.cache_dir / "proofs" if settings.cache_dir else None
        self._digest = self._current_digest()

    @property
    def holds(self) -> bool:
        """Whether the proof need not be repeated."""
        if self._folder is None or self._digest is None:
            return False
        try:
            entry = _ENTRY.fullmatch((self._folder / self._digest).read_text("ascii"))
            if entry is None or entry[1] != self._digest:
                return False
            return date.fromisoformat(entry[2]) <= self._today < date.fromisoformat(entry[3])
        except (OSError, ValueError):
            return False

    @property
    def is_current(self) -> bool:
        """Whether all files are as they were when this was made."""
        return self._digest is not None and self._digest == self._current_digest()

    def note(self, changes: Iterable[date]) -> str | None:
        """Remember that the proof was given, unless a file has changed while it was; why it cannot be, if so.

        `changes`: the days on which a rule comes into force or is in force no longer.
        """
        if self._folder is None or not self.is_current:
            return None
        days = sorted(changes)
        low = max((day for day in days if day <= self._today), default=date.min)
        high = min((day for day in days if day > self._today), default=date.max)
        entry = f"heyan: rules and wording are proven: {self._digest} from {low} until {high}\n"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(self._folder / str(self._digest), entry.encode())
            _forget_oldest(self._folder)
        except OSError as unwritable:
            return str(unwritable)
        return None

    def _current_digest(self) -> str | None:
        """The digest of all that decides; None where a file cannot be read, which whoever needs it will tell."""
        if self._folder is None:
            return None
        try:
            return digest_of_what_decides(self._settings, self._code, self._published)
        except OSError:
            return None


def digest_of_what_decides(
    settings: Settings, code: Mapping[str, Path] = CODE, published: Mapping[str, bytes] | None = None
) -> str:
    """The SHA-256 of everything that the proof of rules and wording depends on, except the day.

    Raises:
        OSError: if a file cannot be read.
    """
    encoder = settings.encoder if settings.encoder in ("embedded", "none") else f"served {settings.encoder_model}"
    given = f"{_FORM} {sys.version} {unicodedata.unidata_version} {settings.annual_rate_cap} {encoder}"
    digest = hashlib.sha256(given.encode())
    digest.update("\n".join(_libraries()).encode())
    read: dict[str, Path | bytes] = dict(_files(settings, code, with_rules=published is None))
    for name, kept in (read | dict(published or {})).items():
        content = kept if isinstance(kept, bytes) else kept.read_bytes()
        digest.update(f"\n{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _files(settings: Settings, code: Mapping[str, Path], *, with_rules: bool) -> Iterator[tuple[str, Path]]:
    """Every file that takes part, with a name that does not depend on where it stands."""
    folders = {
        **code,
        "prompts": settings.prompts_dir,
        **({"lexicons": settings.lexicons_dir} if with_rules else {}),
        "shipped lexicons": ROOT / "lexicons",
        **({"encoder": settings.encoder_dir} if settings.encoder == "embedded" else {}),
    }
    yield "weights", settings.meaning_file
    if settings.encoder != "none":
        yield "head", settings.encoder_head
    for name, folder in folders.items():
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                yield f"{name}/{file.relative_to(folder).as_posix()}", file


def _libraries() -> list[str]:
    """Name and version of everything that is installed."""
    return sorted({found.name for folder in sys.path for found in Path(folder).glob("*.dist-info")})


def _write(file: Path, content: bytes) -> None:
    """Put a whole file in its place, so that no other process reads half of it."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
        os.replace(name, file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _forget_oldest(folder: Path) -> None:
    """Keep the newest entries: each change of a file makes another."""
    dated = []
    for file in folder.iterdir():
        try:
            dated.append((file.stat().st_mtime_ns, file))
        except FileNotFoundError:  # another process forgot it
            continue
    for _, file in sorted(dated, reverse=True)[_MOST_ENTRIES:]:
        file.unlink(missing_ok=True)
