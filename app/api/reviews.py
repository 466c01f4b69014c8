"""POST /v1/reviews: examine one text, or up to a thousand."""

import orjson
from fastapi import APIRouter, Depends, Request, Response

from app.api.auth import require
from app.api.bodies import is_batch, parse_body, schema_of
from app.api.parts import Parts
from app.records import Role
from app.requests import ReviewBatch, ReviewItem


def router(parts: Parts) -> APIRouter:
    """The routes of this resource."""
    routes = APIRouter(tags=["reviews"], dependencies=[Depends(require(parts, Role.CALLER))])

    @routes.post("/v1/reviews", openapi_extra=schema_of(ReviewItem | ReviewBatch, "/v1/reviews"))
    async def review(request: Request) -> Response:
        """Examine a text, or `items`; only `text` is required, and what is absent is not checked."""
        body = await request.body()
        if is_batch(body):
            batch = parse_body(body, ReviewBatch)
            answer: object = {"items": await parts.reviewer.review(batch.items)}
        else:
            item = parse_body(body, ReviewItem)
            answer = (await parts.reviewer.review([item], in_batch=False))[0]
        return Response(orjson.dumps(answer), media_type="application/json")

    return routes
