"""Words that must be said: institution, AI identity, recording, opt-out, the annual rate, the exact amount due."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from guards.lexicon.disclosures import DisclosureRule
from guards.lexicon.scope import china_today, concerns, holds, is_addressed, is_in_force
from guards.numbers.scan import numbers_in, states
from guards.script import Script
from guards.text import reading
from guards.text.folding import Folding, fold
from guards.text.reading import Reading
from guards.types import Case, Channel, Fact, Finding, Quantity, Scenario

# Words that deny what follows them in the same clause; what only looks like a denial (不论, 不明白) is no denial.
_DENIED_BEFORE = re.compile(
    "(?:不(?![论管清明懂满理解太仅但只单光方便])是?|[没沒](?![听看弄懂明问关])|[无無](?![论論])|未(?![还結结出到来])|[别別](?![的处人家])"
    "|非(?!常)|勿|拒绝|停止|取消|关闭|冒充|假冒|自称|所谓)[^是，。；！？：、,.;!?:\n]{0,10}$"
)
_DENIED_AFTER = re.compile(
    "[^，。；！？：、,.;!?:\n]{0,4}?(?:不行|不可以|不可能|不了|不能|不支持|不提供|[没沒]有(?!问题)|[没沒]必要|停用|取消了|是假的)"
)
_BEFORE, _AFTER = 16, 10
_PRICED = frozenset(
    {Quantity.MONEY, Quantity.RATE, Quantity.RATE_ANNUAL, Quantity.RATE_MONTHLY, Quantity.RATE_DAILY, Quantity.DISCOUNT}
)
"""Figures that no text may state without its disclosures."""
_DENYING = re.compile("[不没沒无無未别別非勿拒停取关冒假自所]")
# A text of nothing else reads as it folds, to the denials at least.
_ORDINARY = re.compile(r"[\n\x20-\x7e\u2010-\u2027\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]*")


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: DisclosureRule
    phrases: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]
    is_conditional: bool
    waiver: "_Compiled | None" = None
    institution: str = ""


class Disclosures:
    """The guard that looks for missing disclosures in whole scripts; a piece of a stage owes none."""

    name = "disclosures"

    def __init__(self, rules: Iterable[DisclosureRule], *, institution: str, hotline: str) -> None:
        compiled = [_compile(rule, institution, hotline) for rule in rules]
        self._rules = {
            (scenario, channel): tuple(one for one in compiled if _concerns(one.rule, scenario, channel))
            for scenario in Scenario
            for channel in (None, *Channel)
        }

    def __call__(self, script: Script, case: Case) -> Sequence[Finding]:
        """One finding without a span for each disclosure that is owed and not made."""
        if case.scenario is None or case.stage is not None:
            return []
        said = _Said(reading.of(script))
        today = china_today()
        missing = []
        for compiled in self._rules[case.scenario, case.channel]:
            rule = compiled.rule
            if not is_in_force(rule, case, today) or (compiled.is_conditional and not _is_owed(rule, case)):
                continue
            is_made = said.holds(compiled) and (not rule.states or said.states(_facts_to_state(rule, case)))
            if not is_made and not said.is_waived(compiled):
                missing.append(Finding(rule.id, self.name, rule.severity, rule.reason))
        return missing

    def made(self, text: str, case: Case) -> list[str]:
        """The disclosures of this case that a text makes wherever it says them, by their ids."""
        if case.scenario is None:
            return []
        said = _Said(Reading(text))
        return [
            compiled.rule.id
            for compiled in self._rules[case.scenario, case.channel]
            if said.holds(compiled) and (not compiled.rule.states or said.states(_facts_to_state(compiled.rule, case)))
        ]


class _Said:
    """What one text says. It is read as it stands first: folding only ever brings more of the wordings to light."""

    def __init__(self, read: Reading) -> None:
        self._read = read
        self._text = text = read.raw
        self._is_plain = "<" not in text and "&" not in text  # markup hides what it holds from the ear
        self._is_ordinary = _ORDINARY.fullmatch(text) is not None

    def holds(self, compiled: _Compiled) -> bool:
        """Whether one of the wordings is said, and not denied, within the first code points that the rule allows."""
        if not compiled.phrases and not compiled.patterns:
            return True
        rule = compiled.rule
        limit = len(self._text) if rule.within is None else rule.within
        if self._is_plain:
            for phrase in compiled.phrases:  # mostly the first place of the first phrase answers
                start = self._text.find(phrase, 0, limit)
                if start >= 0 and not self._is_denied(rule, start, start + len(phrase)):
                    return True
            for start, end in _places(compiled, self._text, limit):
                if not self._is_denied(rule, start, end):
                    return True
        folded = self._read.tight
        for start, end in _places(compiled, folded.text, len(folded.text)):
            place = folded.span(start, end)
            if place.end <= limit and not self._is_denied(rule, place.start, place.end):
                return True
        return False

    def states(self, facts: Sequence[Fact]) -> bool:
        """Whether every fact is stated with its exact value."""
        return not facts or all(states(numbers_in(self._read), fact) for fact in facts)

    def is_waived(self, compiled: _Compiled) -> bool:
        """Whether the text says what waives the rule, and nothing that needs the disclosure."""
        waiver = compiled.rule.waiver
        if waiver is None or compiled.waiver is None or not self.holds(compiled.waiver):
            return False
        rest = self._read.tight.text.replace(compiled.institution, "")
        if any(fold(word, Folding.TIGHT).text in rest for word in waiver.unless):
            return False
        return not any(number.quantity in _PRICED for number in numbers_in(self._read))

    def _is_denied(self, rule: DisclosureRule, start: int, end: int) -> bool:
        """Whether the clause around the original code points denies them; a stated value speaks for itself."""
        if rule.states:
            return False
        first, last = max(0, start - _BEFORE), end + _AFTER
        if self._is_ordinary and _DENYING.search(self._text, first, last) is None:
            return False
        before, after = self._text[first:start], self._text[end:last]
        if not self._is_ordinary:
            before, after = (fold(piece, Folding.PLAIN).text for piece in (before, after))
        return _DENIED_BEFORE.search(before) is not None or _DENIED_AFTER.match(after) is not None


def _compile(rule: DisclosureRule, institution: str, hotline: str) -> _Compiled:
    def fill(words: str) -> str:
        filled = fold(words.replace("{institution}", institution).replace("{hotline}", hotline), Folding.TIGHT).text
        if not filled:
            raise ValueError(f"{rule.id}: nothing is left of {words!r}, so every text would say it")
        return filled

    waiver = None
    if rule.waiver:
        # A denied farewell takes no leave, wherever it stands.
        words = rule.model_copy(update={"states": [], "within": None})
        waiver = _Compiled(words, tuple(fill(phrase) for phrase in rule.waiver.phrases), (), is_conditional=False)
    return _Compiled(
        rule,
        tuple(fill(phrase) for phrase in rule.phrases),
        tuple(re.compile(pattern) for pattern in rule.patterns),
        bool(rule.callees or rule.generations or rule.only_if_fact or rule.once),
        waiver,
        fill(institution),
    )


def _concerns(rule: DisclosureRule, scenario: Scenario, channel: Channel | None) -> bool:
    """What only some channels owe is not owed in an unknown one."""
    return concerns(rule, scenario) and (not rule.channels or channel in rule.channels)


def _is_owed(rule: DisclosureRule, case: Case) -> bool:
    if not is_addressed(rule, case) or (rule.once and case.continues_call):
        return False
    if rule.generations:
        generation = case.call.generation if case.call else None
        if generation not in rule.generations:
            return False
    return rule.only_if_fact is None or holds(rule.only_if_fact, case)


def _places(compiled: _Compiled, text: str, limit: int) -> Iterator[tuple[int, int]]:
    """Where the wordings stand in the first `limit` characters, the cheaper ones first."""
    for phrase in compiled.phrases:
        start = text.find(phrase, 0, limit)
        while start >= 0:
            yield start, start + len(phrase)
            start = text.find(phrase, start + 1, limit)
    for pattern in compiled.patterns:
        for match in pattern.finditer(text, 0, limit):
            if match[0]:
                yield match.span()


def _facts_to_state(rule: DisclosureRule, case: Case) -> list[Fact]:
    return [fact for name in rule.states if (fact := case.fact(name)) is not None]
