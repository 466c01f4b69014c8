"""Liveness, readiness and metrics."""

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from orjson import dumps

from app.api.operations import REQUEST_ID, answers, answers_with, ref
from app.errors import StoreError
from app.parts import Parts
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
        """The store said a short time ago which policy is to be in force; whether the model answers is told, too."""
        problem = await _problem(parts)
        state = {"store": "failing" if problem else "answering", **_state(parts)}
        try:
            parts.watch.require()
        except AwaitingRefusals as waiting:
            refusal = {"error": type(waiting).__name__, "detail": str(waiting), "fields": []}
            page = dumps({**refusal, "status": "not ready", **state, "store": "restored"})
            return Response(page, 503, media_type="application/json")
        except StoreError:
            pass  # what follows says so
        if parts.standing.is_stale or not parts.log.is_accepting:
            refusal = {"error": "StoreError", "detail": problem or _STALE, "fields": []}
            page = dumps({**refusal, "status": "not ready", **state})
            return Response(page, 503, media_type="application/json")
        return Response(dumps({"status": "ready", **state}), media_type="application/json")

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


_STALE = "the rules in force were not confirmed for too long"


async def _problem(parts: Parts) -> str | None:
    try:
        await parts.log.check()
    except StoreError:
        return "the store does not answer"
    return None


def _state(parts: Parts) -> dict[str, object]:
    policy, standing, answering = parts.policy.current, parts.standing, parts.model_health.is_answering
    return {
        "policy_revision": policy.revision,
        "policy_digest": policy.digest,
        "policy": standing.policy,
        "problem": standing.problem,
        "files": "differ" if standing.differing else "as published",
        "differing": list(standing.differing),
        "model": "unknown" if answering is None else "answering" if answering else "failing",
    }
