"""A change of rules as somebody asks for it: what is added, edited and retired."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.lexicon.files import plain
from app.lexicon.labels import FIELDS, named
from app.lexicon.problems import ChangeRefused, Problem, nearest_label, shown

Rule = Mapping[str, Any]
"""A rule in the contract's shape (JSON)."""
_PARTS = ("title", "adds", "edits", "retires")
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Change:
    """Rules in the contract's shape that are added or take the place of their namesakes, and ids that are retired."""

    title: str = ""
    adds: Sequence[Rule] = ()
    edits: Sequence[Rule] = ()
    retires: Sequence[str] = ()

    @classmethod
    def parse(cls, body: object) -> "Change":
        """The change that a request, or a file, says.

        Raises:
            ChangeRefused: if it is none; the rules within are not looked at.
        """
        if problems := list(_misshapen(body)):
            raise ChangeRefused(problems)
        assert isinstance(body, dict)
        return cls(
            str(body.get("title") or ""),
            tuple(plain(rule) for rule in body.get("adds") or ()),
            tuple(plain(rule) for rule in body.get("edits") or ()),
            tuple(body.get("retires") or ()),
        )

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        return bool(self.adds or self.edits or self.retires)

    def as_json(self) -> dict[str, Any]:
        """What `parse` reads."""
        return {
            "title": self.title,
            "adds": [dict(rule) for rule in self.adds],
            "edits": [dict(rule) for rule in self.edits],
            "retires": list(self.retires),
        }

    @property
    def touches(self) -> Sequence[str]:
        """The ids of the rules that it adds, edits and retires."""
        return [*(str(rule.get("id")) for _, rule in self.rules()), *self.retires]

    def rules(self) -> Iterator[tuple[str, Rule]]:
        """Every rule that is written, and its place in the change: `adds.0`."""
        for part, rules in (("adds", self.adds), ("edits", self.edits)):
            for index, rule in enumerate(rules):
                yield f"{part}.{index}", rule


def _misshapen(body: object) -> Iterator[Problem]:
    if not isinstance(body, dict):
        told = "改动应当是一组“名称: 内容”。"
        yield Problem(code="wrong_type", message=told, english="a change is an object")
        return
    for name in body:
        if name not in _PARTS:
            meant = nearest_label(str(name), {part: FIELDS[part] for part in _PARTS})
            hint = f"是不是想写{named(meant)}？" if meant else f"可以写的有：{'、'.join(map(named, _PARTS))}。"
            yield Problem(
                code="unknown_field",
                field=str(name),
                word=shown(name),
                message=f"改动里没有“{shown(name)}”这一项。{hint}",
                english=f"unknown field {name}",
            )
    title = body.get("title")
    if not isinstance(title, str | None) or len(title or "") > _LONGEST_TITLE or "\0" in (title or ""):
        told = f"{named('title')}应当是文字，最多 {_LONGEST_TITLE} 个字。"
        yield Problem(code="wrong_type", field="title", message=told, english="title must be a short string")
    elif title and not title.isprintable():
        told = f"{named('title')}里有换行或者看不见的字符，请删掉。"
        yield Problem(code="unprintable", field="title", message=told, english="the title holds what cannot be shown")
    for part, (kind, told) in {"adds": (dict, "规则"), "edits": (dict, "规则"), "retires": (str, "规则编号")}.items():
        listed = body.get(part) if body.get(part) is not None else []
        if not isinstance(listed, list | tuple):
            message = f"{named(part)}应当是一串{told}。"
            yield Problem(code="wrong_type", field=part, message=message, english=f"{part} must be a list")
            continue
        for index, each in enumerate(listed):
            if not isinstance(each, kind):
                message = f"{named(part)}的第 {index + 1} 条应当是{told}，现在是“{shown(each)}”。"
                english = f"{part} holds something else than rules"
                yield Problem(code="wrong_type", field=f"{part}.{index}", message=message, english=english)
