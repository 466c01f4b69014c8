"""Two changes of one rule: which rule, who else changed it, and how it read then and reads now."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.errors import FieldProblem, RequestConflict
from app.lexicon.drafts import Change
from app.lexicon.files import RuleFiles
from app.lexicon.notation import sparse, written_rule
from app.lexicon.problems import Problem, Severity
from app.records import ChangeRecord

_LONGEST = 2_000
"""Characters of a rule's text; a rule may hold many thousands of words."""
_NONE = "（没有这条{}）"
_Rule = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A rule, or a text, that a change touches and that reads otherwise than when the change was made.

    `noun`: what officers call it. `by` says who changed it, or is about to; `then`, `now` and `wanted` are its text,
    None where there is none. `rules`: the same three as rules in the contract's shape; None where it is no rule.
    """

    rule: str
    by: str
    then: str | None
    now: str | None
    wanted: str | None
    noun: str = "规则"
    rules: tuple[_Rule, _Rule, _Rule] | None = field(default=None, compare=False, repr=False)

    @property
    def called(self) -> str:
        """What officers call it: a rule by its title."""
        title = next((rule["title"] for rule in (self.rules or ())[1::-1] if rule and rule.get("title")), None)
        return f"“{title}”（{self.rule}）" if title else f"“{self.rule}”"

    def as_problem(self) -> Problem:
        """A warning for whoever reads the change."""
        return Problem(
            code="moved_rule",
            severity=Severity.WARNING,
            rule=self.rule,
            message=f"{self.noun}{self.called}在这个变更写成以后{self.by}里改过了，现在批准会被拒绝。请对照现行{self.noun}重新修改。",
            english=f"{self.rule} was changed since this change was made",
        )

    def told(self) -> Iterator[FieldProblem]:
        """The rule and its texts, as fields of an error."""
        message = f"{self.noun}{self.called}{self.by}里也改了，请对照两边的写法重新修改。(somebody else changed it too)"
        yield FieldProblem(self.rule, message)
        for name, label, text in (
            ("then", "改动时的写法 (text then)", self.then),
            ("now", "另一边的写法 (text now)", self.now),
            ("wanted", "这个变更的写法 (text wanted)", self.wanted),
        ):
            yield FieldProblem(f"{self.rule}:{name}", f"{label}：\n{text or _NONE.format(self.noun)}")


class RulesMoved(RequestConflict):
    """Somebody else changed what this change touches; `fields` has both texts of each rule."""

    def __init__(self, moved: Iterable[Moved], noun: str = "规则") -> None:
        self.moved = tuple(moved)
        detail = f"别人也改了同样的{noun}，两边不能都算数。(another change touches the same)"
        super().__init__(detail, [field for one in self.moved for field in one.told()])


def touched(change: Change) -> dict[str, _Rule]:
    """Every rule that a change adds, edits or retires, as it wants it to be; None where it retires it."""
    wanted: dict[str, _Rule] = {str(rule.get("id")): rule for _, rule in change.rules()}
    return wanted | dict.fromkeys(change.retires)


def moved_since(change: Change, then: RuleFiles, now: RuleFiles, number: int) -> list[Moved]:
    """The rules of a change that read otherwise in what is in force, revision `number`, than when it was made."""
    found = []
    for rule, wanted in touched(change).items():
        old, new = then.rules.get(rule), now.rules.get(rule)
        before, after = old.data if old else None, new.data if new else None
        if before != after:
            found.append(_moved(rule, f"到第 {number} 版", before, after, wanted))
    return found


def also_waiting(change: Change, others: Iterable[tuple[ChangeRecord, Change]], now: RuleFiles) -> list[Moved]:
    """The rules of a change that another change touches too, which is approved and waits for its time."""
    wanted = touched(change)
    found = []
    for record, other in others:
        for rule, to_be in touched(other).items():
            if rule in wanted:
                known = now.rules.get(rule)
                by = f"在已批准、待生效的变更 {record.id}（{record.title}）"
                found.append(_moved(rule, by, known.data if known else None, to_be, wanted[rule]))
    return found


def is_carried_over(before: Iterable[Moved], after: Iterable[Moved], seen: Collection[str] = ()) -> bool:
    """Whether an edited change wants, of something that others changed, just what it wanted before it was edited.

    Whoever edits something else has not looked at what others changed, but at what is among `seen`.
    """
    known = [_wanted(one) for one in before]
    return any(_wanted(one) in known for one in after if one.rule not in seen)


def _wanted(moved: Moved) -> tuple[str, object]:
    return moved.rule, moved.rules[2] if moved.rules else moved.wanted


def all_between(then: RuleFiles, now: RuleFiles, number: int) -> list[Moved]:
    """Every rule that differs, for a change that puts whole files in place."""
    names = dict.fromkeys((*then.rules, *now.rules))
    return moved_since(Change(retires=tuple(names)), then, now, number)


def _moved(rule: str, by: str, then: _Rule, now: _Rule, wanted: _Rule) -> Moved:
    return Moved(rule, by, _text(then), _text(now), _text(wanted), rules=(then, now, wanted))


def _text(rule: _Rule) -> str | None:
    if rule is None:
        return None
    text = "\n".join(written_rule(sparse(rule), 0))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
