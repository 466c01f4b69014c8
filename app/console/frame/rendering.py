"""Pages out of templates: what every page shows, how times and names read, and what a browser may load."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from app.console.frame.notices import left, take_away
from app.console.frame.visitors import Visitor
from app.console.frame.words import ACTIONS, CHANGE_STATES, ROLES, SOURCES
from app.errors import FieldProblem
from app.lexicon.labels import CHANNELS, GENERATIONS, SCENARIOS, STAGES
from app.parts import Parts
from app.records import Role
from guards.lexicon.scope import CHINA
from guards.types import Span

FOLDER = Path(__file__).parents[1]
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
}
MENU = (
    ("", "概览"),
    ("/changes", "变更"),
    ("/rules", "规则"),
    ("/wording", "话术"),
    ("/try", "试一试"),
    ("/decisions", "决策查询"),
    ("/audit", "审计"),
    ("/people", "人员与密钥"),
    ("/contacts", "拒绝名单"),
    ("/webhooks", "通知"),
)

_ONLY = {
    "/decisions": (Role.AUDITOR,),
    "/audit": (Role.AUDITOR,),
    "/people": (Role.ADMIN,),
    "/webhooks": (Role.ADMIN,),
    "/contacts": (Role.CALLER, Role.EDITOR, Role.APPROVER, Role.AUDITOR),
}
"""Whose pages are not for everybody; they are refused to others too."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with a field of a form, in words for who filled it in. `field`: None for the form as a whole."""

    field: str | None
    told: str


class Pages:
    """The pages of one service."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        env = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        env.filters.update(
            beijing=beijing,
            person=called({"service": "系统", "operator": "命令行", "loopback": "本机"}, "—"),
            day=lambda moment: f"{moment.astimezone(CHINA):%Y-%m-%d}",
            marked=marked,
            number=lambda value: f"{value:,}",
            percent=lambda value: f"{value:.1%}",
            role=called(ROLES, ""),
            action=called({name: told for name, (told, _) in ACTIONS.items()}, "—"),
            shade=called({name: shade for name, (_, shade) in ACTIONS.items()}, ""),
            source=called(SOURCES, "—"),
            scenario=called(SCENARIOS, "不限"),
            channel=called(CHANNELS, "不限"),
            generation=called(GENERATIONS, "不限"),
            stage=called(STAGES, "不限"),
            state=called({name: told for name, (told, _) in CHANGE_STATES.items()}, "—"),
            state_shade=called({name: shade for name, (_, shade) in CHANGE_STATES.items()}, ""),
        )
        self._env = env

    @cached_property
    def version(self) -> str:
        """Changes when a file that browsers keep does."""
        digest = hashlib.sha256()
        for file in sorted((FOLDER / "static").iterdir()):
            digest.update(file.read_bytes())
        return digest.hexdigest()[:12]

    async def page(
        self, request: Request, name: str, visitor: Visitor, *, here: str = "", status: int = 200, **context: Any
    ) -> Response:
        """A page for somebody who is signed in, inside the frame of all pages."""
        waiting = await self._parts.headlines.submitted(visitor.name) if visitor.may(Role.APPROVER) else 0
        ruling = self._parts.policy.ruling
        menu = [each for each in MENU if visitor.may(*_ONLY.get(each[0], Role))]
        more = {"menu": menu, "here": here, "waiting": waiting, "frozen": ruling.wording.holds.freeze}
        said = left(request)
        response = self._response(request, name, status, {**more, "visitor": visitor, "said": said, **context}, visitor)
        if said is not None:
            take_away(response, request)
        return response

    def alone(self, request: Request, name: str, *, status: int = 200, **context: Any) -> Response:
        """A page for who is not signed in."""
        return self._response(request, name, status, context, None)

    def _response(
        self, request: Request, name: str, status: int, context: Mapping[str, Any], visitor: Visitor | None
    ) -> Response:
        token = Markup('<input type="hidden" name="csrf" value="{}">').format(visitor.csrf if visitor else "")
        base = f"{request.scope.get('root_path', '')}/console"
        whole = {"base": base, "version": self.version, "csrf": lambda: token, **context}
        content = self._env.get_template(name).render(whole)
        return Response(content, status, media_type="text/html; charset=utf-8", headers=HEADERS)


def called(labels: Mapping[Any, str], nothing: str) -> Callable[[object], str]:
    """A filter: what officers call a value, the value itself where it has no name, `nothing` for none."""
    known = {str(value): label for value, label in labels.items()}
    return lambda value: nothing if value in (None, "") else known.get(str(value), str(value))


def told_of(problems: Sequence[FieldProblem]) -> list[FieldError]:
    """What an error of the contract says, without the English for engineers behind it."""
    return [FieldError(problem.field, in_chinese(problem.reason)) for problem in problems]


def in_chinese(told: str) -> str:
    """A message without the English in brackets at its end."""
    head, bracket, tail = told.rpartition(" (" if " (" in told else "(")
    is_english = bracket and tail.endswith(")") and tail[:-1].isascii()
    return head.rstrip() if is_english and head else told


def beijing(moment: datetime | None) -> str:
    """A time in China, to the minute; a dash for none."""
    return "—" if moment is None else f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


def marked(text: str, spans: Sequence[Span | Sequence[int]] = ()) -> Markup:
    """A text with stretches of it marked."""
    covered = sorted(
        (span.start, span.end) if isinstance(span, Span) else (int(span[0]), int(span[1])) for span in spans
    )
    pieces, last = [], 0
    for start, end in covered:
        if end <= last:
            continue
        begin = max(start, last)
        pieces += [escape(text[last:begin]), Markup("<mark>{}</mark>").format(text[begin:end])]
        last = end
    return Markup("").join([*pieces, escape(text[last:])])
