"""Approved wording as files: taken out as they stand, and brought back as a draft."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import UploadFile

from app.console.frame.downloads import download
from app.console.frame.forms import Form
from app.console.frame.rendering import FieldError, Pages
from app.console.frame.routing import page_routes, to
from app.console.frame.visitors import Visitor, require
from app.lexicon.problems import ChangeRefused, Problem
from app.lexicon.wording_transfer import exported_wording, imported_wording
from app.parts import Parts
from app.records import Role, Taken

_LONGEST_TITLE = 200


def router(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of this page."""
    routes = page_routes(pages)
    editor = Depends(require(parts, Role.EDITOR))

    @routes.get("/wording/files")
    async def ask(request: Request, visitor: Annotated[Visitor, editor]) -> Response:
        return await pages.page(request, "wording_files.html", visitor, here="/wording", errors=[], title="")

    @routes.post("/wording/files")
    async def take_in(request: Request, visitor: Annotated[Visitor, editor]) -> Response:
        form = await Form.of(request)
        title, sent = form.text("title"), form.data.get("file")
        content = await sent.read() if isinstance(sent, UploadFile) else b""
        await form.data.close()
        errors = []
        if not content:
            errors.append(FieldError("file", "请选一个文件：一个 YAML 文件，或者几个打成的 ZIP。"))
        if len(title) > _LONGEST_TITLE:
            errors.append(FieldError("title", f"标题有 {len(title)} 个字，最多 {_LONGEST_TITLE} 个字。"))
        if not errors:
            try:
                edition = await parts.rewording.edition()
                named = parts.policy.current.personal_data.masked(title) or "导入话术文件"
                change = await asyncio.to_thread(imported_wording, edition.wording, content, named)
                kept = await parts.rewording.draft(change, visitor.name)
                return to(request, f"/changes/{kept.record.id}", "saved")
            except ChangeRefused as refused:
                errors = [FieldError("file", _told(problem)) for problem in refused.problems]
        return await pages.page(
            request, "wording_files.html", visitor, here="/wording", status=422, errors=errors, title=title
        )

    @routes.get("/wording/export")
    async def take_out(request: Request, visitor: Annotated[Visitor, editor]) -> Response:
        edition = await parts.rewording.edition()
        content = await asyncio.to_thread(exported_wording, edition.wording)
        name, kind, told = "wording.zip", "application/zip", {"revision": edition.revision.number}
        return await download(parts, request, visitor, content, name, kind, Taken.WORDING, told)

    return routes


def _told(problem: Problem) -> str:
    """What is wrong, and in which line of which file."""
    if problem.file is None or problem.file in problem.message:
        return problem.message
    line = "" if problem.line is None else f" 第 {problem.line} 行"
    return f"{problem.file}{line}：{problem.message}"
