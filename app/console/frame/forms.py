"""What a form of a page brought along."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from fastapi import Request
from starlette.datastructures import FormData

JUST_NOW = timedelta(minutes=2)
"""Who presses the same button twice does so within this time, and is told of the success of the first."""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form; files are read elsewhere."""

    data: FormData

    @classmethod
    async def of(cls, request: Request) -> Self:
        """The form that a request sends."""
        return cls(await request.form())

    def get(self, name: str) -> str | None:
        """The first value of a field."""
        value = self.data.get(name)
        return storable(value) if isinstance(value, str) else None

    def raw(self, name: str) -> str:
        """A field as it was typed."""
        return self.get(name) or ""

    def text(self, name: str) -> str:
        """A field without what stands around it; line ends as everywhere else."""
        return self.raw(name).replace("\r\n", "\n").strip()

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return [storable(value) for value in self.data.getlist(name) if isinstance(value, str)]

    def lines(self, name: str) -> list[str]:
        """A field's lines that hold anything."""
        return [line for each in self.text(name).split("\n") if (line := each.strip())]


def legible(text: str, *, lines: bool = False) -> str:
    """A text without characters that cannot be shown; lines may end where they are allowed."""
    return "".join(each if each.isprintable() or (lines and each == "\n") else " " for each in text).strip()


def storable(text: str) -> str:
    """A field without what no store keeps: halves of characters, and NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")
