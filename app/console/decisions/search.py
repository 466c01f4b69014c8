"""What an officer looks for among the decisions, as it stands in the address, and what is wrong with it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self
from urllib.parse import urlencode

from app.console.frame.rendering import FieldError
from app.console.frame.words import ACTIONS, rule_title
from app.lexicon.files import StoredRule
from app.lexicon.labels import SCENARIOS
from app.parts import Parts
from app.records import Decision, DecisionLog
from app.requests import REF
from guards.lexicon.scope import CHINA
from guards.meaning.kinds import REASONS, UNHEARD, UNHEARD_TITLE
from guards.types import Scenario

KINDS = {"script": "话术", "turn": "通话", "review": "审查"}
"""What was asked for."""
MOST_DAYS = 7
"""Days in which a word may be looked for: no index knows the words."""
_SAID = ("speak", "handoff", "do_not_call", "end_call")
_JUDGED = ("allow", "mask", "revise", "escalate", "block")
ACTION_CHOICES = [
    *((name, f"话术：{ACTIONS[name][0]}") for name in _SAID),
    *((name, f"审查：{ACTIONS[name][0]}") for name in _JUDGED),
]
SCENARIO_CHOICES = [(each.value, SCENARIOS[each]) for each in Scenario]
_FIELDS = ("number", "kind", "action", "scenario", "rule", "from", "to", "ref", "word")
_NUMBER = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}", re.ASCII)
_RULE = re.compile(r"[a-z0-9_]+([.][a-z0-9_]+)*", re.ASCII)
_CURSOR = re.compile(r"[0-9A-Za-z]{1,40}", re.ASCII)
_LONGEST_WORD = 50
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Search:
    """A search. `given`: the fields as they were typed; `rule`: the id of the rule that was meant; `before`: a page."""

    given: Mapping[str, str]
    rule: str | None = None
    first: date | None = None
    last: date | None = None
    before: str | None = None

    @classmethod
    def of(cls, query: Mapping[str, str], rules: Mapping[str, StoredRule]) -> tuple[Self, list[FieldError]]:
        """The search of an address, and all that is wrong with it."""
        given = {name: query.get(name, "").strip() for name in _FIELDS}
        errors = [*_misspelt(given)]
        days = []
        for name, told in (("from", "起始日期"), ("to", "结束日期")):
            day, wrong = _day(given[name])
            days.append(day)
            errors += [FieldError(name, f"{told}写错了，请写成 2026-11-29 这样。")] if wrong else []
        first, last = days
        if given["word"] and first is None and last is None and not errors:
            last = datetime.now(CHINA).date()
            first = last - timedelta(days=MOST_DAYS - 1)
            given |= {"from": f"{first}", "to": f"{last}"}
        errors += _unbounded(given["word"], first, last) if not errors else []
        rule, wrong_rule = _rule(given["rule"], rules)
        errors += [wrong_rule] if wrong_rule else []
        before = query.get("before", "")
        return cls(given, rule, first, last, before if _CURSOR.fullmatch(before) else None), errors

    @property
    def is_asking(self) -> bool:
        """Whether it looks for anything in particular."""
        return any(self.given.values())

    def address(self, **more: str) -> str:
        """The query of this search in an address."""
        return urlencode({**{name: value for name, value in self.given.items() if value}, **more})

    def told(self, parts: Parts) -> dict[str, object]:
        """What the audit trail may say of this search: what somebody typed only as a digest."""
        given = self.given
        chosen = {name: given[name] for name in ("kind", "action", "scenario")}
        days = {"since": self.first and self.first.isoformat(), "until": self.last and self.last.isoformat()}
        typed = {name: given[name] for name in ("number", "ref", "word") if given[name]}
        digests = {f"{name}_digest": parts.contacts.digest(value) for name, value in typed.items()}
        return {**chosen, "rule": self.rule, **days, **digests}

    async def run(self, parts: Parts, limit: int, before: str | None) -> list[Decision]:
        """The newest decisions that it finds, all but for a number."""
        given = self.given
        equal = {
            "kind": given["kind"],
            "action": given["action"],
            "scenario": given["scenario"],
            "ref_digest": parts.contacts.digest(given["ref"]) if given["ref"] else "",
        }
        return await parts.log.recent(
            limit,
            before=before,
            since=None if self.first is None else _midnight(self.first),
            until=None if self.last is None else _midnight(self.last + timedelta(days=1)),
            rule=self.rule,
            word=given["word"] or None,
            **{name: value for name, value in equal.items() if value},
        )


def titles_of(rules: Mapping[str, StoredRule], decisions: Sequence[Decision]) -> dict[str, str]:
    """What officers call the rules that found something in these decisions, by their ids; an id without a title too."""
    found: set[str] = {each["rule"] for one in decisions for each in (*one.findings, *one.rejected)}
    return {name: rule_title(rules, name) for name in found}


def _misspelt(given: Mapping[str, str]) -> Iterator[FieldError]:
    if given["number"] and not _NUMBER.fullmatch(given["number"]):
        is_chinese = any("\u4e00" <= each <= "\u9fff" for each in given["number"])
        told = (
            "编号里没有汉字；要按文字找，请填“文字里有”。" if is_chinese else "编号写错了，请从记录里照抄，不要有空格。"
        )
        yield FieldError("number", told)
    if given["kind"] and given["kind"] not in KINDS:
        yield FieldError("kind", "请从列表里选一种。")
    if given["action"] and given["action"] not in (*_SAID, *_JUDGED):
        yield FieldError("action", "请从列表里选一种结果。")
    elif given["action"] in {"script": _JUDGED, "turn": _JUDGED, "review": _SAID}.get(given["kind"], ()):
        told = ACTIONS[given["action"]][0]
        yield FieldError("action", f"{KINDS[given['kind']]}没有“{told}”这种结果，请改选种类或者结果。")
    if given["scenario"] and given["scenario"] not in {each.value for each in Scenario}:
        yield FieldError("scenario", "请从列表里选一个场景。")
    if given["ref"] and not re.fullmatch(REF, given["ref"]):
        yield FieldError("ref", "客户编号里只有字母、数字和 . _ : - ，最长 64 个。请核对一下。")
    if not given["word"].isprintable():
        yield FieldError("word", "要找的词里有看不见的字符，请重新输入。")
    if len(given["word"]) > _LONGEST_WORD:
        yield FieldError("word", f"要找的词最长 {_LONGEST_WORD} 个字，请写短一点。")


def _day(given: str) -> tuple[date | None, bool]:
    """The day, and whether it is none though something was written."""
    try:
        day = date.fromisoformat(given) if given else None
    except ValueError:
        return None, True
    return day, day is not None and not 2000 <= day.year < 2200


def _unbounded(word: str, first: date | None, last: date | None) -> Iterator[FieldError]:
    if first and last and first > last:
        yield FieldError("to", "结束日期在起始日期之前，请换一下。")
    elif word and not (first and last and (last - first).days < MOST_DAYS):
        told = f"找词要同时写上起始和结束日期，最多 {MOST_DAYS} 天：只在这几天最新的 {DecisionLog.MOST_READ:,} 条里找。"
        yield FieldError("word", told)


def _rule(given: str, rules: Mapping[str, StoredRule]) -> tuple[str | None, FieldError | None]:
    """The id of the rule that is meant by its id or its title; ids of findings of the program have no rule."""
    if not given or given in rules:
        return given or None, None
    known = {name: rule_title(rules, name) for name in rules}
    heard = {**REASONS, UNHEARD: UNHEARD_TITLE}
    known |= {f"meaning.{kind}": f"整句意思：{told}" for kind, told in heard.items()}
    named = [name for name, title in known.items() if title == given] or [
        name for name, title in known.items() if given in title
    ]
    if len(named) == 1:
        return named[0], None
    if len(named) > 1:
        listed = "、".join(f"{known[name]}（{name}）" for name in named[:_MOST_NAMED])
        more = "等" if len(named) > _MOST_NAMED else ""
        return None, FieldError("rule", f"标题里有“{given}”的有 {len(named)} 条，请写全标题或者编号：{listed}{more}。")
    if _RULE.fullmatch(given):
        return given, None
    return None, FieldError(
        "rule", "没有标题里有这几个字的规则。请换几个字，或者写编号，例如 promise.guaranteed_approval。"
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)
