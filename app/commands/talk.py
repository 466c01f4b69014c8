"""heyan talk: a person plays the customer of a live call, and sees what is understood and why it is answered so."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.errors import HeyanError

if TYPE_CHECKING:
    from app.commands.playing import Ask, Offer

URL = "http://127.0.0.1:8000"
_FAILED = 2


def talk(
    url: Annotated[
        str, typer.Option(help="Address of the service, which records the turns as those of any call.")
    ] = URL,
    key: Annotated[str | None, typer.Option(help="Key with the role caller, where the service wants one.")] = None,
    local: Annotated[
        bool, typer.Option("--local", help="Without a service: what the settings name, in this process, unrecorded.")
    ] = False,
    case: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="A JSON file with a case, or with a request that /save has kept: it goes on."
        ),
    ] = None,
    scenario: Annotated[str | None, typer.Option(help="A made-up customer of this scenario.")] = None,
    verified: Annotated[bool, typer.Option("--verified", help="It is known that it is the person himself.")] = False,
) -> None:
    """Talk with the agent as a customer would, in Chinese; /help lists what can be typed beside words.

    Without a terminal each line of standard input is a turn; exit status 2 where one of them got no answer.
    """
    import sys

    from rich.console import Console

    from app.commands.answering import in_process, over_http
    from app.commands.playing import Sitting

    offers = _made_up()
    first = _first(offers, case, scenario, is_verified=verified)
    is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if first is None and not is_terminal:
        raise HeyanError("without a terminal say who is called: --scenario, or --case FILE")
    console = Console(highlight=False)
    if is_terminal:
        console.print("您来扮客户，机器人来打电话。/帮助 看命令，Ctrl-D 退出。", style="dim")
        if local:
            console.print("正在准备规则和话术，第一次要一两分钟……", style="dim")
    try:
        with in_process() if local else over_http(url, key) as answer:
            sitting = Sitting(
                answer, _ask(is_terminal=is_terminal), console, offers, _intents(), is_terminal=is_terminal
            )
            sitting.play(first)
    except KeyboardInterrupt:
        return
    if sitting.failures and not is_terminal:
        raise typer.Exit(_FAILED)


def _ask(*, is_terminal: bool) -> "Ask":
    """Reads a line: with the keys of an editor at a terminal, bare from anything else."""
    import sys
    from contextlib import suppress

    if is_terminal:
        with suppress(ImportError):
            import readline  # noqa: F401  what is imported is what makes input() edit
        return input

    def line_of(_: str) -> str:
        try:
            line = sys.stdin.readline()
        except UnicodeDecodeError:
            raise HeyanError("standard input is not valid UTF-8") from None
        if not line:
            raise EOFError
        return line

    return line_of


def _made_up() -> "list[Offer]":
    """The calls that can be chosen."""
    import secrets
    from functools import partial

    from app.approved.vocabulary import read_vocabulary
    from app.commands.playing import Offer
    from app.settings import read_settings
    from app.talks.cases import CHOICES, Choice, told_facts, trial_case
    from app.talks.conversation import Conversation
    from guards.lexicon.documents import DocumentError
    from guards.lexicon.scope import china_today

    try:
        vocabulary = read_vocabulary(read_settings().prompts_dir)
    except DocumentError as broken:
        raise HeyanError(str(broken)) from None

    def opened(choice: Choice) -> Conversation:
        # Nobody else has this reference: a refusal that is played closes nothing for the next call.
        call = f"talk-{secrets.token_hex(4)}"
        return Conversation(call, trial_case(vocabulary, choice, china_today(), call))

    def about(choice: Choice) -> str:
        facts = trial_case(vocabulary, choice, china_today(), "talk")["facts"]
        return "，".join(f"{label} {value}" for label, value in told_facts(vocabulary, facts))

    return [Offer(each.label, about(each), partial(opened, each)) for each in CHOICES]


def _first(offers: "Sequence[Offer]", case: str | None, scenario: str | None, *, is_verified: bool) -> "Offer | None":
    """The call that the options name; None where they name none."""
    from app.talks.cases import CHOICES
    from guards.types import Scenario

    if case is not None:
        if scenario is not None:
            raise HeyanError("--case and --scenario are two ways to say who is called: give one of them")
        return _of_file(case)
    if scenario is None:
        return None
    if scenario not in set(Scenario):
        raise HeyanError(f"--scenario: {scenario!r} is none of {', '.join(Scenario)}")
    fitting = [place for place, each in enumerate(CHOICES) if each.scenario == scenario]
    return offers[fitting[-1 if is_verified else 0]]


def _of_file(name: str) -> "Offer":
    """The case, or the whole request, of a file. Raises HeyanError; what is wrong inside, the service says."""
    import json
    from pathlib import Path

    from app.commands.playing import Offer
    from app.talks.conversation import Conversation

    try:
        held = json.loads(Path(name).read_bytes())
    except OSError as unreadable:
        raise HeyanError(f"{name}: {unreadable.strerror or unreadable}") from None
    except ValueError:
        raise HeyanError(f"{name}: not valid JSON in UTF-8") from None
    whole: Any = held if isinstance(held, dict) and "case" in held else {"case": held}
    case, transcript = whole["case"], whole.get("transcript", [])
    is_heard = isinstance(transcript, list) and all(
        isinstance(each, dict) and each.get("role") in ("agent", "customer") and isinstance(each.get("text"), str)
        for each in transcript
    )
    if not isinstance(case, dict) or not is_heard:
        raise HeyanError(f"{name}: neither a case nor the request of a turn")
    call = str(whole.get("call_id", "talk"))
    return Offer(Path(name).name, "", lambda: Conversation(call, case, tuple(transcript)))


def _intents() -> dict[str, str]:
    """What officers call each intent, by the files of the settings."""
    from app.settings import read_settings
    from app.turns.book import INTENTS_FILE, Intent
    from guards.lexicon.documents import DocumentError, read_document

    try:
        intents = read_document(read_settings().prompts_dir / INTENTS_FILE).check(list[Intent])
    except DocumentError as broken:
        raise HeyanError(str(broken)) from None
    return {each.id: each.label for each in intents}
