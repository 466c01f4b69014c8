"""A course of hand-written lines as a grammar, by which a server decodes nothing else."""

import json
from dataclasses import replace
from weakref import WeakKeyDictionary

from app.writing.lines.sequence import Course, Line, Stage

_written: WeakKeyDictionary[Course, str] = WeakKeyDictionary()


def line_grammar(course: Course) -> str:
    """The course in the BNF of vLLM's structured outputs (xgrammar): a rule for each stage and each group of lines.

    It remembers nothing beyond a stage, and so lets a line be said twice; answers must be rid of that. Servers
    compile it once for each brief; a course that counts slots would take them seconds.
    """
    if course not in _written:
        _written[course] = _grammar(course)
    return _written[course]


def _grammar(course: Course) -> str:
    stages: dict[Stage, str] = {course.start: "root"}
    kinds: dict[Line, str] = {}
    for line in course.lines:
        kinds.setdefault(_kind(line), f"k{len(kinds)}")
    rules: list[str] = []
    ahead = [course.start]
    while ahead:
        stage = ahead.pop()
        ways = ['""'] if course.may_end(stage) else []
        seen = set()
        for place in course.next(stage):
            kind = _kind(course.lines[place])
            if kind in seen:
                continue
            seen.add(kind)
            later = course.after(stage, place)
            if later not in stages:
                stages[later] = f"s{len(stages)}"
                ahead.append(later)
            ways.append(f"{kinds[kind]} {stages[later]}")
        rules.append(f"{stages[stage]} ::= {' | '.join(ways)}")
    for kind, name in kinds.items():
        rules.append(f"{name} ::= {' | '.join(_quoted(line.text) for line in course.lines if _kind(line) == kind)}")
    return "\n".join(rules) + "\n"


def _kind(line: Line) -> Line:
    return replace(line, text="")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
