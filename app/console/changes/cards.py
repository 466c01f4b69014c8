"""Cards of a change of rules: one for each rule that it adds, edits or retires, in an officer's words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from app.console.changes.readings import FieldReading, called, differing, listed, plainly, whole
from app.lexicon.conflicts import Moved
from app.lexicon.differences import difference, rule_difference
from app.lexicon.drafts import Change
from app.lexicon.files import RuleFiles, StoredRule, kind_of_rule

MOST = 100
"""Cards that are shown."""


@dataclass(frozen=True, slots=True)
class Card:
    """One rule. `does` and `shade`: what becomes of it; `rule`: its id, None for settings of a whole file."""

    does: str
    shade: str
    title: str
    rule: str | None
    fields: Sequence[FieldReading]


@dataclass(frozen=True, slots=True)
class Cards:
    """All that a change does to rules. `more`: rules that no card is shown of; `titles`: of every rule in it."""

    summary: str
    cards: Sequence[Card]
    more: int
    titles: Mapping[str, str]
    files: Sequence[str] = ()


def cards_of(change: Change, then: RuleFiles, restored: RuleFiles | None = None) -> Cards:
    """The cards of a change that was made for the rules `then`; `restored`: those that it puts back."""
    if restored is not None:
        return cards_between(then, restored)
    edited = [_named(rule, rule, fields=list(_fields(rule, then))) for rule in change.edits]
    told: dict[str, Any] = {
        "added": [_named(rule, rule, text=rule) for rule in change.adds],
        "edited": edited,
        "retired": [
            _named({"id": name}, then.rules[name].data if name in then.rules else {}, text=_text(then, name))
            for name in change.retires
        ],
        "settings": [],
        "files": [],
    }
    return _cards(told)


def cards_between(before: RuleFiles, after: RuleFiles) -> Cards:
    """The cards of everything that differs."""
    return _cards(difference(before, after))


@dataclass(frozen=True, slots=True)
class Clash:
    """A rule, or a text, that others changed too: what they did, and what this change does, each to what was there.

    Of a text `then`, `now` and `wanted` are its words; of a rule `theirs` and `ours` are the fields that differ.
    """

    name: str
    title: str
    by: str
    noun: str
    then: str | None
    now: str | None
    wanted: str | None
    theirs: Sequence[FieldReading] | None = None
    ours: Sequence[FieldReading] | None = None


def clash_of(moved: Moved) -> Clash:
    """How a conflict reads."""
    clash = Clash(moved.rule, moved.rule, moved.by, moved.noun, moved.then, moved.now, moved.wanted)
    if moved.rules is None:
        return clash
    then, now, wanted = moved.rules
    title = next((str(rule["title"]) for rule in (now, then, wanted) if rule and rule.get("title")), moved.rule)
    return replace(clash, title=title, theirs=_between(moved.rule, then, now), ours=_between(moved.rule, then, wanted))


def _between(name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[FieldReading]:
    if after is None:
        return []
    return [differing(field) for field in _edited({**after, "id": name}, before)]


def _cards(told: Mapping[str, Any]) -> Cards:
    counts = [(told[part], does) for part, does in (("added", "新增"), ("edited", "修改"), ("retired", "停用"))]
    said = [f"{does} {len(rules)} 条规则" for rules, does in counts if rules]
    if told["settings"]:
        said.append(f"改了 {len(told['settings'])} 项设置")
    rules = [*told["added"], *told["edited"], *told["retired"], *told["settings"]]
    shown = []
    for one in _in_order(told):
        shown.append(one)
        if len(shown) == MOST:
            break
    files = told["files"] if not rules else ()
    titles = {one["rule"]: str(one["title"] or one["rule"]) for one in rules if "rule" in one}
    return Cards("，".join(said), shown, len(rules) - len(shown), titles, files)


def _in_order(told: Mapping[str, Any]) -> Iterator[Card]:
    for one in told["added"]:
        yield Card("新增", "go", one["title"], one["rule"], whole(one["text"]))
    for one in told["edited"]:
        yield Card("修改", "lead-on", one["title"], one["rule"], [differing(field) for field in one["fields"]])
    for one in told["retired"]:
        yield Card("停用", "stop", one["title"], one["rule"], whole(one["text"], is_gone=True))
    for one in told["settings"]:
        before, after = plainly(one["field"], one["before"]), plainly(one["field"], one["after"])
        field = FieldReading(called(one["field"]), listed([after]), listed([before]), is_long=True)
        yield Card("设置", "lead-on", one["file"], None, [field])


def _named(rule: Mapping[str, Any], known: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    name = str(rule.get("id"))
    return {"rule": name, "title": str(known.get("title") or name), **more}


def _text(files: RuleFiles, name: str) -> Mapping[str, Any]:
    return files.rules[name].data if name in files.rules else {"id": name}


def _fields(rule: Mapping[str, Any], then: RuleFiles) -> Iterator[dict[str, Any]]:
    stored = then.rules.get(str(rule.get("id")))
    return _edited(rule, stored.data if stored else None)


def _edited(rule: Mapping[str, Any], stood: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
    """What an edit changes of a rule; all of it where the rule was not there."""
    before, kind = stood or {}, kind_of_rule(str(rule.get("id")))
    own = {"effective": before["effective"]} if "effective" in before else {}
    after = {**own, **{field: value for field, value in rule.items() if field != "effective" or value is not None}}
    try:
        yield from rule_difference(
            *(StoredRule(str(rule.get("id")), kind, "", (), 0, data) for data in (before, after))
        )
    except ValidationError:  # there is none to compare with, or it is of a shape that rules had once
        for field in dict.fromkeys((*before, *after)):
            if before.get(field) != after.get(field) and field != "id":
                yield {"field": field, "before": before.get(field), "after": after.get(field)}
