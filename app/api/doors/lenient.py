"""Cases as engines carry them: beside fields of their own, with numbers and flags as strings, as JSON in a string."""

import re
from collections.abc import Mapping
from datetime import datetime
from types import UnionType
from typing import Any, Union, get_args, get_origin

import orjson
from pydantic import BaseModel, ValidationError

from app.api.bodies import problems_of
from app.approved.vocabulary import Vocabulary
from app.errors import Malformed
from app.turns.request import TurnCase
from guards.lexicon.scope import CHINA

_INTEGER = re.compile(r"[+-]?\d{1,12}", re.ASCII)
_FLAGS = {"true": True, "false": False, "1": True, "0": False}
_INTEGERS = frozenset({"integer", "integers"})


def read_object(value: Any) -> dict[str, Any] | None:
    """An object, or one that stands as JSON in a string; None where it is neither."""
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return None
    return value if isinstance(value, dict) else None


def read_case(given: Mapping[str, Any], vocabulary: Vocabulary, now: datetime) -> TurnCase:
    """A case without what no case has; `call_time` is this minute where none is given.

    Raises:
        Malformed: naming what is missing or wrong.
    """
    known = _known(given, TurnCase)
    if not known.get("call_time"):
        known["call_time"] = now.astimezone(CHINA).replace(second=0, microsecond=0).isoformat()
    if isinstance(known.get("facts"), Mapping):
        known["facts"] = _facts(known["facts"], vocabulary)
    try:
        return TurnCase.model_validate_json(orjson.dumps(known))
    except (ValidationError, TypeError) as invalid:
        if isinstance(invalid, TypeError):
            raise Malformed("the case holds what JSON cannot") from None
        raise Malformed("the case breaks the contract", problems_of(invalid)) from None


def _known(given: Mapping[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    known = {}
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key not in given:
            continue
        value = given[key]
        inner = _model_in(field.annotation)
        if inner is not None:
            nested = read_object(value)
            known[key] = _known(nested, inner) if nested is not None else value
        else:
            known[key] = _converted(value, field.annotation)
    return known


def _types(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) in (Union, UnionType):
        return tuple(kind for each in get_args(annotation) for kind in _types(each))
    if hasattr(annotation, "__metadata__"):
        return _types(get_args(annotation)[0])
    return (get_origin(annotation) or annotation,)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    return next((kind for kind in _types(annotation) if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def _converted(value: Any, annotation: Any) -> Any:
    """A text where a whole number, a flag, a list or an object is meant; an empty text where nothing need be given."""
    kinds = _types(annotation)
    if not isinstance(value, str) or str in kinds:
        return value
    if not value and type(None) in kinds:
        return None
    if bool in kinds:
        return _FLAGS.get(value.lower(), value)
    if int in kinds and _INTEGER.fullmatch(value):
        return int(value)
    if dict in kinds:
        found = read_object(value)
        return value if found is None else found
    if list in kinds:
        return _listed(value)
    return value


def _listed(value: str) -> list[Any]:
    try:
        parsed = orjson.loads(value)
    except orjson.JSONDecodeError:
        parsed = None
    return parsed if isinstance(parsed, list) else [each for each in re.split("[,，;；、]", value) if each]


def _facts(given: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    facts = {}
    for name, value in given.items():
        spec = vocabulary.facts.get(name)
        if spec is None or value in (None, ""):
            continue
        facts[name] = value
        if spec.type == "decimal" and isinstance(value, int | float) and not isinstance(value, bool):
            facts[name] = f"{value}"
        elif isinstance(value, str) and spec.type == "choices":
            facts[name] = _listed(value)
        elif isinstance(value, str) and spec.type in _INTEGERS and _INTEGER.fullmatch(value):
            facts[name] = int(value)
    return facts
