"""Forms that make a draft of other words: one text edited, another put beside it, or one taken out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from app.approved.skeleton import MAX_CHARACTERS
from app.console.frame.forms import Form
from app.console.frame.rendering import FieldError, Pages, in_chinese
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import Visitor, require
from app.console.wording.lines import LineId, known_line, line_context
from app.errors import RequestError
from app.lexicon.catalogue import Line
from app.lexicon.problems import ChangeRefused
from app.lexicon.register import Dossier
from app.lexicon.rewording import Rewording
from app.lexicon.wording_lint import sayable_slots
from app.parts import Parts
from app.records import ChangeState, Role

_SHORT = 20
"""Characters of a text that the title of its draft repeats."""
_LONGEST_TITLE, _LONGEST_COMMENT = 200, 1_000
_MOST_DRAFTS = 50


class Step(StrEnum):
    """What becomes of a text."""

    EDIT = "edit"
    ADD = "add"
    RETIRE = "retire"

    @property
    def told(self) -> str:
        """What officers call it."""
        return {Step.EDIT: "改写", Step.ADD: "旁边加一句", Step.RETIRE: "删除"}[self]

    @property
    def part(self) -> str:
        """The part of a change that says so."""
        return {Step.EDIT: "edits", Step.ADD: "adds", Step.RETIRE: "retires"}[self]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form says; `draft`: the id of the draft that it goes into, empty for a new one.

    `entry`: which of the texts that the draft puts beside others is written anew, empty for one more.
    """

    text: str
    place: str
    title: str
    comment: str
    draft: str
    entry: str = ""


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of these forms."""
    routes = page_routes(pages)
    editor = Depends(require(parts, Role.EDITOR))

    @routes.get("/wording/{identity}/{step}")
    async def ask(
        request: Request,
        identity: LineId,
        step: Step,
        visitor: Annotated[Visitor, editor],
        draft: str = "",
        entry: str = "",
    ) -> Response:
        _, line = await known_line(parts, identity)
        blank = Wanted(line.text if step is Step.EDIT else "", "after", _title(step, line), "", draft)
        if draft:
            blank = _taken_up(blank, (await parts.rewording.get(draft)).change, step, line, entry)
        return await _page(parts, pages, request, visitor, step, line, blank)

    @routes.post("/wording/{identity}/{step}")
    async def save(request: Request, identity: LineId, step: Step, visitor: Annotated[Visitor, editor]) -> Response:
        _, line = await known_line(parts, identity)
        form = await Form.of(request)
        wanted = Wanted(
            *(form.text(name) for name in ("text", "place", "title", "comment", "draft", "entry")),
        )
        if form.text("again"):
            return await _page(parts, pages, request, visitor, step, line, wanted)
        errors = list(_unfit(wanted))
        if not errors:
            try:
                return to(request, f"/changes/{await _keep(parts, visitor, step, line, wanted)}", "saved")
            except ChangeRefused as refused:
                errors = _errors(refused)
            except RequestError as refused:
                errors = [FieldError("draft" if wanted.draft else None, in_chinese(refused.detail))]
        return await _page(parts, pages, request, visitor, step, line, wanted, errors=errors)

    return routes


async def _page(
    parts: Parts,
    pages: Pages,
    request: Request,
    visitor: Visitor,
    step: Step,
    line: Line,
    wanted: Wanted,
    *,
    errors: Sequence[FieldError] = (),
) -> Response:
    drafts = await parts.headlines.page(
        subject="wording", state=ChangeState.DRAFT, author=visitor.name, limit=_MOST_DRAFTS
    )
    return await pages.page(
        request,
        "wording_change.html",
        visitor,
        here="/wording",
        status=422 if errors else 200,
        **line_context(parts, line),
        step=step.value,
        does=step.told,
        wanted=wanted,
        drafts=[(one.id, one.title or "（没有标题）") for one in drafts],
        slots=_slots(parts, line),
        longest=MAX_CHARACTERS,
        errors=errors,
    )


async def _keep(parts: Parts, visitor: Visitor, step: Step, line: Line, wanted: Wanted) -> str:
    """The draft that says it from now on. Raises RequestError."""
    masked = parts.policy.current.personal_data.masked
    comment = masked(wanted.comment)
    entry: Any = {
        Step.EDIT: {"id": line.id, "text": wanted.text},
        Step.ADD: {"beside": line.id, "text": wanted.text, "before": wanted.place == "before"},
        Step.RETIRE: line.id,
    }[step]
    if not wanted.draft:
        body = {"title": masked(wanted.title) or _title(step, line), step.part: [entry]}
        kept: Dossier[Rewording] = await parts.rewording.draft(body, visitor.name, comment)
        return kept.record.id
    standing = (await parts.rewording.get(wanted.draft)).change.as_json()
    entries = _with(standing[step.part], entry, step)
    if step is Step.ADD and (index := _entry(standing["adds"], wanted.entry, line)) is not None:
        entries = [*standing["adds"][:index], entry, *standing["adds"][index + 1 :]]
    kept = await parts.rewording.edit(wanted.draft, {step.part: entries}, visitor.name, comment or None)
    return kept.record.id


def _taken_up(blank: Wanted, change: Rewording, step: Step, line: Line, entry: str) -> Wanted:
    """The form with what the draft says of this text so far."""
    if step is Step.EDIT:
        return replace(blank, text=next((one.text for one in change.edits if one.id == line.id), blank.text))
    index = _entry(change.as_json()["adds"], entry, line) if step is Step.ADD else None
    if index is None:
        return blank
    one = change.adds[index]
    return replace(blank, text=one.text, place="before" if one.is_before else "after", entry=entry)


def _entry(adds: Sequence[Mapping[str, Any]], entry: str, line: Line) -> int | None:
    """The place of a text that a draft puts beside this one."""
    index = int(entry) if entry.isdecimal() and len(entry) < 5 else len(adds)
    return index if index < len(adds) and adds[index]["beside"] == line.id else None


def _with(standing: Sequence[Any], entry: Any, step: Step) -> list[Any]:
    """The entries of a draft and this one: the last, and the only one about its text unless texts are put beside it."""
    if step is Step.EDIT:
        return [*(one for one in standing if one["id"] != entry["id"]), entry]
    return [*(one for one in standing if one != entry), entry]


def _unfit(wanted: Wanted) -> list[FieldError]:
    longest = (("title", "标题", wanted.title, _LONGEST_TITLE), ("comment", "说明", wanted.comment, _LONGEST_COMMENT))
    return [
        FieldError(name, f"{told}有 {len(text)} 个字，最多 {most} 个字。")
        for name, told, text, most in longest
        if len(text) > most
    ]


def _errors(refused: ChangeRefused) -> list[FieldError]:
    """Each problem beside the field that it is about, or on top: those of other texts in the same draft too."""
    found = []
    for problem in refused.problems:
        name = (problem.field or "").rpartition(".")[2]
        found.append(FieldError(name if name in ("text", "title") else None, problem.message))
    return list(dict.fromkeys(found))


def _slots(parts: Parts, line: Line) -> list[tuple[str, str]]:
    """The slots that may stand in a text and are known where it is said, each with the fact that fills it."""
    vocabulary = parts.vocabulary
    allowed = sayable_slots({place.kind for place in line.places}, vocabulary)
    scenarios = {scenario for place in line.places for scenario in place.scenarios}
    profiles = [vocabulary.scenarios[scenario] for scenario in scenarios] or list(vocabulary.scenarios.values())
    facts = {fact for profile in profiles for fact in (*profile.required_facts, *profile.optional_facts)}
    known: Mapping[str, str] = {
        slot.name: vocabulary.facts[slot.fact].label for slot in vocabulary.slots.values() if slot.fact in facts
    }
    own = [(name, "") for name in allowed if name not in vocabulary.slots]
    return [*own, *((name, label) for name, label in known.items() if name in allowed)]


def _title(step: Step, line: Line) -> str:
    short = line.text if len(line.text) <= _SHORT else f"{line.text[:_SHORT]}…"
    return f"{step.told}：{short}"
