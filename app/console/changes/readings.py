"""How the fields of a rule read to an officer: values by their names, long lists cut where nobody reads on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.lexicon.labels import FIELDS, values
from app.lexicon.notation import ORDER, sparse

MOST = 200
"""What of a list is shown."""
_OF_GONE = frozenset({"source", "effective", "since", "examples", "suggest"})
"""What nobody has to read of a rule that goes."""
_OPENED = ("effective", "examples")
_CONDITIONS = ("unless_fact", "only_if_fact")
_LONG = frozenset({"hits", "misses", "patterns", "near", "reason", "suggest", "note", "waiver", *_CONDITIONS})
_SETTINGS = {
    "collection_hours": "催收时段",
    "marketing_hours": "营销时段",
    "marketing_hours_by_generation": "各年龄段的营销时段",
    "connected_calls_per_day": "每天最多接通几次",
    "attempts_per_day": "每天最多拨打几次",
    "adult_age": "成年的年龄",
    "student_status_required_for": "须知道是不是学生的年龄段",
    "roles": "各场景可以打给谁",
    "handoff": "转人工的场景",
    "handoff_roles": "转人工的接听人",
    "start": "从",
    "end": "到",
    "waivers": "免说情形",
    "unless": "但不能说",
    "fact_sets": "例句用的事实",
    "name": "名称",
    "value": "值",
}
_NAMES = {**_SETTINGS, **FIELDS}


@dataclass(frozen=True, slots=True)
class Listed:
    """The first of what is listed; `more`: how many others there are."""

    shown: Sequence[str] = ()
    more: int = 0

    def __bool__(self) -> bool:
        return bool(self.shown)

    def __len__(self) -> int:
        return len(self.shown) + self.more


@dataclass(frozen=True, slots=True)
class FieldReading:
    """A field of a rule: what comes in, and what goes. `is_long`: sentences, and no words."""

    label: str
    added: Listed = Listed()
    removed: Listed = Listed()
    is_long: bool = False
    is_moved: bool = False


def listed(items: Sequence[str]) -> Listed:
    """The first of these."""
    return Listed(tuple(items[:MOST]), max(len(items) - MOST, 0))


def whole(rule: Mapping[str, Any], *, is_gone: bool = False) -> list[FieldReading]:
    """All that a rule says, as it comes in or goes; its id and its title stand above."""
    said, read = sparse(rule), []
    for name in ORDER:
        if name not in said or name in ("id", "title") or (is_gone and name in _OF_GONE):
            continue
        inner = said[name]
        opened = (
            {f"{name}.{key}": each for key, each in inner.items()}
            if name in _OPENED and isinstance(inner, Mapping)
            else {name: inner}
        )
        for field, value in opened.items():
            texts = _listed(field, value)
            if texts:
                added, removed = (Listed(), texts) if is_gone else (texts, Listed())
                read.append(FieldReading(called(field), added, removed, _is_long(field)))
    return read


def differing(told: Mapping[str, Any]) -> FieldReading:
    """A field that differs, as `app.lexicon.differences` tells it: of lists with the same words the order does."""
    field = str(told["field"])
    if "added" in told:
        added, removed = _listed(field, told["added"]), _listed(field, told["removed"])
        return FieldReading(called(field), added, removed, _is_long(field))
    added, removed = _listed(field, told["after"]), _listed(field, told["before"])
    if isinstance(told["after"], list) and isinstance(told["before"], list):
        return FieldReading(called(field), added, is_long=_is_long(field), is_moved=True)
    return FieldReading(called(field), added, removed, _is_long(field))


def called(field: str) -> str:
    """What officers call a field."""
    name = field.rpartition(".")[2]
    return _NAMES.get(name, name)


def _is_long(field: str) -> bool:
    return field.rpartition(".")[2] in _LONG


def _listed(field: str, value: Any) -> Listed:
    name = field.rpartition(".")[2]
    if isinstance(value, list | tuple) and name not in _CONDITIONS:
        return Listed(tuple(text for each in value[:MOST] for text in _texts(name, each)), max(len(value) - MOST, 0))
    return listed(list(_texts(name, value)))


def _texts(name: str, value: Any) -> Iterator[str]:
    """A value as texts, of which each stands for itself."""
    if value is None or value in ("", [], {}):
        return
    if name in _CONDITIONS and isinstance(value, Mapping):
        yield from (_condition(fact, wanted) for fact, wanted in value.items())
    elif name == "near" and isinstance(value, Mapping):
        yield _near(value)
    elif name == "source" and isinstance(value, Mapping):
        yield _source(value)
    elif name == "waiver" and isinstance(value, Mapping):
        unless = f"，但没有说{_either(value['unless'])}" if value.get("unless") else ""
        yield f"说了{_either(value.get('phrases') or [])}{unless}"
    elif name in ("hits", "misses") and isinstance(value, Mapping):
        scenario = values("scenario").get(str(value.get("scenario")), "")
        yield "　".join(value.get("texts") or []) + (f"（{scenario}）" if scenario else "")
    else:
        yield plainly(name, value)


def plainly(name: str, value: Any) -> str:
    """Any value in words."""
    if value is None or value in ("", [], {}):
        return "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        said = {key: each for key, each in value.items() if each not in (None, "", [], {})}
        if set(said) == {"start", "end"}:
            return f"{str(said['start'])[:5]}–{str(said['end'])[:5]}"
        return "；".join(f"{_key(key)}：{plainly(str(key), each)}" for key, each in said.items())
    if isinstance(value, list | tuple):
        return "、".join(plainly(name, each) for each in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    known = values(name) or (values("callees") if name.endswith("roles") else {})
    return known.get(str(value), _scope(str(value)))


def _key(key: Any) -> str:
    return _NAMES.get(str(key), _scope(str(key)))


def _scope(value: str) -> str:
    """What a scenario, an age or somebody who answers is called, wherever it stands."""
    for field in ("scenarios", "generations", "callees"):
        if value in values(field):
            return values(field)[value]
    return value


def _either(words: Sequence[Any]) -> str:
    return "或".join(f"“{word}”" for word in words)


def _condition(fact: object, wanted: Any) -> str:
    if wanted == "present":
        return f"知道“{fact}”"
    if wanted == "today":
        return f"“{fact}”就是当天"
    if isinstance(wanted, Mapping):
        ends = [
            f"{sign}{plainly('', wanted[end])}"
            for end, sign in (("min", "≥ "), ("max", "≤ "))
            if wanted.get(end) is not None
        ]
        return f"“{fact}” {'，'.join(ends)}"
    if isinstance(wanted, list | tuple):
        return f"“{fact}”是{'、'.join(map(str, wanted))}{'之一' if len(wanted) > 1 else ''}"
    return f"“{fact}”：{wanted}"


def _near(near: Mapping[str, Any]) -> str:
    side = "后面" if near.get("ordered", True) else "前后"
    told = f"{_either(near.get('words') or [])}{side} {near.get('within')} 个字以内有{_either(near.get('with') or [])}"
    for name, where in (("unless_before", "前面紧接"), ("unless_between", "中间有")):
        if near.get(name):
            told += f"；{where}{_either(near[name])}不算"
    return told


def _source(source: Mapping[str, Any]) -> str:
    force = values("force").get(str(source.get("force")), str(source.get("force") or ""))
    known = "，".join(each for each in (force, "已核对原文" if source.get("verified") else "未核对原文") if each)
    note = f"。{source['note']}" if source.get("note") else ""
    law = str(source.get("law") or "")
    title = law if law.startswith("《") else f"《{law}》"
    return f"{title}{source.get('article') or ''}（{known}）{note}"
