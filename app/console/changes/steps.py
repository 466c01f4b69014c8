"""The steps in the life of a change as forms of its page: each goes on to the page, or says there why it may not."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from app.console.changes.done_twice import is_done
from app.console.changes.draft_form import MOST_WORDS, DraftForm, too_long
from app.console.changes.following import new_texts
from app.console.changes.page import ChangePage, Identity, Trouble, trouble_of
from app.console.frame.forms import Form, legible
from app.console.frame.rendering import FieldError, Pages
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import Visitor, require
from app.errors import NotFound, RequestError
from app.lexicon.lifecycle import Lifecycle
from app.lexicon.refused import NotTheAuthor, WrongState
from app.parts import Parts
from app.records import ChangeState, Role, utc_now
from app.records.names import is_same_person
from guards.lexicon.scope import CHINA

MOST_REASON = 500
Step = Callable[[Lifecycle[Any]], Awaitable[Any]]


class Steps:
    """Takes steps, and shows the page again where one is refused."""

    def __init__(self, page: ChangePage) -> None:
        self._page = page
        self.parts = page.parts
        self.masked = page.parts.policy.current.personal_data.masked

    async def refused(
        self, request: Request, identity: str, visitor: Visitor, form: Form, *errors: FieldError
    ) -> Response:
        """The page with what is wrong in the form."""
        _, dossier = await self._page.find(identity)
        trouble = Trouble(errors, typed=_typed(form), status=422)
        if form.text("again"):  # it was sent when the session had ended, and is only to be shown
            trouble = Trouble(typed=_typed(form))
        return await self._page.show(request, visitor, dossier, trouble)

    async def taken(
        self, request: Request, identity: str, visitor: Visitor, step: Step, said: str, form: Form
    ) -> Response:
        """On to the page after a step, or the page with why it is refused."""
        life, _ = await self._page.find(identity)
        if form.text("again"):
            return await self.refused(request, identity, visitor, form)
        try:
            done = await step(life)
        except NotFound:
            raise
        except RequestError as error:
            _, dossier = await self._page.find(identity)
            if not is_done(said, dossier.record, visitor.name, form.text("version"), utc_now()):
                return await self._page.show(
                    request, visitor, dossier, trouble_of(error, _typed(form), new_texts(dossier.change))
                )
            done = dossier
        if said == "approved" and done.record.state is ChangeState.PUBLISHED:
            said = "published"
        return to(request, "/changes" if said == "dropped" else f"/changes/{identity}", said)


def router(page: ChangePage, parts: Parts, pages: Pages) -> APIRouter:
    """The routes of these forms."""
    routes, steps = page_routes(pages), Steps(page)
    _authoring(routes, steps)
    _talking(routes, steps)
    _deciding(routes, steps)
    return routes


def _authoring(routes: APIRouter, steps: Steps) -> None:
    """What its author does."""
    editor = Depends(require(steps.parts, Role.EDITOR))

    def button(name: str, step: Callable[[Lifecycle[Any], str, str], Awaitable[Any]], said: str) -> None:
        @routes.post(f"/changes/{{identity}}/{name}", name=name)
        async def pressed(request: Request, identity: Identity, visitor: Annotated[Visitor, editor]) -> Response:
            form = await Form.of(request)
            return await steps.taken(
                request, identity, visitor, lambda life: step(life, identity, visitor.name), said, form
            )

    button("withdraw", Lifecycle.withdraw, "withdrawn")
    button("drop", Lifecycle.drop, "dropped")

    def saves(name: str, then: Callable[[Lifecycle[Any], str, str], Awaitable[Any]], said: str) -> None:
        @routes.post(f"/changes/{{identity}}/{name}", name=name)
        async def pressed(request: Request, identity: Identity, visitor: Annotated[Visitor, editor]) -> Response:
            form = await Form.of(request)
            written = await DraftForm.of(form, steps.parts.people)
            if errors := written.errors():
                return await steps.refused(request, identity, visitor, form, *errors)

            async def keep(life: Lifecycle[Any]) -> object:
                async def step() -> object:
                    return await then(life, identity, visitor.name)

                await written.keep(life, identity, visitor.name, steps.masked, step)
                return None

            return await steps.taken(request, identity, visitor, keep, said, form)

    saves("submit", Lifecycle.submit, "submitted")
    saves("text", _nothing_more, "saved")


async def _nothing_more(life: Lifecycle[Any], identity: str, person: str) -> None:
    """A draft that is only saved. Raises what an edit would, where nothing differs."""
    record = (await life.get(identity)).record
    if not is_same_person(record.author, person):
        raise NotTheAuthor
    if record.state is not ChangeState.DRAFT:
        raise WrongState(record.state)


def _talking(routes: APIRouter, steps: Steps) -> None:
    """What is said about it, and who is asked."""
    talker = Depends(require(steps.parts, Role.EDITOR, Role.APPROVER))

    @routes.post("/changes/{identity}/comments")
    async def comment(request: Request, identity: Identity, visitor: Annotated[Visitor, talker]) -> Response:
        form = await Form.of(request)
        words = legible(form.text("comment"), lines=True)
        if errors := unsaid("comment", "留言", words, MOST_WORDS):
            return await steps.refused(request, identity, visitor, form, *errors)
        return await steps.taken(
            request,
            identity,
            visitor,
            lambda life: life.comment(identity, visitor.name, steps.masked(words)),
            "commented",
            form,
        )

    @routes.post("/changes/{identity}/reviewers")
    async def ask(request: Request, identity: Identity, visitor: Annotated[Visitor, talker]) -> Response:
        form = await Form.of(request)
        known = {person.name for person in await steps.parts.people.list() if Role.APPROVER in person.roles}
        asked = [name for name in form.all("reviewers") if name in known][:20]
        if not asked:
            told = FieldError("reviewers", "请至少选一个人。")
            return await steps.refused(request, identity, visitor, form, told)
        return await steps.taken(
            request,
            identity,
            visitor,
            lambda life: life.ask_reviewers(identity, visitor.name, asked),
            "reviewers-asked",
            form,
        )


def _deciding(routes: APIRouter, steps: Steps) -> None:
    """What others decide."""
    approver = Depends(require(steps.parts, Role.APPROVER))

    @routes.post("/changes/{identity}/approve")
    async def approve(request: Request, identity: Identity, visitor: Annotated[Visitor, approver]) -> Response:
        form = await Form.of(request)
        reason, version = legible(form.text("reason")), form.text("version")
        errors = too_long("reason", "理由", reason, MOST_REASON)
        later, wrong = _later(form)
        errors += wrong
        if errors:
            return await steps.refused(request, identity, visitor, form, *errors)

        async def decide(life: Lifecycle[Any]) -> object:
            return await life.approve(
                identity,
                visitor.name,
                reason=steps.masked(reason) if reason else None,
                effective_from=later,
                version=int(version) if version.isdecimal() and len(version) < 10 else 0,
            )

        return await steps.taken(request, identity, visitor, decide, "approved", form)

    @routes.post("/changes/{identity}/reject")
    async def reject(request: Request, identity: Identity, visitor: Annotated[Visitor, approver]) -> Response:
        form = await Form.of(request)
        reason = legible(form.text("why"))
        if errors := unsaid("why", "驳回的理由", reason, MOST_REASON):
            return await steps.refused(request, identity, visitor, form, *errors)
        return await steps.taken(
            request,
            identity,
            visitor,
            lambda life: life.reject(identity, visitor.name, steps.masked(reason)),
            "rejected",
            form,
        )


def unsaid(name: str, label: str, text: str, most: int) -> list[FieldError]:
    """What is wrong with a text that is needed."""
    return too_long(name, label, text, most) if text else [FieldError(name, f"请写上{label}。")]


def _later(form: Form) -> tuple[datetime | None, list[FieldError]]:
    """From when on a change is to be in force; None for at once."""
    day, clock = form.text("day"), form.text("clock")
    if form.text("when") != "later":
        told = "您填了生效的时间。要到时再生效，请选“定时生效”；要马上生效，请把时间清空。"
        return None, [FieldError("day", told)] if day or clock else []
    errors = []
    if not _fits(day, "%Y-%m-%d"):
        errors.append(FieldError("day", "请选生效的日期，比如 2026-12-01。"))
    if not _fits(clock, "%H:%M"):
        errors.append(FieldError("clock", "请选生效的时间，比如 09:30。"))
    if errors:
        return None, errors
    moment = datetime.strptime(f"{day} {clock}", "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)
    if moment <= datetime.now(CHINA):
        return None, [FieldError("day", "这个时间已经过去了。请选以后的时间，或者选“马上生效”。")]
    return moment, []


def _fits(text: str, shape: str) -> bool:
    try:
        datetime.strptime(text, shape)
    except ValueError:
        return False
    return True


def _typed(form: Form) -> dict[str, str]:
    typed = {name: value for name, value in form.data.items() if isinstance(value, str) and name != "csrf"}
    return {**typed, "reviewers": "\n".join(form.all("reviewers"))}
