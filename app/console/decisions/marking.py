"""The marks that one form brings for all findings of a decision: only what differs is kept."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.console.frame.forms import Form, legible
from app.console.frame.rendering import FieldError
from app.records import Mark

LONGEST_NOTE = 500
_MARK = re.compile(r"(?:mark|note)-(\d{1,5})")
Typed = Mapping[int, tuple[str, str]]
"""What is chosen and written about each finding, by its place."""


@dataclass(frozen=True, slots=True)
class Marking:
    """What was sent."""

    typed: Typed

    @classmethod
    def of(cls, form: Form) -> "Marking":
        """Every finding about which anything stands in the form."""
        found = (_MARK.fullmatch(name) for name in form.data)
        places = sorted({int(match[1]) for match in found if match})
        sent = {place: (form.text(f"mark-{place}"), legible(form.text(f"note-{place}"))) for place in places}
        return cls({place: one for place, one in sent.items() if any(one)})

    def errors(self) -> Iterator[FieldError]:
        """What is wrong, beside each finding."""
        if not self.typed:
            yield FieldError(None, "请至少给一处命中选“真命中”或者“误命中”。")
        for place, (mark, note) in self.typed.items():
            if mark not in {each.value for each in Mark}:
                yield FieldError(f"mark-{place}", f"第 {place + 1} 处：请选“真命中”或者“误命中”。")
            if len(note) > LONGEST_NOTE:
                told = f"第 {place + 1} 处：备注最长 {LONGEST_NOTE} 个字，现在是 {len(note)} 个。"
                yield FieldError(f"note-{place}", told)

    def new(self, own: Typed) -> Iterator[tuple[int, Mark, str]]:
        """Those that are not this person's own already."""
        for place, (mark, note) in self.typed.items():
            if own.get(place) != (mark, note):
                yield place, Mark(mark), note
