"""POST /v1/reviews: examine one text, or up to a thousand."""

from collections.abc import Sequence

import orjson
from fastapi import APIRouter, Depends, Request, Response

from app.api.auth import require
from app.api.bodies import is_batch, parse_body, schema_of
from app.api.parts import Parts
from app.api.request_log import line_of
from app.records import Role
from app.requests import ReviewBatch, ReviewItem
from app.reviews import worst_action


def router(parts: Parts) -> APIRouter:
    """The routes of this resource."""
    routes = APIRouter(tags=["reviews"], dependencies=[Depends(require(parts, Role.CALLER))])

    @routes.post("/v1/reviews", openapi_extra=schema_of(ReviewItem | ReviewBatch, "/v1/reviews"))
    async def review(request: Request) -> Response:
        """Examine a text, or `items`; only `text` is required, and what is absent is not checked."""
        body, line = await request.body(), line_of(request)
        in_batch = is_batch(body)
        items = parse_body(body, ReviewBatch).items if in_batch else [parse_body(body, ReviewItem)]
        line.note(items=len(items), scenario=_common_scenario(items))
        for item in items:
            line.keep_out(item.pii)
        answers = await parts.reviewer.review(items, in_batch=in_batch)
        line.note(action=worst_action(answers), revision=next((one["policy_revision"] for one in answers), None))
        answer = {"items": answers} if in_batch else answers[0]
        return Response(orjson.dumps(answer), media_type="application/json")

    return routes


def _common_scenario(items: Sequence[ReviewItem]) -> str | None:
    """The scenario of all items; None where they have none or several."""
    named = {item.scenario for item in items}
    scenario = named.pop() if len(named) == 1 else None
    return scenario.value if scenario else None
