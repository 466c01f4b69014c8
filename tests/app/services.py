"""The whole service around a scripted model, on data that were read once; and the example request of the contract."""

import copy
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher

from app.application import build_app
from app.approved.agreement import Limits
from app.approved.wording import WORDING_FILES
from app.contacts import Ledger, open_references
from app.data import Data
from app.evidence import Issuer
from app.lexicon.approved import ApprovedTexts
from app.lexicon.lifecycle import Lifecycle
from app.lexicon.matter import Judge, Proposal
from app.lexicon.office import Office
from app.lexicon.problems import Problem
from app.lexicon.recorded import CaseReader
from app.lexicon.rule_faults import document_problem
from app.lexicon.rule_matter import RuleMatter
from app.lexicon.standing import Standing
from app.lexicon.trials import Trials
from app.logs import line_writer
from app.metrics import Metrics
from app.notices.desk import NoticeDesk
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
    open_store,
)
from app.reviews import Reviewer
from app.scripts.desk import Desk
from app.scripts.reception import Reception
from app.settings import ROOT
from app.turns.cases import HeldCases
from app.turns.desk import TurnDesk
from app.turns.reception import TurnReception
from app.turns.understanding.linear import LinearModel, read_linear_model
from app.writing.model import Model
from app.writing.pool import Pool
from guards.lexicon.documents import DocumentError
from guards.policy import compile_policy
from tests.app.lexicon.rules import INSTITUTION, SHIPPED
from tests.fakes import FakeModel

BODY = "直接说重点，{产品名}最高可申请{额度上限}。成本是{年化利率}。您还想了解哪项？"
"""A body that the shipped rules let pass in the contract's example."""
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""As little work as a password can be."""
PERSON = {"name": "欧阳三丰", "mobile": "13812345678", "id_card": "11010519491231002X"}
"""Personal data that must appear nowhere."""
EXAMPLE: dict[str, Any] = {
    "request_id": "c-20261122-000123",
    "scenario": "acquisition",
    "channel": "ai_voice",
    "call_time": "2026-11-22T10:05:00+08:00",
    "callee": {"role": "applicant", "identity_verified": False},
    "customer": {
        "ref": "u-778",
        "age": 25,
        "generation": None,
        "region": "tier1",
        "tags": ["实时浏览应急贷", "咨询过利率"],
        "surname": "张",
        "honorific": "先生",
        "is_student": False,
        "marketing_consent": True,
        "opted_out": False,
        "pii": {"name": "张三", "mobile": "13812345678"},
    },
    "history": {"connected_calls_today": 0, "attempts_today": 1},
    "facts": {
        "product": "应急贷",
        "credit_limit": "200000",
        "annual_rate": "3.6",
        "rate_method": "simple",
        "monthly_rate": "0.3",
        "approval_minutes": 10,
        "first_loan_discount": "50",
    },
    # The longest that may be asked for: no test is answered by fallback only because the machine is busy.
    "options": {"candidates": 4, "deadline_ms": 30_000, "source": "auto", "strategy": None},
}


def example(**changes: Any) -> dict[str, Any]:
    """The contract's example; `changes` replace members, or are merged into those that are objects."""
    body = copy.deepcopy(EXAMPLE)
    for name, value in changes.items():
        body[name] = {**body[name], **value} if isinstance(value, dict) and isinstance(body.get(name), dict) else value
    return body


def writer(*skeletons: str, delay: float = 0.0) -> FakeModel:
    """A model that always writes these skeletons; without any, one that passes."""
    return FakeModel(lambda task: skeletons or (BODY,), delay=delay)


def _compiles(data: Data) -> Judge:
    """Proves rules on their own examples, and asks nothing of approved wording, which takes long."""
    institution, deployment = data.deployment.institution(data.wording), data.deployment

    def judge(proposal: Proposal) -> list[Problem]:
        try:
            compile_policy(
                proposal.files.lexicon(), institution, deployment.weights, deployment.second, base=data.policy
            )
        except DocumentError as broken:
            return [document_problem(line) for line in broken.problems]
        return []

    return judge


@cache
def understood() -> LinearModel:
    """What the shipped service understands, read once."""
    return read_linear_model(ROOT / "models" / "turns")


@asynccontextmanager
async def open_service(
    data: Data, directory: Path, model: Model, *, key_required: bool = False
) -> AsyncIterator[Parts]:
    """The parts as the composition root joins them, on a store in `directory`."""
    metrics = Metrics()
    store = await open_store(f"sqlite:///{directory / 'heyan.sqlite3'}")
    references = await open_references(store, None)
    contacts = Ledger(store, references)
    watch = RestoreWatch(Restores(store))
    await watch.start()
    log, keys = DecisionLog(store), KeyRing(store)
    await log.start()
    policy = ActivePolicy(data.policy, data.wording)
    standing = Standing(math.inf)
    standing.reached()
    revisions = Revisions(store)
    await revisions.begin(SHIPPED.contents, {name: data.wording.contents[name] for name in WORDING_FILES})
    known = frozenset(named for name in data.vocabulary.facts for named in (name, f"{name}_spoken"))
    lifecycle = Lifecycle(store, revisions, RuleMatter(INSTITUTION, known), judge=_compiles(data))
    office = Office.of(store, revisions, policy, data, log, {})
    turns = TurnDesk(data.vocabulary, Limits(), understood(), policy.ruling)
    desk, people = Desk(policy, model, Pool()), People(store, hasher=QUICK)
    try:
        yield Parts(
            reception=Reception(desk, log, store, data.vocabulary, policy, metrics, Limits(), contacts, watch.require),
            turns=TurnReception(turns, log, store, policy, metrics, contacts, watch.require),
            held_cases=HeldCases(store, references),
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
            lines=line_writer("debug"),
            people=people,
            grants=Grants(store),
            lifecycle=lifecycle,
            trials=Trials(lifecycle, log, CaseReader(data.vocabulary, {}), INSTITUTION, lambda: ApprovedTexts(())),
            rewording=office.rewording,
            wording_trials=office.wording_trials,
            holding=office.holding,
            revisions=revisions,
            trail=AuditTrail(store),
            marks=Marks(store),
            erasure=Erasure(store),
            exports=Exports(store),
            evidence=Issuer(store),
            watch=watch,
            sessions=Sessions(store, people),
            figures=Figures(store),
            headlines=Headlines(store),
            notices=NoticeDesk.of(store, None),
            sealer=Sealer(Seals(store), AuditTrail(store), line_writer("debug")),
        )
    finally:
        await watch.close()
        await log.close()
        await keys.close()
        await store.close()


@asynccontextmanager
async def client_of(parts: Parts) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application around `parts`; whatever the application raises reaches the test."""
    transport = httpx.ASGITransport(build_app(parts))
    async with httpx.AsyncClient(transport=transport, base_url="http://heyan") as client:
        yield client
