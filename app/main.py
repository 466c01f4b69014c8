"""Composition root: settings become parts, parts become the application; the only place that knows every class."""

import asyncio
import ipaddress
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from importlib.util import find_spec

from app.approved.agreement import Limits
from app.approved.vocabulary import Vocabulary
from app.approved.wording import Wording, worked_examples
from app.contacts import Ledger
from app.data import Data
from app.errors import ConfigurationError
from app.evidence import Issuer
from app.lexicon.activation import Activator, replica_name
from app.lexicon.last_good import LastGood
from app.lexicon.office import Office
from app.lexicon.standing import Standing
from app.lexicon.start import find_start
from app.logs import configured_logs, line_writer
from app.metrics import Metrics
from app.notices.desk import NoticeDesk
from app.opening import Opening
from app.parts import Parts
from app.policy import ActivePolicy
from app.records import (
    AuditTrail,
    DecisionLog,
    Erasure,
    Exports,
    Figures,
    Grants,
    Headlines,
    KeyRing,
    Marks,
    People,
    Restores,
    RestoreWatch,
    Revisions,
    Sealer,
    Seals,
    Sessions,
)
from app.reviews import Reviewer
from app.scripts.desk import Desk
from app.scripts.reception import Reception
from app.scripts.warm_up import first_brief, warm_up
from app.settings import Settings
from app.turns.cases import HeldCases
from app.turns.desk import TurnDesk
from app.turns.reception import TurnReception
from app.turns.understanding.linear import read_linear_model
from app.writing.lines.library import ApprovedLine, read_approved_lines
from app.writing.model import Model, ModelHealth, NoModel
from app.writing.pool import Pool
from guards.lexicon.documents import DocumentError
from guards.policy import Policy

Prove = Callable[[Policy, Vocabulary, Wording], None]


@asynccontextmanager
async def open_model(
    settings: Settings, data: Data, health: ModelHealth | None = None, policy: ActivePolicy | None = None
) -> AsyncIterator[Model]:
    """The model that the settings name: servers, or the embedded checkpoint. Servers note in `health` how they are.

    Examples in the prompt are of the wording that `policy` holds at the time; without one, of `data`.

    Raises:
        ConfigurationError: if prompts, adapters or checkpoint are unusable, or what runs it is not installed.
    """
    require_embedded(settings)
    active = policy or ActivePolicy(data.policy, data.wording)
    if settings.model_url:
        from app.writing.full_prompt import FullPrompt  # noqa: PLC0415  only one of the two models is ever needed
        from app.writing.servers.adapters import AdapterRegistry  # noqa: PLC0415
        from app.writing.servers.model import ServedModel  # noqa: PLC0415

        try:
            prompt = FullPrompt(settings.prompts_dir / "templates", data.vocabulary)
            tag = next(iter(data.vocabulary.tags))
            for scenario, generation in data.wording.fallbacks:
                brief = first_brief(scenario, generation)
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
            examples=lambda brief: worked_examples(brief, active.ruling.wording),
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
    settings: Settings, *, host: str = "127.0.0.1", model: Model | None = None, is_replica: bool = True
) -> AsyncIterator[Parts]:
    """Everything that answers requests, ready to answer them; `model` takes the place of the one that settings name.

    A replica follows what the store publishes, and reports what it runs; who asks once needs neither.

    Raises:
        ConfigurationError: if data or weights are unusable, or a reachable address has no keys.
        StoreError: if the store cannot be opened, and no policy was kept from an earlier start, or the store is wrong.
    """
    if model is None:
        require_embedded(settings)
    metrics = Metrics()
    async with AsyncExitStack() as stack:
        opening, last_good = Opening(settings.store_url, settings.ref_key), LastGood(settings.data_dir / "last-policy")
        store = opening.store
        stack.push_async_callback(store.close)
        keys = KeyRing(store)
        stack.push_async_callback(keys.close)
        key_required = not is_loopback(host)

        async def require_key() -> None:
            if key_required and not await keys.any_active():
                raise ConfigurationError(
                    f"{host} can be reached from other machines, and there is no key yet: "
                    "heyan keys create NAME --role caller"
                )

        start = await find_start(settings, metrics, opening, last_good, require_key)
        data = start.data
        stack.callback(data.deployment.close)
        stack.enter_context(configured_logs(settings.log_level, data.policy.personal_data.masked))
        start.tell()
        contacts = Ledger(store, opening.references, retention=settings.contact_retention)
        log = DecisionLog(store)
        await log.start()
        stack.push_async_callback(log.close)
        watch = RestoreWatch(Restores(store))
        await watch.start()
        stack.push_async_callback(watch.close)
        trail, lines_out = AuditTrail(store), line_writer(settings.log_level)
        sealer = Sealer(Seals(store), trail, lines_out)
        sealer.start()
        stack.push_async_callback(sealer.close)
        known, policy = ModelHealth(), ActivePolicy(data.policy, data.wording)
        writer = await stack.enter_async_context(open_model(settings, data, known, policy)) if model is None else model
        metrics.in_force(data.policy.revision)
        desk = Desk(policy, writer, Pool(), health=known)
        if not isinstance(writer, NoModel):
            await warm_up(writer, desk, patient=not settings.model_url and model is None)
        limits = Limits(settings.credit_limit_cap, timedelta(hours=settings.facts_max_age))
        turns = TurnDesk(data.vocabulary, limits, read_linear_model(settings.turns_dir), policy.ruling)
        standing, activator, revisions = Standing(settings.policy_max_age), None, Revisions(store)
        people, headlines, notices = People(store), Headlines(store), NoticeDesk.of(store, settings.public_url)
        office = Office.of(store, revisions, policy, data, log, _approved_lines(settings))

        async def open_late() -> None:
            await opening.complete()
            await watch.learn()

        if is_replica:
            activator = Activator(
                revisions,
                policy,
                start,
                standing=standing,
                last_good=last_good,
                metrics=metrics,
                replica=settings.replica or replica_name(),
                open_store=open_late,
                publish_due=office.publish_due,
            )
            await activator.start()
            stack.push_async_callback(activator.close)
            await stack.enter_async_context(notices.open(headlines, revisions, office.readers, policy.masked))
        yield Parts(
            reception=Reception(desk, log, store, data.vocabulary, policy, metrics, limits, contacts, watch.require),
            turns=TurnReception(turns, log, store, policy, metrics, contacts, watch.require),
            held_cases=HeldCases(store, opening.references),
            reviewer=Reviewer(policy, log, store, data.vocabulary, metrics, watch.require),
            vocabulary=data.vocabulary,
            policy=policy,
            standing=standing,
            log=log,
            keys=keys,
            contacts=contacts,
            metrics=metrics,
            model_health=desk.health,
            key_required=key_required,
            lines=lines_out,
            people=people,
            grants=Grants(store),
            activator=activator,
            lifecycle=office.lifecycle,
            trials=office.trials,
            rewording=office.rewording,
            wording_trials=office.wording_trials,
            holding=office.holding,
            revisions=revisions,
            trail=trail,
            marks=Marks(store),
            erasure=Erasure(store),
            exports=Exports(store),
            evidence=Issuer(store),
            watch=watch,
            sessions=Sessions(store, people),
            figures=Figures(store),
            headlines=headlines,
            sealer=sealer,
            notices=notices,
            first_link=None if key_required else secrets.token_urlsafe(24),
        )


def _approved_lines(settings: Settings) -> dict[str, Sequence[ApprovedLine]]:
    """What the model may say, by its name."""
    lines = read_approved_lines(settings.model_dir)
    return {settings.model_dir.name: lines.approved} if lines else {}


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


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
