"""The routes of a change, of the rules or of approved wording: draft it, ask for approval, decide on another's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel

from app.api.auth import require
from app.api.bodies import read_body, read_json
from app.api.change_answers import ChangeSummary, DroppedAnswer
from app.api.lexicon_examples import APPROVALS, COMMENTS, REJECTIONS, REVIEWERS
from app.api.lexicon_requests import (
    MOST_COMMENT,
    ULID,
    ApprovalRequest,
    CommentRequest,
    RejectionRequest,
    ReviewersRequest,
)
from app.api.operations import Responses, answers, meaning, takes
from app.api.request_log import line_of
from app.errors import FieldProblem, Malformed
from app.lexicon.lifecycle import Lifecycle
from app.lexicon.matter import C
from app.lexicon.register import Dossier
from app.parts import Parts
from app.records import ChangeState, Principal, Role

_Id = Annotated[str, Path(alias="id", pattern=ULID, description="The id of the change.")]
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Changes(Generic[C]):
    """The changes of one matter over HTTP. `path`, `tag`: where; `suffix`: of operations; `noun`: what is changed.

    `request`, `answer`, `summary`, `listed`: the schemas of a change. `drafts`, `edits`, `shown`: their examples.
    """

    life: Lifecycle[C]
    path: str
    tag: str
    suffix: str
    noun: str
    request: str
    answer: type[ChangeSummary]
    summary: type[ChangeSummary]
    listed: type[BaseModel]
    drafts: Mapping[str, Any]
    edits: Mapping[str, Any]
    shown: Mapping[str, Any]

    def told(self, request: Request, dossier: Dossier[C]) -> Response:
        """A change as an answer."""
        line_of(request).note(action=dossier.record.state.value, revision=dossier.record.revision)
        return _json(self.answer.of(dossier))


def change_routes(parts: Parts, kind: Changes[C]) -> APIRouter:
    """The routes of the changes of one matter."""
    routes = APIRouter(tags=[kind.tag])
    life, name, one = kind.life, kind.suffix, f"{kind.path}/{{id}}"
    masked = parts.policy.current.personal_data.masked
    readers = Depends(require(parts, Role.EDITOR, Role.APPROVER, Role.AUDITOR))
    editor, approver = Depends(require(parts, Role.EDITOR)), Depends(require(parts, Role.APPROVER))
    talker = Depends(require(parts, Role.EDITOR, Role.APPROVER))

    def changed(about: str, *errors: int) -> Responses:
        told = answers(kind.answer.__name__, about, 401, 403, 404, *errors, 422, 503, examples=kind.shown)
        return _with_causes(told)

    @routes.get(
        kind.path,
        operation_id=f"list_{name}s",
        summary=f"List the changes of {kind.noun}",
        responses=answers(kind.listed.__name__, "Changes, the newest first.", 401, 403, 422, 503),
    )
    async def page(
        who: Annotated[Principal, readers],
        state: Annotated[ChangeState | None, Query(description="Only those that stand there.")] = None,
        mine: Annotated[bool, Query(description="Only those of the person who asks.")] = False,
        before: Annotated[str | None, Query(pattern=ULID, description="`next` of the answer before.")] = None,
        limit: Annotated[int, Query(ge=1, le=200, description="The most changes that are answered.")] = 50,
    ) -> Response:
        """Without what they change, which may be many thousands of words."""
        found = await life.page(state, who.person if mine else None, before=before, limit=limit + 1)
        told = [kind.summary.of(each) for each in found[:limit]]
        return _json(kind.listed(changes=told, next=told[-1].id if len(found) > limit else None))

    @routes.post(
        kind.path,
        operation_id=f"draft_{name}",
        summary=f"Draft a change of {kind.noun}",
        openapi_extra=takes(kind.request, kind.drafts),
        responses=changed("The draft.", 413),
    )
    async def draft(request: Request, who: Annotated[Principal, editor]) -> Response:
        """Everything that is wrong with it is told at once, and then nothing is kept. Nobody is asked to approve
        it before it is submitted.
        """
        body, comment = _taken(read_json(await request.body()), masked)
        return kind.told(request, await life.draft(body, who.person, masked(comment or "")))

    @routes.get(
        one,
        operation_id=f"read_{name}",
        summary="Read a change",
        responses=changed("The change."),
        dependencies=[readers],
    )
    async def read(request: Request, identity: _Id) -> Response:
        """With a warning for everything that was changed by others since it was made."""
        return kind.told(request, await life.get(identity))

    @routes.patch(
        one,
        operation_id=f"edit_{name}",
        summary="Edit a draft",
        openapi_extra=takes(kind.request, kind.edits),
        responses=changed("The draft as it is now.", 409, 413),
    )
    async def edit(request: Request, identity: _Id, who: Annotated[Principal, editor]) -> Response:
        """What is not named stays as it is. Only its author edits a draft; a submitted change is taken back before."""
        body, comment = _taken(read_json(await request.body()), masked)
        noted = None if comment is None else masked(comment)
        return kind.told(request, await life.edit(identity, body, who.person, noted, seen=_named_in(body)))

    @routes.delete(
        one,
        operation_id=f"drop_{name}",
        summary="Drop a draft",
        responses=_with_causes(answers("DroppedAnswer", "It is gone.", 401, 403, 404, 409, 422, 503)),
    )
    async def drop(identity: _Id, who: Annotated[Principal, editor]) -> Response:
        """With what was said about it; the audit trail keeps its digest."""
        await life.drop(identity, who.person)
        return _json(DroppedAnswer(id=identity))

    @routes.post(
        f"{one}/submit",
        operation_id=f"submit_{name}",
        summary="Ask for approval",
        responses=changed("The change, submitted.", 409),
    )
    async def submit(request: Request, identity: _Id, who: Annotated[Principal, editor]) -> Response:
        """Warnings are no hindrance and go with it. Whoever is asked has until `expires_at`."""
        return kind.told(request, await life.submit(identity, who.person))

    @routes.post(
        f"{one}/withdraw",
        operation_id=f"withdraw_{name}",
        summary="Take a change back",
        responses=changed("The change, a draft again.", 409),
    )
    async def withdraw(request: Request, identity: _Id, who: Annotated[Principal, editor]) -> Response:
        """From wherever it stands, as long as it is not published."""
        return kind.told(request, await life.withdraw(identity, who.person))

    @routes.post(
        f"{one}/comments",
        operation_id=f"comment_{name}",
        summary="Say something about a change",
        openapi_extra=takes("CommentRequest", COMMENTS),
        responses=changed("The change with what was said.", 409, 413),
    )
    async def comment(request: Request, identity: _Id, who: Annotated[Principal, talker]) -> Response:
        """It is kept with personal data masked."""
        said = await read_body(request, CommentRequest)
        return kind.told(request, await life.comment(identity, who.person, masked(said.text)))

    @routes.post(
        f"{one}/reviewers",
        operation_id=f"ask_{name}_reviewers",
        summary="Ask persons to decide on a change",
        openapi_extra=takes("ReviewersRequest", REVIEWERS),
        responses=changed("The change with who is asked.", 409, 413),
    )
    async def ask(request: Request, identity: _Id, who: Annotated[Principal, talker]) -> Response:
        """They take the place of whoever was asked before. Other approvers may decide all the same."""
        asked = await read_body(request, ReviewersRequest)
        return kind.told(request, await life.ask_reviewers(identity, who.person, asked.reviewers))

    @routes.post(
        f"{one}/approve",
        operation_id=f"approve_{name}",
        summary="Approve a change of somebody else",
        openapi_extra=takes("ApprovalRequest", APPROVALS),
        responses=changed("The change: published, or approved for its time.", 409, 413),
    )
    async def approve(request: Request, identity: _Id, who: Annotated[Principal, approver]) -> Response:
        """It becomes the next revision, at once or at `effective_from`. It is judged anew against what is in force
        now: what somebody else changed meanwhile is a 409 with both texts, and a rule that would stop approved wording
        a 422 with word and wording. The author never approves, whatever the roles and keys;
        nor does anybody whose access went through the author's hands, or the author's through theirs, unconfirmed.
        """
        how = await read_body(request, ApprovalRequest)
        approved = await life.approve(
            identity,
            who.person,
            reason=None if how.reason is None else masked(how.reason),
            effective_from=how.effective_from,
            version=how.version,
        )
        return kind.told(request, approved)

    @routes.post(
        f"{one}/reject",
        operation_id=f"reject_{name}",
        summary="Refuse a change of somebody else",
        openapi_extra=takes("RejectionRequest", REJECTIONS),
        responses=changed("The change, rejected.", 409, 413),
    )
    async def reject(request: Request, identity: _Id, who: Annotated[Principal, approver]) -> Response:
        """Also one that is approved and waits for its time. Its author may take it up again."""
        why = await read_body(request, RejectionRequest)
        return kind.told(request, await life.reject(identity, who.person, masked(why.reason)))

    return routes


def _with_causes(told: Responses) -> Responses:
    """The responses with what errors mean here."""
    told = meaning(told, 403, "The key lacks the role, or the person may not do this.", "OwnChange", "OneHand")
    told = meaning(told, 404, "There is no such change.", "UnknownChange") if 404 in told else told
    return meaning(told, 409, "Not as it stands.", "WrongState", "RulesMoved") if 409 in told else told


def _taken(body: object, masked: Callable[[str], str]) -> tuple[object, str | None]:
    """The change that a body says, its title masked, and the comment beside it.

    Raises:
        Malformed: if the comment is no text, or too long.
    """
    if not isinstance(body, dict):
        return body, None
    change = {name: value for name, value in body.items() if name != "comment"}
    if isinstance(change.get("title"), str):
        change["title"] = masked(change["title"])
    if "comment" not in body:
        return change, None
    comment = body["comment"]
    if not isinstance(comment, str) or len(comment) > MOST_COMMENT or "\0" in comment:
        told = f"说明应当是文字，最多 {MOST_COMMENT} 个字。(a short text is expected)"
        raise Malformed("说明写得不对。(the comment is malformed)", [FieldProblem("comment", told)])
    return change, comment


def _json(answer: BaseModel) -> Response:
    return Response(answer.model_dump_json(), media_type=_JSON)


def _named_in(body: object) -> set[str]:
    """What a request says anew of rules or texts, by their ids: who says it has looked at them."""
    if not isinstance(body, Mapping):
        return set()
    listed = [each for part in body.values() if isinstance(part, list) for each in part]
    told = (each.get("id") if isinstance(each, Mapping) else each for each in listed)
    return {each for each in told if isinstance(each, str)}
