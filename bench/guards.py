"""The guard chain on a script of 100 characters, beside bare pyahocorasick and bare Presidio."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from rich.console import Console
from rich.table import Table

from app.policy import load_policy
from app.settings import Settings
from app.vocabulary import read_vocabulary
from app.wording import read_wording
from bench.timing import Times, Work, time_in_turn
from bench.yardsticks import bare_automaton, bare_bytes_automaton, bare_presidio
from guards.disclosures import Disclosures
from guards.grounding import Grounding, GroundingSettings
from guards.lexicon import Lexicon
from guards.panel import Panel
from guards.personal_data import PersonalData
from guards.phrases import Phrases
from guards.rules import PhraseRule
from guards.text import Folding, fold
from guards.types import Callee, Case, Channel, Fact, Quantity, Role, Scenario, Script, Segment, Stage

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
_BLOCKED = "我跟您说，百分百获批，您把手机号13812345678留一下。"


def bench_guards(settings: Settings, console: Console, *, phrases: int, rounds: int) -> None:
    """Print µs of folding, of each guard and of the chain, and the chain's ratio to the bare libraries."""
    vocabulary = read_vocabulary(settings.prompts_dir)
    institution = read_wording(settings.prompts_dir, vocabulary).institution
    lexicon = load_policy(
        settings.lexicons_dir, institution.full_name, institution.hotline, settings.annual_rate_cap
    ).lexicon
    padded = _padded(lexicon, phrases)
    words = [phrase for rule in padded.phrase_rules() for phrase in rule.phrases]
    text, spoken = (t.format(institution=institution.full_name) for t in (TEXT, SPOKEN))
    chain = (
        Phrases(padded.families),
        Disclosures(padded.disclosures, institution=institution.full_name, hotline=institution.hotline),
        Grounding(GroundingSettings(annual_rate_cap=settings.annual_rate_cap)),
        PersonalData(allowed=(institution.hotline,)),
    )
    panel = Panel(chain, both_forms=("phrases", "personal_data"))
    written = Script((Segment(Stage.BODY, text, text),))
    both = Script((Segment(Stage.BODY, text, spoken),))
    _refuse_a_dead_chain(panel)
    yardsticks: dict[str, Work] = {
        "bare pyahocorasick, characters": bare_automaton(words, text),
        "bare pyahocorasick, UTF-8 as latin-1": bare_bytes_automaton(words, text),
        "bare Presidio, same recognisers": bare_presidio(text),
    }
    works: dict[str, Work] = {
        "fold, plain": lambda: fold(text, Folding.PLAIN),
        "fold, tight": lambda: fold(text, Folding.TIGHT),
        **{f"guard: {guard.name}": _examining(guard, written) for guard in chain},
        "chain, written form": lambda: panel.examine(written, _CASE),
        "chain, written and spoken form": lambda: panel.examine(both, _CASE),
        **yardsticks,
    }
    taken = time_in_turn(works, rounds)
    title = f"guards: {len(text)} characters, {len(words):,} phrases, {rounds} rounds in turn"
    console.print(_table(title, taken, list(yardsticks)))
    console.print("yardstick: p50 of bare pyahocorasick (on characters, or its fastest way) + p50 of bare Presidio")


def _examining(guard: Phrases | Disclosures | Grounding | PersonalData, script: Script) -> Work:
    return lambda: guard(script, _CASE)


def _refuse_a_dead_chain(panel: Panel) -> None:
    """Speed of a chain that finds nothing would mean nothing."""
    found = {finding.rule for finding in panel.examine_text(_BLOCKED, _CASE).findings}
    if not {"promise.guaranteed_approval", "personal_data.mobile"} <= found:
        raise RuntimeError("the chain does not see what it must see; its speed says nothing")


def _padded(lexicon: Lexicon, phrases: int) -> Lexicon:
    """The lexicon with made-up phrases in one more rule, until there are `phrases`; the seed is fixed."""
    own = {phrase for rule in lexicon.phrase_rules() for phrase in rule.phrases}
    alphabet = sorted({character for phrase in own for character in phrase if "\u4e00" <= character <= "\u9fff"})
    draw = random.Random(20)
    made: set[str] = set()
    while len(own) + len(made) < phrases:
        made.add("".join(draw.choices(alphabet, k=draw.choice((3, 4, 4, 5, 6)))))
    made -= own
    if not made:
        return lexicon
    family = next(family for family in lexicon.families if family.folding is Folding.TIGHT)
    changed = {"id": "bench.padding", "phrases": sorted(made), "patterns": [], "exceptions": []}
    rule: PhraseRule = family.rules[0].model_copy(update=changed)
    more = family.model_copy(update={"family": "bench", "rules": [rule]})
    return replace(lexicon, families=(*lexicon.families, more))


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


_LAST = ("fold, tight", "guard: personal_data", "chain, written and spoken form")
