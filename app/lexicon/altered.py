"""Which rules judge differently in two states of the lexicon, and all that is needed to judge texts by these alone."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

from guards.lexicon.disclosures import DisclosureRule
from guards.lexicon.gates import GateSettings
from guards.lexicon.numbers import NumberRule
from guards.lexicon.reader import Lexicon
from guards.lexicon.roles import FigureRoles
from guards.lexicon.rules import Effective, Family, PhraseRule
from guards.policy import Institution
from guards.text.folding import Folding
from guards.text.numerals import NUMERAL_CHARACTERS
from guards.types import Action

R = TypeVar("R", PhraseRule, DisclosureRule, NumberRule)
Rule = PhraseRule | DisclosureRule | NumberRule
Counts = Callable[[Rule], bool]
"""Whether a rule is judged by."""
_BESIDE = frozenset({"title", "reason", "suggest", "source", "examples"})
"""Fields that no text is judged by."""
_BY_ROLES = frozenset({"number.ungrounded", "number.wrong_role", "number.unread"})
"""What is found by the words that name a figure."""
_FOLDINGS = ("folding", "homophones", "near_sounds", "look_alikes", "initials", "only_in_disguise")
_ALWAYS = Effective.model_validate({"from": date.min})
_NEVER = Effective.model_validate({"from": date.max})
# What is neither: characters that are no numerals and become none when they are folded.
_MAY_BE_NUMERAL = re.compile(
    f"[^\u4e00-\u9fff]|[{NUMERAL_CHARACTERS}点半零幺壹贰叁肆伍陆柒捌玖拾佰仟貳參陸萬億點兩弌弍弎廿卅]"
)
_NUMERALS = PhraseRule.model_validate(
    {
        "id": "beside.numerals",
        "title": "other rules' numerals",
        "action": "observe",
        "phrases": ["靐齉爩麤"],
        "reason": "none",
        "source": {"law": "none", "force": "policy"},
        "effective": {"from": "2000-01-01"},
        "examples": {"hits": ["none"], "misses": ["none"]},
    }
)


@dataclass(frozen=True, slots=True)
class Side:
    """The altered rules as they are on one side, for a judge of their own; `numbers` are all rules on numbers, with the
    `roles` that they judge by, or none.

    Rules hold always here: whether they are in force was decided. `titles`: what officers call each.
    """

    families: tuple[Family, ...]
    disclosures: tuple[DisclosureRule, ...]
    numbers: tuple[NumberRule, ...]
    roles: FigureRoles | None
    titles: dict[str, str]

    @property
    def needs_facts(self) -> bool:
        """Whether a fact of the case may decide."""
        phrases = chain.from_iterable(family.rules for family in self.families)
        return bool(
            self.numbers
            or any(rule.unless_fact for rule in phrases)
            or any(rule.states or rule.only_if_fact for rule in self.disclosures)
        )


@dataclass(frozen=True, slots=True)
class Altered:
    """The rules that judge differently, by id, before and after.

    `stricter`: the side that stops whatever the other stops, if one is known to.
    `unheard`: changed rules that no text tells anything of, such as the hours in which may be called.
    """

    rules: frozenset[str]
    before: Side
    after: Side
    institution: Institution
    stricter: Literal["before", "after"] | None = None
    unheard: tuple[str, ...] = ()


def altered_rules(
    before: Lexicon | None, after: Lexicon, institution: Institution, day: date, *, ever: bool = False
) -> Altered:
    """What differs; of no `before`, everything. `institution`: who speaks on both sides.

    A rule is judged as it will be on `day`, or on the day on which the last of the changed rules comes into force if
    that is later: what begins next month is looked at today. One that is in force and would begin anew later is
    looked at as it will be until then: out of force. `ever`: a rule counts that is in force on any later day.
    """
    phrases = _changed(_owned(before), _owned(after), _is_same_owned)
    disclosures = _changed(_by_id(before.disclosures if before else ()), _by_id(after.disclosures), _is_same)
    numbers = _changed(_by_id(before.numbers.rules if before else ()), _by_id(after.numbers.rules), _is_same)
    roles = _changed_roles(before, after)
    if roles:  # by another word the same figure has another role, or none that can be derived or left unread
        numbers += [rule.id for rule in after.numbers.rules if rule.id in _BY_ROLES and rule.id not in numbers]
    rules = frozenset((*phrases, *disclosures, *numbers, *roles))
    running = {rule.id for rule in _all(before) if rule.effective.covers(day)} if before and not ever else set()
    paused = {rule.id for rule in _all(after) if rule.id in rules & running and rule.effective.since > day}
    judged = max([day, *(rule.effective.since for rule in _all(after) if rule.id in rules - paused)])

    def counts(rule: Rule) -> bool:
        if ever:
            return rule.effective.until is None or rule.effective.until >= day
        return rule.effective.covers(day if rule.id in paused else judged)

    return Altered(
        rules,
        _side(before, rules, counts) if before else Side((), (), (), None, {}),
        _side(after, rules, counts),
        institution,
        _stricter(_owned(before), _owned(after), phrases) if not (disclosures or numbers) else None,
        _unheard(before, after),
    )


def _changed_roles(before: Lexicon | None, after: Lexicon) -> list[str]:
    """The roles that name figures otherwise."""
    new = {role.id: role for role in after.roles.roles}
    old = {role.id: role for role in before.roles.roles} if before else {}
    return _changed(old, new, _is_same)


def _all(lexicon: Lexicon) -> Iterator[Rule]:
    yield from lexicon.phrase_rules()
    yield from lexicon.disclosures
    yield from lexicon.numbers.rules


def _owned(lexicon: Lexicon | None) -> dict[str, tuple[Family, PhraseRule]]:
    return {rule.id: (family, rule) for family in (lexicon.families if lexicon else ()) for rule in family.rules}


def _by_id(rules: Iterable[R]) -> dict[str, R]:
    return {rule.id: rule for rule in rules}


def _changed(old: dict[str, Any], new: dict[str, Any], is_same: Callable[[Any, Any], bool]) -> list[str]:
    return [name for name in {**old, **new} if name not in old or name not in new or not is_same(old[name], new[name])]


def _is_same_owned(old: tuple[Family, PhraseRule], new: tuple[Family, PhraseRule]) -> bool:
    return _is_same(old[1], new[1]) and all(getattr(old[0], name) == getattr(new[0], name) for name in _FOLDINGS)


def _is_same(old: BaseModel, new: BaseModel) -> bool:
    if old is new:
        return True
    names = type(old).model_fields.keys() - _BESIDE
    return all(getattr(old, name) == getattr(new, name) for name in names)


def _stricter(
    before: dict[str, tuple[Family, PhraseRule]], after: dict[str, tuple[Family, PhraseRule]], rules: Iterable[str]
) -> Literal["before", "after"] | None:
    """The side on which each of the phrase rules stops at least what it stops on the other."""
    for side, old, new in (("after", before, after), ("before", after, before)):
        if all(name not in old or (name in new and _is_stricter(old[name], new[name])) for name in rules):
            return "after" if side == "after" else "before"
    return None


def _is_stricter(old: tuple[Family, PhraseRule], new: tuple[Family, PhraseRule]) -> bool:
    """Whether the new form has all words of the old one and no exception more, and is the same otherwise."""
    (family, less), (other, more) = old, new
    listed = {"phrases": [*more.phrases], "exceptions": [*less.exceptions], "action": more.action}
    # With other numerals among the words texts are read otherwise.
    differing = {*less.phrases} ^ {*more.phrases} | {*less.exceptions} ^ {*more.exceptions}
    return (
        {*less.phrases} <= {*more.phrases}
        and {*more.exceptions} <= {*less.exceptions}
        and (less.severity <= Action.ALLOW or more.severity > Action.ALLOW)
        and not any(_MAY_BE_NUMERAL.search(word) for word in differing)
        and _is_same_owned((family, less.model_copy(update=listed)), (other, more.model_copy(update=listed)))
    )


def _side(lexicon: Lexicon, rules: frozenset[str], counts: Counts) -> Side:
    families = []
    for family in lexicon.families:
        if own := list(_in_force((rule for rule in family.rules if rule.id in rules), counts)):
            families.append(family.model_copy(update={"rules": own}))
    if tight := next((family for family in families if family.folding is Folding.TIGHT), None):
        families += _numerals_of_others(lexicon, rules, tight)
    numbers: tuple[NumberRule, ...] = ()
    if any(rule.id in rules for rule in lexicon.numbers.rules):
        numbers = tuple(
            rule.model_copy(update={"effective": _ALWAYS if counts(rule) else _NEVER}) for rule in lexicon.numbers.rules
        )
    return Side(
        tuple(families),
        tuple(_in_force((rule for rule in lexicon.disclosures if rule.id in rules), counts)),
        numbers,
        lexicon.roles if numbers else None,
        {rule.id: rule.title for rule in (*_all(lexicon), *lexicon.roles.roles) if rule.id in rules},
    )


def _in_force(rules: Iterable[R], counts: Counts) -> Iterator[R]:
    # Not by the day of a recorded call: the question is what would be said of it now.
    return (rule.model_copy(update={"effective": _ALWAYS}) for rule in rules if counts(rule))


def _numerals_of_others(lexicon: Lexicon, rules: frozenset[str], like: Family) -> Iterator[Family]:
    """A rule that stops nothing and holds the numerals of all others.

    Which numerals a text is searched with depends on those in the words of every rule, so the altered ones alone would
    not find all that they find among the others.
    """
    words: dict[str, None] = {}
    for family in lexicon.families:
        if family.folding is Folding.TIGHT:
            for rule in family.rules:
                if rule.id not in rules:
                    pairs = chain.from_iterable((*near.words, *near.with_) for near in rule.near)
                    listed = (*rule.phrases, *pairs, *rule.exceptions)
                    words.update((word, None) for word in listed if _MAY_BE_NUMERAL.search(word))
    if words:
        # In the disguises of another family, so that both are looked for in one go.
        yield like.model_copy(
            update={"family": "beside", "rules": [_NUMERALS.model_copy(update={"exceptions": list(words)})]}
        )


def _unheard(before: Lexicon | None, after: Lexicon) -> tuple[str, ...]:
    old = {rule.id: rule for rule in before.gates.gates} if before else {}
    changed = tuple(rule.id for rule in after.gates.gates if rule.id not in old or not _is_same(old[rule.id], rule))
    is_same = before is not None and all(
        getattr(before.gates, name) == getattr(after.gates, name) for name in GateSettings.model_fields
    )
    return changed or (() if is_same else ("gates",))
