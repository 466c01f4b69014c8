"""Files that are handed out: not before the audit trail says who takes what."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response

from app.console.frame.visitors import Visitor
from app.parts import Parts
from app.records import Taken


async def download(
    parts: Parts,
    request: Request,
    visitor: Visitor,
    content: bytes,
    name: str,
    kind: str,
    taken: Taken,
    asked: Mapping[str, Any] | None = None,
    *,
    subject: str | None = None,
) -> Response:
    """The file under this name. `taken`, `asked`, `subject`: what the trail says of it. Raises StoreError."""
    if request.method != "HEAD":  # which hands nothing out
        await parts.exports.note(taken, visitor.name, asked, subject=subject)
    return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})
