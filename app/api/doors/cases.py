"""PUT /v1/cases/{id}: a case for engines that can only carry its id."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Path, Request, Response

from app.api.auth import require
from app.api.bodies import read_body
from app.api.operations import answers, takes
from app.api.request_log import line_of
from app.api.turn_answers import CASE_REQUEST
from app.parts import Parts
from app.records import Role
from app.turns.request import TurnCase

PARAMETERS = ("case_id",)
CaseId = Annotated[str, Path(alias="id", min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._:/+=@-]+$")]


def router(parts: Parts) -> APIRouter:
    """The routes of this resource."""
    routes = APIRouter(tags=["turns"], dependencies=[Depends(require(parts, Role.CALLER))])

    @routes.put(
        "/v1/cases/{id}",
        operation_id="hold_case",
        summary="Hold the case of a call for a day",
        openapi_extra=takes(CASE_REQUEST, ["overdue"]),
        responses=answers("HeldCaseAnswer", "It is held.", 401, 403, 413, 422, 503),
    )
    async def hold(request: Request, case_id: CaseId) -> Response:
        """Put again, it counts anew. What is held is sealed, and gone after a day or with the customer's erasure."""
        case = await read_body(request, TurnCase)
        line_of(request).keep_out(case.customer.pii)
        parts.turns.require_valid(case)
        expires = await parts.held_cases.hold(case_id, case.model_dump(mode="json"), case.customer.ref)
        content = orjson.dumps({"id": case_id, "expires_at": expires})
        return Response(content, media_type="application/json")

    return routes
