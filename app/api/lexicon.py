"""/v1/lexicon: the rules in force, and rules as files that go out and come in."""

import asyncio
import json
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.requests import ClientDisconnect

from app.api.auth import require
from app.api.lexicon_answers import ChangeAnswer, RuleAnswer, RulesAnswer
from app.api.lexicon_examples import CHANGE, RULES
from app.api.operations import BINARY, UPLOAD, answers, answers_with
from app.api.request_log import line_of
from app.api.revisions import HIGHEST
from app.lexicon.drafts import Change
from app.lexicon.files import RuleFiles
from app.lexicon.listing import state_of
from app.lexicon.transfer import Format, exported, format_of, imported
from app.parts import Parts
from app.records import Principal, Role, Taken
from app.threads import in_daemon_thread
from guards.lexicon.scope import china_today

PARAMETERS = ("state", "q", "revision", "format", "title")
"""The names of what stands in a query."""
_Form = Literal["csv", "xlsx", "yaml"]


def router(parts: Parts) -> APIRouter:
    """The routes of this resource."""
    routes = APIRouter(tags=["lexicon"])
    life = parts.lifecycle
    editor, turn = Depends(require(parts, Role.EDITOR)), asyncio.Lock()

    @routes.get(
        "/v1/lexicon/rules",
        operation_id="list_rules",
        summary="Read the rules",
        responses=answers("RulesAnswer", "The rules that fit.", 401, 403, 404, 422, 503, examples=RULES),
        dependencies=[Depends(require(parts))],
    )
    async def rules(
        state: Annotated[
            Literal["active", "scheduled", "ended", "all"],
            Query(description="In force today, from a later day on, or no more."),
        ] = "active",
        q: Annotated[str, Query(max_length=100, description="What stands anywhere in a rule: a word, an id.")] = "",
        revision: Annotated[int | None, Query(ge=1, le=HIGHEST, description="Of this one; absent: the newest.")] = None,
    ) -> Response:
        """Those of the newest revision, or of an earlier one."""
        edition = await life.edition(revision)
        found = list(_fitting(edition.files, state, q.strip().casefold(), china_today()))
        answer = RulesAnswer(revision=edition.revision.number, rules=found)
        return Response(answer.model_dump_json(), media_type="application/json")

    @routes.get(
        "/v1/lexicon/export",
        operation_id="export_rules",
        summary="Take the rules out as a file",
        response_class=Response,
        responses=answers_with(
            {form.media_type: {"schema": {"type": "string"} if form is Format.CSV else BINARY} for form in Format},
            "The file: a sheet of the phrase rules, or a ZIP archive of all YAML files, byte for byte.",
            *(401, 403, 404, 422, 503),
        ),
    )
    async def take_out(
        who: Annotated[Principal, editor],
        form: Annotated[_Form, Query(alias="format", description="What the file is to be.")],
        revision: Annotated[int | None, Query(ge=1, le=HIGHEST, description="Of this one; absent: the newest.")] = None,
    ) -> Response:
        """What is sent back after it was edited is a draft of the difference."""
        edition = await life.edition(revision)
        content = await asyncio.to_thread(exported, edition.files, Format(form))
        await parts.exports.note(Taken.RULES, who.person, {"revision": edition.revision.number, "format": form})
        named = {"content-disposition": f'attachment; filename="{Format(form).file_name}"'}
        return Response(content, media_type=Format(form).media_type, headers=named)

    @routes.post(
        "/v1/lexicon/import",
        operation_id="import_rules",
        summary="Draft a change out of a file",
        openapi_extra=UPLOAD,
        responses=answers("ChangeAnswer", "The draft.", 401, 403, 413, 422, 503, examples=CHANGE),
    )
    async def take_in(
        request: Request,
        who: Annotated[Principal, editor],
        form: Annotated[
            _Form | None, Query(alias="format", description="What the file is; absent: by `content-type`.")
        ] = None,
        title: Annotated[str, Query(max_length=200, description="The title of the draft.")] = "",
    ) -> Response:
        """A sheet (CSV, XLSX), a YAML file, or a ZIP archive of them. It makes a draft, never a revision. Everything
        that is wrong in the file is told at once, by row or by line, and then nothing is kept.
        """
        content, sent_as = await request.body(), request.headers.get("content-type", "")
        files, named = await life.rules(), parts.policy.current.personal_data.masked(title)

        def read() -> Change:
            kind = Format(form) if form else format_of(content, sent_as)
            return imported(files, content, kind, named or f"导入 {kind.value.upper()}")

        async with turn:  # one file at a time: each may take all of a core, and much memory
            change = await in_daemon_thread(read)
        if await request.is_disconnected():  # nobody waits for the draft: most of the work is still to come
            raise ClientDisconnect
        drafted = await life.draft(change, who.person)
        line_of(request).note(action=drafted.record.state.value)
        return Response(ChangeAnswer.of(drafted).model_dump_json(), media_type="application/json")

    return routes


def _fitting(files: RuleFiles, state: str, words: str, today: date) -> Iterator[RuleAnswer]:
    for rule in files.rules.values():
        stands = state_of(rule.data.get("effective"), today)
        is_named = not words or words in json.dumps(rule.data, ensure_ascii=False).casefold()
        if is_named and state in ("all", stands):
            yield RuleAnswer(
                id=rule.id, kind=rule.kind, file=rule.file, line=rule.line, state=stands, rule=dict(rule.data)
            )
