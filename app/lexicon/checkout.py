"""The files of rules and wording that a deployment brings along, beside the revision that is in force."""

from pathlib import Path

from app.approved.wording import WORDING_FILES
from app.data import Published
from app.settings import Settings


def read_checkout(settings: Settings) -> Published:
    """The files as the first revision of a store; those that are not there, or cannot be read, are left out."""
    lexicon = {file.name: _content(file) for file in sorted(settings.lexicons_dir.glob("*.yaml"))}
    wording = {name: _content(settings.prompts_dir / name) for name in WORDING_FILES}
    return Published(
        1,
        "",
        {name: text for name, text in lexicon.items() if text is not None},
        {name: text for name, text in wording.items() if text is not None},
    )


def differing(settings: Settings, published: Published) -> tuple[str, ...]:
    """The names of files that are not as they were published, such as `lexicons/gates.yaml`, one missing among them.

    What is held has no file.
    """
    files, texts = read_checkout(settings).texts, published.proven
    return tuple(sorted(name for name in files.keys() | texts.keys() if files.get(name) != texts.get(name)))


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None
