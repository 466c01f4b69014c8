"""What is wrong with a rule beyond its shape: days that never come, facts that no request has, unseen characters."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from app.lexicon.drafts import Change, Rule
from app.lexicon.files import StoredRule
from app.lexicon.labels import named
from app.lexicon.problems import Problem, Severity, nearest, shown

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
Rules = Mapping[str, StoredRule]
_BY_FACT = ("unless_fact", "only_if_fact", "stating")


def condition_problems(change: Change, known: Rules, today: date, facts: Collection[str] | None) -> Iterator[Problem]:
    """Everything about the rules that a change writes. `known`: the rules as they are; `facts`: the names there are."""
    for place, rule in change.rules():
        yield from _unprintable(place, rule)
        stored = known.get(str(rule.get("id")))
        first = today if place.startswith("adds") else None
        days = _days(rule, stored.data if stored else {}, today, first)
        for problem in (*days, *(_facts(rule, facts) if facts is not None else ())):
            yield problem.under(place, str(rule.get("id")))


def _days(rule: Rule, stored: Rule, today: date, first: date | None) -> Iterator[Problem]:
    """`first`: the first day of a rule that does not say it, where that is known."""
    begins, ends = _days_of(rule)
    since, until = _days_of(stored)
    was_in_force = bool(stored) and (since is None or since <= today) and (until is None or until >= today)
    if begins is not None and begins > today and was_in_force:
        told = (
            f"这条规则正在生效。生效日改成 {begins}，从发布到那天以前它什么也不拦。"
            "要让改动到那天再生效，请把生效日改回去，审批时选“定时生效”。"
        )
        yield Problem(
            code="paused",
            severity=Severity.WARNING,
            field="effective.from",
            word=str(begins),
            message=told,
            english="the rule is in force, and would not be until then",
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


def _days_of(rule: Rule) -> tuple[date | None, date | None]:
    effective = rule.get("effective")
    if not isinstance(effective, dict):
        return None, None
    return _day(effective.get("from")), _day(effective.get("until"))


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
