"""POST /v1/scripts: one script for one call moment."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.auth import require
from app.api.bodies import read_body
from app.api.examples import SCRIPT_ANSWERS, script_requests
from app.api.operations import answers, takes
from app.api.request_log import line_of
from app.api.schemas import SCRIPT_REQUEST
from app.parts import Parts
from app.records import Role
from app.requests import ScriptRequest
from app.scripts.reception import explained


def router(parts: Parts) -> APIRouter:
    """The routes of this resource."""
    routes = APIRouter(tags=["scripts"], dependencies=[Depends(require(parts, Role.CALLER))])

    @routes.post(
        "/v1/scripts",
        operation_id="write_script",
        summary="Write one script",
        openapi_extra=takes(SCRIPT_REQUEST, script_requests(parts.vocabulary)),
        responses=answers("ScriptAnswer", "The decision.", 401, 403, 409, 413, 422, 503, examples=SCRIPT_ANSWERS),
    )
    async def write(
        request: Request,
        explain: Annotated[
            bool, Query(description="Also tell what was found on candidates that are not returned.")
        ] = False,
    ) -> Response:
        """A blocked script is an ordinary answer; the same `request_id` gets the same answer again."""
        order, line = await read_body(request, ScriptRequest), line_of(request)
        line.keep_out(order.customer.pii)
        line.note(scenario=order.scenario.value)
        decision = await parts.reception.answer(order, request.state.arrived)
        line.note(action=decision.action, source=decision.source, revision=decision.policy_revision)
        content = explained(decision) if explain else decision.answer
        return Response(content, media_type="application/json")

    return routes
