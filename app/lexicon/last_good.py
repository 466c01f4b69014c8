"""The revision that was last in force here, kept on the disk for a start at which the store does not answer."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import orjson

from app.data import Published

_FORM = "heyan policy 1"


class LastGood:
    """One file in a folder of its own; its first line holds the SHA-256 of what follows."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "revision.json"

    def keep(self, published: Published) -> None:
        """Put this revision in the place of the one that was kept before, whole or not at all.

        Raises:
            OSError: if it cannot be written.
        """
        files = {kind: {name: text.decode() for name, text in getattr(published, kind).items()} for kind in _KINDS}
        body = orjson.dumps({"number": published.number, "sha256": published.sha256, **files})
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".")
        try:
            with os.fdopen(handle, "wb") as opened:
                opened.write(f"{_FORM} {hashlib.sha256(body).hexdigest()}\n".encode() + body)
                opened.flush()
                os.fsync(opened.fileno())
            os.replace(name, self._file)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise

    def read(self) -> Published | None:
        """What was kept; None where nothing was, or where it is not, byte for byte, what was written."""
        try:
            first, _, body = self._file.read_bytes().partition(b"\n")
        except OSError:
            return None
        if first != f"{_FORM} {hashlib.sha256(body).hexdigest()}".encode():
            return None
        kept: dict[str, Any] = orjson.loads(body)
        files = {kind: {name: text.encode() for name, text in kept[kind].items()} for kind in _KINDS}
        return Published(kept["number"], kept["sha256"], **files)


_KINDS = ("lexicon", "wording")
