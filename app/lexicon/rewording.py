"""A change of approved wording as somebody asks for it: texts that are added, edited, retired, or said again."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.approved.holds import LINE_ID
from app.approved.wording import WORDING_FILES
from app.lexicon.problems import ChangeRefused, Problem, nearest_label, shown
from app.lexicon.wording_files import Beside

_LONGEST_TITLE = 200
_PARTS = ("title", "adds", "edits", "retires", "files", "resumes", "unfreezes", "was")
_NAMES = {"title": "标题", "adds": "新增", "edits": "修改", "retires": "删除"}
_ADD, _EDIT, _RESUME = {"beside": str, "text": str}, {"id": str, "text": str}, {"id": str, "text": str, "since": str}
_LISTED: Mapping[str, tuple[Mapping[str, type], str]] = {
    "adds": (_ADD, "一句话（beside：放在哪句话旁边，text：说什么）"),
    "edits": (_EDIT, "一句话（id：改哪句话，text：改成什么）"),
    "resumes": (_RESUME, "一句停用了的话（id、text、since）"),
}
_OPTIONAL: Mapping[str, Mapping[str, type]] = {"adds": {"before": bool}}


@dataclass(frozen=True, slots=True)
class Edited:
    """The text that takes the place of the one of this id, wherever it stands."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """A suspended text that is to be said again; `since`: when it was suspended (ISO 8601)."""

    id: str
    text: str
    since: str


@dataclass(frozen=True, slots=True)
class Rewording:
    """What becomes of approved texts. `files`: whole files that take the place of theirs. `unfreezes`: since when.

    `was`: how the texts read that it touches, by their ids.
    """

    title: str = ""
    adds: Sequence[Beside] = ()
    edits: Sequence[Edited] = ()
    retires: Sequence[str] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    resumes: Sequence[Resumed] = ()
    unfreezes: str | None = None
    was: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, body: object) -> "Rewording":
        """The change that a request, or the store, says.

        Raises:
            ChangeRefused: if it is none; the texts within are not looked at.
        """
        if problems := list(_misshapen(body)):
            raise ChangeRefused(problems)
        assert isinstance(body, dict)
        return cls(
            str(body.get("title") or ""),
            tuple(Beside(one["beside"], one["text"], one.get("before", False)) for one in body.get("adds") or ()),
            tuple(Edited(one["id"], one["text"]) for one in body.get("edits") or ()),
            tuple(body.get("retires") or ()),
            dict(body.get("files") or {}),
            tuple(Resumed(one["id"], one["text"], one["since"]) for one in body.get("resumes") or ()),
            body.get("unfreezes"),
            dict(body.get("was") or {}),
        )

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        return bool(self.changes_texts or self.resumes or self.unfreezes)

    @property
    def changes_texts(self) -> bool:
        """Whether other words would be said."""
        return bool(self.adds or self.edits or self.retires or self.files)

    @property
    def touches(self) -> Sequence[str]:
        """The ids of the texts that it edits, retires, resumes, or puts others beside."""
        ids = [*(one.id for one in self.edits), *(one.id for one in self.resumes), *(one.beside for one in self.adds)]
        return tuple(dict.fromkeys((*ids, *self.retires)))

    def as_json(self) -> dict[str, Any]:
        """What `parse` reads."""
        return {
            "title": self.title,
            "adds": [{"beside": one.beside, "text": one.text, "before": one.is_before} for one in self.adds],
            "edits": [{"id": one.id, "text": one.text} for one in self.edits],
            "retires": list(self.retires),
            "files": dict(self.files),
            "resumes": [{"id": one.id, "text": one.text, "since": one.since} for one in self.resumes],
            "unfreezes": self.unfreezes,
            "was": dict(self.was),
        }


def _misshapen(body: object) -> Iterator[Problem]:
    if not isinstance(body, dict):
        yield _wrong(None, "改动应当是一组“名称: 内容”。", "a change is an object")
        return
    for name in body:
        if name not in _PARTS:
            meant = nearest_label(str(name), _NAMES)
            hint = f"是不是想写{_named(meant)}？" if meant else f"可以写的有：{'、'.join(map(_named, _NAMES))}。"
            told = f"改动里没有“{shown(name)}”这一项。{hint}"
            yield Problem(
                code="unknown_field",
                field=str(name),
                word=shown(name),
                message=told,
                english=f"unknown field {name}",
            )
    title = body.get("title")
    if not isinstance(title, str | None) or len(title or "") > _LONGEST_TITLE or "\0" in (title or ""):
        told = f"{_named('title')}应当是文字，最多 {_LONGEST_TITLE} 个字。"
        yield _wrong("title", told, "title must be a short string")
    elif title and not title.isprintable():
        told = f"{_named('title')}里有换行或者看不见的字符，请删掉。"
        yield _wrong("title", told, "the title holds what cannot be shown")
    for part, (fields, told) in _LISTED.items():
        yield from _entries(part, body.get(part), fields, told)
    yield from _ids(body.get("retires"))
    if not isinstance(body.get("was") or {}, dict):
        yield _wrong("was", "原来的说法由服务填写，不用写。", "was is an object, and filled in here")
    files = body.get("files") or {}
    if not isinstance(files, dict) or not all(
        name in WORDING_FILES and isinstance(text, str) for name, text in files.items()
    ):
        told = f"文件只能是这几个：{'、'.join(WORDING_FILES)}。"
        yield _wrong("files", told, "files are texts by the names of the files of wording")
    if body.get("unfreezes") is not None and not _is_moment(body["unfreezes"]):
        yield _wrong("unfreezes", "冻结时间写得不对。", "unfreezes is when it was frozen")


def _entries(part: str, listed: object, fields: Mapping[str, type], told: str) -> Iterator[Problem]:
    if listed is not None and not isinstance(listed, list | tuple):
        yield _wrong(part, f"{_named(part)}应当是一串话。", f"{part} must be a list")
        return
    may = {**fields, **_OPTIONAL.get(part, {})}
    for index, one in enumerate(listed or ()):
        place = f"{part}.{index}"
        if not isinstance(one, dict):
            yield _wrong(place, f"{_named(part)}的第 {index + 1} 条应当是{told}。", f"{part} holds something else")
            continue
        for name in one:
            if name not in may:
                message = f"{_named(part)}的第 {index + 1} 条里没有“{shown(name)}”这一项，应当是{told}。"
                yield _wrong(f"{place}.{name}", message, f"unknown field {name}")
        for name, kind in may.items():
            is_right = isinstance(one.get(name), kind) if name in fields or name in one else True
            if is_right and name in ("id", "beside"):
                is_right = re.fullmatch(LINE_ID, one[name]) is not None
            if is_right and name == "since":
                is_right = _is_moment(one[name])
            if not is_right:
                message = f"{_named(part)}的第 {index + 1} 条的“{name}”写得不对，应当是{told}。"
                yield _wrong(f"{place}.{name}", message, f"{name} is missing or malformed")


def _ids(listed: object) -> Iterator[Problem]:
    if listed is not None and not isinstance(listed, list | tuple):
        yield _wrong("retires", f"{_named('retires')}应当是一串话术编号。", "retires must be a list")
        return
    for index, one in enumerate(listed or ()):
        if not isinstance(one, str) or re.fullmatch(LINE_ID, one) is None:
            message = f"{_named('retires')}的第 {index + 1} 条应当是话术编号，现在是“{shown(one)}”。"
            yield _wrong(f"retires.{index}", message, "retires holds something else than ids of texts")


def _is_moment(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _named(part: str) -> str:
    return f"“{_NAMES[part]}”（{part}）" if part in _NAMES else f"“{part}”"


def _wrong(place: str | None, message: str, english: str) -> Problem:
    return Problem(code="wrong_type", field=place, message=message, english=english)
