"""GET /v1/vocabulary: everything that a request may name."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from orjson import dumps

from app.api.auth import require
from app.api.operations import answers
from app.api.request_log import line_of
from app.approved.vocabulary import Vocabulary
from app.parts import Parts
from guards.types import Channel, Role, Stage


def router(parts: Parts) -> APIRouter:
    """The routes of this resource; the vocabulary does not change while the process lives, the revision does."""
    routes = APIRouter(tags=["vocabulary"], dependencies=[Depends(require(parts))])
    known = vocabulary_json(parts.vocabulary)

    @routes.get(
        "/v1/vocabulary",
        operation_id="read_vocabulary",
        summary="Read everything that a request may name",
        responses=answers("VocabularyAnswer", "The vocabulary in force.", 401, 503),
    )
    async def read(request: Request) -> Response:
        """Scenarios, generations, tags, strategies, facts and what they agree with, slots, stages, channels, roles."""
        revision = parts.policy.current.revision
        line_of(request).note(revision=revision)
        page = dumps({**known, "policy_revision": revision})
        return Response(page, media_type="application/json")

    return routes


def vocabulary_json(vocabulary: Vocabulary) -> dict[str, Any]:
    """The vocabulary in the files' own terms."""
    return {
        "scenarios": [
            {**scenario.model_dump(mode="json"), "group": scenario.id.group.value}
            for scenario in vocabulary.scenarios.values()
        ],
        "generations": [generation.model_dump(mode="json") for generation in vocabulary.generations.values()],
        "tags": [tag.model_dump(mode="json") for tag in vocabulary.tags.values()],
        "strategies": [strategy.model_dump(mode="json") for strategy in vocabulary.strategies.values()],
        "facts": [
            {
                **fact.model_dump(mode="json"),
                "required_in": [s.id.value for s in vocabulary.scenarios.values() if fact.name in s.required_facts],
                "optional_in": [s.id.value for s in vocabulary.scenarios.values() if fact.name in s.optional_facts],
            }
            for fact in vocabulary.facts.values()
        ],
        "agreements": [agreement.model_dump(mode="json") for agreement in vocabulary.agreements],
        "slots": [slot.model_dump(mode="json") for slot in vocabulary.slots.values()],
        "stages": [stage.value for stage in Stage],
        "channels": [channel.value for channel in Channel],
        "roles": [role.value for role in Role],
    }
