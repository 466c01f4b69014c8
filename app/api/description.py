"""The description of the whole interface, from which a client can be generated; assembled once."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api.examples import examples
from app.api.operations import refusal
from app.api.schemas import schemas
from app.approved.vocabulary import Vocabulary

_ABOUT = """Writes what an outbound call says next, and proves that it may be said.

Money in yuan and rates in per cent travel as decimal strings (`"3.6"`), times as ISO 8601 with an offset. An unknown
field is a 422 that names it. A script that must not be said is no error: it is an answer whose `action` is not `speak`.

Every response has an `x-request-id`, the caller's own where one was sent. An unknown path is a 404 and another method
a 405, both with an `ErrorAnswer`.
"""
_TAGS = {
    "scripts": "One script for one moment of a call.",
    "turns": "The next words of a live call.",
    "doors": "The same turn, in the dialects of engines: chat completions, Rasa; jambonz speaks over /v1/jambonz.",
    "reviews": "Texts from elsewhere, judged by the same rules.",
    "contacts": "Who may no longer be called: what was refused, what follows from it, and the way back.",
    "lexicon": "The rules: what is in force, how it is changed by two persons, and the way back.",
    "wording": "What is approved to be said: the texts, what is held by one person, and how two let go of it.",
    "audit": "What persons and programs did, each row bound to the last.",
    "decisions": "What was answered, as it was recorded; marks on findings, evidence, erasure.",
    "vocabulary": "Everything that a request may name.",
    "health": "Liveness, readiness, metrics: for machines, without a key.",
    "home": "What this is and where to go.",
    "keys": "Keys to this interface: whose they are, and until when.",
    "webhooks": "Where outside is told what waits, what came into force and what failed.",
    "people": "Who comes in with a password, as editor, approver, auditor or admin.",
}
_KEYLESS = frozenset({"health", "home"})


def describe(app: FastAPI, vocabulary: Vocabulary, *, key_required: bool) -> None:
    """Let the application tell its description; it is assembled when it is first asked for."""

    def told() -> dict[str, Any]:
        if not app.openapi_schema:
            app.openapi_schema = description(app, vocabulary, key_required=key_required)
        return app.openapi_schema

    app.openapi = told  # type: ignore[method-assign]  # how FastAPI lets an application describe itself


def description(app: FastAPI, vocabulary: Vocabulary, *, key_required: bool) -> dict[str, Any]:
    """The OpenAPI document; every reference in it leads to a named component."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=_ABOUT,
        routes=app.routes,
        tags=[{"name": name, "description": about} for name, about in _TAGS.items()],
        servers=[
            {"url": "/", "description": "where this description was read"},
            {"url": "http://127.0.0.1:8000", "description": "as `make serve` starts it"},
        ],
    )
    key: list[dict[str, list[str]]] = [{"key": []}]
    for methods in document["paths"].values():
        for operation in methods.values():
            is_open = _KEYLESS.issuperset(operation["tags"])
            operation["security"] = [] if is_open else key if key_required else [*key, {}]
    document["components"] = {
        "schemas": schemas(vocabulary),
        "examples": examples(vocabulary),
        "responses": {"NotFound": refusal(404), "MethodNotAllowed": refusal(405)},
        "headers": {
            "RequestId": {
                "description": "Of this request: the caller's own where one was sent, else a new one.",
                "required": True,
                "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,128}$"},
            }
        },
        "securitySchemes": {
            "key": {
                "type": "http",
                "scheme": "bearer",
                "description": "A key of `heyan keys create NAME --role caller`. "
                "On a loopback address a request without one has the role caller.",
            }
        },
    }
    return document
