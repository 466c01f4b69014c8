"""Drafts that a form makes or adds to, and what is wrong with them, each beside its field."""

import asyncio
import secrets
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from app.console.frame.forms import JUST_NOW, legible
from app.console.frame.rendering import FieldError, in_chinese
from app.console.frame.visitors import Visitor
from app.console.rules.fields import FIELDS, Fields, field_of
from app.console.rules.titles import automatic_title
from app.console.rules.words import plainly
from app.errors import Forbidden, NotFound, RequestConflict
from app.lexicon.drafts import Change
from app.lexicon.files import Kind
from app.lexicon.problems import ChangeRefused, Problem
from app.parts import Parts
from app.records import ChangeState, utc_now

_TURNS: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()
"""Who of each service is making a draft now."""
_EMPTY = frozenset({"empty", "empty_list", "missing_field"})
_NO_WORDS = "请至少写一个说法、一组成对词，或者一条正则。"
_MOST_TITLE, _MOST_COMMENT = 200, 2_000
_ASKED = {
    "title": "请写标题。",
    "reason": "请写原因：命中时给审查的人看的一句话。",
    "law": "请写依据的名称：哪部法律、规定，或者“本机构规定”。",
    "force": "请选依据的效力。",
    "hits": "请至少写一句应当命中的例句。",
    "misses": "请至少写一句不该命中的例句：看着像，其实没有问题。",
    "from": "请写生效日。",
}
"""What is said of a field that is left empty."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a change is to go: into the draft `id`, or into a new one with this title and comment."""

    id: str
    title: str
    comment: str


async def drafts_of(parts: Parts, visitor: Visitor) -> list[tuple[str, str]]:
    """The drafts that a visitor may add to, for a select."""
    page = await parts.headlines.page(subject="lexicon", state=ChangeState.DRAFT, author=visitor.name, limit=30)
    return [(one.id, one.title or "（没有标题的草稿）") for one in page]


async def change_in(parts: Parts, identity: str) -> Change:
    """What stands in a draft so far; nothing in a new one. Raises UnknownChange."""
    return (await parts.lifecycle.get(identity)).change if identity else Change()


def with_rule(change: Change, rule: Mapping[str, Any], *, is_known: bool) -> tuple[dict[str, Any], str]:
    """The parts of the change with the rule in them, and the rule's place there."""
    parts = {name: list(value) for name, value in change.as_json().items() if name != "title"}
    parts["retires"] = [name for name in parts["retires"] if name != rule["id"]]
    for part in ("adds", "edits"):
        for index, each in enumerate(parts[part]):
            if each.get("id") == rule["id"]:
                parts[part][index] = rule
                return parts, f"{part}.{index}"
    part = "edits" if is_known else "adds"
    parts[part].append(rule)
    return parts, f"{part}.{len(parts[part]) - 1}"


def without_rule(change: Change, rule: str) -> dict[str, Any]:
    """The parts of the change, by which the rule is taken out."""
    parts = {name: list(value) for name, value in change.as_json().items() if name != "title"}
    for part in ("adds", "edits"):
        parts[part] = [each for each in parts[part] if each.get("id") != rule]
    return {**parts, "retires": list(dict.fromkeys([*parts["retires"], rule]))}


async def save(parts: Parts, visitor: Visitor, target: Target, body: Mapping[str, Any], rule: str) -> str:
    """Keep the change; its id. A title that nobody wrote goes with what is in the change. `rule`: the one looked at.

    Raises what `Lifecycle.draft` and `edit` do.
    """
    masked = parts.policy.current.personal_data.masked
    comment = masked(legible(target.comment, lines=True)[:_MOST_COMMENT])
    rules = (await parts.lifecycle.rules()).rules

    def automatic(change: Change) -> str:
        return masked(legible(automatic_title(change, rules)))[:_MOST_TITLE]

    if target.id:
        known = (await parts.lifecycle.get(target.id)).change
        if known.title in ("", automatic(known)):
            body = {**body, "title": automatic(Change.parse({**known.as_json(), **body}))}
        kept = await parts.lifecycle.edit(target.id, body, visitor.name, seen={rule})
        if comment:
            await parts.lifecycle.comment(target.id, visitor.name, comment)
        return kept.record.id
    title = masked(legible(target.title))[:_MOST_TITLE] or automatic(Change.parse({"title": "", **body}))
    made = Change.parse({**body, "title": title})
    turn = _TURNS.setdefault((id(parts.lifecycle), visitor.name), asyncio.Lock())
    async with turn:  # a button that is pressed twice makes one draft
        return (
            await _just_made(parts, visitor, made, comment)
            or (await parts.lifecycle.draft(made, visitor.name, comment)).record.id
        )


async def _just_made(parts: Parts, visitor: Visitor, made: Change, comment: str) -> str | None:
    """The draft of a moment ago that says the same."""
    for newest in await parts.headlines.page(subject="lexicon", state=ChangeState.DRAFT, author=visitor.name, limit=1):
        known = await parts.lifecycle.get(newest.id)
        is_same = known.record.comment == comment and _nameless(known.change) == _nameless(made)
        if is_same and utc_now() - known.record.created_at < JUST_NOW:
            return newest.id
    return None


def _nameless(change: Change) -> dict[str, Any]:
    """A change without the ids of its new rules, which may be made up."""
    told = change.as_json()
    return {**told, "adds": [{**rule, "id": None} for rule in told["adds"]]}


def draft_errors(refused: NotFound | Forbidden | RequestConflict) -> list[FieldError]:
    """Why nothing can be added to a draft, beside the field in which it was chosen."""
    return [FieldError("draft", in_chinese(refused.detail))]


def rule_errors(refused: ChangeRefused, place: str, sent: Fields, shown: Iterable[str]) -> list[FieldError]:
    """What is wrong with the rule at this place of the change; what is wrong elsewhere is of the form as a whole."""
    errors = []
    fields = {*shown, "name"}
    for problem in refused.problems:
        path = (problem.field or "").split(".")
        field = field_of(path[2:], sent) if ".".join(path[:2]) == place else None
        if problem.code == "no_words":
            field = "phrases"
        known = field if field in fields or (field or "").startswith(("near-", "hits-", "misses-")) else None
        for told in (FieldError(known, _told(problem, known, path)), *_caused(problem, place, sent, fields)):
            if told not in errors:
                errors.append(told)
    return errors


def _caused(problem: Problem, place: str, sent: Fields, shown: Container[str]) -> Iterator[FieldError]:
    """The same beside the word that brings it about."""
    path = problem.cause[0].split(".") if problem.cause else []
    field = field_of(path[2:], sent) if problem.cause and ".".join(path[:2]) == place else None
    if problem.cause and field and (field in shown or field.startswith("near-")):
        yield FieldError(field, f"{problem.cause[1]}会命中不该命中的例句“{(problem.word or '')[:40]}”。")


def without_words(fields: Fields, kind: Kind, told: Sequence[FieldError]) -> list[FieldError]:
    """That nothing says what a rule finds: a shape with other faults is not asked about it."""
    written = any(fields.texts[name] for name in ("phrases", "patterns"))
    written = written or any(not pair.is_empty for pair in fields.pairs)
    if written or "near" not in FIELDS[kind] or any(error.field == "phrases" for error in told):
        return []
    return [FieldError("phrases", _NO_WORDS)]


def _told(problem: Problem, field: str | None, path: Sequence[str]) -> str:
    if problem.code == "no_words":
        return _NO_WORDS
    if problem.code in _EMPTY and field in _ASKED and not path[-1].isdecimal():
        return _ASKED[field]
    if problem.code in _EMPTY and (field or "").startswith("near-"):
        return "这一组成对词没有写全：前词、后词都要写。"
    told = plainly(problem.message)
    if problem.word and problem.word not in told:
        told = f"“{problem.word[:40]}”：{told}"
    return told if field or not problem.rule or problem.rule in told else f"{problem.rule}：{told}"


def new_id(family: str, name: str, known: Iterable[str]) -> str:
    """The id of a new rule: one is made up where an officer gave no name."""
    if name:
        return f"{family}.{name}"
    taken = set(known)
    made = (f"{family}.rule_{secrets.token_hex(3)}" for _ in range(20))
    return next(each for each in made if each not in taken)
