"""A new rule, or another text of one, written into a form and kept as a draft."""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from app.console.frame.forms import Form
from app.console.frame.rendering import FieldError, Pages
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import Visitor, require
from app.console.rules.drafts import (
    Target,
    change_in,
    draft_errors,
    drafts_of,
    new_id,
    rule_errors,
    save,
    with_rule,
    without_words,
)
from app.console.rules.example_groups import groups_of
from app.console.rules.fields import FIELDS, Fields, Pair
from app.console.rules.form_tries import FormTries, TriedForm
from app.console.rules.tries import Given, given_of
from app.console.rules.words import (
    ACTION_CHOICES,
    FORCE_CHOICES,
    KINDS,
    choices_of,
    condition_words,
    fact_words,
    family_words,
    near_words,
)
from app.errors import Forbidden, NotFound, RequestConflict
from app.lexicon.drafts import Change
from app.lexicon.files import Kind, RuleFiles, kind_of_rule
from app.lexicon.labels import FIELDS as LABELS
from app.lexicon.lint import lint
from app.lexicon.merging import Merged, merged
from app.lexicon.problems import ChangeRefused, errors
from app.parts import Parts
from app.records import Role
from guards.lexicon.scope import china_today
from guards.policy import Institution

_CHANGED = (
    "这条规则在您打开以后又有人改过。请先在规则页上看看现在的内容；如果确定用您填的内容代替，请再按一次“保存为草稿”。"
)
_TAKEN = "这个草稿里已经改过这条规则。请换一个草稿，或者在草稿里打开这条规则接着改。"
_NO_FAMILY = "unknown"
_NOTHING = "还什么也没有改。请先改好要改的地方，再保存。"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is edited: a rule as it is, in force or in the draft `opened`; a new one has no `id` yet.

    `now`: the rule in force, beside a draft; `merged`: where others have changed it since that draft was made. `seen`:
    the digest of what a form that comes back was filled in beside.
    """

    id: str
    data: Mapping[str, Any]
    kind: Kind
    is_known: bool
    opened: str = ""
    merged: Merged | None = None
    now: Mapping[str, Any] | None = None
    seen: str = ""

    @property
    def shown(self) -> Mapping[str, Any]:
        """What the form begins with: the draft, with what others changed of the rule since."""
        return self.merged.rule if self.merged else self.data

    @property
    def digest(self) -> str:
        """Changes when the rule does."""
        told = json.dumps([self.data, self.now], sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form as it stands."""

    fields: Fields
    target: Target
    family: str = ""
    name: str = ""


_NEW = Subject("", {}, Kind.PHRASE, is_known=False)


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this page."""
    routes = page_routes(pages)
    editor, tries = Depends(require(parts, Role.EDITOR)), FormTries(parts)

    async def shown(
        request: Request,
        visitor: Visitor,
        subject: Subject,
        sheet: Sheet,
        errors: Sequence[FieldError] = (),
        given: Given | None = None,
        tried: TriedForm | None = None,
    ) -> Response:
        files = await parts.lifecycle.rules()
        facts = {name: fact.label for name, fact in parts.vocabulary.facts.items()}
        pairs = [*sheet.fields.pairs]
        if all(not pair.is_empty for pair in pairs):
            pairs.append(Pair(1 + max((pair.index for pair in pairs), default=-1)))
        return await pages.page(
            request,
            "rule_form.html",
            visitor,
            here="/rules",
            status=422 if errors else 200,
            subject=subject,
            sheet=replace(sheet, fields=replace(sheet.fields, pairs=pairs)),
            errors=errors,
            given=given or _given(subject),
            tried=tried,
            opens_pairs=any((error.field or "").startswith("near-") for error in errors),
            drafts=await drafts_of(parts, visitor),
            families=_families(files),
            groups=groups_of(subject.data.get("examples") or {}, files.lexicon().numbers.fact_sets, facts),
            **_words(subject, facts),
        )

    async def done(request: Request, visitor: Visitor, subject: Subject, sheet: Sheet, form: Form) -> Response:
        """The form again, with one more pair in it or with what came of a sentence; nothing is kept."""
        if form.text("do") != "try":
            return await shown(request, visitor, subject, _with_pair(sheet))
        given = replace(given_of(form), rule=subject.id)
        rule = {"id": subject.id, **sheet.fields.rule(subject.data, subject.kind)}
        if not subject.id:
            files = await parts.lifecycle.rules()
            family = sheet.family if sheet.family in dict(_families(files)) else _NO_FAMILY
            rule["id"] = new_id(family, "", files.rules)
        tried, errors = await tries.run(given, rule, sheet.fields, is_known=subject.is_known)
        if request.headers.get("hx-request"):
            return pages.alone(request, "rule_form_tried.html", errors=errors, tried=tried, given=given)
        return await shown(request, visitor, subject, sheet, errors, given, tried)

    @routes.get("/rules/new")
    async def ask(
        request: Request, visitor: Annotated[Visitor, editor], family: str = "", draft: str = "", phrase: str = ""
    ) -> Response:
        fields = Fields.of_rule({}).with_phrase(phrase)
        return await shown(request, visitor, _NEW, Sheet(fields, Target(draft, "", ""), family))

    @routes.post("/rules/new")
    async def make(request: Request, visitor: Annotated[Visitor, editor]) -> Response:
        form = await Form.of(request)
        sheet = _sheet(form)
        if form.text("again"):
            return await shown(request, visitor, _NEW, sheet)
        if form.text("do"):
            return await done(request, visitor, _NEW, sheet, form)
        family = form.text("family") or form.text("new_family")
        if not family:
            missing = FieldError("family", "请选规则类，或者写一个新的。")
            return await shown(request, visitor, _NEW, sheet, [missing, *await _wrong(parts, sheet)])
        rules = (await parts.lifecycle.rules()).rules
        subject = replace(_NEW, id=new_id(family, sheet.name, rules))
        kept = await _kept(parts, visitor, subject, sheet)
        if isinstance(kept, str):
            return to(request, f"/changes/{kept}", "saved")
        return await shown(request, visitor, _NEW, sheet, kept)

    @routes.get("/rules/{identity}/edit")
    async def open_(
        request: Request, identity: str, visitor: Annotated[Visitor, editor], draft: str = "", phrase: str = ""
    ) -> Response:
        subject = await _subject(parts, identity, draft)
        fields = Fields.of_rule(subject.shown).with_phrase(phrase)
        return await shown(request, visitor, subject, Sheet(fields, Target(draft, "", "")))

    @routes.post("/rules/{identity}/edit")
    async def change(request: Request, identity: str, visitor: Annotated[Visitor, editor]) -> Response:
        form = await Form.of(request)
        sheet = _sheet(form)
        subject = await _subject(parts, identity, form.text("opened"))
        beside = replace(subject, seen=form.text("digest"))
        if form.text("again"):
            return await shown(request, visitor, beside, sheet)
        if form.text("do"):
            return await done(request, visitor, beside, sheet, form)
        if form.text("digest") != subject.digest:
            return await shown(request, visitor, subject, sheet, [FieldError(None, _CHANGED)])
        kept = await _kept(parts, visitor, subject, sheet)
        if isinstance(kept, str):
            return to(request, f"/changes/{kept}", "saved")
        return await shown(request, visitor, subject, sheet, kept)

    return routes


async def _kept(parts: Parts, visitor: Visitor, subject: Subject, sheet: Sheet) -> str | list[FieldError]:
    """The id of the draft in which the rule stands now, or what is wrong."""
    rule = sheet.fields.rule(subject.data, subject.kind)
    rule = {"id": subject.id, **rule}
    if subject.data and rule == subject.data and subject.merged is None:
        return [FieldError(None, _NOTHING)]
    target = sheet.target
    place = ""
    try:
        known = await change_in(parts, target.id)
        if subject.id in known.touches and target.id != subject.opened:
            return [FieldError("draft", _TAKEN)]
        body, place = with_rule(known, rule, is_known=subject.is_known)
        return await save(parts, visitor, target, body, subject.id)
    except ChangeRefused as refused:
        told = rule_errors(refused, place, sheet.fields, FIELDS[subject.kind])
        return [*without_words(sheet.fields, subject.kind, told), *told]
    except (NotFound, Forbidden, RequestConflict) as refused:
        return draft_errors(refused)


async def _wrong(parts: Parts, sheet: Sheet) -> list[FieldError]:
    """What else is wrong with a rule of which nobody knows yet what family it is of."""
    speaker, files = parts.wording.institution, await parts.lifecycle.rules()
    rule = {"id": new_id(_NO_FAMILY, sheet.name, files.rules), **sheet.fields.rule({}, _NEW.kind)}
    institution = Institution(speaker.full_name, speaker.hotline)
    body, place = with_rule(Change(), rule, is_known=False)
    found = await asyncio.to_thread(
        lint, files, {"title": "", **body}, since=china_today(), institution=institution, is_judged=False
    )
    told = rule_errors(ChangeRefused(errors(found)), place, sheet.fields, FIELDS[_NEW.kind])
    return [*without_words(sheet.fields, _NEW.kind, told), *told]


async def _subject(parts: Parts, identity: str, draft: str) -> Subject:
    """The rule of this id, in the draft or in force. Raises NotFound."""
    stored = (await parts.lifecycle.rules()).rules.get(identity)
    is_known, kind = stored is not None, kind_of_rule(identity)
    if draft:
        dossier = await parts.lifecycle.get(draft)
        if (own := _in(dossier.change, identity)) is not None:
            base = (await parts.lifecycle.rules(dossier.record.based_on)).rules.get(identity)
            is_moved = base is not None and stored is not None and base.data != stored.data
            both = merged(base.data, own, stored.data) if base and stored and is_moved else None
            return Subject(identity, own, kind, is_known, draft, both, stored.data if stored else None)
    if stored is None:
        raise NotFound("没有这条规则，可能已经停用了。(there is no such rule)")
    return Subject(identity, stored.data, stored.kind, is_known)


def _given(subject: Subject) -> Given:
    """An empty box to try in; what must be said is asked of a whole script."""
    return Given(rule=subject.id, stage="") if subject.kind is Kind.DISCLOSURE else Given(rule=subject.id)


def _in(change: Change, identity: str) -> Mapping[str, Any] | None:
    return next((rule for _, rule in change.rules() if rule.get("id") == identity), None)


def _sheet(form: Form) -> Sheet:
    target = Target(form.text("draft"), form.text("change_title"), form.text("comment"))
    family = form.text("family") or form.text("new_family")
    return Sheet(Fields.of_form(form), target, family, form.text("name"))


def _with_pair(sheet: Sheet) -> Sheet:
    pairs = sheet.fields.pairs
    more = Pair(1 + max((pair.index for pair in pairs), default=-1))
    return replace(sheet, fields=replace(sheet.fields, pairs=[*pairs, more]))


def _families(files: RuleFiles) -> list[tuple[str, str]]:
    """The families to which officers may add."""
    written = (rule.id for rule in files.rules.values() if rule.kind in (Kind.PHRASE, Kind.DISCLOSURE))
    return [(name, family_words(name)) for name in dict.fromkeys(each.partition(".")[0] for each in written)]


def _words(subject: Subject, facts: Mapping[str, str]) -> dict[str, Any]:
    """What the page says about a rule beside the fields."""
    waived = condition_words(subject.data.get("unless_fact"), facts)
    stated = subject.data.get("stating") or ()
    return {
        "asked": FIELDS[subject.kind],
        "kind": KINDS[subject.kind],
        "actions": ACTION_CHOICES,
        "forces": FORCE_CHOICES,
        "options": {name: choices_of(name) for name in ("scenarios", "channels", "stages", "callees")},
        "waived": [*waived, *(f"这句或下一句还要说出：{fact_words(name, facts)}" for name in stated)],
        "near_words": near_words,
        "both": [LABELS.get(name.partition(".")[0], name) for name in subject.merged.both] if subject.merged else [],
    }
