"""heyan wording: approved wording as files that come in and go out."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from app.commands.begun import with_revisions
from app.errors import HeyanError

if TYPE_CHECKING:
    from app.lexicon.lifecycle import Lifecycle
    from app.lexicon.rewording import Rewording
    from app.lexicon.shelf import Edition
    from app.records import Revisions, Store
    from guards.policy import Institution

T = TypeVar("T")
wording = typer.Typer(no_args_is_help=True, help="Approved wording: import files as a draft, export.")


@wording.command("import")
def import_wording(
    source: Annotated[Path, typer.Argument(help="A folder of YAML files, or one file: YAML, ZIP.")],
    person: Annotated[str, typer.Option(help="Whose draft it is: who submits it over HTTP, and never approves it.")],
    title: Annotated[str, typer.Option(help="The title of the draft.")] = "",
) -> None:
    """Make a draft of what differs from the wording in force, never a revision; print its id and the difference."""
    from app.lexicon.wording_differences import wording_difference
    from app.records.names import require_actor

    require_actor("--person", person)
    named = title or f"导入 {source.name or source.resolve().name}"

    async def work(life: "Lifecycle[Rewording]") -> list[str]:
        edition = await life.edition()
        drafted = await life.draft(_change(source, edition, named), person)
        head = f"draft {drafted.record.id} of {person}, on revision {drafted.record.based_on}"
        before, after = await life.sides(drafted)
        told = wording_difference(before.wording, after.wording)
        texts = [f"{sign} {one.id} {one.text}" for sign, some in (("-", told.gone), ("+", told.new)) for one in some]
        return [head, *texts, *(f"! {warning['message']}" for warning in drafted.warnings)]

    for line in _with_life(work):
        print(line)


@wording.command("export")
def export_wording(
    folder: Annotated[Path, typer.Argument(help="The folder that the YAML files are written to.")],
    revision: Annotated[int | None, typer.Option(min=1, help="Number of a revision; default: the newest.")] = None,
) -> None:
    """Write approved wording as YAML files, byte for byte as it was published."""
    from app.approved.wording import WORDING_FILES

    async def work(life: "Lifecycle[Rewording]") -> "Edition":
        return await life.edition(revision)

    edition = _with_life(work)
    files = {name: content for name, content in edition.wording.items() if name in WORDING_FILES}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as failure:
        raise HeyanError(f"{folder}: {failure.strerror or failure}") from None
    print(f"revision {edition.revision.number}: {len(files)} files are in {folder}")


def _change(source: Path, edition: "Edition", title: str) -> "Rewording":
    from app.approved.wording import WORDING_FILES
    from app.lexicon.wording_transfer import imported_wording, imported_wording_files

    try:
        if source.is_dir():
            sent = {name: (source / name).read_bytes() for name in WORDING_FILES if (source / name).is_file()}
            if not sent:
                raise HeyanError(f"{source}: there is no file of approved wording ({', '.join(WORDING_FILES)})")
            return imported_wording_files(edition.wording, sent, title)
        content = source.read_bytes()
    except OSError as unreadable:
        raise HeyanError(f"{source}: {unreadable.strerror or unreadable}") from None
    if source.name in WORDING_FILES:
        return imported_wording_files(edition.wording, {source.name: content}, title)
    return imported_wording(edition.wording, content, title)


def _with_life(work: "Callable[[Lifecycle[Rewording]], Awaitable[T]]") -> T:
    from app.approved.vocabulary import read_vocabulary
    from app.approved.wording import WORDING_FILES, read_prompts
    from app.errors import ConfigurationError
    from app.lexicon.lifecycle import Lifecycle
    from app.lexicon.wording_matter import WordingMatter
    from app.settings import read_settings
    from guards.lexicon.documents import DocumentError

    folder = read_settings().prompts_dir
    try:
        vocabulary, prompts = read_vocabulary(folder), read_prompts(folder)
    except DocumentError as broken:
        raise ConfigurationError(str(broken)) from None
    own = {name: text for name, text in prompts.items() if name not in WORDING_FILES}

    async def run(store: "Store", revisions: "Revisions", _: "Institution") -> T:
        return await work(Lifecycle(store, revisions, WordingMatter(vocabulary, own), judge=None))

    return with_revisions(run)
