"""The named schemas of all requests and answers; facts are those of the vocabulary, by scenario."""

import copy
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from app.api.accounts import ACCOUNT_ANSWERS, ACCOUNT_REQUESTS
from app.api.answers import ANSWERS
from app.api.contact_answers import CONTACT_ANSWERS
from app.api.decision_answers import DECISION_ANSWERS, DECISION_REQUESTS
from app.api.doors.schemas import DOOR_ANSWERS, DOOR_REQUESTS
from app.api.lexicon_answers import LEXICON_ANSWERS
from app.api.lexicon_requests import LEXICON_REQUESTS
from app.api.operations import Schema, ref
from app.api.revision_answers import REVISION_ANSWERS
from app.api.trial_answers import TrialAnswer
from app.api.turn_answers import TURN_ANSWERS, TURN_REQUESTS
from app.api.webhook_answers import WEBHOOK_ANSWERS, WEBHOOK_REQUESTS
from app.api.wording_answers import WORDING_ANSWERS, WORDING_REQUESTS
from app.api.wording_change_answers import WORDING_CHANGE_ANSWERS, WORDING_CHANGE_REQUESTS
from app.approved.vocabulary import FactSpec, ScenarioProfile, Vocabulary
from app.requests import NotedEvent, NotedEvents, OpeningRequest, ReviewBatch, ReviewItem, ScriptRequest
from guards.types import Quantity

SCRIPT_REQUEST, REVIEW_REQUEST, REVIEW_RESULT = "ScriptRequest", "ReviewRequest", "ReviewResult"
EVENTS_REQUEST, OPENING_REQUEST = "EventsRequest", "OpeningRequest"
_REVIEW_FACTS = "ReviewFacts"


class _Plain(GenerateJsonSchema):
    """Schemas without titles that only repeat a field's name, and without what generators of clients stumble over."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never: the name says it."""
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Without a default that is an object, a list or null: it says no more than that the field may be absent."""
        told = super().default_schema(schema)
        if isinstance(told.get("default"), dict | list | None):
            told.pop("default", None)
        return told

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Keys by a pattern are said as what a key must be, since every other one is refused."""
        told = super().dict_schema(schema)
        for pattern, values in told.pop("patternProperties", {}).items():
            told |= {"additionalProperties": values, "propertyNames": {"pattern": pattern}}
        return told


def schemas(vocabulary: Vocabulary) -> dict[str, Schema]:
    """Every schema by its name, in alphabetical order."""
    requests: tuple[type[BaseModel], ...] = (
        ScriptRequest,
        ReviewItem,
        ReviewBatch,
        NotedEvent,
        NotedEvents,
        OpeningRequest,
        *ACCOUNT_REQUESTS,
        *LEXICON_REQUESTS,
        *DECISION_REQUESTS,
        *WORDING_REQUESTS,
        *WORDING_CHANGE_REQUESTS,
        *WEBHOOK_REQUESTS,
        *TURN_REQUESTS,
        *DOOR_REQUESTS,
    )
    told: tuple[type[BaseModel], ...] = (
        *ANSWERS,
        *CONTACT_ANSWERS,
        *ACCOUNT_ANSWERS,
        *LEXICON_ANSWERS,
        *REVISION_ANSWERS,
        *DECISION_ANSWERS,
        TrialAnswer,
        *WORDING_ANSWERS,
        *WORDING_CHANGE_ANSWERS,
        *WEBHOOK_ANSWERS,
        *TURN_ANSWERS,
        *DOOR_ANSWERS,
    )
    found = _of_models([*((model, "validation") for model in requests), *((one, "serialization") for one in told)])
    plain = found.pop(SCRIPT_REQUEST)
    branches: dict[str, str] = {}
    for scenario in vocabulary.scenarios.values():
        stem = _camel(scenario.id.value)
        branches[scenario.id.value] = f"{stem}Request"
        found[f"{stem}Facts"] = _facts_of(scenario, vocabulary)
        found[f"{stem}Request"] = _branch(plain, scenario, f"{stem}Facts")
    found[SCRIPT_REQUEST] = {
        "title": SCRIPT_REQUEST,
        "description": "The order for one script, at one moment of a call; `scenario` decides which facts there are.",
        "oneOf": [ref(name) for name in branches.values()],
        "discriminator": {
            "propertyName": "scenario",
            "mapping": {scenario: ref(name)["$ref"] for scenario, name in branches.items()},
        },
    }
    for fact in vocabulary.facts.values():
        if fact.choices:
            name = _camel(fact.name)
            found[name] = {"title": name, "description": fact.label, "type": "string", "enum": fact.choices}
    found[_REVIEW_FACTS] = {
        "title": _REVIEW_FACTS,
        "description": "Facts that a text is held against; beside a `scenario` only those that it has.",
        "type": "object",
        "properties": {fact.name: _or_null(_fact(fact)) for fact in vocabulary.facts.values()},
        "additionalProperties": False,
    }
    found["ReviewItem"]["properties"]["facts"] = _or_null(ref(_REVIEW_FACTS))
    for name, about, parts in (
        (REVIEW_REQUEST, "One text, or up to a thousand.", ("ReviewItem", "ReviewBatch")),
        (EVENTS_REQUEST, "One event of a call, or up to a hundred.", ("NotedEvent", "NotedEvents")),
        (REVIEW_RESULT, "One verdict for a text, a list of them for `items`.", ("ReviewAnswer", "ReviewBatchAnswer")),
    ):
        found[name] = {"title": name, "description": about, "oneOf": [ref(part) for part in parts]}
    return dict(sorted(found.items()))


def _of_models(models: Iterable[tuple[type[BaseModel], JsonSchemaMode]]) -> dict[str, Schema]:
    _, told = models_json_schema(list(models), ref_template="#/components/schemas/{model}", schema_generator=_Plain)
    named: dict[str, Schema] = told["$defs"]
    return named


def _branch(request: Schema, scenario: ScenarioProfile, facts: str) -> Schema:
    """The request of one scenario."""
    branch = copy.deepcopy(request)
    branch["title"] = facts.removesuffix("Facts") + "Request"
    branch["description"] = f"The order for one script: {scenario.label}."
    branch["properties"]["scenario"] = {"type": "string", "const": scenario.id.value}
    branch["properties"]["facts"] = ref(facts)
    if scenario.required_facts:
        branch["required"].append("facts")
    return branch


def _facts_of(scenario: ScenarioProfile, vocabulary: Vocabulary) -> Schema:
    required = {name: _fact(vocabulary.facts[name]) for name in scenario.required_facts}
    optional = {name: _or_null(_fact(vocabulary.facts[name])) for name in scenario.optional_facts}
    return {
        "title": f"{_camel(scenario.id.value)}Facts",
        "description": f"The facts of {scenario.id.value} ({scenario.label}); they must agree: `GET /v1/vocabulary`.",
        "type": "object",
        "properties": {**required, **optional},
        **({"required": list(required)} if required else {}),
        "additionalProperties": False,
    }


def _fact(fact: FactSpec) -> Schema:
    """One fact as a request carries it."""
    bound = "" if fact.above is None else f", above {fact.above}"
    unit = f" ({fact.unit}{bound})" if fact.unit else ""
    return {"description": f"{fact.label}{unit}", **_type(fact), "examples": [fact.example]}


def _type(fact: FactSpec) -> Schema:
    whole = {"type": "integer", "minimum": int(fact.least or 0), "maximum": 10**9 - 1}
    match fact.type:
        case "decimal":
            places = 2 if fact.quantity is Quantity.MONEY else 6
            return {"type": "string", "pattern": rf"^[0-9]{{1,12}}(\.[0-9]{{1,{places}}})?$"}
        case "integer":
            return whole
        case "integers":
            return {"type": "array", "items": whole, "minItems": 1, "maxItems": 12}
        case "date":
            return {"type": "string", "format": "date"}
        case "time":
            return {"type": "string", "format": "date-time"}
        case "digits":
            least, most = fact.digits or (1, 32)
            return {"type": "string", "pattern": f"^[0-9]{{{least},{most}}}$"}
        case "choice":
            return ref(_camel(fact.name))
        case "choices":
            return {"type": "array", "items": ref(_camel(fact.name))}
        case "text":
            return {"type": "string", "minLength": 1, "maxLength": 40}


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _or_null(schema: Schema) -> Schema:
    """The same, or null: absent. Words about it stay outside."""
    about = {name: value for name, value in schema.items() if name in ("description", "examples")}
    inner = {name: value for name, value in schema.items() if name not in about}
    return {**about, "anyOf": [inner, {"type": "null"}]}
