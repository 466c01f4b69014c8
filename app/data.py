"""Everything that is read from files, checked and proven before anything listens."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.approved.vocabulary import Vocabulary, read_vocabulary
from app.approved.wording import Wording, read_wording
from app.errors import ConfigurationError
from app.metrics import Metrics
from app.policy import load_policy
from app.proof_memory import ProofMemory
from app.scripts.proof import prove_wording
from app.settings import Settings
from guards.errors import DataFileError
from guards.lexicon.documents import DocumentError
from guards.lexicon.scope import china_today
from guards.policy import Policy

Prove = Callable[[Policy, Vocabulary, Wording], None]


@dataclass(frozen=True, slots=True)
class Data:
    """Everything that is read from files, checked and proven before anything listens.

    `unremembered`: why the proof could not be remembered for the next start.
    """

    vocabulary: Vocabulary
    wording: Wording
    policy: Policy
    unremembered: str | None = None


def read_data(
    settings: Settings, metrics: Metrics, prove: Prove = prove_wording, proofs: ProofMemory | None = None
) -> Data:
    """Read vocabulary, wording and lexicon, and prove them, unless just these were proven before.

    Raises:
        ConfigurationError: naming file and line of every problem.
    """
    proofs = proofs or ProofMemory(settings, china_today())
    is_proven = proofs.holds
    try:
        data = _read(settings, metrics, is_proven=is_proven)
        if is_proven and not proofs.is_current:
            # A file was changed between the look into the memory and the reading.
            is_proven, data = False, _read(settings, metrics, is_proven=False)
        if not is_proven:
            prove(data.policy, data.vocabulary, data.wording)
            unwritable = proofs.note(data.policy.lexicon.changes())
            data = replace(data, unremembered=unwritable)
    except DataFileError as broken:
        raise ConfigurationError(str(broken)) from None
    return data


def _read(settings: Settings, metrics: Metrics, *, is_proven: bool) -> Data:
    """Raises DataFileError: naming file and line of every problem."""
    known = read_vocabulary(settings.prompts_dir)
    wording = read_wording(settings.prompts_dir, known)
    institution = wording.institution
    policy = load_policy(
        settings,
        institution.full_name,
        institution.hotline,
        metrics.guarded,
        wording_digest=wording.digest,
        is_proven=is_proven,
    )
    agree(known, policy)
    return Data(known, wording, policy)


def agree(vocabulary: Vocabulary, policy: Policy) -> None:
    """Vocabulary and gates must say the same of who may be spoken to and where a person speaks.

    Raises:
        DocumentError: naming the scenario on which they differ.
    """
    gates = policy.lexicon.gates
    problems = []
    for scenario in vocabulary.scenarios.values():
        if (scenario.speaks == "handoff") is not (scenario.id in gates.handoff):
            problems.append(f"lexicons/gates.yaml:1: handoff differs from prompts/scenarios.yaml on {scenario.id}")
        if set(scenario.roles) != set(gates.roles[scenario.id]):
            problems.append(f"lexicons/gates.yaml:1: roles differ from prompts/scenarios.yaml on {scenario.id}")
    if problems:
        raise DocumentError(problems)
