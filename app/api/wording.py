"""/v1/wording/lines: what is approved to be said and what of it is held; freeze and unfreeze."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel

from app.api.auth import require
from app.api.bodies import read_body
from app.api.operations import Responses, answers, meaning, takes
from app.api.request_log import line_of
from app.api.wording_answers import (
    FreezeAnswer,
    HoldAnswer,
    HoldRequest,
    SuspensionAnswer,
    WordingLine,
    WordingLineAnswer,
    WordingLinesAnswer,
)
from app.api.wording_change_answers import WordingChangeAnswer
from app.api.wording_examples import ASKED, FROZEN, HOLDS, LINE, LINES, SUSPENDED
from app.approved.holds import LINE_ID, LineKind
from app.lexicon.catalogue import Line
from app.lexicon.holding import Held
from app.lexicon.refused import UnknownLine
from app.lexicon.register import Dossier
from app.lexicon.rewording import Rewording
from app.lexicon.said import count_said
from app.parts import Parts
from app.records import Principal, Role, utc_now
from guards.types import Scenario

PARAMETERS = ("id", "q", "kind", "scenario", "limit")
"""The names of what stands in a path or a query."""
_LINE = "/v1/wording/lines/{id}"
_LineId = Annotated[str, Path(alias="id", pattern=LINE_ID, description="The id of an approved text.")]


def router(parts: Parts) -> APIRouter:
    """The routes of this resource."""
    routes = APIRouter(tags=["wording"])
    holding, masked = parts.holding, parts.policy.current.personal_data.masked
    anybody, approver = Depends(require(parts)), Depends(require(parts, Role.APPROVER))
    askers = Depends(require(parts, Role.EDITOR, Role.APPROVER))

    @routes.get(
        "/v1/wording/lines",
        operation_id="list_wording_lines",
        summary="Find approved texts",
        responses=answers("WordingLinesAnswer", "The texts that fit.", 401, 403, 404, 422, 503, examples=LINES),
        dependencies=[anybody],
    )
    async def find(
        q: Annotated[str, Query(max_length=100, description="Words of the text, or of its id.")] = "",
        kind: Annotated[LineKind | None, Query(description="Only those that (also) are this.")] = None,
        scenario: Annotated[Scenario | None, Query(description="Only those that may be said there.")] = None,
        limit: Annotated[int, Query(ge=1, le=200, description="The most texts that are answered.")] = 50,
    ) -> Response:
        """Fallback bodies, replies, bridges, stitched segments, complements, and the lines of the model: where each may
        be said and whether it is suspended. What reads the same is one text.
        """
        held, lines = await _lines(parts)
        words = q.strip().casefold()
        found = [line for line in lines.values() if line.fits(words, kind, scenario)]
        told = [WordingLine.of(line, held) for line in found[:limit]]
        return _json(WordingLinesAnswer(revision=held.revision.number, total=len(found), lines=told))

    @routes.get(
        _LINE,
        operation_id="read_wording_line",
        summary="Read an approved text",
        responses=_unknown(answers("WordingLineAnswer", "The text.", 401, 403, 404, 422, 503, examples=LINE)),
        dependencies=[anybody],
    )
    async def read(identity: _LineId) -> Response:
        """With how often it was said in the last seven days, as far as the newest recorded scripts tell."""
        held, lines = await _lines(parts)
        if identity not in lines:
            raise UnknownLine
        (said,) = await count_said(parts.log, [lines[identity]], utc_now())
        return _json(WordingLineAnswer.read(lines[identity], held, said))

    @routes.post(
        f"{_LINE}/suspend",
        operation_id="suspend_wording_line",
        summary="Take a text out of use at once",
        openapi_extra=takes("HoldRequest", HOLDS),
        responses=_conflict(
            _unknown(_posted("SuspensionAnswer", "It is suspended.", 404, examples=SUSPENDED)),
            "It is suspended already.",
            "AlreadySuspended",
        ),
    )
    async def suspend(request: Request, identity: _LineId, who: Annotated[Principal, approver]) -> Response:
        """One person is enough, and it is published at once: every replica obeys within two seconds. A body that holds
        the text is not said, and where nothing else may be said a person takes over.
        """
        why = await read_body(request, HoldRequest)
        held = await holding.suspend(identity, who.person, masked(why.reason))
        line_of(request).note(action="suspended", revision=held.revision.number)
        line = WordingLine.of(holding.lines(held.holds)[identity], held)
        return _json(SuspensionAnswer(revision=held.revision.number, line=line))

    @routes.post(
        f"{_LINE}/resume",
        operation_id="ask_to_resume_wording_line",
        summary="Ask that a suspended text may be said again",
        openapi_extra=takes("HoldRequest", HOLDS),
        responses=_conflict(
            _unknown(_posted("WordingChangeAnswer", "It is asked for.", 404, examples=ASKED)),
            "It is not suspended.",
            "NotHeld",
        ),
    )
    async def resume(request: Request, identity: _LineId, who: Annotated[Principal, askers]) -> Response:
        """Nothing changes before an approver who is another person has approved it."""
        why = await read_body(request, HoldRequest)
        return _told(request, await holding.ask_to_resume(identity, who.person, masked(why.reason)))

    @routes.post(
        "/v1/lexicon/freeze",
        operation_id="freeze",
        summary="Let only approved fallbacks be spoken, at once",
        openapi_extra=takes("HoldRequest", HOLDS),
        responses=_conflict(
            _posted("FreezeAnswer", "It is frozen.", examples=FROZEN), "It is frozen already.", "AlreadyFrozen"
        ),
    )
    async def freeze(request: Request, who: Annotated[Principal, approver]) -> Response:
        """One person is enough, and it is published at once. While it is frozen no model is asked, and nothing of the
        pool is said.
        """
        why = await read_body(request, HoldRequest)
        held = await holding.freeze(who.person, masked(why.reason))
        line_of(request).note(action="frozen", revision=held.revision.number)
        return _json(FreezeAnswer(revision=held.revision.number, frozen=HoldAnswer.of(held.holds.freeze)))

    @routes.post(
        "/v1/lexicon/unfreeze",
        operation_id="ask_to_unfreeze",
        summary="Ask that models may write again",
        openapi_extra=takes("HoldRequest", HOLDS),
        responses=_conflict(
            _posted("WordingChangeAnswer", "It is asked for.", examples=ASKED), "It is not frozen.", "NotFrozen"
        ),
    )
    async def unfreeze(request: Request, who: Annotated[Principal, askers]) -> Response:
        """Nothing changes before an approver who is another person has approved it."""
        why = await read_body(request, HoldRequest)
        return _told(request, await holding.ask_to_unfreeze(who.person, masked(why.reason)))

    return routes


async def _lines(parts: Parts) -> tuple[Held, Mapping[str, Line]]:
    held = await parts.holding.held()
    return held, await asyncio.to_thread(parts.holding.lines, held.holds)


def _posted(schema: str, about: str, *errors: int, examples: Iterable[str] = ()) -> Responses:
    return answers(schema, about, 401, 403, *errors, 409, 413, 422, 503, examples=examples)


def _unknown(told: Responses) -> Responses:
    return meaning(told, 404, "There is no such text.", "UnknownLine")


def _conflict(told: Responses, words: str, example: str) -> Responses:
    return meaning(told, 409, words, example)


def _told(request: Request, asked: Dossier[Rewording]) -> Response:
    line_of(request).note(action=asked.record.state.value)
    return _json(WordingChangeAnswer.of(asked))


def _json(answer: BaseModel) -> Response:
    return Response(answer.model_dump_json(), media_type="application/json")
