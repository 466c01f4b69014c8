"""Compose bodies out of hand-written lines, for briefs drawn at random: the training set of heyan-mini."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.approved.brief import Brief
from app.approved.vocabulary import REPLY, Part, Vocabulary
from app.writing.heldout import is_held_out_line, is_held_out_pair
from app.writing.lines.bodies import ApprovedBodies
from finetune.lines.reader import OPTIONAL_SLOTS, Line
from guards.types import Generation, Group, Scenario

_MARKETING_EXTRAS = ("额度上限", "审批时长", "首贷优惠", "月还款", "期数", "免息天数", "活动截止", "名额", "月利率")
_BENEFIT = frozenset({"额度上限", "首贷优惠", "活动截止", "期数", "名额", "免息天数"})
_LEAST_IN_CELL = 4
_OWN_WEIGHT = 4
"""A line written for one generation is this many times likelier than one for everybody."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A brief and one body that answers it."""

    brief: Brief
    body: str


class _DeadEnd(Exception):  # noqa: N818
    """No line fits; another draw may."""


def trainable(lines: Sequence[Line]) -> list[Line]:
    """The lines that training may use: a few whole lines are kept out, where their cell has enough others."""
    cells = Counter(_cell(line) for line in lines)
    return [
        line for line in lines if not is_held_out_line(line.scenario, line.text) or cells[_cell(line)] < _LEAST_IN_CELL
    ]


class Composer:
    """Draws briefs and composes bodies; the same seed gives the same samples.

    With `bodies` each is one of them, in wordings drawn at random; otherwise it is put together from lines.
    """

    def __init__(
        self, lines: Sequence[Line], vocabulary: Vocabulary, seed: int, bodies: ApprovedBodies | None = None
    ) -> None:
        self._vocabulary = vocabulary
        self._random = random.Random(seed)
        self._bodies = bodies
        self._lines: dict[tuple[Scenario, Part], list[Line]] = {}
        for line in lines:
            self._lines.setdefault((line.scenario, line.part), []).append(line)
        self.scenarios = sorted({each.scenario for each in (bodies.approved if bodies else lines)})
        self._speaking = {
            (scenario, strategy): self._addressed_tags(scenario, strategy)
            for scenario in self.scenarios
            for strategy in vocabulary.strategies_for(scenario)
        }

    def samples(self, count: int, *, held_out: bool = False) -> Iterator[Sample]:
        """`count` samples; with `held_out`, only of tag pairs that training never sees."""
        made = 0
        while made < count:
            brief = self.draw_brief()
            if is_held_out_pair(brief.scenario, brief.tags) is not held_out:
                continue
            body = self.compose(brief)
            if body is not None:
                made += 1
                yield Sample(brief, body)

    def draw_brief(self, scenario: Scenario | None = None) -> Brief:
        """A random brief, as the planner could order it."""
        scenario = scenario or self._random.choice(self.scenarios)
        generation = self._random.choice(list(Generation))
        profile = self._vocabulary.scenarios[scenario]
        if self._random.random() < 0.4:
            strategy = profile.default_strategy[generation]
        else:
            strategy = self._random.choice(self._vocabulary.strategies_for(scenario))
        speaking = self._speaking[scenario, strategy]
        count = 1 if strategy == REPLY else self._random.choice((0, 1, 1, 2, 2, 2))
        tags = tuple(self._random.sample(speaking, min(len(speaking), count)))
        offer = None
        optional = {"产品名"}
        if strategy == REPLY:
            return self._draw_reply(scenario, generation, tags)
        if scenario.group is Group.MARKETING:
            count = self._random.choice((0, 1, 1, 2, 2, 3, 3, 4))
            slots = {"年化利率", *self._random.sample(_MARKETING_EXTRAS, count)}
            slots.update(self._vocabulary.strategies[strategy].needs)
        else:
            optional = {slot for slot in OPTIONAL_SLOTS if self._random.random() < 0.7}
            slots = {"应还金额", "到期日"}
            slots |= {slot for slot in ("卡尾号", "最低还款") if self._random.random() < 0.35}
            if scenario.group is Group.COLLECTION:
                offer = self._random.choice((None, None, "deferral", "deferral", "instalment", "waiver"))
                slots |= {"逾期天数"} if self._random.random() < 0.5 else set()
                slots |= {"延期期数"} if offer == "deferral" and self._random.random() < 0.7 else set()
        return Brief(scenario, generation, strategy, tags, tuple(sorted(slots)), tuple(sorted(optional)), offer)

    def compose(self, brief: Brief, tries: int = 12) -> str | None:
        """One body for the brief that addresses all its tags, or at least one; None when the corpus has none."""
        if self._bodies is not None:
            return self._drawn(brief, self._bodies)
        partial = None
        for _ in range(tries):
            try:
                body, unanswered = self._compose(brief)
            except _DeadEnd:
                continue
            if not unanswered:
                return body
            partial = body
        return partial

    def _drawn(self, brief: Brief, bodies: ApprovedBodies) -> str | None:
        """A whole body in one of its wordings, none of which is held out where there are others."""
        fitting = bodies.for_brief(brief)
        if not fitting:
            return None
        parts = bodies.parts(self._random.choice(fitting), brief)
        taught = ([text for text in texts if not is_held_out_line(brief.scenario, text)] or texts for texts in parts)
        return "".join(self._random.choice(texts) for texts in taught) or None

    def _addressed_tags(self, scenario: Scenario, strategy: str) -> list[str]:
        """The tags that the bodies or lines of this strategy address."""
        parts = self._vocabulary.strategies[strategy].parts
        addressed = {tag for part in parts for line in self._lines.get((scenario, part), []) for tag in line.tags}
        if self._bodies is not None:
            own = (body for body in self._bodies.approved if body.scenario is scenario and strategy in body.strategies)
            addressed = {tag for body in own for tag in body.tags}
        return [
            tag.id for tag in self._vocabulary.tags.values() if tag.id in addressed and tag.is_addressed_by(strategy)
        ]

    def _draw_reply(self, scenario: Scenario, generation: Generation, tags: tuple[str, ...]) -> Brief:
        """A reply says no figure but the annual rate, and only if the customer asked, as the planner orders it."""
        slots = ("年化利率",) if tags == ("asked_rate",) else ()
        offer = None
        optional: tuple[str, ...] = ("产品名",)
        if scenario.group is not Group.MARKETING:
            optional = tuple(sorted(slot for slot in OPTIONAL_SLOTS if self._random.random() < 0.7))
        if scenario.group is Group.COLLECTION:
            offer = self._random.choice((None, "deferral", "instalment", "waiver"))
        return Brief(scenario, generation, REPLY, tags, slots, optional, offer)

    def _compose(self, brief: Brief) -> tuple[str, list[str]]:
        """A body, and the tags that it leaves unanswered.

        Raises:
            _DeadEnd: if no line fits, a slot stays unsaid, or no tag is addressed.
        """
        needed = set(brief.slots)
        unanswered = list(brief.tags)
        hurried = any(self._vocabulary.tags[tag].brief for tag in brief.tags)
        body: list[str] = []

        def say(part: Part, want: Callable[[Line], bool], tags: bool = True) -> None:
            line = self._pick(brief, part, needed, want, unanswered if tags else [])
            body.append(line.text)
            needed.difference_update(line.slots)
            addressed = next((tag for tag in unanswered if tag in line.tags), None)
            if addressed:
                unanswered.remove(addressed)

        parts = self._vocabulary.strategies[brief.strategy].parts
        for place, part in enumerate(parts):
            if part == "plan":
                soothed = self._has_tag_line(brief, "soothe", unanswered) and self._random.random() < 0.4
                self._say_plan(brief, say, needed, tags=not soothed)
            elif part in ("benefit", "speed"):
                self._say_benefits(brief, part, say, needed)
            elif part == "rate":
                if {"年化利率", "月利率"} & needed:
                    monthly = {"月利率"} & needed
                    say(part, lambda line: "年化利率" in line.slots and monthly <= line.slots)
            elif part in ("instalment", "minimum"):
                slot = "月还款" if part == "instalment" else "最低还款"
                extra = {"期数"} & needed if part == "instalment" else set()
                if slot in needed:
                    say(part, lambda line: slot in line.slots and extra <= line.slots)
            elif part in ("remind", "fact"):
                facts = {"应还金额", "到期日", "卡尾号", "逾期天数"} & needed
                whole = self._random.random() < 0.5 and "卡尾号" in facts
                wanted = facts - ({"卡尾号"} if whole else set())
                say(part, lambda line: wanted <= line.slots)
            elif part == "help":
                if "卡尾号" in needed or (not hurried and self._random.random() < 0.6):
                    tail = {"卡尾号"} & needed
                    say(part, lambda line: tail <= line.slots)
            elif part in ("assure", "soothe"):
                if self._has_tag_line(brief, part, unanswered):
                    say(part, lambda line: bool(line.tags))
                    last_chance = not any(self._has_tag_line(brief, later, unanswered) for later in parts[place + 1 :])
                    if last_chance and self._has_tag_line(brief, part, unanswered):
                        say(part, lambda line: bool(line.tags))
                elif not hurried and self._random.random() < 0.45:
                    say(part, lambda line: not line.tags)
            else:
                say(part, lambda line: True)
        if needed or len(unanswered) == len(brief.tags) > 0:
            raise _DeadEnd
        return "".join(body), unanswered

    def _say_plan(self, brief: Brief, say: Callable[..., None], needed: set[str], tags: bool) -> None:
        offered = {"延期期数"} & needed
        say(
            "plan",
            lambda line: (brief.offer in line.offers if brief.offer else not line.offers) and offered <= line.slots,
            tags,
        )
        if "最低还款" in needed:
            say("plan", lambda line: "最低还款" in line.slots and not line.offers, tags=False)

    def _say_benefits(self, brief: Brief, part: Part, say: Callable[..., None], needed: set[str]) -> None:
        strategy = self._vocabulary.strategies[brief.strategy]
        speaks_later = "speed" in strategy.parts and part != "speed"
        if "审批时长" in needed and not speaks_later:
            say("speed", lambda line: "审批时长" in line.slots)
        if part == "speed":
            return
        waits = {"期数"} if "月还款" in needed and self._random.random() < 0.6 else set()
        for _ in range(4):
            open_slots = (_BENEFIT & needed) - waits
            if not open_slots:
                return
            say("benefit", lambda line: bool(line.slots & open_slots))

    def _has_tag_line(self, brief: Brief, part: Part, tags: Sequence[str]) -> bool:
        lines = self._lines.get((brief.scenario, part), [])
        return any(line.tags & set(tags) and _fits(line, brief) for line in lines)

    def _pick(
        self, brief: Brief, part: Part, needed: set[str], want: Callable[[Line], bool], tags: Sequence[str]
    ) -> Line:
        """A line that fits, for an unanswered tag if there is one for it.

        Raises:
            _DeadEnd: if no line fits.
        """
        usable = needed | set(brief.optional_slots)
        if {"免息天数", "月利率"} & needed:
            usable.add("年化利率")  # said again with the free days or the monthly rate, which make no sense without it
        fitting = [
            line
            for line in self._lines.get((brief.scenario, part), [])
            if _fits(line, brief) and line.slots <= usable and want(line)
        ]
        for tag in tags:
            if own := [line for line in fitting if tag in line.tags]:
                fitting = own
                break
        else:
            fitting = [line for line in fitting if not line.tags]
        if not fitting:
            raise _DeadEnd
        weights = [_OWN_WEIGHT / max(1, len(line.generations)) if line.generations else 1 for line in fitting]
        return self._random.choices(fitting, weights)[0]


def _fits(line: Line, brief: Brief) -> bool:
    if line.generations and brief.generation not in line.generations:
        return False
    if line.strategies and brief.strategy not in line.strategies:
        return False
    return not line.offers or brief.offer in line.offers


def _cell(line: Line) -> tuple[object, ...]:
    """Where a line stands: lines of one cell can take each other's place."""
    return line.scenario, line.part, line.generations, line.tags, line.strategies, line.offers, line.slots
