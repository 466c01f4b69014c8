"""/v1/wording/changes: changes of approved wording, tried and decided on like those of the rules; and as files."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel

from app.api.auth import require
from app.api.bodies import parse_body, read_body
from app.api.change_routes import Changes, change_routes
from app.api.lexicon_examples import RESTORES
from app.api.lexicon_requests import ULID, RestoreRequest
from app.api.operations import BINARY, UPLOAD, Responses, answers, answers_with, meaning, takes
from app.api.request_log import line_of
from app.api.revisions import HIGHEST
from app.api.wording_change_answers import (
    WordingChangeAnswer,
    WordingChangesAnswer,
    WordingChangeSummary,
    WordingDifferenceAnswer,
    WordingTrialAnswer,
    WordingTrialRequest,
)
from app.api.wording_examples import RETITLED, REWORDED, REWORDINGS, WORDING_TRIALS
from app.lexicon.wording_differences import wording_difference
from app.lexicon.wording_transfer import exported_wording, imported_wording
from app.parts import Parts
from app.records import Principal, Role, Taken

PARAMETERS = ("id", "n", "m", "state", "mine", "before", "limit", "comment", "title", "revision")
"""The names of what stands in a path or a query."""
_TRIED = meaning(
    answers("WordingTrialAnswer", "What it does.", 401, 403, 404, 409, 413, 422, 503),
    404,
    "There is no such change.",
    "UnknownChange",
)
_Number = Annotated[int, Path(alias="n", ge=1, le=HIGHEST, description="The number of a revision.")]
_Other = Annotated[int, Path(alias="m", ge=1, le=HIGHEST, description="The number of another one.")]


def router(parts: Parts) -> APIRouter:
    """The routes of this resource."""
    kind = Changes(
        life=parts.rewording,
        path="/v1/wording/changes",
        tag="wording",
        suffix="wording_change",
        noun="approved wording",
        request="WordingChangeRequest",
        answer=WordingChangeAnswer,
        summary=WordingChangeSummary,
        listed=WordingChangesAnswer,
        drafts=REWORDINGS,
        edits=RETITLED,
        shown=REWORDED,
    )
    routes = change_routes(parts, kind)
    life, masked = parts.rewording, parts.policy.current.personal_data.masked
    editor, anybody = Depends(require(parts, Role.EDITOR)), [Depends(require(parts))]

    @routes.post(
        "/v1/wording/changes/{id}/dry-run",
        operation_id="try_wording_change",
        summary="Try a change of approved wording",
        openapi_extra=takes("WordingTrialRequest", WORDING_TRIALS),
        responses=_TRIED,
        dependencies=[Depends(require(parts, Role.EDITOR, Role.APPROVER))],
    )
    async def trial(
        request: Request,
        identity: Annotated[str, Path(alias="id", pattern=ULID, description="The id of the change.")],
    ) -> Response:
        """Which texts go and which are new, how often those that go were said in the newest recorded scripts, and what
        stands in the way: every new text is put into all scripts in which it may be said, and the whole policy judges
        them. Nothing is changed by it, and the change may be in any state.
        """
        asked = parse_body(await request.body() or b"{}", WordingTrialRequest)
        line_of(request).note(action="dry_run")
        return _json(WordingTrialAnswer.of(await parts.wording_trials.run(identity, asked.records)))

    @routes.get(
        "/v1/wording/revisions/{n}/diff/{m}",
        operation_id="compare_wording",
        summary="Compare the approved wording of two revisions",
        responses=_unknown(answers("WordingDifferenceAnswer", "What differs.", 401, 403, 404, 422, 503)),
        dependencies=anybody,
    )
    async def compare(number: _Number, other: _Other) -> Response:
        """From revision `n` to revision `m`, text by text, and what is held."""
        before, after = await life.edition(number), await life.edition(other)
        told = await asyncio.to_thread(wording_difference, before.wording, after.wording)
        return _json(WordingDifferenceAnswer.of(number, other, told))

    @routes.post(
        "/v1/wording/revisions/{n}/restore",
        operation_id="restore_wording",
        summary="Put the approved wording of an earlier revision back in force",
        openapi_extra=takes("RestoreRequest", RESTORES),
        responses=meaning(
            _unknown(answers("WordingChangeAnswer", "The change.", 401, 403, 404, 409, 413, 422, 503)),
            409,
            "This wording is in force.",
            "InForce",
        ),
    )
    async def restore(
        request: Request, number: _Number, who: Annotated[Principal, Depends(require(parts, Role.APPROVER))]
    ) -> Response:
        """A submitted change whose texts are those of revision `n`, byte for byte; another person's approval publishes
        it. What is suspended stays suspended.
        """
        body = await read_body(request, RestoreRequest)
        return kind.told(request, await life.restore(number, who.person, masked(body.note)))

    @routes.get(
        "/v1/wording/export",
        operation_id="export_wording",
        summary="Take approved wording out as files",
        response_class=Response,
        responses=answers_with(
            {"application/octet-stream": {"schema": BINARY}},
            "A ZIP archive of the YAML files, byte for byte.",
            *(401, 403, 404, 422, 503),
        ),
    )
    async def take_out(
        who: Annotated[Principal, editor],
        revision: Annotated[int | None, Query(ge=1, le=HIGHEST, description="Of this one; absent: the newest.")] = None,
    ) -> Response:
        """What is sent back after it was edited is a draft of the difference."""
        edition = await life.edition(revision)
        content = await asyncio.to_thread(exported_wording, edition.wording)
        await parts.exports.note(Taken.WORDING, who.person, {"revision": edition.revision.number})
        named = {"content-disposition": 'attachment; filename="wording.zip"'}
        return Response(content, media_type="application/octet-stream", headers=named)

    @routes.post(
        "/v1/wording/import",
        operation_id="import_wording",
        summary="Draft a change of approved wording out of files",
        openapi_extra=UPLOAD,
        responses=answers("WordingChangeAnswer", "The draft.", 401, 403, 413, 422, 503, examples=REWORDED),
    )
    async def take_in(
        request: Request,
        who: Annotated[Principal, editor],
        title: Annotated[str, Query(max_length=200, description="The title of the draft.")] = "",
    ) -> Response:
        """A YAML file, or a ZIP archive of several. It makes a draft, never a revision. Everything that is wrong in the
        files is told at once, by line, and then nothing is kept.
        """
        content, edition = await request.body(), await life.edition()
        change = await asyncio.to_thread(imported_wording, edition.wording, content, masked(title) or "导入话术文件")
        return kind.told(request, await life.draft(change, who.person))

    return routes


def _unknown(told: Responses) -> Responses:
    return meaning(told, 404, "There is no such revision.", "UnknownRevision")


def _json(answer: BaseModel) -> Response:
    return Response(answer.model_dump_json(), media_type="application/json")
