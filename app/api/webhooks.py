"""/v1/webhooks: where outside the service tells what waits, what came into force and what failed."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from app.api.auth import require
from app.api.bodies import read_body
from app.api.operations import answers, meaning, takes
from app.api.webhook_answers import (
    NEW_WEBHOOKS,
    NoticeAnswer,
    NoticesAnswer,
    WebhookAnswer,
    WebhookRequest,
    WebhooksAnswer,
    WebhookTestAnswer,
)
from app.parts import Parts
from app.records import Principal, Role

PARAMETERS = ("id",)
_Id = Annotated[str, Path(alias="id", description="Of the webhook.", pattern="^[0-9a-f]{16}$")]
_JSON = "application/json"
_NONE = 404, "There is no such webhook.", "UnknownWebhook"
_LISTED = answers("WebhooksAnswer", "All webhooks, oldest first.", 401, 403, 503, examples=["one"])
_MADE = meaning(
    answers("WebhookAnswer", "The webhook.", 401, 403, 409, 413, 422, 503, examples=["dingtalk"]),
    409,
    "There is a webhook of this name, or there are as many as there may be.",
    "WebhookNameTaken",
    "TooManyWebhooks",
)
_REMOVED = meaning(
    answers("WebhookAnswer", "The webhook that was removed.", 401, 403, 404, 422, 503, examples=["dingtalk"]), *_NONE
)
_TRIED = meaning(
    answers("WebhookTestAnswer", "What came of it.", 401, 403, 404, 422, 503, examples=["arrived", "refused"]), *_NONE
)
_NOTICES = meaning(answers("NoticesAnswer", "The newest first.", 401, 403, 404, 422, 503, examples=["one"]), *_NONE)


def router(parts: Parts) -> APIRouter:
    """The routes of this resource."""
    admin = require(parts, Role.ADMIN)
    desk = parts.notices
    routes = APIRouter(tags=["webhooks"], dependencies=[Depends(admin)])

    @routes.get("/v1/webhooks", operation_id="list_webhooks", summary="List the webhooks", responses=_LISTED)
    async def read() -> Response:
        """What is told where, and how much of it did not arrive yet."""
        waiting = await desk.outbox.waiting()
        items = [WebhookAnswer.of(each, waiting.get(each.id, 0)) for each in await desk.webhooks.list()]
        return Response(WebhooksAnswer(items=items).model_dump_json(), media_type=_JSON)

    @routes.post(
        "/v1/webhooks",
        operation_id="create_webhook",
        summary="Make a webhook",
        openapi_extra=takes("WebhookRequest", NEW_WEBHOOKS),
        responses=_MADE,
    )
    async def create(request: Request, who: Annotated[Principal, Depends(admin)]) -> Response:
        """What happens from now on is told there; the URL is shown nobody again, since it often is a secret."""
        body = await read_body(request, WebhookRequest)
        made = await desk.webhooks.create(
            body.name,
            body.platform,
            body.url.get_secret_value(),
            body.kinds,
            secret=None if body.secret is None else body.secret.get_secret_value(),
            by=who.person,
        )
        return Response(WebhookAnswer.of(made, 0).model_dump_json(), media_type=_JSON)

    @routes.delete("/v1/webhooks/{id}", operation_id="remove_webhook", summary="Remove a webhook", responses=_REMOVED)
    async def remove(identity: _Id, who: Annotated[Principal, Depends(admin)]) -> Response:
        """Nothing more is told there, also not what waits."""
        webhook = await desk.webhooks.find(identity)
        await desk.webhooks.remove(identity, by=who.person)
        return Response(WebhookAnswer.of(webhook, 0).model_dump_json(), media_type=_JSON)

    @routes.post(
        "/v1/webhooks/{id}/test", operation_id="test_webhook", summary="Tell a webhook something", responses=_TRIED
    )
    async def test(identity: _Id, who: Annotated[Principal, Depends(admin)]) -> Response:
        """At once, and once: whether it arrived is the answer. It takes ten seconds at most."""
        failure = await desk.try_out(identity, who.person)
        answer = WebhookTestAnswer(delivered=failure is None, failure=failure)
        return Response(answer.model_dump_json(), media_type=_JSON)

    @routes.get(
        "/v1/webhooks/{id}/notices",
        operation_id="list_notices",
        summary="Read what was told to a webhook",
        responses=_NOTICES,
    )
    async def told(identity: _Id) -> Response:
        """The last hundred, and what waits to be told; what did not arrive is tried for a day."""
        webhook = await desk.webhooks.find(identity)
        items = [NoticeAnswer.of(each) for each in await desk.outbox.newest(webhook.id, limit=100)]
        return Response(NoticesAnswer(items=items).model_dump_json(), media_type=_JSON)

    return routes
