"""POST /v1/turns: the next words in a live call."""

from collections.abc import AsyncIterator

import orjson
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from app.api.auth import require
from app.api.bodies import read_body
from app.api.operations import answers, takes
from app.api.request_log import line_of
from app.api.turn_answers import TURN_REQUEST, turn_examples
from app.parts import Parts
from app.records import Role
from app.turns.request import TurnRequest


def router(parts: Parts) -> APIRouter:
    """The routes of this resource."""
    routes = APIRouter(tags=["turns"], dependencies=[Depends(require(parts, Role.CALLER))])

    @routes.post(
        "/v1/turns",
        operation_id="next_turn",
        summary="The next words in a live call",
        openapi_extra=takes(TURN_REQUEST, turn_examples(parts.vocabulary)),
        responses=answers("TurnAnswer", "The next words.", 401, 403, 413, 422, 503),
    )
    async def answer(request: Request) -> Response:
        """Nothing is remembered between turns: what was heard comes with the request; the same body gets the same."""
        order, line = await read_body(request, TurnRequest), line_of(request)
        line.keep_out(order.case.customer.pii)
        line.note(scenario=order.case.scenario.value)
        decision = await parts.turns.answer(order)
        line.note(action=decision.action, source=decision.source, revision=decision.policy_revision)
        if order.options.stream:
            headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
            return StreamingResponse(events_of(decision.answer), media_type="text/event-stream", headers=headers)
        return Response(decision.answer, media_type="application/json")

    return routes


async def events_of(answer: bytes) -> AsyncIterator[bytes]:
    """Server-sent events: one `segment` each, then `done` with the whole answer."""
    for segment in orjson.loads(answer)["segments"]:
        yield b"event: segment\ndata: " + orjson.dumps(segment) + b"\n\n"
    yield b"event: done\ndata: " + answer + b"\n\n"
