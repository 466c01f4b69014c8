"""The guard chain over bodies: nothing that it would stop is ever taught."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from app.approved.brief import Brief
from app.approved.facts import example_facts, parse_facts
from app.approved.skeleton import slots_in
from app.approved.vocabulary import Vocabulary
from app.approved.wording import read_wording
from app.encoders.opening import open_embedded
from app.scripts.candidate import Candidate, examine_piece
from app.writing.lines.bodies import NO_OFFER, ApprovedBody, ApprovedDetails
from finetune.lines.bodies import DETAILS_FILE, Body
from finetune.lines.reader import Line
from guards.lexicon.documents import DocumentError
from guards.lexicon.reader import read_lexicon
from guards.meaning.weights import read_weights
from guards.policy import Institution, Policy, compile_policy
from guards.types import Callee, Case, Channel, Finding, Group, Role, Scenario, Stage

_TODAY = date(2026, 11, 20)
"""Only decides whether an example's date is said with its year."""


class Judge:
    """Examines skeletons filled with the vocabulary's example facts, as a piece of the body."""

    def __init__(self, policy: Policy, vocabulary: Vocabulary) -> None:
        """`policy`: the rules that decide; see `shipped_policy`."""
        self.policy = policy
        self._vocabulary = vocabulary

    def blocking_findings(
        self,
        body: str,
        scenario: Scenario,
        *,
        offers: frozenset[str] = frozenset(),
        channel: Channel = Channel.AI_VOICE,
    ) -> list[Finding]:
        """The findings for which the body may not be said as it stands; none when it may.

        A body that needs masking holds personal data and is stopped, too. `offers` are the concessions that hold.

        Raises:
            KeyError: if the body uses a slot that the vocabulary does not know.
        """
        profile = self._vocabulary.scenarios[scenario]
        spoken_of = {self._vocabulary.slots[slot].fact for slot in slots_in(body)} | set(profile.required_facts)
        if "monthly_payment" in spoken_of and scenario.group is Group.MARKETING:
            spoken_of |= {"principal", "terms"}  # an instalment is said with them
        examples = example_facts(profile, self._vocabulary, _TODAY)
        given = {name: value for name, value in examples.items() if name in spoken_of}
        facts = parse_facts(given, profile, self._vocabulary, partial=True)
        case = Case(
            scenario=scenario,
            channel=channel,
            callee=Callee(Role.DEBTOR, True),
            stage=Stage.BODY,
            facts=facts.guard_facts(),
            offers=offers,
        )
        return list(examine_piece(Candidate(body), facts.fillings(_TODAY), case, self.policy.panel).objections)

    def blocking_findings_for(self, body: str, brief: Brief) -> list[Finding]:
        """The same for the body of a brief."""
        return self.blocking_findings(
            body, brief.scenario, offers=frozenset((brief.offer,)) if brief.offer else frozenset()
        )


def check_lines(lines: Iterable[Line], judge: Judge) -> None:
    """See that the guard chain stops no line.

    Raises:
        DocumentError: naming file and line of each that it stops, with the rule and its reason.
    """
    problems = []
    for line in lines:
        # What is paid a month is said after the annual rate; composed bodies see to that.
        text = f"利息是{{年化利率}}。{line.text}" if line.part == "instalment" else line.text
        for finding in judge.blocking_findings(text, line.scenario, offers=line.offers):
            problems.append(f"{line.place}: {finding.rule}: {finding.reason}: {line.text}")
    if problems:
        raise DocumentError(problems)


def check_bodies(bodies: Sequence[Body], details: Sequence[ApprovedDetails], judge: Judge) -> None:
    """See that the guard chain stops no body: every wording of it is judged in one at least, and each detail alone.

    Raises:
        DocumentError: naming file and line of each that it stops, with the rule and its reason.
    """
    told = [(body.place, body.scenario, text, offers) for body in bodies for text, offers in _told(body)]
    told += [(DETAILS_FILE, scenario, text, frozenset()) for scenario, text in _told_of(details)]
    problems = [
        f"{place}: {finding.rule}: {finding.reason}: {text}"
        for place, scenario, text, offers in told
        for finding in judge.blocking_findings(text, scenario, offers=offers)
    ]
    if problems:
        raise DocumentError(list(dict.fromkeys(problems)))


def _told(body: ApprovedBody) -> Iterator[tuple[str, frozenset[str]]]:
    """A body as it may be said, in as many ways as it takes to say each wording once, under each offer."""
    slots = {slot for sentence in body.sentences for text in sentence.texts for slot in slots_in(text)}
    for offer in sorted({sentence.offer for sentence in body.sentences if sentence.offer} | {NO_OFFER}):
        own = None if offer == NO_OFFER else offer
        (strategy, *_), (generation, *_) = sorted(body.strategies), sorted(body.generations)
        brief = Brief(body.scenario, generation, strategy, tuple(body.tags), (), tuple(sorted(slots)), own)
        parts = body.parts(brief)
        for turn in range(max(map(len, parts), default=0)):
            said = "".join(texts[turn % len(texts)] for texts in parts)
            yield said, frozenset({own} if own else ())


def _told_of(details: Sequence[ApprovedDetails]) -> Iterator[tuple[Scenario, str]]:
    """Each wording of the details in each scenario that has them, after the rate that is always said before."""
    for each in details:
        for scenario in (scenario for scenario in Scenario if scenario.group in each.groups):
            before = "利息是{年化利率}。" if scenario.group is Group.MARKETING else ""
            for text in (text for sentence in each.sentences for text in sentence.texts):
                yield scenario, before + text


def shipped_policy(root: Path, vocabulary: Vocabulary) -> Policy:
    """The policy of the lexicon, the institution and the second opinion below `root`.

    Raises:
        DocumentError: naming file and line of every problem.
        OSError: if the weights of the second opinion cannot be read.
        ConfigurationError: if its encoder or head cannot be used.
    """
    institution = read_wording(root / "prompts", vocabulary).institution
    meaning = root / "models" / "meaning"
    return compile_policy(
        read_lexicon(root / "lexicons"),
        Institution(institution.full_name, institution.hotline),
        read_weights(meaning / "weights.npz"),
        open_embedded(meaning / "encoder", meaning / "head.npz").second,
    )
