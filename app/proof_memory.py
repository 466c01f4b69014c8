"""Remembers that rules and wording were proven, until anything that decides about it has changed.

An entry is a file in the cache folder, named by a digest of all that takes part: the files of prompts and lexicons, the
weights of the second opinion, the code, the libraries, the settings that guards are given, and which of the days that
are written in any of these files (rules come into force and expire on them) have come. Whoever finds the entry need not
prove again. An entry that is missing, foreign or broken, or a folder that cannot be used, costs time and nothing else.
"""

import hashlib
import logging
import os
import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import guards
from app.settings import ROOT, Settings

_FORM = "1"
_MOST_ENTRIES = 32
CODE = {"app": Path(__file__).parent, "guards": Path(str(guards.__file__)).parent}
"""The packages that prove and are proven by, beside the libraries."""
_DAY = re.compile(rb"\b(\d{4})(?:-|, ?)(\d{1,2})(?:-|, ?)(\d{1,2})\b")
"""A day as YAML and Python write it."""

_logger = logging.getLogger("heyan")


class ProofMemory:
    """Whether what these settings name was proven before, as it is now and on this day."""

    def __init__(self, settings: Settings, today: date, code: Mapping[str, Path] = CODE) -> None:
        """`today` is the day in China. A setting `cache_dir` of None remembers nothing."""
        self._settings = settings
        self._today = today
        self._code = code
        self._folder = settings.cache_dir / "proofs" if settings.cache_dir else None
        self._digest = self._current_digest()

    @property
    def holds(self) -> bool:
        """Whether the proof need not be repeated."""
        if self._folder is None or self._digest is None:
            return False
        try:
            return (self._folder / self._digest).read_bytes() == _entry(self._digest)
        except OSError:
            return False

    def note(self) -> None:
        """Remember that the proof was given, unless a file has changed while it was."""
        if self._folder is None or self._digest is None or self._digest != self._current_digest():
            return
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(self._folder / self._digest, _entry(self._digest))
            _forget_oldest(self._folder)
        except OSError as unwritable:
            _logger.info("the proof of rules and wording cannot be remembered: %s", unwritable)

    def _current_digest(self) -> str | None:
        """The digest of all that decides; None where a file cannot be read, which whoever needs it will tell."""
        if self._folder is None:
            return None
        try:
            return digest_of_what_decides(self._settings, self._today, self._code)
        except OSError:
            return None


def digest_of_what_decides(settings: Settings, today: date, code: Mapping[str, Path] = CODE) -> str:
    """The SHA-256 of everything that the proof of rules and wording depends on.

    Raises:
        OSError: if a file cannot be read.
    """
    digest = hashlib.sha256(f"{_FORM} {sys.version} {unicodedata.unidata_version} {settings.annual_rate_cap}".encode())
    digest.update("\n".join(_libraries()).encode())
    days: set[date] = set()
    for name, file in _files(settings, code):
        content = file.read_bytes()
        digest.update(f"\n{name} {len(content)}\n".encode() + content)
        days.update(_days_in(content))
    for day in sorted(days):
        digest.update(f"{day} {(day > today) - (day < today)}\n".encode())
    return digest.hexdigest()


def _files(settings: Settings, code: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
    """Every file that takes part, with a name that does not depend on where it stands."""
    folders = {
        **code,
        "prompts": settings.prompts_dir,
        "lexicons": settings.lexicons_dir,
        "shipped lexicons": ROOT / "lexicons",
    }
    yield "weights", settings.meaning_file
    for name, folder in folders.items():
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                yield f"{name}/{file.relative_to(folder).as_posix()}", file


def _libraries() -> list[str]:
    """Name and version of everything that is installed."""
    return sorted({found.name for folder in sys.path for found in Path(folder).glob("*.dist-info")})


def _days_in(content: bytes) -> Iterator[date]:
    for year, month, day in _DAY.findall(content):
        try:
            yield date(int(year), int(month), int(day))
        except ValueError:
            continue


def _entry(digest: str) -> bytes:
    return f"heyan: rules and wording are proven: {digest}\n".encode()


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
