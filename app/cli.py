"""The command line: heyan serve | write | review | talk | keys | people | lexicon | wording | decisions | contacts |
audit | evidence | backup | restore.

A command imports what it needs when it is called: nobody waits for the guards to see a list of keys.
"""

import gc
import re
import sys
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from app.commands.audit import audit
from app.commands.backups import backup, restore
from app.commands.contacts import contacts
from app.commands.decisions import decisions
from app.commands.evidence import evidence
from app.commands.keys import keys
from app.commands.lexicon import lexicon
from app.commands.people import people
from app.commands.stores import with_store
from app.commands.talk import talk
from app.commands.verdict import AnsweredNo
from app.commands.wording import wording
from app.errors import HeyanError, RequestError

if TYPE_CHECKING:
    from datetime import datetime

    from app.parts import Parts
    from app.records import Store
    from app.requests import ReviewItem
    from app.settings import Settings
    from app.writing.model import Model

T = TypeVar("T")
app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Writes what an outbound call says next, and proves that it may be said.",
)
app.add_typer(keys, name="keys")
app.add_typer(people, name="people")
app.add_typer(contacts, name="contacts")
app.add_typer(audit, name="audit")
app.add_typer(lexicon, name="lexicon")
app.add_typer(wording, name="wording")
app.add_typer(decisions, name="decisions")
app.add_typer(evidence, name="evidence")
app.command()(talk)
app.command()(backup)
app.command()(restore)
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
ANSWERED_NO, CRASHED = 1, 70
"""Exit status of a verdict, and (EX_SOFTWARE) of what nobody foresaw, which must not be taken for one."""


def main() -> None:
    """Run the command line: what Heyan raises on purpose is clear lines and exit status 2; an interruption is 130."""
    gc.disable()  # what a start loads stays, and to look for garbage in it would take a third of the start
    try:
        sys.exit(_status())
    finally:
        gc.enable()


def _status() -> int:
    try:
        app()
    except AnsweredNo:
        return ANSWERED_NO
    except HeyanError as failure:
        print(failure, file=sys.stderr)
        for problem in failure.fields if isinstance(failure, RequestError) else ():
            print(f"  {problem.field}: {problem.reason}", file=sys.stderr)
        return 2
    except SystemExit as ended:
        # typer says 1 where the input ends early or the reader of the output has gone.
        return ended.code if isinstance(ended.code, int) and ended.code != ANSWERED_NO else CRASHED
    except Exception:
        traceback.print_exc()
        return CRASHED
    return 0


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; beyond loopback a key is needed.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
    root_path: Annotated[
        str, typer.Option(help="Path that a proxy takes off, such as /heyan: links and cookies have it.")
    ] = "",
) -> None:
    """Serve the HTTP API."""
    import asyncio

    from app import server
    from app.settings import read_settings

    prefix = root_path.removesuffix("/")
    if not re.fullmatch("(/[A-Za-z0-9._~-]+)*", prefix):
        raise HeyanError(f"--root-path: {root_path!r} is no path such as /heyan")
    asyncio.run(server.serve(read_settings(), host, port, prefix))


@app.command()
def write(
    request: Annotated[str, typer.Argument(help="A JSON file with a script request, or - for standard input.")],
    as_json: AsJson = False,
    explain: Annotated[bool, typer.Option(help="Also show why candidates were not said.")] = False,
) -> None:
    """Write one script."""
    import json

    from app.api.bodies import parse_body
    from app.requests import ScriptRequest

    body = parse_body(_read(request), ScriptRequest)

    async def work(parts: "Parts") -> dict[str, Any]:
        decision = await parts.reception.answer(body)
        answer: dict[str, Any] = json.loads(decision.answer)
        return {**answer, "rejected": list(decision.rejected)} if explain else answer

    answer = _with_parts(work)
    if as_json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        from app.terminal import show_script

        show_script(answer)


@app.command()
def review(
    text: Annotated[
        str, typer.Argument(help="A text; or a JSON file (.json) with a review request; or - for standard input.")
    ],
    scenario: Annotated[
        str | None, typer.Option(help="Scenario, such as acquisition; unset: every rule applies.")
    ] = None,
    stage: Annotated[str | None, typer.Option(help="Stage, if the text is a piece of a call.")] = None,
    as_json: AsJson = False,
) -> None:
    """Examine a text; exit status 1 when it may not be said, not even masked, and only then."""
    import json

    from app.writing.model import NoModel

    items, in_batch = _review_items(text, scenario, stage)

    async def work(parts: "Parts") -> list[dict[str, Any]]:
        return await parts.reviewer.review(items, in_batch=in_batch)

    answers = _with_parts(work, model=NoModel())
    if as_json:
        print(json.dumps({"items": answers} if in_batch else answers[0], ensure_ascii=False, indent=2))
    else:
        from app.terminal import show_review

        for answer, one in zip(answers, items, strict=True):
            show_review(answer, one.text)
    if any(answer["action"] not in ("allow", "observe", "mask") for answer in answers):
        raise AnsweredNo


@decisions.command("export")
def export_decisions(
    since: Annotated[str | None, typer.Option(help="Leave out what was said before this time, ISO 8601.")] = None,
    until: Annotated[str | None, typer.Option(help="Leave out what was said at this time or later.")] = None,
) -> None:
    """Print the bodies that were said, with slots: one JSON a line, as the fine-tuning data set reads them."""
    from app.records import DecisionLog
    from app.scripts.reception import exported

    begin, end = _instant("--since", since), _instant("--until", until)

    async def work(store: "Store") -> None:
        async for decision in DecisionLog(store).spoken(since=begin, until=end):
            sys.stdout.write(exported(decision).decode())

    with_store(work)


def _with_parts(work: "Callable[[Parts], Awaitable[T]]", model: "Model | None" = None) -> T:
    import asyncio

    from app.main import open_parts
    from app.settings import read_settings

    async def run() -> T:
        async with open_parts(_quiet(read_settings()), model=model, is_replica=False) as parts:
            gc.enable()
            return await work(parts)

    return asyncio.run(run())


def _quiet(settings: "Settings") -> "Settings":
    """For commands whose answer is what matters: nothing below a warning is logged unless it was asked for."""
    is_chosen = "log_level" in settings.model_fields_set
    return settings if is_chosen else settings.model_copy(update={"log_level": "warning"})


def _instant(option: str, given: str | None) -> "datetime | None":
    """The time that an option gives. Raises HeyanError for what is none, or does not say where it is."""
    if given is None:
        return None
    from pydantic import TypeAdapter, ValidationError

    from app.requests import Moment

    moments: TypeAdapter[datetime] = TypeAdapter(Moment)
    try:
        return moments.validate_python(given)
    except ValidationError as invalid:
        reason = invalid.errors()[0]["msg"].removeprefix("Value error, ")
        raise HeyanError(f"{option}: {reason}") from None


def _read(source: str) -> bytes:
    if source == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(source).read_bytes()
    except OSError as unreadable:
        raise HeyanError(f"{source}: {unreadable.strerror or unreadable}") from None


def _review_items(text: str, scenario: str | None, stage: str | None) -> "tuple[list[ReviewItem], bool]":
    """What is to be examined, and whether it was given as a batch."""
    import json

    from app.api.bodies import is_batch, parse_body
    from app.requests import ReviewBatch, ReviewItem

    if text.endswith(".json"):
        body = _read(text)
        if is_batch(body):
            return parse_body(body, ReviewBatch).items, True
        return [parse_body(body, ReviewItem)], False
    try:
        # Surrogates are how Python carries the bytes of an argument that are no UTF-8.
        given = _read("-").decode() if text == "-" else text.encode().decode()
    except UnicodeError:
        raise HeyanError("the text is not valid UTF-8") from None
    item = {"text": given, "scenario": scenario, "stage": stage}
    return [parse_body(json.dumps(item).encode(), ReviewItem)], False
