"""Random and hostile texts: none may break a guard, and twice the text may take twice the time."""

import random
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from statistics import median
from time import perf_counter

from rich.console import Console
from rich.progress import track
from rich.table import Table

from app.approved.vocabulary import read_vocabulary
from app.approved.wording import read_wording
from app.policy import load_policy
from app.settings import Settings
from guards.policy import Policy
from guards.types import Callee, Case, Channel, Role, Scenario, Stage

LONGEST = 10_000
_CASE = Case(
    scenario=Scenario.ACQUISITION,
    channel=Channel.AI_VOICE,
    callee=Callee(Role.APPLICANT),
    stage=Stage.BODY,
    facts=(),
    known_personal_data={"name": "张三", "mobile": "13812345678", "id_card": "110101199003077758"},
    today=date(2026, 11, 20),
)
_LETTERS = "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后"
_HOSTILE = (
    "0", "1", "一", "十", "万", "百", "万一", "%", ".", "1.", "1%", "，", "。", "1。", " 1", "1 ",
    "1-", "一二三", "二零二六年", "包过", "百分百", "不会", "没有人", "有人说", "您", "我是",
    "路号", "@", "a@b.", "微信", "v", "vx", "bao", "a", "彳", "辶", "亻", "<", "&", "&#", "&#2;",
    "<b>", "<<b>", "\u0301", "\u200b", "\ufe0f", "\U0001f600", "\ud800", "还", "行行", "慢", "张",
    "张三", "138", "1381234567", "6222", "年化", "年化3%", "低至3%", "合计1元", "每天", "每月1元",
    "25号", "下周三", "星期", "尾号1",
)  # fmt: skip


def bench_endurance(settings: Settings, console: Console, *, texts: int) -> int:
    """Judge the texts; print microseconds a character by kind and length, and how many a guard failed on.

    Returns:
        The number of texts on which a guard failed.
    """
    vocabulary = read_vocabulary(settings.prompts_dir)
    institution = read_wording(settings.prompts_dir, vocabulary).institution
    policy = load_policy(settings, institution.full_name, institution.hotline)
    own = [text for rule in policy.lexicon.phrase_rules() for text in (*rule.examples.hits, *rule.examples.misses)]
    taken: dict[str, list[tuple[int, float]]] = {}
    failed: list[str] = []
    for kind, text in track(list(_texts(texts, own)), "judging", console=console, transient=True):
        started = perf_counter()
        findings = policy.panel.examine_text(text, _CASE).findings
        taken.setdefault(kind, []).append((len(text), perf_counter() - started))
        if any(finding.rule == "guard.failed" for finding in findings):
            failed.append(kind)
        elif any(finding.span and finding.span.end > len(text) for finding in findings):
            failed.append(f"{kind} (span)")
    console.print(_table(taken, texts, failed))
    console.print(_doubling(policy))
    return len(failed)


def _texts(count: int, own: list[str]) -> Iterator[tuple[str, str]]:
    draw = random.Random(10_000)
    kinds: dict[str, Callable[[int], str]] = {
        "any code points": lambda length: "".join(chr(draw.randrange(0x110000)) for _ in range(length)),
        "assigned characters": lambda length: "".join(_assigned(draw) for _ in range(length)),
        "Chinese letters": lambda length: "".join(draw.choices(_LETTERS, k=length)),
        "sentences of the rules": lambda length: "".join(draw.choices(own, k=length // 10 + 1))[:length],
        "hostile, one piece over and over": lambda length: (draw.choice(_HOSTILE) * length)[:length],
        "hostile, mixed": lambda length: "".join(draw.choices(_HOSTILE, k=length))[:length],
    }
    names = list(kinds)
    for number in range(count):
        name = names[number % len(names)]
        yield name, kinds[name](draw.randint(1, LONGEST))


def _assigned(draw: random.Random) -> str:
    while True:
        character = chr(draw.randrange(0x30000))
        if unicodedata.category(character) not in ("Cn", "Co"):
            return character


def _table(taken: dict[str, list[tuple[int, float]]], texts: int, failed: list[str]) -> Table:
    table = Table(
        title=f"endurance: {texts:,} texts of up to {LONGEST:,} characters, {len(failed)} failed {failed[:5]}"
    )
    for name in ("kind", "texts", "µs a character, shorter half", "longer half", "worst text, ms"):
        table.add_column(name, justify="left" if name == "kind" else "right")
    for kind, each in taken.items():
        each.sort()
        half = len(each) // 2
        short, long = ([1e6 * seconds / length for length, seconds in part] for part in (each[:half], each[half:]))
        worst = max(seconds for _, seconds in each)
        table.add_row(
            kind, str(len(each)), *(f"{median(part or [0]):.1f}" for part in (short, long)), f"{1e3 * worst:.0f}"
        )
    return table


def _doubling(policy: Policy) -> Table:
    """The hostile pieces whose time grows most when the text doubles."""
    grown = []
    for piece in _HOSTILE:
        half, whole = (min(_seconds(policy, (piece * LONGEST)[:size]) for _ in range(3)) for size in (5_000, 10_000))
        grown.append((whole / half, whole, piece))
    table = Table(title="time of 10,000 characters over that of 5,000, best of three, the worst five")
    for name in ("piece", "ratio", "ms"):
        table.add_column(name, justify="right")
    for ratio, seconds, piece in sorted(grown, reverse=True)[:5]:
        table.add_row(ascii(piece), f"{ratio:.2f}", f"{1e3 * seconds:.0f}")
    return table


def _seconds(policy: Policy, text: str) -> float:
    started = perf_counter()
    policy.panel.examine_text(text, _CASE)
    return perf_counter() - started
