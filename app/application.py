"""The HTTP application around ready parts."""

from fastapi import FastAPI

from app.api import (
    audit,
    changes,
    contacts,
    decisions,
    docs,
    health,
    home,
    keys,
    lexicon,
    people,
    reviews,
    revisions,
    scripts,
    trials,
    turns,
    vocabulary,
    webhooks,
    wording,
    wording_changes,
)
from app.api.description import describe
from app.api.doors import cases, chat, jambonz, rasa
from app.api.edge import Edge, handle_errors
from app.api.request_log import ContractNames, RequestLog
from app.console import site
from app.parts import Parts


def build_app(parts: Parts) -> FastAPI:
    """The application around ready parts."""
    # The framework's documentation pages load scripts from elsewhere; ours is app.api.docs.
    app = FastAPI(title="Heyan", version="1", docs_url=None, redoc_url=None, redirect_slashes=False)
    rules = (lexicon, changes, trials, revisions, wording, wording_changes, audit)
    told = (home, scripts, turns, cases, chat, rasa, jambonz, reviews, contacts, decisions, *rules, vocabulary, health)
    for resource in (*told, keys, people, webhooks):
        app.include_router(resource.router(parts))
    app.include_router(docs.router())
    console = site.Site(parts)
    app.include_router(console.router())
    describe(app, parts.vocabulary, key_required=parts.key_required)
    masked = parts.policy.current.personal_data.masked
    named = (cases, contacts, decisions, lexicon, changes, trials, revisions, wording, wording_changes, webhooks)
    parameters = (name for one in named for name in ("explain", *one.PARAMETERS))
    handle_errors(app, masked, ContractNames(parts.vocabulary, parameters), console.refusal)
    app.add_middleware(Edge, metrics=parts.metrics, log=RequestLog(parts.lines, masked), instead=console.refusal)
    return app
