"""What the routes are made of: built once by the composition root, handed to every router."""

from dataclasses import dataclass

from structlog.typing import FilteringBoundLogger

from app.approved.vocabulary import Vocabulary
from app.approved.wording import Wording
from app.contacts import Ledger
from app.evidence import Issuer
from app.lexicon.activation import Activator
from app.lexicon.drafts import Change
from app.lexicon.holding import Holding
from app.lexicon.lifecycle import Lifecycle
from app.lexicon.rewording import Rewording
from app.lexicon.standing import Standing
from app.lexicon.trials import Trials
from app.lexicon.wording_trials import WordingTrials
from app.metrics import Metrics
from app.notices.desk import NoticeDesk
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
    RestoreWatch,
    Revisions,
    Sealer,
    Sessions,
)
from app.reviews import Reviewer
from app.scripts.reception import Reception
from app.turns.cases import HeldCases
from app.turns.reception import TurnReception
from app.writing.model import ModelHealth


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that a route may use. `key_required` is false only on a loopback address.

    `lines` writes to the log what holds no personal data: see `app.logs.line_writer`. `activator`: None for who asks
    once, and follows no store. `first_link` opens the page that makes the first two people.
    """

    reception: Reception
    turns: TurnReception
    held_cases: HeldCases
    reviewer: Reviewer
    vocabulary: Vocabulary
    policy: ActivePolicy
    standing: Standing
    log: DecisionLog
    keys: KeyRing
    contacts: Ledger
    metrics: Metrics
    model_health: ModelHealth
    key_required: bool
    lines: FilteringBoundLogger
    people: People
    grants: Grants
    lifecycle: Lifecycle[Change]
    trials: Trials
    rewording: Lifecycle[Rewording]
    wording_trials: WordingTrials
    holding: Holding
    revisions: Revisions
    trail: AuditTrail
    marks: Marks
    erasure: Erasure
    exports: Exports
    evidence: Issuer
    watch: RestoreWatch
    sessions: Sessions
    figures: Figures
    headlines: Headlines
    sealer: Sealer
    notices: NoticeDesk
    activator: Activator | None = None
    first_link: str | None = None

    @property
    def wording(self) -> Wording:
        """The approved wording in force."""
        return self.policy.ruling.wording
