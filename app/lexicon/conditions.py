"""What is wrong with a rule beyond its shape: days that never come, facts that no request has, unseen characters."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from app.lexicon.drafts import Change, Rule
from app.lexicon.labels import named
from app.lexicon.problems import Problem, Severity, nearest, shown

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BY_FACT = ("unless_fact", "only_if_fact", "stating")


def condition_problems(change: Change, today: date, facts: Collection[str] | None) -> Iterator[Problem]:
    """Everything about the rules that a change writes. `facts`: the names that there are; None: nobody knows."""
    for place, rule in change.rules():
        yield from _unprintable(place, rule)
        first = today if place.startswith("adds") else None
        for problem in (*_days(rule, today, first), *(_facts(rule, facts) if facts is not None else ())):
            yield problem.under(place, str(rule.get("id")))


def _days(rule: Rule, today: date, first: date | None) -> Iterator[Problem]:
    """`first`: the first day of a rule that does not say it, where that is known."""
    effective = rule.get("effective")
    begins, ends = (
        (_day(effective.get(name)) for name in ("from", "until")) if isinstance(effective, dict) else (None,) * 2
    )
    begins = begins or first
    if ends is None:
        return
    if begins is not None and ends < begins:
        told = f"失效日 {ends} 在生效日 {begins} 之前，这条规则永远不会生效。"
        yield Problem(
            code="never_in_force", field="effective.until", word=str(ends), message=told, english="until is before from"
        )
    elif ends < today:
        told = f"失效日 {ends} 已经过了，这条规则发布以后也不生效。"
        yield Problem(
            code="ended",
            severity=Severity.WARNING,
            field="effective.until",
            word=str(ends),
            message=told,
            english="until is over",
        )


def _facts(rule: Rule, facts: Collection[str]) -> Iterator[Problem]:
    for field in _BY_FACT:
        for name in rule.get(field) or ():
            if isinstance(name, str) and name not in facts:
                meant = nearest(name, facts)
                hint = f"是不是想写“{meant}”？" if meant else "可以用的名称见 prompts/facts.yaml。"
                told = f"{named(field)}里的事实“{shown(name)}”没有哪个请求会有，这个条件不会成立。{hint}"
                yield Problem(
                    code="unknown_fact",
                    severity=Severity.WARNING,
                    field=f"{field}.{name}",
                    word=shown(name),
                    message=told,
                    english=f"there is no fact {name}",
                )


def _day(value: object) -> date | None:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value)) if value else None
    except ValueError:  # told by its shape
        return None


def _unprintable(place: str, value: object) -> Iterator[Problem]:
    """Control characters anywhere in a rule: no sheet can hold them, and no store all of them."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _unprintable(f"{place}.{name}", inner)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _unprintable(f"{place}.{index}", inner)
    elif isinstance(value, str) and (found := _CONTROL.findall(value)):
        codes = "、".join(dict.fromkeys(f"U+{ord(each):04X}" for each in found))
        told = f"“{shown(_CONTROL.sub('□', value))}”里有看不见的控制字符（{codes}），请删掉。"
        yield Problem(code="unprintable", field=place, message=told, english=f"control characters: {codes}")
