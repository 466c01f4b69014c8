"""SHA-256 digests that identify the weights of a checkpoint or an adapter."""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from guards.lexicon.documents import DocumentError


def digest(file: Path) -> str:
    """The SHA-256 of a file's bytes.

    Raises:
        OSError: if it cannot be read.
    """
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def cached_digest(file: Path) -> str:
    """As `digest`, remembered: the file is read again only when its size or time of change is another."""
    status = file.stat()
    return _digest_at(file, status.st_size, status.st_mtime_ns)


def digest_of_weights(folder: Path, digest_file: Callable[[Path], str] = digest) -> str:
    """The SHA-256 of a checkpoint's one weights file; of several, that of the list that `sha256sum` prints of them.

    Raises:
        DocumentError: if the folder holds no safetensors.
        OSError: if a file cannot be read.
    """
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise DocumentError([f"{folder}: holds no weights (*.safetensors)"])
    if len(files) == 1:
        return digest_file(files[0])
    return hashlib.sha256("".join(f"{digest_file(file)}  {file.name}\n" for file in files).encode()).hexdigest()


@lru_cache(maxsize=256)
def _digest_at(file: Path, size: int, modified: int) -> str:
    return digest(file)
