"""Make further bodies of approved ones by exchanging sentences that stand in the same place and say the same slots."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from app.approved.brief import Brief
from app.approved.skeleton import problems_of, sentences, slots_in
from app.approved.vocabulary import REPLY
from finetune.dataset.rows import SftRow, template_of
from finetune.lines.reader import OPTIONAL_SLOTS
from finetune.screening.briefs import brief_for
from finetune.screening.judge import Judge
from guards.types import Group

_Place = Literal["first", "middle", "last"]
_Kind = tuple[str, str, str | None, _Place, frozenset[str]]
"""Scenario, generation, offer, place in the body, and slots."""
_Known = dict[_Kind, list[tuple[frozenset[str], str]]]
"""The sentences of each kind, with the tags that they were written for."""
_MORE = (0, 0, 1, 2)
_ALLOWED = 0.7
"""How often an order allows a slot that need not be said."""


def recombined(rows: Sequence[SftRow], variants: int, seed: int, judging: Judge) -> list[SftRow]:
    """Up to `variants` further bodies for each row to learn from, all different, each judged like an approved one.

    Rows that are kept out of training give no sentence, and no body of theirs is made by chance.

    A small model that sees each sentence in one body alone learns the body by heart, and garbles sentences where a
    brief is new. Seen in many bodies, a sentence becomes something that it can place. No sentence is changed, and none
    that was written for a tag is said without it. Some bodies say further slots, and their briefs allow slots that they
    do not say: the service orders so, and what a model learns for other orders it does not write for these.
    """
    shuffler = random.Random(seed)
    known: _Known = defaultdict(list)
    taught = [row for row in rows if row.meta.split == "train"]
    for row in taught:
        for kind, sentence in _kinds(row.brief, row.body):
            known[kind].append((frozenset(row.brief.tags), sentence))
    written = {row.body for row in rows}
    made: list[SftRow] = []
    for row in taught:
        for _ in range(variants):
            body = _extended(row, _varied(row, known, shuffler), known, shuffler)
            brief = _ordered(row.brief, body, shuffler)
            if body not in written and not problems_of(body, brief) and not judging.blocking_findings_for(body, brief):
                made.append(replace(row, brief=brief, body=body, meta=replace(row.meta, template=template_of(body))))
            written.add(body)
    return made


def _varied(row: SftRow, known: _Known, shuffler: random.Random) -> list[str]:
    """The sentences of a row, others in the places of some."""
    said: list[str] = []
    for kind, sentence in _kinds(row.brief, row.body):
        fitting = [other for tags, other in known[kind] if tags <= set(row.brief.tags) and other not in said]
        said.append(shuffler.choice(fitting) if fitting else sentence)
    return said


def _extended(row: SftRow, said: list[str], known: _Known, shuffler: random.Random) -> str:
    """A body, in half of all cases with one or two sentences more, before its last, that say further slots."""
    more = shuffler.choice(_MORE) if row.brief.strategy != REPLY and len(said) > 1 else 0
    for _ in range(more):
        slots = {slot for sentence in said for slot in slots_in(sentence)}
        fitting = [
            sentence
            for kind, others in known.items()
            if kind[:4] == (*_cell(row.brief), "middle") and kind[4] - slots and not kind[4] & slots
            for tags, sentence in others
            if tags <= set(row.brief.tags)
        ]
        if fitting:
            said.insert(len(said) - 1, shuffler.choice(fitting))
    return "".join(said)


def _ordered(brief: Brief, body: str, shuffler: random.Random) -> Brief:
    """The order that a body answers, which allows slots that it does not say."""
    own = brief_for(brief.scenario, brief.generation, brief.strategy, brief.tags, brief.offer, body)
    known = ("产品名",) if brief.scenario.group is Group.MARKETING else OPTIONAL_SLOTS
    allowed = {*own.optional_slots, *(slot for slot in known if shuffler.random() < _ALLOWED)}
    return replace(own, optional_slots=tuple(sorted(allowed)))


def _kinds(brief: Brief, body: str) -> Iterator[tuple[_Kind, str]]:
    """Each sentence of a body with what may take its place."""
    said = sentences(body)
    for number, sentence in enumerate(said):
        place: _Place = "first" if number == 0 else "last" if number == len(said) - 1 else "middle"
        yield (*_cell(brief), place, frozenset(slots_in(sentence))), sentence


def _cell(brief: Brief) -> tuple[str, str, str | None]:
    return brief.scenario.value, brief.generation.value, brief.offer
