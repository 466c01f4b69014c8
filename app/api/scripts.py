"""POST /v1/scripts: one script for one call moment."""

from fastapi import APIRouter, Depends, Request, Response

from app.api.auth import require
from app.api.bodies import read_body, schema_of
from app.api.parts import Parts
from app.api.request_log import line_of
from app.records import Role
from app.requests import ScriptRequest
from app.scripts.reception import explained


def router(parts: Parts) -> APIRouter:
    """The routes of this resource."""
    routes = APIRouter(tags=["scripts"], dependencies=[Depends(require(parts, Role.CALLER))])

    @routes.post("/v1/scripts", openapi_extra=schema_of(ScriptRequest, "/v1/scripts"))
    async def write(request: Request, explain: bool = False) -> Response:
        """Write one script; a blocked one is an ordinary answer."""
        order, line = await read_body(request, ScriptRequest), line_of(request)
        line.keep_out(order.customer.pii)
        line.note(scenario=order.scenario.value)
        decision = await parts.reception.answer(order, request.state.arrived)
        line.note(action=decision.action, source=decision.source, revision=decision.policy_revision)
        content = explained(decision) if explain else decision.answer
        return Response(content, media_type="application/json")

    return routes
