"""May this be published? Rules compile, prove themselves on their own examples, and stop no approved wording."""

from collections.abc import Mapping, Sequence
from threading import Lock

from app.approved.wording import WORDING_FILES, Wording
from app.data import Deployment, agree
from app.lexicon.approved import ApprovedTexts, approved_texts
from app.lexicon.matter import Proposal
from app.lexicon.problems import Problem, errors
from app.lexicon.rule_faults import document_problem
from app.lexicon.stops import stopped_by, stops_wording
from app.lexicon.wording_faults import fault_problem
from app.policy import ActivePolicy
from app.writing.lines.library import ApprovedLine
from guards.lexicon.documents import DocumentError
from guards.policy import compile_policy


class PolicyJudge:
    """The judge of rules and wording to be published. It takes seconds: not to be called in the loop.

    `active` holds rules in force, proven, which stop no approved wording: only what differs from them is compiled,
    proven and judged on it. `lines`: those of each model, by its folder's name.
    """

    def __init__(
        self, active: ActivePolicy, deployment: Deployment, lines: Mapping[str, Sequence[ApprovedLine]]
    ) -> None:
        self._active = active
        self._deployment = deployment
        self._lines = lines
        self._listing = Lock()
        self._listed: tuple[str, ApprovedTexts] | None = None

    def approved(self) -> ApprovedTexts:
        """Everything that is approved to be said now; listed once for each wording, which takes about a second."""
        ruling = self._active.ruling
        with self._listing:
            if self._listed is None or self._listed[0] != ruling.wording.digest:
                texts = approved_texts(ruling.policy, self._deployment.vocabulary, ruling.wording, self._lines)
                self._listed = ruling.wording.digest, texts
            return self._listed[1]

    def __call__(self, proposal: Proposal) -> list[Problem]:
        """Everything that stands in the way of putting this into force; nothing if nothing does."""
        ruling, vocabulary, files = self._active.ruling, self._deployment.vocabulary, proposal.files
        try:
            wording = self._wording(proposal)
        except DocumentError as broken:
            return [fault_problem(line) for line in broken.problems]
        institution = self._deployment.institution(wording)
        try:
            lexicon = files.lexicon()
            weights, second = self._deployment.weights, self._deployment.second
            compiled = compile_policy(lexicon, institution, weights, second, base=ruling.policy)
            agree(vocabulary, compiled)
        except DocumentError as broken:
            return [document_problem(line) for line in broken.problems]
        if wording is ruling.wording:
            return errors(stops_wording(ruling.policy.lexicon, lexicon, self.approved(), institution, lines=False))
        approved = approved_texts(compiled, vocabulary, wording)
        if lexicon.digest == ruling.policy.lexicon.digest:
            approved = approved.without(self.approved())
        return stopped_by(compiled, approved, institution)

    def _wording(self, proposal: Proposal) -> Wording:
        """The wording that is in force, where it is that. Raises DocumentError."""
        known = self._active.ruling.wording
        if all(proposal.wording.get(name) == known.contents.get(name) for name in WORDING_FILES):
            return known
        return self._deployment.wording(proposal.wording)
