"""Read the corpus: hand-written lines, each with the conditions under which it may be said."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from app.approved.skeleton import SLOT, sentences, slots_in
from app.approved.vocabulary import Part, Vocabulary
from app.writing.lines.library import ApprovedLine
from guards.lexicon.documents import Document, DocumentError, read_document
from guards.lexicon.rules import Strict
from guards.types import Generation, Group, Scenario

T = TypeVar("T")
BODIES = "bodies"
"""The folder of a corpus that holds no lines, but whole bodies."""
OPTIONAL_SLOTS = ("产品名", "还款渠道")
"""Slots that a body may use whenever the request gives them, without being asked for."""

_ALLOWED_SLOTS: dict[Part, frozenset[str]] = {
    "hook": frozenset(),
    "benefit": frozenset({"额度上限", "首贷优惠", "活动截止", "期数", "名额", "免息天数", "年化利率"}),
    "speed": frozenset({"审批时长"}),
    "rate": frozenset({"年化利率", "月利率"}),
    "instalment": frozenset({"月还款", "期数"}),
    "assure": frozenset(),
    "remind": frozenset({"应还金额", "到期日", "卡尾号"}),
    "minimum": frozenset({"最低还款"}),
    "help": frozenset({"还款渠道", "卡尾号"}),
    "plan": frozenset({"延期期数", "最低还款", "还款渠道"}),
    "soothe": frozenset(),
    "fact": frozenset({"应还金额", "到期日", "逾期天数", "卡尾号"}),
    "ask": frozenset(),
    "reply": frozenset({"年化利率"}),
}
NUMBER = re.compile(
    r"[0-9０-９]|[零〇两二三四五六七八九十百千万亿半几]+(?:个)?(?:元|块|分钟|小时|天|日|号|月|年|期|次|步|成|折|倍|名|位|万|千|百|周)|百分之"
)
CHARACTER = re.compile(r"[\u4e00-\u9fff，。！？、：{}AP]")


class _Group(Strict):
    generations: list[Generation] = []
    tags: list[str] = []
    strategies: list[str] = []
    offers: list[Literal["deferral", "instalment", "waiver"]] = []
    lines: list[Annotated[str, Field(min_length=4)]] = Field(min_length=1)


class _File(Strict):
    scenario: Scenario
    part: Part
    groups: list[_Group] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One hand-written line. Empty conditions hold everywhere; `offers` names the concession that it speaks of."""

    scenario: Scenario
    part: Part
    text: str
    generations: frozenset[Generation]
    tags: frozenset[str]
    strategies: frozenset[str]
    offers: frozenset[str]
    place: str

    @property
    def slots(self) -> frozenset[str]:
        """The slots that the line uses."""
        return frozenset(slots_in(self.text))


def read_lines(directory: Path, vocabulary: Vocabulary) -> list[Line]:
    """Every line of every YAML file below `directory`.

    Raises:
        DocumentError: naming file and line of each entry that breaks the rules of the corpus, or the folder if no
            YAML file is there.
    """
    lines: list[Line] = []
    problems: list[str] = []
    files = [file for file in sorted(directory.rglob("*.yaml")) if BODIES not in file.relative_to(directory).parts]
    if not files:
        raise DocumentError([f"{directory}: no corpus: there is no folder with *.yaml files of lines"])
    for document, file in checked_files(files, _File, problems):
        for g, group in enumerate(file.groups):
            for tag in group.tags:
                if tag not in vocabulary.tags:
                    problems.append(document.describe(("groups", g, "tags"), f"unknown tag {tag}"))
            for strategy in group.strategies:
                if strategy not in vocabulary.strategies:
                    problems.append(document.describe(("groups", g, "strategies"), f"unknown strategy {strategy}"))
            for n, text in enumerate(group.lines):
                place = ("groups", g, "lines", n)
                line = Line(
                    file.scenario,
                    file.part,
                    text,
                    frozenset(group.generations),
                    frozenset(group.tags),
                    frozenset(group.strategies),
                    frozenset(group.offers),
                    f"{document.path}:{document.line(place)}",
                )
                problems += [document.describe(place, problem) for problem in line_problems(line, vocabulary)]
                lines.append(line)
    problems += _repeated(lines)
    if problems:
        raise DocumentError(problems)
    return lines


def checked_files(files: Iterable[Path], kind: type[T], problems: list[str]) -> Iterator[tuple[Document, T]]:
    """Each file that is of this shape, with its content; what is wrong with the others joins the `problems`."""
    for path in files:
        try:
            document = read_document(path)
            content = document.check(kind)
        except DocumentError as invalid:
            problems += invalid.problems
        else:
            yield document, content


def approved(lines: Iterable[Line]) -> Iterator[ApprovedLine]:
    """The corpus as a checkpoint holds it: each line with the moments that it is for."""
    for line in lines:
        yield ApprovedLine(
            line.scenario, line.text, line.tags, line.offers, line.generations, line.strategies, str(line.part)
        )


def line_problems(line: Line, vocabulary: Vocabulary) -> Iterator[str]:
    """What breaks the rules of the corpus in one line."""
    bare = SLOT.sub("", line.text)
    if line.text[-1] not in "。！？":
        yield "does not end with 。！ or ？"
    if NUMBER.search(bare):
        yield "holds a number; numbers come only through slots"
    if rest := CHARACTER.sub("", bare):
        yield f"holds characters that are not spoken: {rest}"
    allowed = _ALLOWED_SLOTS[line.part] | {"产品名"}
    if line.scenario.group is not Group.MARKETING:
        allowed |= {"还款渠道"}
    for slot in line.slots - allowed:
        yield f"uses {{{slot}}}, which the part {line.part} may not"
    if "免息" in line.text and not {"免息天数", "年化利率"} <= line.slots:
        yield "speaks of 免息 without {免息天数} and {年化利率}"
    if line.slots & {"月利率"} and line.text.find("{年化利率}") not in range(line.text.find("{月利率}")):
        yield "says {月利率} before {年化利率}"
    if "延期期数" in line.slots and "deferral" not in line.offers:
        yield "says {延期期数} without offers: [deferral]"
    ages = line.generations or frozenset(Generation)
    limit = max(vocabulary.generations[generation].sentence_chars for generation in ages)
    for sentence in sentences(line.text):
        if len(SLOT.sub("六六六六六六", sentence)) > limit + 1:
            yield f"has a sentence longer than {limit} characters"


def _repeated(lines: Iterable[Line]) -> list[str]:
    seen: dict[tuple[Scenario, Part, str], str] = {}
    problems = []
    for line in lines:
        key = (line.scenario, line.part, line.text)
        if key in seen:
            problems.append(f"{line.place}: stands already at {seen[key]}")
        seen[key] = line.place
    return problems
