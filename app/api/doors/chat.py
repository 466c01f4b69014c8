"""POST /v1/chat/completions and GET /v1/models: the next words of a live call, in the dialect most engines speak."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from app.api.auth import require
from app.api.bodies import read_json
from app.api.doors.asked import headers, read_asked, turn_of
from app.api.doors.completions import MODEL, Completion, failure, models
from app.api.doors.messages import call_ids, carried, transcript_of
from app.api.doors.schemas import in_dialect
from app.api.operations import answers, takes
from app.api.request_log import line_of
from app.errors import HeyanError, Malformed, RequestError
from app.parts import Parts
from app.records import Decision, Role
from app.turns.request import Utterance

_BEGUN = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())
"""Seconds since 1970: what the list of models says its one model was made at."""
_KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


def router(parts: Parts) -> APIRouter:
    """The routes of this dialect; each also without `/v1`, since engines differ in what they append."""
    routes = APIRouter(tags=["doors"])
    identify = require(parts, Role.CALLER)

    async def complete(request: Request) -> Response:
        """Words that were blocked are no error: something that may be said comes instead."""
        await identify(request)
        body = read_json(await request.body())
        if not isinstance(body, dict):
            raise Malformed("an object is expected")
        transcript = transcript_of(body)
        decision = await _answered(parts, request, body, transcript)
        answer, heard = orjson.loads(decision.answer), sum(len(each.text) for each in transcript)
        model = body.get("model") if isinstance(body.get("model"), str) else MODEL
        completion = Completion(answer, int(decision.created_at.timestamp()), str(model), heard)
        if _is_true(body.get("stream")):
            options = body.get("stream_options")
            with_usage = isinstance(options, dict) and _is_true(options.get("include_usage"))
            told = {**headers(answer), "Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
            return StreamingResponse(
                _stream(completion, with_usage=with_usage), media_type="text/event-stream", headers=told
            )
        return Response(completion.whole(), media_type="application/json", headers=headers(answer))

    async def listed(request: Request) -> Response:
        """The one model that answers here."""
        await identify(request)
        return Response(models(_BEGUN), media_type="application/json")

    for prefix, is_shown in (("/v1", True), ("", False)):
        routes.add_api_route(
            f"{prefix}/chat/completions",
            _in_dialect(complete),
            methods=["POST"],
            operation_id="complete_chat",
            summary="The next words, as a chat completion",
            openapi_extra=takes("ChatRequest", ["opening"]),
            responses=in_dialect(answers("ChatAnswer", "The next words.", 413), 400, 401, 403, 503),
            include_in_schema=is_shown,
        )
        routes.add_api_route(
            f"{prefix}/models",
            _in_dialect(listed),
            methods=["GET"],
            operation_id="list_models",
            summary="The model that answers as chat completion",
            responses=in_dialect(answers("ModelsAnswer", "The one model."), 401, 403),
            include_in_schema=is_shown,
        )
    return routes


async def _answered(
    parts: Parts, request: Request, body: Mapping[str, Any], transcript: Sequence[Utterance]
) -> Decision:
    asked = await read_asked(carried(body, request.headers), parts.vocabulary, parts.held_cases, datetime.now(UTC))
    line = line_of(request)
    line.keep_out(asked.case.customer.pii)
    line.note(scenario=asked.case.scenario.value)
    decision = await parts.turns.answer(turn_of(asked, transcript, *call_ids(body)))
    line.note(action=decision.action, source=decision.source, revision=decision.policy_revision)
    return decision


def _in_dialect(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """The same, with errors in the shape that clients of this dialect read."""

    async def handled(request: Request) -> Response:
        try:
            return await handler(request)
        except RequestError as refused:
            line_of(request).note(refused=type(refused).__name__)
            status = 400 if refused.status == 422 else refused.status
            told = "; ".join(f"{each.field}: {each.reason}" for each in refused.fields[:10])
            message = f"{refused.detail}: {told}" if told else refused.detail
            kind = _KINDS.get(status, "invalid_request_error")
            content = failure(status, message, kind, refused.fields[0].field if refused.fields else None)
        except HeyanError as failed:
            line_of(request).failure = type(failed).__name__
            status = failed.status
            content = failure(status, "the store does not answer", "server_error")
        return Response(content, status, media_type="application/json")

    handled.__doc__ = handler.__doc__
    return handled


async def _stream(completion: Completion, *, with_usage: bool) -> AsyncIterator[bytes]:
    for chunk in completion.chunks(with_usage=with_usage):
        yield chunk


def _is_true(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")
