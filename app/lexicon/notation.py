"""How a rule is written in a YAML file: in the order and the style of the shipped ones, so that it reads back equal."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import yaml
from yaml.resolver import Resolver

WIDTH = 240
"""Columns of a line, of which a Chinese character takes two, unless one word is longer."""
ORDER = (
    "id",
    "title",
    "action",
    "whole_script",
    "scenarios",
    "stages",
    "channels",
    "callees",
    "generations",
    "quantities",
    "facts",
    "derived",
    "before",
    "before_patterns",
    "loose",
    "loose_patterns",
    "after",
    "after_patterns",
    "only_if_fact",
    "phrases",
    "near",
    "patterns",
    "states",
    "within",
    "once",
    "waiver",
    "except",
    "unless_fact",
    "stating",
    "even_if_negated",
    "unless_act",
    "reason",
    "suggest",
    "source",
    "since",
    "effective",
    "examples",
)
"""The order of a rule's fields; it is the contract's."""
_UNSAID: tuple[tuple[str, Any], ...] = (
    ("ordered", True),
    ("unless_before", []),
    ("unless_between", []),
    ("unless", []),
)
_DAYS = frozenset({"from", "until", "since", "today"})
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MARKS = r"\w《》〈〉（）“”‘’「」『』【】、，。；！？：·…—～–%+/"
_PLAIN = re.compile(rf"[\w《〈（“‘「『【](?:[{_MARKS}. -]*[{_MARKS}])?")
_UNPRINTABLE = re.compile("[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_RESOLVER = Resolver()


def sparse(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule that has every field, as somebody would write it: without what is said by saying nothing."""
    said = {name: value for name, value in rule.items() if value not in (None, [], False)}
    for name in ("unless_fact", "only_if_fact", "waiver", "near", "source", "examples"):
        if name in said:
            said[name] = _pruned(said[name])
    return said


def _pruned(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {name: _pruned(each) for name, each in value.items() if each is not None}
        return {name: each for name, each in kept.items() if (name, each) not in _UNSAID}
    return [_pruned(each) for each in value] if isinstance(value, list) else value


def written_rule(rule: Mapping[str, Any], indent: int) -> list[str]:
    """The lines of a rule, as an item of a list whose dashes stand behind `indent` spaces."""
    lines = [line for name in ORDER if name in rule for line in written_field(name, rule[name], indent + 2)]
    return [f"{' ' * indent}- {lines[0][indent + 2 :]}", *lines[1:]]


def written_field(name: str, value: Any, indent: int) -> list[str]:
    """The lines of one field of a rule, behind `indent` spaces."""
    margin = " " * indent
    if name == "examples" and isinstance(value, Mapping):
        inner = [line for key, texts in value.items() for line in _listed(key, texts, indent + 2)]
        return [f"{margin}{name}:", *inner]
    if name.endswith("patterns") or name == "near":
        return _listed(name, value, indent)
    return _wrapped(f"{margin}{name}: ", _tokens(value, name), indent + 2)


def _listed(name: str, items: Sequence[Any], indent: int) -> list[str]:
    """A list with an item a line; mappings are opened only among neighbours, whose words are many."""
    margin = " " * indent
    lines = [f"{margin}{name}:"]
    for item in items:
        if name == "near":
            fields = [line for key, value in item.items() for line in written_field(key, value, indent + 4)]
            lines += [f"{margin}  - {fields[0][indent + 4 :]}", *fields[1:]]
        elif name.endswith("patterns"):
            lines.append(f"{margin}  - {_quoted(item)}")
        else:
            lines += _wrapped(f"{margin}  - ", _tokens(item, name), indent + 6)
    return lines


def _wrapped(head: str, tokens: Sequence[str], indent: int) -> list[str]:
    lines = [[head + tokens[0]]]
    reached = _width(lines[0][0])
    for token in tokens[1:]:
        width = _width(token)
        if reached + 1 + width <= WIDTH:
            lines[-1].append(token)
            reached += 1 + width
        else:
            lines.append([" " * indent + token])
            reached = indent + width
    return [" ".join(line) for line in lines]


def _width(text: str) -> int:
    """Columns: a Chinese character takes three bytes and two columns."""
    return (len(text) + len(text.encode("utf-8", "surrogatepass"))) // 2


def _tokens(value: Any, name: str) -> list[str]:
    """A value on as few lines as need be: what may stand on a line of its own is a token."""
    if isinstance(value, Mapping):
        return _enclosed(
            "{", [_glued(f"{_scalar(key)}: ", _tokens(each, str(key))) for key, each in value.items()], "}"
        )
    if isinstance(value, list | tuple):
        return _enclosed("[", [_tokens(each, name) for each in value], "]")
    if name in _DAYS and isinstance(value, str) and _DAY.fullmatch(value):
        return [value]
    return [_scalar(value)]


def _glued(head: str, tokens: list[str]) -> list[str]:
    return [head + tokens[0], *tokens[1:]]


def _enclosed(begin: str, items: Sequence[list[str]], end: str) -> list[str]:
    tokens = [token for item in items[:-1] for token in (*item[:-1], f"{item[-1]},")] + [
        *(items[-1] if items else [""])
    ]
    return [begin + tokens[0], *tokens[1:-1], tokens[-1] + end] if len(tokens) > 1 else [begin + tokens[0] + end]


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return value if _is_plain(value) else _quoted(value)
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        return format(Decimal(repr(value)), "f")  # 1e+20 would be read as a word
    return json.dumps(value)


def _is_plain(text: str) -> bool:
    if not _PLAIN.fullmatch(text) or _UNPRINTABLE.search(text):
        return False
    if text[0] >= "\u2e80":  # words and numbers of YAML's own begin with ASCII
        return True
    tag = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return bool(tag == Resolver.DEFAULT_SCALAR_TAG)


def _quoted(text: str) -> str:
    if not _UNPRINTABLE.search(text):
        return "'" + text.replace("'", "''") + "'"
    escaped = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", escaped)
