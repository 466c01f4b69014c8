"""POST /v1/scripts: one script for one call moment."""

from fastapi import APIRouter, Depends, Request, Response

from app.api.auth import require
from app.api.bodies import read_body, schema_of
from app.api.parts import Parts
from app.records import Role
from app.requests import ScriptRequest
from app.scripts.reception import explained


def router(parts: Parts) -> APIRouter:
    """The routes of this resource."""
    routes = APIRouter(tags=["scripts"], dependencies=[Depends(require(parts, Role.CALLER))])

    @routes.post("/v1/scripts", openapi_extra=schema_of(ScriptRequest, "/v1/scripts"))
    async def write(request: Request, explain: bool = False) -> Response:
        """Write one script; a blocked one is an ordinary answer."""
        decision = await parts.reception.answer(await read_body(request, ScriptRequest), request.state.arrived)
        content = explained(decision) if explain else decision.answer
        return Response(content, media_type="application/json")

    return routes
