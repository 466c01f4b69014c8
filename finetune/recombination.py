"""More bodies out of approved ones: sentences that stand in the same place and say the same facts change places."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from app.writing.brief import Brief
from app.writing.skeleton import problems_of, sentences, slots_in
from finetune.judge import Judge
from finetune.rows import SftRow, template_of

_Place = Literal["first", "middle", "last"]
_Kind = tuple[str, str, str | None, _Place, frozenset[str]]
"""Scenario, generation, offer, place in the body, and slots."""


def recombined(rows: Sequence[SftRow], variants: int, seed: int, judging: Judge) -> list[SftRow]:
    """Up to `variants` further bodies for each row to learn from, all different, each judged like an approved one.

    Rows that are kept out of training give no sentence, and no body of theirs is made by chance.

    A small model that sees each sentence in one body alone learns the body by heart, and garbles sentences where a
    brief is new. Seen in many bodies, a sentence becomes something that it can place. No sentence is changed, and none
    that was written for a tag is said without it.
    """
    shuffler = random.Random(seed)
    known: dict[_Kind, list[tuple[frozenset[str], str]]] = defaultdict(list)
    taught = [row for row in rows if row.meta.split == "train"]
    for row in taught:
        for kind, sentence in _kinds(row.brief, row.body):
            known[kind].append((frozenset(row.brief.tags), sentence))
    written = {row.body for row in rows}
    made: list[SftRow] = []
    for row in taught:
        for _ in range(variants):
            body = _varied(row, known, shuffler)
            if body not in written and not problems_of(body, row.brief) and not judging.stops_for(body, row.brief):
                made.append(replace(row, body=body, meta=replace(row.meta, template=template_of(body))))
            written.add(body)
    return made


def _varied(row: SftRow, known: dict[_Kind, list[tuple[frozenset[str], str]]], shuffler: random.Random) -> str:
    said: list[str] = []
    for kind, sentence in _kinds(row.brief, row.body):
        fitting = [other for tags, other in known[kind] if tags <= set(row.brief.tags) and other not in said]
        said.append(shuffler.choice(fitting) if fitting else sentence)
    return "".join(said)


def _kinds(brief: Brief, body: str) -> Iterator[tuple[_Kind, str]]:
    """Each sentence of a body with what may take its place."""
    said = sentences(body)
    for number, sentence in enumerate(said):
        place: _Place = "first" if number == 0 else "last" if number == len(said) - 1 else "middle"
        yield (
            (brief.scenario.value, brief.generation.value, brief.offer, place, frozenset(slots_in(sentence))),
            sentence,
        )
