"""Compile a lexicon into an immutable policy, and prove its rules on their own examples."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from guards.collector import resting_collector
from guards.disclosures import Disclosures
from guards.gates import Gates
from guards.grounding.guard import Grounding
from guards.grounding.rates import GroundingSettings
from guards.lexicon.documents import DocumentError
from guards.lexicon.examples import always_in_force, unproven, unproven_numbers, unproven_roles
from guards.lexicon.reader import Lexicon
from guards.meaning.guard import Meaning
from guards.meaning.head import SecondScore
from guards.meaning.weights import Weights
from guards.panel import Observer, Panel
from guards.personal_data.guard import PersonalData
from guards.phrases.guard import Phrases
from guards.script import Script
from guards.text import lookalikes, words
from guards.text.idle import idle_entries
from guards.types import Case


@dataclass(frozen=True, slots=True)
class Institution:
    """Who speaks, and the words that are its own. `annual_rate_cap` is in per cent a year."""

    full_name: str
    hotline: str
    annual_rate_cap: Decimal = Decimal(24)


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """What was compiled of which institution, so that the next policy can take over what stays the same."""

    institution: Institution
    phrases: Phrases
    disclosures: Disclosures
    grounding: Grounding
    personal_data: PersonalData
    meaning: Meaning


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A compiled lexicon that all threads share, equal only to itself. `digest`: SHA-256 of all that judges."""

    revision: int
    digest: str
    gates: Gates
    panel: Panel
    lexicon: Lexicon
    parts: Parts

    @property
    def personal_data(self) -> PersonalData:
        """The guard against personal data, for whoever masks."""
        return self.parts.personal_data

    def undecided(self, script: Script, case: Case) -> list[str]:
        """Which sentences an encoder will be asked about when the script is examined: see `Meaning.undecided`."""
        return self.parts.meaning.undecided(script, case)


def compile_policy(
    lexicon: Lexicon,
    institution: Institution,
    weights: Weights,
    second: SecondScore | None = None,
    *,
    revision: int = 1,
    observer: Observer | None = None,
    is_proven: bool = False,
    base: Policy | None = None,
) -> Policy:
    """Build the guards of a lexicon, and the second opinion out of its weights; `second` is its second score.

    `is_proven`: this lexicon was proven on its own examples before, by the same code; it is not proven again.
    `base`: a proven policy of this process. What is equal in both is shared with it and not proven again; the verdicts
    are those of a policy that was compiled from nothing.

    Raises:
        DocumentError: if a rule misses its own hits or hits its own misses, or a disguise can never be found, naming
            file and line.
    """
    with resting_collector():
        parts = _compiled(lexicon, institution, weights, second, base)
    if not is_proven and (problems := list(_unproven(lexicon, parts, base))):
        raise DocumentError(problems)
    panel = Panel(
        (parts.phrases, parts.disclosures, parts.grounding, parts.personal_data, parts.meaning),
        both_forms=(parts.phrases.name, parts.grounding.name, parts.personal_data.name),
        observer=observer,
    )
    heard = f" {second.digest}" if second else ""
    judges = f"{lexicon.digest} {weights.digest}{heard} {lookalikes.digest()} {words.digest()}"
    digest = hashlib.sha256(judges.encode()).hexdigest()
    return Policy(revision, digest, Gates(lexicon.gates), panel, lexicon, parts)


def recompiled(policy: Policy, lexicon: Lexicon) -> Policy:
    """A policy with other rules in the place of its own, not proven and not observed: to be tried, never put in force.

    Raises:
        DocumentError: if the rules cannot be compiled, naming file and line.
    """
    known = policy.parts
    weights, second = known.meaning.weights, known.meaning.second
    return compile_policy(lexicon, known.institution, weights, second, is_proven=True, base=policy)


def _compiled(
    lexicon: Lexicon, institution: Institution, weights: Weights, second: SecondScore | None, base: Policy | None
) -> Parts:
    if base is None:
        personal_data = PersonalData(allowed=(institution.hotline,))
        return Parts(
            institution,
            Phrases(lexicon.families),
            _disclosures(lexicon, institution),
            _grounding(lexicon, institution),
            personal_data,
            Meaning(weights, second, personal_data.masked),
        )
    old = base.parts
    is_same_speaker = institution == old.institution
    has_same_disclosures = is_same_speaker and lexicon.disclosures == base.lexicon.disclosures
    has_same_numbers = is_same_speaker and _numbers(lexicon) == _numbers(base.lexicon)
    personal_data = old.personal_data if is_same_speaker else PersonalData(allowed=(institution.hotline,))
    return Parts(
        institution,
        Phrases(lexicon.families, old.phrases),
        old.disclosures if has_same_disclosures else _disclosures(lexicon, institution),
        old.grounding if has_same_numbers else _grounding(lexicon, institution),
        personal_data,
        Meaning(weights, second, personal_data.masked),
    )


def _disclosures(lexicon: Lexicon, institution: Institution) -> Disclosures:
    return Disclosures(lexicon.disclosures, institution=institution.full_name, hotline=institution.hotline)


def _grounding(lexicon: Lexicon, institution: Institution) -> Grounding:
    settings = GroundingSettings(annual_rate_cap=institution.annual_rate_cap)
    return Grounding(lexicon.numbers.rules, lexicon.roles, settings)


def _numbers(lexicon: Lexicon) -> tuple[object, object]:
    """What the grounding guard is compiled of."""
    return lexicon.numbers.rules, lexicon.roles


def _unproven(lexicon: Lexicon, parts: Parts, base: Policy | None) -> Iterator[str]:
    """What is wrong with the tables of disguises and the examples of all rules, or of those that are not as in `base`.

    A rule is proven by itself. Others decide only which numerals are read in Chinese: see `Phrases.unlike`.
    """
    words = {"institution": parts.institution.full_name, "hotline": parts.institution.hotline}
    known = base if base and base.parts.institution == parts.institution else None
    if known is None:
        yield from idle_entries()
    rules = parts.phrases.unlike(known.parts.phrases, words) if known else lexicon.phrase_rules()
    for rule in rules:
        yield from unproven(rule, partial(parts.phrases, only=rule.id), words, lexicon.places[rule.id])
    proven = {disclosure.id: disclosure for disclosure in known.lexicon.disclosures} if known else {}
    for disclosure in lexicon.disclosures:
        if proven.get(disclosure.id) != disclosure:
            yield from unproven(disclosure, parts.disclosures, words, lexicon.places[disclosure.id])
    if known is None or known.lexicon.numbers != lexicon.numbers or known.lexicon.roles != lexicon.roles:
        # With the settings that the examples were written for: an institution may have a lower cap.
        grounding = Grounding(map(always_in_force, lexicon.numbers.rules), lexicon.roles)
        yield from unproven_numbers(lexicon.numbers, grounding, lexicon.places)
        yield from unproven_roles(lexicon.roles, grounding.named, lexicon.places)
