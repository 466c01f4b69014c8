"""Where training reads and writes, what came with the program and what it makes, and how a file gets there complete."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from guards.shipped import ROOT, WORKPLACE

_HERE = Path(__file__).resolve().parent
PROMPTS = ROOT / "prompts"
CORPUS, RECIPES, PARAPHRASES = _HERE / "corpus", _HERE / "recipes", _HERE / "paraphrases"
MINI = WORKPLACE / "models" / "heyan-mini"
"""Where a training puts the embedded model: in a checkout the one in use, else below the working directory."""


def located(path: str, workplace: Path = WORKPLACE, root: Path = ROOT) -> Path:
    """A path of a recipe: relative ones start at the project's root, wherever the command is run.

    Where Heyan was installed without its project they start at the working directory, and `models/heyan-mini` is the
    one that came with it unless there is another. `workplace` and `root` are those of `guards.shipped`.
    """
    here, shipped = workplace / path, root / path
    return shipped if shipped.exists() and not here.exists() else here


@contextmanager
def replacing(file: Path) -> Iterator[IO[bytes]]:
    """A draft beside `file` to write into; at the end it is put on the disk, then takes the file's place.

    Readers see the old file or the new one, each complete. After an exception the old one stays, and no draft.
    """
    draft = file.with_name(file.name + ".draft")
    try:
        with draft.open("wb") as opened:
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(draft, file)
    finally:
        draft.unlink(missing_ok=True)


def write_atomically(file: Path, text: str) -> None:
    """Write a text as UTF-8, all of it or nothing: see `replacing`."""
    with replacing(file) as opened:
        opened.write(text.encode())
