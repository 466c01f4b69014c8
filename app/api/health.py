"""Liveness, readiness and metrics."""

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from orjson import dumps

from app.api.operations import REQUEST_ID, answers, answers_with, ref
from app.api.parts import Parts
from app.errors import StoreError
from app.records import AwaitingRefusals


def router(parts: Parts) -> APIRouter:
    """The routes of this resource; none needs a key, and none tells anything about a customer."""
    routes = APIRouter(tags=["health"])

    @routes.get(
        "/health/live",
        operation_id="is_live",
        summary="Ask whether the process answers",
        responses=answers("LiveAnswer", "It does."),
    )
    async def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "live"}

    @routes.get(
        "/health/ready",
        operation_id="is_ready",
        summary="Ask whether calls can be answered",
        responses=answers("ReadyAnswer", "They can.")
        | {
            503: {
                "description": "The store does not answer, or was restored and waits for refusals since then.",
                "headers": REQUEST_ID,
                "content": {"application/json": {"schema": ref("NotReadyAnswer")}},
            }
        },
    )
    async def ready() -> Response:
        """A policy is loaded and the store answers; says whether the model does, without which fallbacks are spoken."""
        policy = parts.policy.current
        answering = parts.model_health.is_answering
        state = {
            "policy_revision": policy.revision,
            "policy_digest": policy.digest,
            "model": "unknown" if answering is None else "answering" if answering else "failing",
        }
        try:
            await parts.log.check()
            parts.watch.require()
        except (StoreError, AwaitingRefusals) as failure:
            is_restored = isinstance(failure, AwaitingRefusals)
            detail = str(failure) if is_restored else "the store does not answer"
            refusal = {"error": type(failure).__name__, "detail": detail, "fields": []}
            page = dumps({**refusal, "status": "not ready", "store": "restored" if is_restored else "failing", **state})
            return Response(page, 503, media_type="application/json")
        return Response(dumps({"status": "ready", "store": "answering", **state}), media_type="application/json")

    @routes.get(
        "/metrics",
        operation_id="read_metrics",
        summary="Read the metrics",
        response_class=PlainTextResponse,
        responses=answers_with({"text/plain": {"schema": {"type": "string"}}}, "Prometheus text format."),
    )
    async def metrics() -> Response:
        """Prometheus text format."""
        return Response(parts.metrics.page(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return routes
