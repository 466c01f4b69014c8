"""How much a change asks to be judged: examples are said one by one, and each by all that a rule has."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.lexicon.problems import Problem, shown
from app.lexicon.words import Written
from guards.lexicon.rules import PhraseRule


@dataclass(frozen=True, slots=True)
class MostJudged:
    """What one change may ask for. `tried`: how often an exception or a pattern may be tried on an example."""

    examples: int = 60_000
    patterns: int = 5_000
    tried: int = 20_000_000


def effort_problems(written: Sequence[Written], most: MostJudged | None = None) -> Iterator[Problem]:
    """That so much is to be judged that nobody would wait for it."""
    most = most or MostJudged()
    examples = sum(_examples(one.rule) for one in written)
    if examples > most.examples:
        told = f"这次要核对 {examples} 个例句，最多 {most.examples} 个。请分几次改，或者只留有代表性的例句。"
        english = f"{examples} examples are more than {most.examples}"
        yield Problem(code="too_many_examples", field="examples", message=told, english=english)
    patterns = sum(len(one.rule.patterns) for one in written)
    if patterns > most.patterns:
        told = f"这次有 {patterns} 条正则，最多 {most.patterns} 条。请分几次改；能写成说法的请写成说法。"
        english = f"{patterns} patterns are more than {most.patterns}"
        yield Problem(code="too_many_patterns", field="patterns", message=told, english=english)
    for one in written:
        rule = one.rule
        tried = _examples(rule) * (len(rule.exceptions) + len(rule.patterns) + len(rule.near))
        if tried > most.tried:
            told = (
                f"规则“{shown(rule.id)}”有 {_examples(rule)} 个例句、{len(rule.exceptions)} 个例外、"
                f"{len(rule.patterns)} 条正则，合起来要核对的太多。请拆成几条规则，或者少写一些例句。"
            )
            english = f"{tried} trials are more than {most.tried}"
            yield Problem(code="too_much_to_judge", rule=rule.id, field=one.place, message=told, english=english)


def _examples(rule: PhraseRule) -> int:
    return len(rule.examples.hits) + len(rule.examples.misses)
