"""/v1/lexicon/revisions: what was in force since when, what differs, and the way back; and who runs what."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel

from app.api.auth import require
from app.api.bodies import read_body
from app.api.lexicon_answers import ChangeAnswer
from app.api.lexicon_examples import CHANGE, RESTORES, REVISION, REVISIONS, STATUS
from app.api.lexicon_requests import RestoreRequest
from app.api.operations import Responses, answers, meaning, takes
from app.api.request_log import line_of
from app.api.revision_answers import (
    DifferenceAnswer,
    LexiconStatus,
    ReplicaStatus,
    RevisionAnswer,
    RevisionsAnswer,
    RevisionSummary,
)
from app.api.wording_answers import HoldAnswer
from app.lexicon.differences import difference
from app.parts import Parts
from app.records import Principal, Role
from app.records.revisions import disagreeing

PARAMETERS = ("n", "m", "before", "limit")
"""The names of what stands in a path or a query."""
HIGHEST = 2**31 - 1
_Number = Annotated[int, Path(alias="n", ge=1, le=HIGHEST, description="The number of a revision.")]
_Other = Annotated[int, Path(alias="m", ge=1, le=HIGHEST, description="The number of another one.")]


def router(parts: Parts) -> APIRouter:
    """The routes of this resource."""
    routes = APIRouter(tags=["lexicon"])
    life = parts.lifecycle
    anybody = [Depends(require(parts))]

    @routes.get(
        "/v1/lexicon/revisions",
        operation_id="list_revisions",
        summary="List the revisions",
        responses=answers("RevisionsAnswer", "Revisions, the newest first.", 401, 403, 422, 503, examples=REVISIONS),
        dependencies=anybody,
    )
    async def page(
        before: Annotated[int | None, Query(ge=1, le=HIGHEST, description="`next` of the answer before.")] = None,
        limit: Annotated[int, Query(ge=1, le=200, description="The most revisions that are answered.")] = 50,
    ) -> Response:
        """A revision never changes. The newest one is in force."""
        found = await parts.revisions.page(before=before, limit=limit + 1)
        told = [RevisionSummary.of(one) for one in found[:limit]]
        return _json(RevisionsAnswer(revisions=told, next=told[-1].number if len(found) > limit else None))

    @routes.get(
        "/v1/lexicon/revisions/{n}",
        operation_id="read_revision",
        summary="Read a revision",
        responses=_unknown(answers("RevisionAnswer", "The revision.", 401, 403, 404, 422, 503, examples=REVISION)),
        dependencies=anybody,
    )
    async def read(number: _Number) -> Response:
        """Who made it and who approved it, and the digests of its files."""
        revision = (await life.edition(number)).revision
        files = {"lexicon": dict(revision.lexicon), "wording": dict(revision.wording)}
        return _json(RevisionAnswer.of(revision, **files))

    @routes.get(
        "/v1/lexicon/revisions/{n}/diff/{m}",
        operation_id="compare_revisions",
        summary="Compare two revisions",
        responses=_unknown(answers("DifferenceAnswer", "What differs.", 401, 403, 404, 422, 503)),
        dependencies=anybody,
    )
    async def compare(number: _Number, other: _Other) -> Response:
        """From revision `n` to revision `m`, rule by rule and field by field."""
        before, after = await life.rules(number), await life.rules(other)
        told = await asyncio.to_thread(difference, before, after)
        return _json(DifferenceAnswer(before=number, after=other, **told))

    @routes.post(
        "/v1/lexicon/revisions/{n}/restore",
        operation_id="restore_revision",
        summary="Put an earlier revision back in force",
        openapi_extra=takes("RestoreRequest", RESTORES),
        responses=meaning(
            _unknown(answers("ChangeAnswer", "The change.", 401, 403, 404, 409, 413, 422, 503, examples=CHANGE)),
            409,
            "These rules are in force.",
            "InForce",
        ),
    )
    async def restore(
        request: Request, number: _Number, who: Annotated[Principal, Depends(require(parts, Role.APPROVER))]
    ) -> Response:
        """A submitted change whose rules are those of revision `n`, byte for byte; another person's approval publishes
        it. Where it only tightens, it is published at once.
        """
        body = await read_body(request, RestoreRequest)
        masked = parts.policy.current.personal_data.masked
        restored = await life.restore(number, who.person, masked(body.note))
        line_of(request).note(action=restored.record.state.value, revision=restored.record.revision)
        return _json(ChangeAnswer.of(restored))

    @routes.get(
        "/v1/lexicon/status",
        operation_id="read_lexicon_status",
        summary="Read which replica runs which rules",
        responses=answers("LexiconStatus", "What is to run, and what runs.", 401, 403, 503, examples=STATUS),
        dependencies=anybody,
    )
    async def status() -> Response:
        """Whether all is frozen, by whom and since when. A replica that is behind, or silent, is none to rely on,
        and neither are two that disagree.
        """
        held = await parts.holding.held()
        newest, holds = held.revision, held.holds
        running = await parts.revisions.status()
        frozen = HoldAnswer.of(holds.freeze)
        told = LexiconStatus(
            revision=newest.number,
            sha256=newest.sha256,
            frozen=frozen,
            suspended=len(holds.suspended),
            replicas=[ReplicaStatus.of(one) for one in running],
            disagreeing=disagreeing(running),
        )
        return _json(told)

    return routes


def _unknown(told: Responses) -> Responses:
    return meaning(told, 404, "There is no such revision.", "UnknownRevision")


def _json(answer: BaseModel) -> Response:
    return Response(answer.model_dump_json(), media_type="application/json")
