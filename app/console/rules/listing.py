"""The list of rules: found by word, family, scenario, channel, action and state; taken out and in as files."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.datastructures import UploadFile

from app.console.frame.downloads import download
from app.console.frame.forms import Form
from app.console.frame.rendering import FieldError, Pages
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import Visitor, require
from app.console.rules.tries import Given
from app.console.rules.words import ACTION_CHOICES, KINDS, STATE_WORDS, choices_of, family_words, plainly
from app.lexicon.files import kind_of_rule
from app.lexicon.listing import STATES, Listed, Listing, Wanted
from app.lexicon.problems import ChangeRefused, Problem
from app.lexicon.transfer import Format, exported, format_of, imported
from app.parts import Parts
from app.records import Role, Taken
from guards.lexicon.scope import china_today
from guards.types import Channel, Scenario

_A_PAGE = 50
_MOST_SHOWN = 300
_WEEK = timedelta(days=7)
_SUFFIXES = {".csv": Format.CSV, ".xlsx": Format.XLSX, ".yaml": Format.YAML, ".yml": Format.YAML}
_ROW = re.compile(r"^第 \d+ 行：?")
"""How the message of a problem in a sheet begins; the table says it by itself."""
_Name = Annotated[str, Query(max_length=80)]


@dataclass(frozen=True, slots=True)
class Places:
    """Pages of the list. `link` says which filters the address keeps."""

    page: int
    pages: int
    query: str

    def link(self, page: int) -> str:
        """The address of another page with the same filters."""
        return f"?{self.query}{'&' if self.query else ''}page={page}"


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this page."""
    routes = page_routes(pages)
    anybody, editor = Depends(require(parts)), Depends(require(parts, Role.EDITOR))
    listing = Listing()

    @routes.get("/rules")
    async def rules(
        request: Request,
        visitor: Annotated[Visitor, anybody],
        q: Annotated[str, Query(max_length=100)] = "",
        family: _Name = "",
        scenario: _Name = "",
        channel: _Name = "",
        action: _Name = "",
        state: _Name = "",
        page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    ) -> Response:
        wanted = _known(Wanted(q.strip(), family, scenario, channel, action, state))
        edition = await parts.lifecycle.edition()
        await asyncio.to_thread(listing.known, edition.files)
        found = listing.find(edition.files, wanted, china_today())
        count = max(1, -(-len(found) // _A_PAGE))
        page = min(page, count)
        shown = found[(page - 1) * _A_PAGE : page * _A_PAGE]
        since = datetime.now(UTC) - _WEEK
        hits = await parts.figures.hits([one.rule.id for one in shown], since) if shown else {}
        return await pages.page(
            request,
            "rules.html",
            visitor,
            here="/rules",
            wanted=wanted,
            is_filtered=wanted != Wanted(),
            found=shown,
            total=len(found),
            hits=hits,
            revision=edition.revision,
            places=Places(page, count, _query(wanted)),
            may_edit=visitor.may(Role.EDITOR),
            given=Given(scenario=wanted.scenario, channel=wanted.channel),
            **_choices(listing.families(edition.files)),
        )

    @routes.get("/rules/export")
    async def take_out(
        request: Request,
        visitor: Annotated[Visitor, editor],
        form: Annotated[Literal["csv", "xlsx", "yaml"], Query(alias="format")] = "xlsx",
    ) -> Response:
        edition, kind = await parts.lifecycle.edition(), Format(form)
        content = await asyncio.to_thread(exported, edition.files, kind)
        told = {"revision": edition.revision.number, "format": form}
        return await download(parts, request, visitor, content, kind.file_name, kind.media_type, Taken.RULES, told)

    @routes.get("/rules/import")
    async def ask(request: Request, visitor: Annotated[Visitor, editor]) -> Response:
        return await pages.page(
            request, "rule_import.html", visitor, here="/rules", errors=[], problems=[], left=0, title=""
        )

    @routes.post("/rules/import")
    async def take_in(request: Request, visitor: Annotated[Visitor, editor]) -> Response:
        title = (await Form.of(request)).text("title")[:200]
        sent = (await request.form()).get("file")
        content = await sent.read() if isinstance(sent, UploadFile) else b""
        await request.close()
        errors: list[FieldError] = []
        problems: Sequence[Problem] = ()
        if not isinstance(sent, UploadFile) or not content:
            errors = [FieldError("file", "请选一个文件；空的文件不能导入。")]
        else:
            try:
                return to(request, f"/changes/{await _draft(parts, visitor, sent, content, title)}", "saved")
            except ChangeRefused as refused:
                problems = refused.problems
                errors = [FieldError("file", f"文件里有 {len(problems)} 处要改，下面逐条列出；什么也没有导入。")]
        return await pages.page(
            request,
            "rule_import.html",
            visitor,
            here="/rules",
            status=422,
            errors=errors,
            problems=[_row(one) for one in problems[:_MOST_SHOWN]],
            left=max(0, len(problems) - _MOST_SHOWN),
            title=title,
        )

    return routes


async def _draft(parts: Parts, visitor: Visitor, sent: UploadFile, content: bytes, title: str) -> str:
    """The id of the draft of what a file asks for. Raises ChangeRefused."""
    name = PurePath(sent.filename or "").name
    by_name = None if content.startswith(b"PK\x03\x04") else _SUFFIXES.get(PurePath(name).suffix.lower())
    try:
        kind = by_name or format_of(content, sent.content_type or "")
    except ChangeRefused:
        told = "看不出这是什么文件。请选 .csv、.xlsx、.yaml 文件，或者装着 .yaml 文件的 .zip 压缩包。"
        raise ChangeRefused([Problem(code="unknown_format", message=told, english="no such file")]) from None
    files = await parts.lifecycle.rules()
    named = parts.policy.current.personal_data.masked(title) or f"导入 {kind.value.upper()}"
    change = await asyncio.to_thread(imported, files, content, kind, named)
    return (await parts.lifecycle.draft(change, visitor.name)).record.id


def _row(problem: Problem) -> dict[str, Any]:
    """A problem of a file as a row of a table."""
    place = f"第 {problem.row} 行" if problem.row is not None else ""
    if problem.row is None and problem.line is not None:
        place = f"{problem.file} 第 {problem.line} 行"
    return {
        "place": place or problem.file or "—",
        "column": problem.column or "",
        "rule": problem.rule or "",
        "word": problem.word or "",
        "told": _ROW.sub("", plainly(problem.message)),
    }


def _known(wanted: Wanted) -> Wanted:
    """Without values that no rule can have, such as those of an old address."""
    return Wanted(
        wanted.words,
        wanted.family,
        wanted.scenario if wanted.scenario in list(Scenario) else "",
        wanted.channel if wanted.channel in list(Channel) else "",
        wanted.action if wanted.action in dict(ACTION_CHOICES) else "",
        wanted.state if wanted.state in STATES else "",
    )


def _query(wanted: Wanted) -> str:
    named = asdict(wanted)
    return urlencode({"q" if name == "words" else name: value for name, value in named.items() if value})


def _choices(families: Sequence[str]) -> dict[str, Any]:
    """What the filters offer, and what the rows are called."""
    labels = dict(choices_of("scenarios"))
    return {
        "families": [(name, family_words(name)) for name in families],
        "scenarios": [(each.value, labels[each.value]) for each in Scenario],
        "channels": choices_of("channels"),
        "actions": ACTION_CHOICES,
        "states": [(name, STATE_WORDS[name][0]) for name in STATES],
        "state_words": STATE_WORDS,
        "family_words": family_words,
        "kind_words": lambda listed: KINDS[kind_of_rule(listed.rule.id)],
        "scope": _scope,
    }


def _scope(listed: Listed) -> str:
    known = {**dict(choices_of("scenarios")), "marketing": "营销", "servicing": "服务", "collection": "催收"}
    return "、".join(known.get(each, each) for each in listed.rule.data.get("scenarios") or ()) or "不限"
