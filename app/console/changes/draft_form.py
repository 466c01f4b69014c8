"""The one form of a draft: its title, why, who is asked, and a message; saved together, and together submitted."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from app.console.frame.forms import Form, legible
from app.console.frame.rendering import FieldError
from app.lexicon.lifecycle import Lifecycle
from app.records import People, Role
from app.records.names import is_same_person

MOST_TITLE, MOST_WORDS = 200, 2_000
_MOST_ASKED = 20
Mask = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class DraftForm:
    """What was sent. None: the form did not ask for it, and it stays as it is."""

    title: str | None
    note: str | None
    asked: list[str] | None
    message: str

    @classmethod
    async def of(cls, form: Form, people: People) -> "DraftForm":
        """What stands in the form; who is no approver is not asked."""
        asked = None
        if form.get("asks") is not None:
            known = {person.name for person in await people.list() if Role.APPROVER in person.roles}
            asked = [name for name in form.all("reviewers") if name in known][:_MOST_ASKED]
        return cls(
            None if form.get("title") is None else legible(form.text("title")),
            None if form.get("note") is None else legible(form.text("note"), lines=True),
            asked,
            legible(form.text("comment"), lines=True),
        )

    def errors(self) -> list[FieldError]:
        """What is too long."""
        return [
            *too_long("title", "标题", self.title or "", MOST_TITLE),
            *too_long("note", "说明", self.note or "", MOST_WORDS),
            *too_long("comment", "留言", self.message, MOST_WORDS),
        ]

    async def keep(
        self, life: Lifecycle[Any], identity: str, person: str, mask: Mask, then: Callable[[], Awaitable[Any]]
    ) -> None:
        """Keep all that differs, and take the step `then`; the message last: a step that is refused leaves it unsaid.

        Raises what the steps of a life do.
        """
        record = (await life.get(identity)).record
        if not is_same_person(record.author, person):
            await then()  # which is refused
            return
        title = record.title if self.title is None else mask(self.title)
        note = record.comment if self.note is None else mask(self.note)
        if (title, note) != (record.title, record.comment):
            await life.edit(identity, {"title": title}, person, note)
        if self.asked is not None and set(self.asked) != set(record.reviewers):
            await life.ask_reviewers(identity, person, self.asked)
        await then()
        said = (await life.get(identity)).comments[-1:]
        if self.message and not any(one.person == person and one.text == mask(self.message) for one in said):
            await life.comment(identity, person, mask(self.message))


def too_long(name: str, label: str, text: str, most: int) -> list[FieldError]:
    """What is wrong with a text that may be absent."""
    if len(text) <= most:
        return []
    return [FieldError(name, f"{label}有 {len(text)} 个字，最多 {most} 个字，请写短一点。")]
