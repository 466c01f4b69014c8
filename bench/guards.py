"""The guard chain on a script of 100 characters, beside bare pyahocorasick and bare Presidio."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from app.approved.vocabulary import read_vocabulary
from app.approved.wording import read_wording
from app.policy import load_policy
from app.settings import Settings
from bench.compiling import padded
from bench.timing import Times, Work, time_in_turn
from bench.yardsticks import bare_automaton, bare_bytes_automaton, bare_presidio
from guards.disclosures import Disclosures
from guards.grounding.guard import Grounding
from guards.grounding.rates import GroundingSettings
from guards.lexicon.reader import Lexicon
from guards.meaning.guard import Meaning
from guards.meaning.weights import read_weights
from guards.panel import Panel
from guards.personal_data.guard import PersonalData
from guards.phrases.compiled import by_sound
from guards.phrases.guard import Phrases
from guards.phrases.heard import Heard
from guards.phrases.sounds import Sounds
from guards.script import Guard, Script, Segment
from guards.text.disguises import undo_disguises
from guards.text.folding import Folding, fold
from guards.types import Action, Callee, Case, Channel, Fact, Quantity, Role, Scenario, Stage

TEXT = (
    "您好，我是{institution}的智能语音助手，本次通话会录音。这是营销来电，不需要您直接说。"
    "应急贷最高可申请20万元，单利年化利率3.6%，每月还856.5元。额度以审批结果为准，请理性借贷。您看呢？"
)
SPOKEN = (
    "您好，我是{institution}的智能语音助手，本次通话会录音。这是营销来电，不需要您直接说。"
    "应急贷最高可申请二十万元，单利年化利率百分之三点六，每月还八百五十六元五角。额度以审批结果为准，请理性借贷。您看呢？"
)
_CASE = Case(
    scenario=Scenario.ACQUISITION,
    channel=Channel.AI_VOICE,
    callee=Callee(Role.APPLICANT, True),
    facts=(
        Fact("product", Quantity.TEXT, "应急贷"),
        Fact("annual_rate", Quantity.RATE_ANNUAL, Decimal("3.6")),
        Fact("rate_method", Quantity.TEXT, "simple"),
        Fact("credit_limit", Quantity.MONEY, Decimal(200000)),
        Fact("monthly_payment", Quantity.MONEY, Decimal("856.5")),
    ),
    today=date(2026, 11, 20),
)
BENIGN = Path(__file__).parents[1] / "tests" / "guards" / "benign_corpus.tsv"
_LEVELS = ("homophones", "near_sounds", "look_alikes", "initials")
_BLOCKED = "我跟您说，百分百获批，您把手机号13812345678留一下。"


def bench_guards(settings: Settings, console: Console, *, phrases: int, rounds: int) -> None:
    """Print µs of each fold level, guard and chain, its ratio to the bare libraries and false alarms."""
    vocabulary = read_vocabulary(settings.prompts_dir)
    institution = read_wording(settings.prompts_dir, vocabulary).institution
    lexicon = load_policy(settings, institution.full_name, institution.hotline).lexicon
    longer = padded(lexicon, phrases)
    words = [phrase for rule in longer.phrase_rules() for phrase in rule.phrases]
    texts = [
        TEXT.format(institution=institution.full_name),
        TEXT.format(institution=institution.full_name)[:-4] + "好吗？",
    ]
    spoken = SPOKEN.format(institution=institution.full_name)
    chain = (
        Phrases(longer.families),
        Disclosures(longer.disclosures, institution=institution.full_name, hotline=institution.hotline),
        Grounding(longer.numbers.rules, longer.roles, GroundingSettings(annual_rate_cap=settings.annual_rate_cap)),
        PersonalData(allowed=(institution.hotline,)),
        Meaning(read_weights(settings.meaning_file)),
    )
    panel = Panel(chain, both_forms=("phrases", "grounding", "personal_data"))
    # A script carries what was worked out about it: each round gets a fresh one, as each answer does.
    written = [Segment(Stage.BODY, text, text) for text in texts]
    both = [Segment(Stage.BODY, text, spoken + "。" * turn) for turn, text in enumerate(texts)]
    _refuse_a_dead_chain(panel)
    yardsticks: dict[str, Work] = {
        "bare pyahocorasick, characters": bare_automaton(words, texts[0]),
        "bare pyahocorasick, UTF-8 as latin-1": bare_bytes_automaton(words, texts[0]),
        "bare Presidio, same recognisers": bare_presidio(texts[0]),
    }
    folded = fold(texts[0], Folding.TIGHT)
    sounds = Sounds(by_sound(longer.families))
    works: dict[str, Work] = {
        "fold: plain": _in_turn(lambda text: fold(text, Folding.PLAIN), texts),
        "fold: tight": _in_turn(lambda text: fold(text, Folding.TIGHT), texts),
        "fold: undisguised": lambda: undo_disguises(folded, None),
        "fold: by sound, with the search": lambda: list(sounds.hits(Heard(folded.text), None)),
        **{f"guard: {guard.name}": _in_turn(partial(_ask, guard), written) for guard in chain},
        "chain, written form": _in_turn(lambda said: panel.examine(Script((said,)), _CASE), written),
        "chain, written and spoken form": _in_turn(lambda said: panel.examine(Script((said,)), _CASE), both),
        **yardsticks,
    }
    taken = time_in_turn(works, rounds)
    title = f"guards: {len(texts[0])} characters, {len(words):,} phrases, {rounds} rounds in turn"
    console.print(_table(title, taken, list(yardsticks)))
    console.print("yardstick: p50 of bare pyahocorasick (on characters, or its fastest way) + p50 of bare Presidio")
    console.print("a guard by itself folds for itself; in the chain the guards share what they fold")
    _print_false_alarms(console, lexicon)


def _ask(guard: Guard, said: Segment) -> object:
    return guard(Script((said,)), _CASE)


def _in_turn(work: Callable[[Any], object], given: Sequence[object]) -> Work:
    """Does the work on one of the given things after the other, round and round."""
    turn = cycle(given)
    return lambda: work(next(turn))


def _print_false_alarms(console: Console, lexicon: Lexicon) -> None:
    """What each further fold level stops on honest sentences, beside none."""
    lines = [line.split("\t") for line in BENIGN.read_text("utf-8").splitlines()]
    alarms: dict[str, set[str]] = {}
    for level in ("none", *_LEVELS):
        switches = {name: name == level for name in _LEVELS}
        families = [
            family.model_copy(update=switches) if family.folding is Folding.TIGHT else family
            for family in lexicon.families
        ]
        guard = Phrases(families)
        alarms[level] = {text for scenario, text in lines if _stops(guard, Scenario(scenario), text)}
    table = Table(title=f"false alarms of the phrases on {len(lines)} honest sentences", title_justify="left")
    for name in ("fold level beyond tight", "alarms", "added"):
        table.add_column(name, justify="left" if name.startswith("fold") else "right")
    for level, found in alarms.items():
        table.add_row(level, f"{len(found)} ({100 * len(found) / len(lines):.2f} %)", str(len(found - alarms["none"])))
    console.print(table)


def _stops(guard: Phrases, scenario: Scenario, text: str) -> bool:
    case = replace(_CASE, scenario=scenario, callee=Callee(Role.DEBTOR), facts=(), stage=Stage.BODY)
    return any(found.action > Action.OBSERVE for found in guard(Script((Segment(Stage.BODY, text, text),)), case))


def _refuse_a_dead_chain(panel: Panel) -> None:
    """Speed of a chain that finds nothing would mean nothing."""
    found = {finding.rule for finding in panel.examine_text(_BLOCKED, _CASE).findings}
    if not {"promise.guaranteed_approval", "personal_data.mobile"} <= found:
        raise RuntimeError("the chain does not see what it must see; its speed says nothing")


def _table(title: str, taken: dict[str, Times], yardsticks: Sequence[str]) -> Table:
    characters, as_bytes, presidio = yardsticks
    table = Table(title=title, title_justify="left")
    for name in ("what", "p50 µs", "p99 µs", "÷ plain yardstick", "÷ fastest yardstick"):
        table.add_column(name, justify="left" if name == "what" else "right")
    plain = taken[characters].at(0.5) + taken[presidio].at(0.5)
    fastest = taken[as_bytes].at(0.5) + taken[presidio].at(0.5)
    for name, each in taken.items():
        p50 = each.at(0.5)
        ratios = [f"{p50 / base:.2f}" for base in (plain, fastest)] if name.startswith("chain") else ["", ""]
        table.add_row(name, f"{p50 * 1e6:.1f}", f"{each.at(0.99) * 1e6:.1f}", *ratios, end_section=name in _LAST)
    return table


_LAST = ("fold: by sound, with the search", "guard: meaning", "chain, written and spoken form")
