"""Whether a rule has the shape that the contract asks for; what pydantic says of it, in words for officers."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.lexicon import patterns
from app.lexicon.files import Kind, plain
from app.lexicon.labels import FIELDS, named, values
from app.lexicon.problems import Problem, nearest, nearest_label, shown
from guards.lexicon.documents import Location
from guards.lexicon.numbers import NumberExamples
from guards.lexicon.rules import Effective, Examples, FactBounds, Near, Source

_INNER: dict[str, type[BaseModel]] = {
    "source": Source,
    "effective": Effective,
    "examples": Examples,
    "near": Near,
    "unless_fact": FactBounds,
    "hits": NumberExamples,
    "misses": NumberExamples,
}
_CONDITIONS = ("unless_fact", "only_if_fact")
_CONDITION = (
    "{}里{}的写法不对。可以写：present（有这个事实就行）、today（就是当天）、[值, 值]（是其中之一）、"
    "{{min: 1, max: 3}}（在这个范围里）。"
)
_LISTS = "方括号里的一串词，比如 [包过, 必过]"


def canonical(kind: Kind, rule: Mapping[str, Any]) -> dict[str, Any]:
    """A sound rule with every field that it may have, so that two of the same meaning are equal.

    Raises:
        pydantic.ValidationError: if it is not sound.
    """
    known = plain(dict(rule))
    waiver = known.get("waiver")
    if isinstance(waiver, str):  # a name that only its file can resolve
        known = {**known, "waiver": None}
    found: dict[str, Any] = kind.shape.model_validate(known).model_dump(mode="json", by_alias=True)
    return {**found, "waiver": waiver} if isinstance(waiver, str) else found


def dated(rule: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The rule with days: `own` where it has none, and of them the first where it says only the last."""
    days = rule.get("effective")
    if days is None:
        return {**rule, "effective": dict(own)}
    if isinstance(days, Mapping) and days.get("from") is None and days.get("until") is not None:
        return {**rule, "effective": {**days, "from": own["from"]}}
    return dict(rule)


def shape_problems(kind: Kind, rule: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with the fields of a rule; `effective` may be absent where the kind has it."""
    whole = dict(rule)
    if "effective" in kind.shape.model_fields:
        whole = dated(rule, {"from": "2000-01-01"})
    try:
        canonical(kind, whole)
    except ValidationError as invalid:
        return list(translated(kind.shape, whole, invalid))
    return []


def translated(shape: type[BaseModel], data: Any, invalid: ValidationError) -> Iterator[Problem]:
    """What pydantic found, once for each place, whatever members of unions it tried there."""
    seen: set[tuple[Location, str]] = set()
    for error in invalid.errors():
        is_absent = error["type"] in ("missing", "extra_forbidden")
        location = _within(data, error["loc"], is_absent=is_absent)
        if len(location) > 2 and location[0] in _CONDITIONS:
            location = location[:2]
        key = (location, error["type"] if is_absent and location[0] not in _CONDITIONS else "")
        if key not in seen:
            seen.add(key)
            yield _problem(shape, data, location, error)


def _within(data: Any, location: Location, *, is_absent: bool) -> Location:
    """The part of a location that is there; pydantic adds names of unions, and of what is missing."""
    reached: list[str | int] = []
    for part in location:
        if _holds(data, part):
            data = data[part]
        elif is_absent and isinstance(data, dict) and part == location[-1]:
            reached.append(part)
            break
        else:
            break
        reached.append(part)
    return tuple(reached)


def _holds(data: Any, part: str | int) -> bool:
    if isinstance(data, list):
        return isinstance(part, int) and part < len(data)
    return isinstance(data, dict) and part in data


def _problem(shape: type[BaseModel], data: Any, location: Location, error: ErrorDetails) -> Problem:
    names = [str(part) for part in location if isinstance(part, str)]
    field, value = (names[-1] if names else ""), error["input"]
    if any(name in _CONDITIONS for name in names[:-1]):
        code, word, message = "bad_condition", shown(value), _CONDITION.format(*map(named, names[:2]))
    elif error["type"] == "missing":
        inside = f"{named(names[-2])}里" if len(names) > 1 else ""
        code, word, message = "missing_field", None, f"{inside}缺少{named(field)}，请补上。"
    elif error["type"] == "extra_forbidden":
        code, word, message = "unknown_field", field, _unknown_field(shape, names)
    elif (known := values(field)) and not isinstance(value, dict | list):
        meant = nearest_label(str(value), known)
        hint = f"是不是“{meant}”（{known[meant]}）？" if meant else ""
        offered = "、".join(f"{key}（{label}）" for key, label in known.items())
        code, word = "unknown_value", shown(value)
        message = f"{named(field)}没有“{word}”这个选项。{hint}可以填：{offered}。"
    else:
        code, message = _told(field, value, error)
        word = None if isinstance(value, dict | list) else shown(value)
    return Problem(
        code=code, message=message, english=error["msg"], field=".".join(map(str, location)) or None, word=word
    )


def _unknown_field(shape: type[BaseModel], names: Sequence[str]) -> str:
    inner = _INNER.get(names[-2]) if len(names) > 1 else shape
    fields = [info.alias or name for name, info in inner.model_fields.items()] if inner else []
    meant = nearest_label(names[-1], {name: FIELDS.get(name, name) for name in fields})
    inside = f"{named(names[-2])}里" if len(names) > 1 else "规则里"
    hint = f"是不是想写{named(meant)}？" if meant else f"可以写的有：{'、'.join(fields)}。"
    return f"{inside}没有“{shown(names[-1])}”这一项。{hint}"


def _told(field: str, value: Any, error: ErrorDetails) -> tuple[str, str]:
    """The code and the Chinese of an error on a value that is there."""
    kind, limits, name = error["type"], error.get("ctx", {}), named(field) if field else "规则"
    if kind == "value_error":
        return _told_by_rule(name, value, str(limits.get("error", error["msg"])))
    for begin, (code, tell) in _TYPES.items():
        if kind.startswith(begin):
            return code, f"{name}{tell(value, limits)}"
    return "malformed", f"{name}写得不对：“{shown(value)}”。请照着别的规则改。"


Tell = Callable[[Any, Mapping[str, Any]], str]
_TYPES: dict[str, tuple[str, Tell]] = {
    "string_pattern_mismatch": (
        "bad_id",
        lambda value, _: (
            f"“{shown(value)}”不合写法：只能用小写英文字母、数字和下划线，中间用英文句点分开，比如 promise.guaranteed。"
        ),
    ),
    "string_too_short": ("empty", lambda value, _: "是空的，请填上，或者删掉这一项。"),
    "string_too_long": (
        "too_long",
        lambda value, limits: f"太长了，有 {len(str(value))} 个字，最多 {limits['max_length']} 个字。",
    ),
    "string_unicode": ("unreadable", lambda value, _: "里有读不出来的字符，请重新输入。"),
    "string_": (
        "wrong_type",
        lambda value, _: f'应当是文字，现在是{_what(value)}。数字和日期要加引号，比如 "28"。',
    ),
    "too_short": ("empty_list", lambda value, _: "里一条也没有，至少写一条。"),
    "list_": ("wrong_type", lambda value, _: f"应当是{_LISTS}，现在是{_what(value)}。"),
    "bool_": ("wrong_type", lambda value, _: f"只能填 true（是）或者 false（否），现在是“{shown(value)}”。"),
    "int_": ("wrong_type", lambda value, _: f"应当是整数，现在是“{shown(value)}”。"),
    "float_": ("wrong_type", lambda value, _: f"应当是数字，现在是“{shown(value)}”。"),
    "greater_than": ("out_of_range", lambda value, limits: f"太小了：“{shown(value)}”，{_bounds(limits)}。"),
    "less_than": ("out_of_range", lambda value, limits: f"太大了：“{shown(value)}”，{_bounds(limits)}。"),
    "date_": (
        "bad_date",
        lambda value, _: (
            f"“{shown(value)}”不是日期。请写成 2026-01-31 这样：年、月、日，中间用短横线，而且真有这一天。"
        ),
    ),
    "time_": ("bad_time", lambda value, _: f"“{shown(value)}”不是钟点。请写成 09:30:00 这样。"),
    "model_": ("wrong_type", lambda value, _: f"应当是一组“名称: 内容”，现在是{_what(value)}。"),
    "dict_": ("wrong_type", lambda value, _: f"应当是一组“名称: 内容”，现在是{_what(value)}。"),
    "literal_error": ("unknown_value", lambda value, limits: f"没有“{shown(value)}”这个选项。"),
    "enum": ("unknown_value", lambda value, limits: f"没有“{shown(value)}”这个选项。"),
}
"""By the beginning of pydantic's name of an error: our code, and what follows the name of the field."""


def _what(value: object) -> str:
    if isinstance(value, dict):
        return "一组“名称: 内容”"
    if isinstance(value, list):
        return "一串词"
    return "空的" if value is None else f"“{shown(value)}”"


def _bounds(limits: Mapping[str, Any]) -> str:
    signs = {"ge": "不能小于", "gt": "要大于", "le": "不能大于", "lt": "要小于"}
    return "，".join(f"{sign} {limits[name]}" for name, sign in signs.items() if name in limits)


_OWN = (
    (r"do not work beside Chinese", "bad_pattern", "里的 \\b、\\w、\\s 对汉字不起作用，请直接写出要找的字。"),
    (r"unbounded repetition", "bad_pattern", "里的 *、+ 或 {n,} 没有上限，请写清最多几个字，比如 .{0,6}。"),
    (r"a rule needs a phrase", "no_words", "里没有说法、成对词或正则，至少写一种。"),
    (r"stating says when", "stating_alone", "写了“放行时须说出的事实”（stating），却没有“放行条件”（unless_fact）。"),
    (r"nothing is left of", "empty_words", "去掉标点和空格以后什么也不剩，请写上字或数字。"),
    (r"is no waiver of this file", "unknown_waiver", "在文件里没有定义，请换成已有的名称。"),
    (r"spoken belongs to one text", "spoken_of_many", "里写了读法（spoken），就只能有一句例句。"),
    (r"is no number", "wrong_type", "里的数值不是数字。"),
    (r"holds a pause", "has_pause", "里有标点；叫一个数的词要一口气说完，请去掉标点。"),
    (r"a role needs a word", "no_words", "里没有叫这个数的词，至少写一个。"),
    (
        r"is all that is filled in",
        "unknown_slot",
        "里只能用 {subject} 这一个占位，说错名目的原因里还可以用 {fact} 和 {said}。",
    ),
)
"""What our own shapes say of a value, by their English."""


def _told_by_rule(name: str, value: Any, english: str) -> tuple[str, str]:
    if "not a regular expression" in english and (why := patterns.reason(str(value))):
        return "bad_pattern", f"{name}“{shown(value)}”写错了：{why[0]}。"
    for cause, code, told in _OWN:
        if re.search(cause, english):
            word = f"“{shown(value)}”" if isinstance(value, str) else ""
            return code, f"{name}{word}{told}"
    return "malformed", f"{name}写得不对：“{shown(value)}”。请照着别的规则改。"


def unknown_id(rule: str, known: Mapping[str, Any]) -> tuple[str, str | None]:
    """That there is no rule of this id, and which one was probably meant."""
    meant = nearest(rule, known)
    return f"没有编号为“{shown(rule)}”的规则。" + (f"是不是“{meant}”？" if meant else "请核对规则编号。"), meant
