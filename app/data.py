"""Everything that judges and is said, read from files or from a published revision, checked and proven."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.approved.holds import HOLDS_FILE
from app.approved.vocabulary import Vocabulary, read_vocabulary
from app.approved.wording import PUBLISHED_FILES, Wording, read_prompts, wording_of
from app.encoders.opening import Hearing, open_hearing
from app.errors import ConfigurationError
from app.metrics import Metrics
from app.policy import Ruling, covering, load_weights
from app.proof_memory import ProofMemory
from app.scripts.proof import prove_wording
from app.settings import Settings
from guards.errors import DataFileError
from guards.lexicon.documents import DocumentError
from guards.lexicon.reader import Lexicon, read_lexicon, read_rules
from guards.lexicon.scope import china_today
from guards.meaning.head import SecondScore
from guards.meaning.weights import Weights
from guards.panel import Observer
from guards.policy import Institution, Policy, compile_policy
from guards.types import Quantity

Prove = Callable[[Policy, Vocabulary, Wording], None]
_UNHEARD = "the encoder did not answer"


@dataclass(frozen=True, slots=True)
class Published:
    """One revision as it was published: its files by their names, byte for byte.

    `left_out`: the digests of its files of wording that belong to a deployment, which `sha256` covers as well.
    """

    number: int
    sha256: str
    lexicon: Mapping[str, bytes]
    wording: Mapping[str, bytes]
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def texts(self) -> dict[str, bytes]:
        """All of them, by the names that they have in a checkout."""
        return {
            **{f"lexicons/{name}": text for name, text in sorted(self.lexicon.items())},
            **{f"prompts/{name}": text for name, text in sorted(self.wording.items())},
        }

    @property
    def proven(self) -> dict[str, bytes]:
        """Those that a proof is about: what is held was proven too, and may be said again."""
        return {name: text for name, text in self.texts.items() if name != f"prompts/{HOLDS_FILE}"}


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a deployment adds to every revision, read once: `prompts` are its files that have no life cycle."""

    settings: Settings
    vocabulary: Vocabulary
    prompts: Mapping[str, bytes]
    weights: Weights
    hearing: Hearing | None = None
    observer: Observer | None = None

    @property
    def second(self) -> SecondScore | None:
        """The second score of the second opinion, where there is one."""
        return self.hearing.second if self.hearing else None

    @property
    def missed(self) -> int:
        """How many sentences the encoder has not answered."""
        return self.hearing.listener.missed if self.hearing else 0

    def close(self) -> None:
        """Ask no encoder any more."""
        if self.hearing:
            self.hearing.listener.close()

    def institution(self, wording: Wording) -> Institution:
        """Who speaks in this wording, as the rules know it."""
        speaker = wording.institution
        return Institution(speaker.full_name, speaker.hotline, self.settings.annual_rate_cap)

    def wording(self, wording: Mapping[str, bytes], directory: Path = Path()) -> Wording:
        """The approved wording of the texts of its files, which stand in `directory`, as it is said here.

        Raises:
            DocumentError: naming file and line of every problem.
        """
        own = {name: text for name, text in wording.items() if name in PUBLISHED_FILES}
        return wording_of({**self.prompts, **own}, self.vocabulary, directory)

    def ruling(
        self,
        lexicon: Lexicon,
        wording: Mapping[str, bytes],
        *,
        revision: int = 1,
        is_proven: bool = True,
        directory: Path = Path(),
        base: Policy | None = None,
    ) -> Ruling:
        """Rules and approved wording, compiled; `wording` holds the texts of its files, which stand in `directory`.

        `is_proven`: the rules were proven on their own examples before, as those of a revision were to be published.
        `base`: rules in force, with which what has not changed is shared.

        Raises:
            DocumentError: naming file and line of every problem.
        """
        words = self.wording(wording, directory)
        policy = compile_policy(
            lexicon,
            self.institution(words),
            self.weights,
            self.second,
            revision=revision,
            observer=self.observer,
            is_proven=is_proven,
            base=base,
        )
        agree(self.vocabulary, policy)
        return Ruling(covering(policy, words, self.settings), words)


@dataclass(frozen=True, slots=True)
class Data:
    """What is in force when a process starts, and what it adds to every later revision.

    `unremembered`: why the proof could not be remembered for the next start.
    """

    vocabulary: Vocabulary
    wording: Wording
    policy: Policy
    deployment: Deployment
    unremembered: str | None = None


def read_data(
    settings: Settings,
    metrics: Metrics,
    prove: Prove = prove_wording,
    proofs: ProofMemory | None = None,
    *,
    published: Published | None = None,
) -> Data:
    """Read vocabulary, wording and lexicon, and prove them, unless just these were proven before.

    `published`: the revision whose texts are in force, whatever the files of rules and wording say.

    Raises:
        ConfigurationError: naming file and line of every problem.
    """
    texts = published.proven if published else None
    proofs = proofs or ProofMemory(settings, china_today(), published=texts)
    is_proven = proofs.holds
    try:
        data = _read(settings, metrics, published, is_proven=is_proven)
        if is_proven and not proofs.is_current:
            # A file was changed between the look into the memory and the reading.
            is_proven, data = False, _read(settings, metrics, published, is_proven=False)
        if not is_proven:
            missed = data.deployment.missed
            prove(data.policy, data.vocabulary, data.wording)
            is_heard = data.deployment.missed == missed
            unwritable = proofs.note(data.policy.lexicon.changes()) if is_heard else _UNHEARD
            data = replace(data, unremembered=unwritable)
    except DataFileError as broken:
        raise ConfigurationError(str(broken)) from None
    return data


def remember_proof(settings: Settings, published: Published, data: Data) -> None:
    """Note that these texts were proven as they stood in files, so that a later start need not prove them again."""
    if data.unremembered is None:
        ProofMemory(settings, china_today(), published=published.proven).note(data.policy.lexicon.changes())


def _read(settings: Settings, metrics: Metrics, published: Published | None, *, is_proven: bool) -> Data:
    """Raises DataFileError: naming file and line of every problem."""
    vocabulary, prompts = read_vocabulary(settings.prompts_dir), read_prompts(settings.prompts_dir)
    prompts.pop(HOLDS_FILE, None)  # what is held is published, never put beside the program
    own = {name: text for name, text in prompts.items() if name not in PUBLISHED_FILES}
    deployment = Deployment(settings, vocabulary, own, load_weights(settings), open_hearing(settings), metrics.guarded)
    if published:
        lexicon = read_rules(published.lexicon)
        ruling = deployment.ruling(lexicon, published.wording, revision=published.number, is_proven=is_proven)
    else:
        lexicon = read_lexicon(settings.lexicons_dir)
        ruling = deployment.ruling(lexicon, prompts, is_proven=is_proven, directory=settings.prompts_dir)
    return Data(vocabulary, ruling.wording, ruling.policy, deployment)


def agree(vocabulary: Vocabulary, policy: Policy) -> None:
    """Vocabulary and gates must say the same of who may be spoken to and where a person speaks, roles of which facts.

    Raises:
        DocumentError: naming the scenario or the fact on which they differ.
    """
    gates = policy.lexicon.gates
    problems = []
    for scenario in vocabulary.scenarios.values():
        if (scenario.speaks == "handoff") is not (scenario.id in gates.handoff):
            problems.append(f"lexicons/gates.yaml:1: handoff differs from prompts/scenarios.yaml on {scenario.id}")
        if set(scenario.roles) != set(gates.roles[scenario.id]):
            problems.append(f"lexicons/gates.yaml:1: roles differ from prompts/scenarios.yaml on {scenario.id}")
    figures = {fact.name for fact in vocabulary.facts.values() if fact.quantity not in (None, Quantity.TEXT)}
    roles = policy.lexicon.roles
    for name in sorted(figures ^ set(roles.facts)) if roles.roles else ():  # none: from before there were any
        problems.append(f"lexicons/roles.yaml:1: facts differ from prompts/facts.yaml on {name}")
    if problems:
        raise DocumentError(problems)
