"""What officers work with in one process: the life of rules and of approved wording, their dry runs, and the brake."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from app.data import Data
from app.lexicon.catalogue import Catalogue
from app.lexicon.drafts import Change
from app.lexicon.holding import Holding
from app.lexicon.judging import PolicyJudge
from app.lexicon.lifecycle import Lifecycle
from app.lexicon.recorded import CaseReader
from app.lexicon.register import Dossier
from app.lexicon.rewording import Rewording
from app.lexicon.rule_matter import RuleMatter
from app.lexicon.trials import Trials
from app.lexicon.wording_matter import WordingMatter
from app.lexicon.wording_trials import WordingTrials
from app.policy import ActivePolicy
from app.records import DecisionLog, Revisions, Store
from app.writing.lines.library import ApprovedLine


@dataclass(frozen=True, slots=True)
class Office:
    """All of it, on one store."""

    lifecycle: Lifecycle[Change]
    trials: Trials
    rewording: Lifecycle[Rewording]
    wording_trials: WordingTrials
    holding: Holding

    @classmethod
    def of(
        cls,
        store: Store,
        revisions: Revisions,
        active: ActivePolicy,
        data: Data,
        log: DecisionLog,
        lines: Mapping[str, Sequence[ApprovedLine]],
    ) -> Self:
        """`data`: what the process began with. `lines`: those of each model, by its folder's name."""
        deployment = data.deployment
        institution, judge = deployment.institution(data.wording), PolicyJudge(active, deployment, lines)
        known = frozenset(named for name in deployment.vocabulary.facts for named in (name, f"{name}_spoken"))
        lifecycle = Lifecycle(store, revisions, RuleMatter(institution, known), judge=judge)
        wording = WordingMatter(deployment.vocabulary, deployment.prompts)
        rewording = Lifecycle(store, revisions, wording, judge=judge)
        reader = CaseReader(deployment.vocabulary, {"hotline": institution.hotline})
        return cls(
            lifecycle=lifecycle,
            trials=Trials(lifecycle, log, reader, institution, judge.approved),
            rewording=rewording,
            wording_trials=WordingTrials(rewording, log),
            holding=Holding(store, revisions, active, Catalogue(lines), rewording),
        )

    @property
    def readers(self) -> Mapping[str, Callable[[str], Awaitable[Dossier[Any]]]]:
        """What reads a change, by what that is about."""
        return {"lexicon": self.lifecycle.get, "wording": self.rewording.get}

    async def publish_due(self) -> None:
        """Publish what waited for this time; what fails in one kind of change keeps back none of the other.

        Raises:
            HeyanError: the first failure, after both were looked at.
        """
        done = await asyncio.gather(self.lifecycle.publish_due(), self.rewording.publish_due(), return_exceptions=True)
        for each in done:
            if isinstance(each, BaseException):
                raise each
