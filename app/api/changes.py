"""/v1/lexicon/changes: draft a change of the rules, ask for approval, decide on somebody else's."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel

from app.api.auth import require
from app.api.bodies import read_body, read_json
from app.api.lexicon_answers import ChangeAnswer, ChangesAnswer, ChangeSummary, DroppedAnswer
from app.api.lexicon_examples import APPROVALS, CHANGE, COMMENTS, DRAFTS, EDITS, REJECTIONS, REVIEWERS
from app.api.lexicon_requests import (
    MOST_COMMENT,
    ULID,
    ApprovalRequest,
    CommentRequest,
    RejectionRequest,
    ReviewersRequest,
)
from app.api.operations import Responses, answers, meaning, takes
from app.api.parts import Parts
from app.api.request_log import line_of
from app.errors import FieldProblem, Malformed
from app.lexicon.register import Dossier
from app.records import ChangeState, Principal, Role

PARAMETERS = ("id", "state", "mine", "before", "limit", "comment")
"""The names of what stands in a path, a query or beside a change."""
_CHANGES, _CHANGE = "/v1/lexicon/changes", "/v1/lexicon/changes/{id}"
_Id = Annotated[str, Path(alias="id", pattern=ULID, description="The id of the change.")]
_JSON = "application/json"


def router(parts: Parts) -> APIRouter:
    """The routes of this resource."""
    routes = APIRouter(tags=["lexicon"])
    life = parts.lifecycle
    masked = parts.policy.current.personal_data.masked
    readers = Depends(require(parts, Role.EDITOR, Role.APPROVER, Role.AUDITOR))
    editor, approver = Depends(require(parts, Role.EDITOR)), Depends(require(parts, Role.APPROVER))
    talker = Depends(require(parts, Role.EDITOR, Role.APPROVER))

    @routes.get(
        _CHANGES,
        operation_id="list_changes",
        summary="List the changes",
        responses=answers("ChangesAnswer", "Changes, the newest first.", 401, 403, 422, 503),
    )
    async def page(
        who: Annotated[Principal, readers],
        state: Annotated[ChangeState | None, Query(description="Only those that stand there.")] = None,
        mine: Annotated[bool, Query(description="Only those of the person who asks.")] = False,
        before: Annotated[str | None, Query(pattern=ULID, description="`next` of the answer before.")] = None,
        limit: Annotated[int, Query(ge=1, le=200, description="The most changes that are answered.")] = 50,
    ) -> Response:
        """Without their rules, which may be many thousands of words."""
        found = await life.page(state, who.person if mine else None, before=before, limit=limit + 1)
        told = [ChangeSummary.of(one) for one in found[:limit]]
        return _json(ChangesAnswer(changes=told, next=told[-1].id if len(found) > limit else None))

    @routes.post(
        _CHANGES,
        operation_id="draft_change",
        summary="Draft a change of the rules",
        openapi_extra=takes("ChangeRequest", DRAFTS),
        responses=_changed("The draft.", 413),
    )
    async def draft(request: Request, who: Annotated[Principal, editor]) -> Response:
        """Everything that is wrong with its rules is told at once, and then nothing is kept. Nobody is asked to approve
        it before it is submitted.
        """
        body, comment = _taken(read_json(await request.body()))
        return _told(request, await life.draft(body, who.person, masked(comment or "")))

    @routes.get(
        _CHANGE,
        operation_id="read_change",
        summary="Read a change",
        responses=_changed("The change."),
        dependencies=[readers],
    )
    async def read(request: Request, identity: _Id) -> Response:
        """With a warning for each of its rules that was changed since it was made."""
        return _told(request, await life.get(identity))

    @routes.patch(
        _CHANGE,
        operation_id="edit_change",
        summary="Edit a draft",
        openapi_extra=takes("ChangeRequest", EDITS),
        responses=_changed("The draft as it is now.", 409, 413),
    )
    async def edit(request: Request, identity: _Id, who: Annotated[Principal, editor]) -> Response:
        """What is not named stays as it is. Only its author edits a draft; a submitted change is taken back before."""
        body, comment = _taken(read_json(await request.body()))
        noted = None if comment is None else masked(comment)
        return _told(request, await life.edit(identity, body, who.person, noted))

    @routes.delete(
        _CHANGE,
        operation_id="drop_change",
        summary="Drop a draft",
        responses=_with_causes(answers("DroppedAnswer", "It is gone.", 401, 403, 404, 409, 422, 503)),
    )
    async def drop(identity: _Id, who: Annotated[Principal, editor]) -> Response:
        """With what was said about it; the audit trail keeps its digest."""
        await life.drop(identity, who.person)
        return _json(DroppedAnswer(id=identity))

    @routes.post(
        f"{_CHANGE}/submit",
        operation_id="submit_change",
        summary="Ask for approval",
        responses=_changed("The change, submitted.", 409),
    )
    async def submit(request: Request, identity: _Id, who: Annotated[Principal, editor]) -> Response:
        """Warnings are no hindrance and go with it. Whoever is asked has until `expires_at`."""
        return _told(request, await life.submit(identity, who.person))

    @routes.post(
        f"{_CHANGE}/withdraw",
        operation_id="withdraw_change",
        summary="Take a change back",
        responses=_changed("The change, a draft again.", 409),
    )
    async def withdraw(request: Request, identity: _Id, who: Annotated[Principal, editor]) -> Response:
        """From wherever it stands, as long as it is not published."""
        return _told(request, await life.withdraw(identity, who.person))

    @routes.post(
        f"{_CHANGE}/comments",
        operation_id="comment_change",
        summary="Say something about a change",
        openapi_extra=takes("CommentRequest", COMMENTS),
        responses=_changed("The change with what was said.", 409, 413),
    )
    async def comment(request: Request, identity: _Id, who: Annotated[Principal, talker]) -> Response:
        """It is kept with personal data masked."""
        said = await read_body(request, CommentRequest)
        return _told(request, await life.comment(identity, who.person, masked(said.text)))

    @routes.post(
        f"{_CHANGE}/reviewers",
        operation_id="ask_reviewers",
        summary="Ask persons to decide on a change",
        openapi_extra=takes("ReviewersRequest", REVIEWERS),
        responses=_changed("The change with who is asked.", 409, 413),
    )
    async def ask(request: Request, identity: _Id, who: Annotated[Principal, talker]) -> Response:
        """They take the place of whoever was asked before. Other approvers may decide all the same."""
        asked = await read_body(request, ReviewersRequest)
        return _told(request, await life.ask_reviewers(identity, who.person, asked.reviewers))

    @routes.post(
        f"{_CHANGE}/approve",
        operation_id="approve_change",
        summary="Approve a change of somebody else",
        openapi_extra=takes("ApprovalRequest", APPROVALS),
        responses=_changed("The change: published, or approved for its time.", 409, 413),
    )
    async def approve(request: Request, identity: _Id, who: Annotated[Principal, approver]) -> Response:
        """It becomes the next revision, at once or at `effective_from`. It is judged anew against what is in force
        now: rules that somebody else changed meanwhile are a 409 with both texts, and a rule that would stop approved
        wording is a 422 with word and wording. The author never approves, whatever the roles and keys.
        """
        how = await read_body(request, ApprovalRequest)
        approved = await life.approve(
            identity,
            who.person,
            reason=None if how.reason is None else masked(how.reason),
            effective_from=how.effective_from,
            version=how.version,
        )
        return _told(request, approved)

    @routes.post(
        f"{_CHANGE}/reject",
        operation_id="reject_change",
        summary="Refuse a change of somebody else",
        openapi_extra=takes("RejectionRequest", REJECTIONS),
        responses=_changed("The change, rejected.", 409, 413),
    )
    async def reject(request: Request, identity: _Id, who: Annotated[Principal, approver]) -> Response:
        """Also one that is approved and waits for its time. Its author may take it up again."""
        why = await read_body(request, RejectionRequest)
        return _told(request, await life.reject(identity, who.person, masked(why.reason)))

    return routes


def _changed(about: str, *errors: int) -> Responses:
    told = answers("ChangeAnswer", about, 401, 403, 404, *errors, 422, 503, examples=CHANGE)
    return _with_causes(told)


def _with_causes(told: Responses) -> Responses:
    """The responses with what errors mean here."""
    told = meaning(told, 403, "The key lacks the role, or the person may not do this.", "OwnChange")
    told = meaning(told, 404, "There is no such change.", "UnknownChange") if 404 in told else told
    return meaning(told, 409, "Not as it stands.", "WrongState", "RulesMoved") if 409 in told else told


def _taken(body: object) -> tuple[object, str | None]:
    """The change that a body says, and the comment beside it.

    Raises:
        Malformed: if the comment is no text, or too long.
    """
    if not isinstance(body, dict) or "comment" not in body:
        return body, None
    comment = body["comment"]
    if not isinstance(comment, str) or len(comment) > MOST_COMMENT or "\0" in comment:
        told = f"说明应当是文字，最多 {MOST_COMMENT} 个字。(a short text is expected)"
        raise Malformed("说明写得不对。(the comment is malformed)", [FieldProblem("comment", told)])
    return {name: value for name, value in body.items() if name != "comment"}, comment


def _told(request: Request, dossier: Dossier) -> Response:
    line_of(request).note(action=dossier.record.state.value, revision=dossier.record.revision)
    return _json(ChangeAnswer.of(dossier))


def _json(answer: BaseModel) -> Response:
    return Response(answer.model_dump_json(), media_type=_JSON)
