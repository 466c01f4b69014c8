"""Composition root: settings become parts, parts become the application; the only place that knows every class."""

import asyncio
import ipaddress
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING

import structlog

from app.api.parts import Parts
from app.approved.agreement import Limits
from app.approved.brief import Brief
from app.approved.skeleton import ANNUAL_RATE
from app.approved.vocabulary import Vocabulary
from app.approved.wording import Wording, worked_examples
from app.contacts import Ledger, open_references
from app.data import Data, read_data
from app.errors import ConfigurationError, ModelError
from app.evidence import Issuer
from app.logs import configured_logs, line_writer
from app.metrics import Metrics
from app.policy import ActivePolicy
from app.records import DecisionLog, Erasure, KeyRing, Marks, People, Restores, RestoreWatch, Sealer, Seals, open_store
from app.reviews import Reviewer
from app.scripts.desk import Desk
from app.scripts.reception import Reception
from app.settings import Settings
from app.writing.lines.library import read_approved_lines
from app.writing.model import Model, ModelHealth, NoModel, WritingTask
from app.writing.pool import Pool
from guards.lexicon.documents import DocumentError
from guards.policy import Policy
from guards.types import Generation, Scenario

if TYPE_CHECKING:
    from fastapi import FastAPI

Prove = Callable[[Policy, Vocabulary, Wording], None]
_WARM_UP_SECONDS = 30.0
_logger = structlog.get_logger("heyan")


@asynccontextmanager
async def open_model(settings: Settings, data: Data, health: ModelHealth | None = None) -> AsyncIterator[Model]:
    """The model that the settings name: servers, or the embedded checkpoint. Servers note in `health` how they are.

    Raises:
        ConfigurationError: if prompts, adapters or checkpoint are unusable, or what runs it is not installed.
    """
    require_embedded(settings)
    if settings.model_url:
        from app.writing.full_prompt import FullPrompt  # noqa: PLC0415  only one of the two models is ever needed
        from app.writing.servers.adapters import AdapterRegistry  # noqa: PLC0415
        from app.writing.servers.model import ServedModel  # noqa: PLC0415

        try:
            prompt = FullPrompt(settings.prompts_dir / "templates", data.vocabulary)
            tag = next(iter(data.vocabulary.tags))
            for scenario, generation in data.wording.fallbacks:
                brief = _warm_up_brief(scenario, generation)
                whole = replace(brief, tags=(tag,), optional_slots=("产品名",), offer="deferral")
                for probe in (brief, whole):
                    prompt.render(probe, ["提示"], ["示例"])
            file = settings.adapters_file
            registry = AdapterRegistry(file, data.wording.institution.full_name, settings.model_dir) if file else None
        except DocumentError as broken:
            raise ConfigurationError(str(broken)) from None
        approved = read_approved_lines(settings.model_dir)
        served = ServedModel(
            settings.model_url,
            name=settings.model_name,
            key=settings.model_key,
            profile=settings.model_profile,
            prompt=prompt,
            examples=lambda brief: worked_examples(brief, data.wording),
            approved={settings.model_dir.name: approved} if approved else {},
            registry=registry,
            adapters_root=settings.adapters_root,
            health=health,
        )
        served.start()
        try:
            yield served
        finally:
            await served.close()
    else:
        if settings.adapters_file:
            raise ConfigurationError("HEYAN_ADAPTERS_FILE needs model servers: HEYAN_MODEL_URL")
        from app.writing.embedded import EmbeddedModel  # noqa: PLC0415  torch takes seconds to load

        embedded = await asyncio.to_thread(
            EmbeddedModel, settings.model_dir, threads=settings.threads, max_batch=settings.max_batch
        )
        try:
            yield embedded
        finally:
            await embedded.close()


@asynccontextmanager
async def open_parts(
    settings: Settings, *, host: str = "127.0.0.1", model: Model | None = None
) -> AsyncIterator[Parts]:
    """Everything that answers requests, ready to answer them; `model` takes the place of the one that settings name.

    Raises:
        ConfigurationError: if data or weights are unusable, or a reachable address has no keys.
        StoreError: if the store cannot be opened.
    """
    if model is None:
        require_embedded(settings)
    metrics = Metrics()
    data = await asyncio.to_thread(read_data, settings, metrics)
    async with AsyncExitStack() as stack:
        stack.enter_context(configured_logs(settings.log_level, data.policy.personal_data.masked))
        if data.unremembered:
            _logger.warning("the proof of rules and wording cannot be remembered", reason=data.unremembered)
        store = await open_store(settings.store_url)
        stack.push_async_callback(store.close)
        keys = KeyRing(store)
        stack.push_async_callback(keys.close)
        key_required = not is_loopback(host)
        if key_required and not await keys.any_active():
            raise ConfigurationError(
                f"{host} can be reached from other machines, and there is no key yet: "
                "heyan keys create NAME --role caller"
            )
        references = await open_references(store, settings.ref_key)
        contacts = Ledger(store, references, retention=settings.contact_retention)
        log = DecisionLog(store)
        await log.start()
        stack.push_async_callback(log.close)
        watch = RestoreWatch(Restores(store))
        await watch.start()
        stack.push_async_callback(watch.close)
        sealer = Sealer(Seals(store))
        sealer.start()
        stack.push_async_callback(sealer.close)
        known = ModelHealth()
        writer = await stack.enter_async_context(open_model(settings, data, known)) if model is None else model
        limits = Limits(settings.credit_limit_cap, timedelta(hours=settings.facts_max_age))
        policy = ActivePolicy(data.policy)
        metrics.in_force(data.policy.revision)
        desk = Desk(policy, data.wording, writer, Pool(), health=known)
        if not isinstance(writer, NoModel):
            await _warm_up(writer, desk, patient=not settings.model_url and model is None)
        yield Parts(
            reception=Reception(
                desk, log, store, data.vocabulary, data.wording, policy, metrics, limits, contacts, watch.require
            ),
            reviewer=Reviewer(policy, log, store, data.vocabulary, data.wording, metrics, watch.require),
            vocabulary=data.vocabulary,
            wording=data.wording,
            policy=policy,
            log=log,
            keys=keys,
            contacts=contacts,
            metrics=metrics,
            model_health=desk.health,
            key_required=key_required,
            lines=line_writer(settings.log_level),
            people=People(store),
            marks=Marks(store),
            erasure=Erasure(store),
            evidence=Issuer(store),
            watch=watch,
        )


def require_embedded(settings: Settings) -> None:
    """Look whether the embedded model can run here, if the settings want it: before anything takes its time.

    Raises:
        ConfigurationError: naming what is not installed, and what to do.
    """
    missing = [] if settings.model_url else [name for name in ("torch", "transformers") if find_spec(name) is None]
    if missing:
        raise ConfigurationError(
            f"the embedded model needs {' and '.join(missing)}, not installed here: pip install 'heyan[embedded]', "
            "or set HEYAN_MODEL_URL to model servers"
        )


def build_app(parts: Parts) -> "FastAPI":
    """The application around ready parts."""
    from fastapi import FastAPI  # noqa: PLC0415  the command line opens parts without a server around them

    from app.api import contacts, decisions, docs, health, home, keys, people, reviews, scripts, vocabulary  # noqa: PLC0415
    from app.api.description import describe  # noqa: PLC0415
    from app.api.edge import Edge, handle_errors  # noqa: PLC0415
    from app.api.request_log import ContractNames, RequestLog  # noqa: PLC0415

    # The framework's documentation pages load scripts from elsewhere; ours is app.api.docs.
    app = FastAPI(title="Heyan", version="1", docs_url=None, redoc_url=None, redirect_slashes=False)
    for resource in (home, scripts, reviews, contacts, decisions, vocabulary, health, keys, people):
        app.include_router(resource.router(parts))
    app.include_router(docs.router())
    describe(app, parts.vocabulary, key_required=parts.key_required)
    masked = parts.policy.current.personal_data.masked
    names = ContractNames(parts.vocabulary, ("explain", *contacts.PARAMETERS, *decisions.PARAMETERS))
    handle_errors(app, masked, names)
    app.add_middleware(Edge, metrics=parts.metrics, log=RequestLog(parts.lines, masked))
    return app


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _warm_up(model: Model, desk: Desk, *, patient: bool) -> None:
    """One order, so that no caller pays for what is done once; a model that is not there yet may come later."""
    seconds = _WARM_UP_SECONDS if patient else 1.0
    brief = _warm_up_brief(Scenario.ACQUISITION, Generation.YOUNG)
    try:
        await model.write(WritingTask(brief, 1, time.monotonic() + seconds))
        desk.health.is_answering = True
    except ModelError as failure:
        desk.health.is_answering = False
        _logger.warning("the model does not answer yet; fallbacks are spoken until it does", reason=str(failure))


def _warm_up_brief(scenario: Scenario, generation: Generation) -> Brief:
    return Brief(scenario, generation, _FIRST_STRATEGY[scenario], (), _FIRST_SLOTS[scenario], ())


_FIRST_STRATEGY = {
    Scenario.ACQUISITION: "rate_first",
    Scenario.ACTIVATION: "rate_first",
    Scenario.BILL_REMINDER: "remind_plain",
    Scenario.COLLECTION_M1: "plan_plain",
    Scenario.COLLECTION_M2: "plan_plain",
}
_FIRST_SLOTS = {
    scenario: (ANNUAL_RATE,) if scenario.group == "marketing" else ("应还金额", "到期日")
    for scenario in _FIRST_STRATEGY
}
