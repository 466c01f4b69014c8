"""A line sequence as a grammar for structured outputs, by which a model server decodes approved lines only."""

import json
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

from app.writing.lines.orders import Order

_grammars: WeakKeyDictionary[Order, str] = WeakKeyDictionary()


def line_grammar(sequence: Order) -> str:
    """The sequence in the BNF of vLLM's structured outputs (xgrammar): a rule for each state and each group of lines.

    A grammar knows the state and nothing else, so it lets a line be said twice: whoever reads the answer must drop
    repetitions. Servers compile it once for each brief; for a sequence that counts slots this would take seconds.
    """
    if sequence not in _grammars:
        _grammars[sequence] = _grammar(sequence)
    return _grammars[sequence]


def _grammar(sequence: Order) -> str:
    names: dict[Any, str] = {sequence.start: "root"}
    groups: dict[Any, str] = {}
    for line in sequence.lines:
        groups.setdefault(_group(line), f"k{len(groups)}")
    rules: list[str] = []
    ahead = [sequence.start]
    while ahead:
        state = ahead.pop()
        alternatives = ['""'] if sequence.may_end(state) else []
        seen = set()
        for index in sequence.next(state):
            group = _group(sequence.lines[index])
            if group in seen:
                continue
            seen.add(group)
            following = sequence.after(state, index)
            if following not in names:
                names[following] = f"s{len(names)}"
                ahead.append(following)
            alternatives.append(f"{groups[group]} {names[following]}")
        rules.append(f"{names[state]} ::= {' | '.join(alternatives)}")
    for group, name in groups.items():
        texts = [_quoted(line.text) for line in sequence.lines if _group(line) == group]
        rules.append(f"{name} ::= {' | '.join(texts)}")
    return "\n".join(rules) + "\n"


def _group(line: Any) -> Any:
    """What lines have in common that differ in nothing but their text: the same states precede and follow them."""
    return replace(line, text="")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
