"""heyan lexicon: rules as files that come in and go out, and who runs which revision."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from app.commands.begun import with_revisions
from app.commands.stores import columns
from app.errors import HeyanError

if TYPE_CHECKING:
    from app.lexicon.drafts import Change
    from app.lexicon.files import RuleFiles
    from app.lexicon.lifecycle import Lifecycle
    from app.records import Activation, Revision, Revisions, Store
    from guards.policy import Institution

T = TypeVar("T")
lexicon = typer.Typer(no_args_is_help=True, help="Rules: import files as a draft, export, status.")


@lexicon.command("import")
def import_rules(
    source: Annotated[Path, typer.Argument(help="A folder of YAML files, or one file: CSV, XLSX, YAML, ZIP.")],
    person: Annotated[str, typer.Option(help="Whose draft it is: who submits it over HTTP, and never approves it.")],
    title: Annotated[str, typer.Option(help="The title of the draft.")] = "",
) -> None:
    """Make a draft of what differs from the rules in force, never a revision; print its id and the difference."""
    from app.records.names import require_actor

    require_actor("--person", person)
    named = title or f"导入 {source.name or source.resolve().name}"

    async def work(lifecycle: "Lifecycle[Change]", _: "Revisions") -> list[str]:
        files = await lifecycle.rules()
        drafted = await lifecycle.draft(_change(source, files, named), person)
        head = f"draft {drafted.record.id} of {person}, on revision {drafted.record.based_on}"
        warnings = [f"! {warning['message']}" for warning in drafted.warnings]
        return [head, *_difference(files, drafted.change), *warnings]

    for line in _with_lifecycle(work):
        print(line)


@lexicon.command("export")
def export_rules(
    folder: Annotated[Path, typer.Argument(help="The folder that the YAML files are written to.")],
    revision: Annotated[int | None, typer.Option(min=1, help="Number of a revision; default: the newest.")] = None,
) -> None:
    """Write the rules as YAML files, byte for byte as they were published."""

    async def work(lifecycle: "Lifecycle[Change]", _: "Revisions") -> "tuple[int, RuleFiles]":
        edition = await lifecycle.edition(revision)
        return edition.revision.number, edition.files

    number, files = _with_lifecycle(work)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.contents.items():
            (folder / name).write_bytes(content)
        others = sorted(file.name for file in folder.glob("*.yaml") if file.name not in files.contents)
    except OSError as failure:
        raise HeyanError(f"{folder}: {failure.strerror or failure}") from None
    print(f"revision {number}: {len(files.contents)} files are in {folder}")
    if others:
        print(f"not of this revision: {', '.join(others)}")


@lexicon.command("status")
def show_status() -> None:
    """Show the revision in force, what of the files differs from it, and what each replica runs since when."""

    async def work(lifecycle: "Lifecycle[Change]", revisions: "Revisions") -> list[str]:
        from app.records.revisions import disagreeing

        edition, running = await lifecycle.edition(), await revisions.status()
        differ = [f"replicas run revision {number} with different digests" for number in disagreeing(running)]
        return [_told(edition.revision), *_differing(edition.files), *map(_running, running), *differ]

    for line in _with_lifecycle(work):
        print(line)


def _change(source: Path, files: "RuleFiles", title: str) -> "Change":
    from app.lexicon.transfer import Format, format_of, imported, imported_files

    try:
        if source.is_dir():
            sent = {file.name: file.read_bytes() for file in sorted(source.glob("*.yaml"))}
            if not sent:
                raise HeyanError(f"{source}: there is no .yaml file")
            return imported_files(files, sent, title)
        content = source.read_bytes()
    except OSError as unreadable:
        raise HeyanError(f"{source}: {unreadable.strerror or unreadable}") from None
    named = {".csv": Format.CSV, ".xlsx": Format.XLSX, ".yaml": Format.YAML, ".zip": Format.YAML}
    return imported(files, content, named.get(source.suffix.lower()) or format_of(content), title)


def _difference(files: "RuleFiles", change: "Change") -> Iterator[str]:
    from app.lexicon.changes import apply
    from app.lexicon.differences import difference
    from guards.lexicon.scope import china_today

    told = difference(files, apply(files, change, since=china_today()))
    for sign, rules in (("+", told["added"]), ("-", told["retired"])):
        yield from (f"{sign} {rule['rule']} {rule['title'] or ''}".rstrip() for rule in rules)
    for rule in told["edited"]:
        yield f"~ {rule['rule']} {rule['title'] or ''}".rstrip()
        yield from (f"    {field['field']}: {_field(field)}" for field in rule["fields"])


def _field(field: Mapping[str, Any]) -> str:
    if "added" not in field:
        return f"{field['before']} → {field['after']}"
    return " ".join([*(f"+{each}" for each in field["added"]), *(f"-{each}" for each in field["removed"])])


def _told(revision: "Revision") -> str:
    by = f", approved by {revision.approver}" if revision.approver else ""
    at = f"{revision.created_at:%Y-%m-%d %H:%M:%S}"
    return f"revision {revision.number} of {at} by {revision.author}{by}: {revision.title} ({revision.sha256[:12]})"


def _differing(files: "RuleFiles") -> Iterator[str]:
    """What stands otherwise in the folder of the settings, which is never applied by itself."""
    from app.lexicon.files import RuleFiles
    from app.settings import read_settings

    folder = read_settings().lexicons_dir
    there = RuleFiles.read(folder).contents
    names = [name for name in {**there, **files.contents} if there.get(name) != files.contents.get(name)]
    if names:
        yield f"{folder} differs from it: {', '.join(sorted(names))}"


def _running(one: "Activation") -> str:
    seen = f"{'silent, ' if one.is_silent else ''}seen {one.seen_at:%Y-%m-%d %H:%M:%S}"
    return columns(one.replica, one.revision, one.digest[:12], f"{one.since:%Y-%m-%d %H:%M:%S}", seen)


def _with_lifecycle(work: "Callable[[Lifecycle[Change], Revisions], Awaitable[T]]") -> T:
    from app.lexicon.lifecycle import Lifecycle
    from app.lexicon.rule_matter import RuleMatter

    async def run(store: "Store", revisions: "Revisions", institution: "Institution") -> T:
        return await work(Lifecycle(store, revisions, RuleMatter(institution), judge=None), revisions)

    return with_revisions(run)
