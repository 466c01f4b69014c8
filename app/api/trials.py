"""/v1/lexicon/changes/{id}/dry-run, and the draft that a false hit becomes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import StreamingResponse
from orjson import dumps

from app.api.auth import require
from app.api.bodies import parse_body
from app.api.lexicon_answers import ChangeAnswer
from app.api.lexicon_examples import CHANGE, TRIALS
from app.api.lexicon_requests import ULID, TrialRequest
from app.api.operations import answers, meaning, takes
from app.api.request_log import line_of
from app.api.trial_answers import TrialAnswer
from app.errors import HeyanError
from app.lexicon.marks import draft_from_mark
from app.lexicon.trials import Trial
from app.parts import Parts
from app.records import Principal, Role

PARAMETERS = ("id",)
"""The names of what stands in a path."""
_JSON = "application/json"
_MARK = "^[0-9A-Za-z]{1,40}:[0-9]{1,5}$"
_TRIED = meaning(
    answers("TrialAnswer", "What it does.", 401, 403, 404, 413, 422, 503, examples=["one_phrase"]),
    404,
    "There is no such change.",
    "UnknownChange",
)
_DRAFTED = meaning(
    answers("ChangeAnswer", "The draft.", 401, 403, 404, 422, 503, examples=CHANGE),
    404,
    "Nobody marked this finding as a false hit.",
    "UnknownMark",
)


def router(parts: Parts) -> APIRouter:
    """The routes of this resource."""
    routes = APIRouter(tags=["lexicon"])
    editor = Depends(require(parts, Role.EDITOR))

    @routes.post(
        "/v1/lexicon/changes/{id}/dry-run",
        operation_id="try_change",
        summary="Try a change on what was said lately",
        openapi_extra=takes("TrialRequest", TRIALS),
        responses=_TRIED,
        dependencies=[Depends(require(parts, Role.EDITOR, Role.APPROVER))],
    )
    async def trial(
        request: Request,
        identity: Annotated[str, Path(alias="id", pattern=ULID, description="The id of the change.")],
    ) -> Response:
        """What it would newly stop and newly let pass among the newest recorded scripts and reviews (personal data
        masked, as they were recorded), and which approved wording it stops. Only the changed rules are judged. Nothing
        is changed by it, and the change may be in any state. With `"stream": true`: server-sent events `progress` with
        the records judged so far, then `done` with the whole answer, or `error`.
        """
        asked = parse_body(await request.body() or b"{}", TrialRequest)
        if asked.stream:
            await parts.lifecycle.get(identity)  # a change that is not there is a 404, and no stream
            return StreamingResponse(_events(parts, identity, asked.records), media_type="text/event-stream")
        made = await parts.trials.run(identity, asked.records)
        line_of(request).note(action="dry_run")
        return Response(_page(made), media_type=_JSON)

    @routes.post(
        "/v1/lexicon/changes/from-mark/{id}",
        operation_id="draft_exception",
        summary="Draft the exception that a false hit asks for",
        responses=_DRAFTED,
    )
    async def from_mark(
        request: Request,
        mark: Annotated[str, Path(alias="id", pattern=_MARK, description="The id of the mark: `script_id:finding`.")],
        who: Annotated[Principal, editor],
    ) -> Response:
        """The shortest exception with which the rule lets this sentence pass and still finds all its own examples; the
        sentence becomes an example of what it must not find.
        """
        script_id, _, number = mark.partition(":")
        drafted = await draft_from_mark(parts.lifecycle, parts.log, parts.marks, script_id, int(number), who.person)
        line_of(request).note(action=drafted.record.state.value)
        return Response(ChangeAnswer.of(drafted).model_dump_json(), media_type=_JSON)

    return routes


def _page(made: Trial) -> bytes:
    return TrialAnswer.of(made).model_dump_json().encode()


async def _events(parts: Parts, identity: str, records: int) -> AsyncIterator[bytes]:
    """Progress as it comes; only the newest count is kept for a client that reads slowly."""
    counted, news = 0, asyncio.Event()

    def note(count: int) -> None:
        nonlocal counted
        counted = count
        news.set()

    run = asyncio.create_task(parts.trials.run(identity, records, note))
    run.add_done_callback(lambda _: news.set())
    try:
        while not run.done():
            await news.wait()
            news.clear()
            yield _event("progress", dumps({"records": counted, "of": records}))
        yield _event("done", _page(run.result()))
    except HeyanError as failure:
        yield _event("error", dumps({"error": type(failure).__name__, "detail": str(failure), "fields": []}))
    finally:
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)


def _event(name: str, data: bytes) -> bytes:
    return f"event: {name}\ndata: ".encode() + data + b"\n\n"
