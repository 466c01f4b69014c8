"""Customers written by hand: who they are, what they answer to what, and how a call with them should end."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

Cue = Literal[
    "opening", "identity", "matter", "date", "readback", "plan", "yes_no", "time", "repeated", "handoff", "any"
]
"""What an assistant's turn may be to its listener."""


class CustomersError(Exception):
    """The file of customers is unusable; the message names every problem."""


class _Exact(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Line(_Exact):
    """One thing to say; where it `interrupts`, the assistant was cut short by it. No text is silence."""

    text: str
    interrupts: bool = False


class Reaction(_Exact):
    """What is said once to an assistant's turn that is any of `when`; one of `lines`.

    `refuses`: whichever line it is, no call may go on after it.
    """

    when: list[Cue] = Field(min_length=1)
    lines: list[Line | str] = Field(min_length=1)
    refuses: bool = False


class Ending(_Exact):
    """How a call may rightly end, and what must have been told of it by then."""

    action: Literal["end_call", "do_not_call", "handoff"]
    events: list[str] = []


class Speech(_Exact):
    """How somebody sounds; 0 characters a second is somebody who says nothing."""

    chars_per_second: float = Field(ge=0, le=30)
    loudness: str


class Customer(_Exact):
    """One customer. `facts` come on top of what is usual for the scenario."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    scenario: Literal["acquisition", "activation", "bill_reminder", "collection_m1", "collection_m2"]
    age: int = Field(ge=0, le=120)
    about: str
    speech: Speech
    facts: dict[str, Any] = {}
    presses: bool = False
    reading: bool = False
    ends: list[Ending] = Field(min_length=1)
    says: list[Reaction] = Field(min_length=1)
    default: list[Line | str] = Field(min_length=1)


def read_customers(file: Path) -> list[Customer]:
    """The customers in the file's order.

    Raises:
        CustomersError: naming what is no YAML, breaks the format or has an id twice.
    """
    try:
        customers = TypeAdapter(list[Customer]).validate_python(yaml.safe_load(file.read_text("utf-8")))
    except OSError as unreadable:
        raise CustomersError(f"{file}: {unreadable.strerror or unreadable}") from None
    except yaml.YAMLError as broken:
        raise CustomersError(f"{file}: no YAML: {broken}") from None
    except ValidationError as invalid:
        problems = [f"{file}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in invalid.errors()]
        raise CustomersError("\n".join(problems)) from None
    ids = [customer.id for customer in customers]
    if twice := sorted({each for each in ids if ids.count(each) > 1}):
        raise CustomersError(f"{file}: stand there twice: {', '.join(twice)}")
    return customers


def drawn(lines: Sequence[Line | str], *place: object, round_: int) -> Line:
    """One of the lines, by the hash of its place; each further round takes the next one."""
    digest = hashlib.sha256("/".join(map(str, place)).encode()).digest()
    line = lines[(int.from_bytes(digest[:8], "big") + round_) % len(lines)]
    return Line(text=line) if isinstance(line, str) else line


class Memory:
    """What one customer has not said yet in one call."""

    def __init__(self, customer: Customer, seed: int, round_: int) -> None:
        self._customer = customer
        self._place = (seed, customer.id)
        self._round = round_
        self._spent: set[int] = set()
        self._defaults = 0

    def answer(self, cues: frozenset[Cue]) -> tuple[Line, Reaction | None]:
        """What is said to a turn that is `cues`: of the first unspent reaction that fits, else one of the defaults."""
        for number, reaction in enumerate(self._customer.says):
            if number not in self._spent and not cues.isdisjoint(reaction.when):
                self._spent.add(number)
                return drawn(reaction.lines, *self._place, number, round_=self._round), reaction
        # In one call defaults come one after the other: nobody repeats himself before he has said all.
        self._defaults += 1
        line = drawn(self._customer.default, *self._place, "default", round_=self._round + self._defaults)
        return line, None
