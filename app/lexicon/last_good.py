"""The revision that was last in force here, kept on the disk for a start at which the store does not answer."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import orjson

from app.approved.wording import PUBLISHED_FILES
from app.data import Published
from app.logs import line_writer
from app.records.revisions import digest_of, digests_of

_FORM = "heyan policy 1"


class LastGood:
    """One file in a folder of its own; its first line holds the SHA-256 of what follows.

    No key is in it: whoever may write here can make a file that fits itself. So its texts count for no more than that
    the store is silent, and are compared with what the store holds as soon as it answers.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "revision.json"

    def keep(self, published: Published) -> None:
        """Put this revision in the place of the one that was kept before, whole or not at all.

        Raises:
            OSError: if it cannot be written.
        """
        files = {kind: {name: text.decode() for name, text in getattr(published, kind).items()} for kind in _KINDS}
        told = {"number": published.number, "sha256": published.sha256, "left_out": dict(published.left_out)}
        body = orjson.dumps({**told, **files})
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
        """What was kept; None where nothing was, or where it is not, byte for byte, what was published: that is logged.

        Its texts have the digest that it names, as the store computes it.
        """
        try:
            return self._read()
        except FileNotFoundError:
            return None
        except (OSError, AttributeError, KeyError, TypeError, ValueError) as broken:
            reason = str(broken) if isinstance(broken, OSError | _NotAsPublished) else "it is not what was written"
            # Before the settings of a start have configured any logs.
            event = "the policy kept for a start without the store is not used"
            line_writer("error").error(event, file=str(self._file), reason=reason)
            return None

    def _read(self) -> Published:
        first, _, body = self._file.read_bytes().partition(b"\n")
        if first != f"{_FORM} {hashlib.sha256(body).hexdigest()}".encode():
            raise ValueError
        published = _published(orjson.loads(body))
        wording = {**digests_of(published.wording), **published.left_out}
        if digest_of(digests_of(published.lexicon), wording) != published.sha256:
            raise _NotAsPublished(f"its texts are not those of revision {published.number}")
        return published


class _NotAsPublished(ValueError):  # noqa: N818
    """It fits itself, and no revision."""


def _published(kept: dict[str, Any]) -> Published:
    files = {kind: {name: text.encode() for name, text in kept[kind].items()} for kind in _KINDS}
    published = Published(int(kept["number"]), kept["sha256"], **files, left_out=kept.get("left_out", {}))
    left_out = published.left_out
    # What is held is no file that must be there: its digest alone would let it be said again.
    if any(name in PUBLISHED_FILES for name in left_out):
        raise ValueError
    # A line break in one of these would let one file pass for two.
    if not all(each.isprintable() for each in (*files["lexicon"], *files["wording"], *left_out, *left_out.values())):
        raise ValueError
    return published


_KINDS = ("lexicon", "wording")
