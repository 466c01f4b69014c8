"""What the routes are made of: built once by the composition root, handed to every router."""

from dataclasses import dataclass

from app.metrics import Metrics
from app.policy import ActivePolicy
from app.reception import Reception
from app.records import DecisionLog, KeyRing
from app.reviewer import Reviewer
from app.vocabulary import Vocabulary
from app.wording import Wording
from app.writing.model import ModelHealth


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that a route may use. `key_required` is false only on a loopback address."""

    reception: Reception
    reviewer: Reviewer
    vocabulary: Vocabulary
    wording: Wording
    policy: ActivePolicy
    log: DecisionLog
    keys: KeyRing
    metrics: Metrics
    model_health: ModelHealth
    key_required: bool
