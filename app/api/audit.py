"""GET /v1/audit: what persons and programs did, as it was written down."""

from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from app.api.auth import require
from app.api.lexicon_examples import AUDIT
from app.api.operations import answers
from app.api.revision_answers import AuditAnswer, AuditEntry
from app.parts import Parts
from app.records import Entry, Principal, Role, Taken

_HIGHEST = 2**31 - 1


def router(parts: Parts) -> APIRouter:
    """The route of this resource."""
    routes = APIRouter(tags=["audit"])

    @routes.get(
        "/v1/audit",
        operation_id="read_audit_trail",
        summary="Read the audit trail",
        responses=answers("AuditAnswer", "Rows, oldest first.", 401, 403, 422, 503, examples=AUDIT),
    )
    async def read(
        who: Annotated[Principal, Depends(require(parts, Role.AUDITOR))],
        after: Annotated[int, Query(ge=0, le=_HIGHEST, description="`next` of the answer before.")] = 0,
        limit: Annotated[int, Query(ge=1, le=1000, description="The most rows that are answered.")] = 100,
    ) -> Response:
        """Each row's hash covers the row and the hash before it, so that whoever keeps one finds every later change."""
        found: list[Entry] = []
        async with aclosing(parts.trail.entries(after=after, rows_at_once=limit + 1)) as entries:
            async for entry in entries:
                found.append(entry)
                if len(found) > limit:
                    break
        # Who follows the trail would else write a row each time, only to read it the next time.
        if any(entry.event != Taken.TRAIL for entry in found[:limit]):
            await parts.exports.note(Taken.TRAIL, who.person, {"after": after, "count": min(len(found), limit)})
        told = [AuditEntry.of(entry) for entry in found[:limit]]
        following = told[-1].number if told else after
        answer = AuditAnswer(entries=told, next=following, more=len(found) > limit)
        return Response(answer.model_dump_json(), media_type="application/json")

    return routes
