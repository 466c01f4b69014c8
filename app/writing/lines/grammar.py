"""A course of hand-written lines as a grammar, by which a server decodes nothing else."""

import json
from dataclasses import replace
from weakref import WeakKeyDictionary

from app.writing.lines.sequence import Line, LineSequence, State

_written: WeakKeyDictionary[LineSequence, str] = WeakKeyDictionary()


def line_grammar(sequence: LineSequence) -> str:
    """The course in the BNF of vLLM's structured outputs (xgrammar): a rule for each stage and each group of lines.

    It remembers nothing beyond a stage, and so lets a line be said twice; answers must be rid of that. Servers
    compile it once for each brief; a course that counts slots would take them seconds.
    """
    if sequence not in _written:
        _written[sequence] = _grammar(sequence)
    return _written[sequence]


def _grammar(sequence: LineSequence) -> str:
    states: dict[State, str] = {sequence.start: "root"}
    kinds: dict[Line, str] = {}
    for line in sequence.lines:
        kinds.setdefault(_kind(line), f"k{len(kinds)}")
    rules: list[str] = []
    ahead = [sequence.start]
    while ahead:
        state = ahead.pop()
        ways = ['""'] if sequence.may_end(state) else []
        seen = set()
        for place in sequence.next(state):
            kind = _kind(sequence.lines[place])
            if kind in seen:
                continue
            seen.add(kind)
            later = sequence.after(state, place)
            if later not in states:
                states[later] = f"s{len(states)}"
                ahead.append(later)
            ways.append(f"{kinds[kind]} {states[later]}")
        rules.append(f"{states[state]} ::= {' | '.join(ways)}")
    for kind, name in kinds.items():
        rules.append(f"{name} ::= {' | '.join(_quoted(line.text) for line in sequence.lines if _kind(line) == kind)}")
    return "\n".join(rules) + "\n"


def _kind(line: Line) -> Line:
    return replace(line, text="")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
