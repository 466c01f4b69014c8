"""POST /v1/reviews: examine one text, or up to a thousand."""

from collections.abc import Sequence

import orjson
from fastapi import APIRouter, Depends, Request, Response

from app.api.auth import require
from app.api.bodies import is_batch, parse_body
from app.api.examples import REVIEW_ANSWERS, REVIEWS
from app.api.operations import answers, takes
from app.api.request_log import line_of
from app.api.schemas import REVIEW_REQUEST, REVIEW_RESULT
from app.parts import Parts
from app.records import Role
from app.requests import ReviewBatch, ReviewItem
from app.reviews import worst_action


def router(parts: Parts) -> APIRouter:
    """The routes of this resource."""
    routes = APIRouter(tags=["reviews"], dependencies=[Depends(require(parts, Role.CALLER))])

    @routes.post(
        "/v1/reviews",
        operation_id="review_texts",
        summary="Examine a text, or up to a thousand",
        openapi_extra=takes(REVIEW_REQUEST, REVIEWS),
        responses=answers(
            REVIEW_RESULT, "The verdict, or one for each item.", 401, 403, 413, 422, 503, examples=REVIEW_ANSWERS
        ),
    )
    async def review(request: Request) -> Response:
        """Only `text` is required; what is absent is not checked, and the answer lists in `checked` what was."""
        body, line = await request.body(), line_of(request)
        in_batch = is_batch(body)
        items = parse_body(body, ReviewBatch).items if in_batch else [parse_body(body, ReviewItem)]
        line.note(items=len(items), scenario=_common_scenario(items))
        for item in items:
            line.keep_out(item.pii)
        verdicts = await parts.reviewer.review(items, in_batch=in_batch)
        line.note(action=worst_action(verdicts), revision=next((one["policy_revision"] for one in verdicts), None))
        answer = {"items": verdicts} if in_batch else verdicts[0]
        return Response(orjson.dumps(answer), media_type="application/json")

    return routes


def _common_scenario(items: Sequence[ReviewItem]) -> str | None:
    """The scenario of all items; None where they have none or several."""
    named = {item.scenario for item in items}
    scenario = named.pop() if len(named) == 1 else None
    return scenario.value if scenario else None
