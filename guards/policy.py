"""Compile a lexicon into an immutable policy, and prove its rules on their own examples."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from guards.disclosures import Disclosures
from guards.gates import Gates
from guards.grounding.guard import Grounding
from guards.grounding.rates import GroundingSettings
from guards.lexicon.documents import DocumentError
from guards.lexicon.examples import always_in_force, unproven, unproven_numbers
from guards.lexicon.reader import Lexicon
from guards.meaning import Meaning, Weights
from guards.panel import Observer, Panel
from guards.personal_data.guard import PersonalData
from guards.phrases.guard import Phrases
from guards.text import lookalikes
from guards.text.disguises import idle_entries


@dataclass(frozen=True, slots=True)
class Institution:
    """Who speaks, and the words that are its own. `annual_rate_cap` is in per cent a year."""

    full_name: str
    hotline: str
    annual_rate_cap: Decimal = Decimal(24)


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A compiled lexicon that all threads share, equal only to itself. `digest`: SHA-256 of all that judges."""

    revision: int
    digest: str
    gates: Gates
    panel: Panel
    personal_data: PersonalData
    lexicon: Lexicon


def compile_policy(
    lexicon: Lexicon,
    institution: Institution,
    weights: Weights,
    *,
    revision: int = 1,
    observer: Observer | None = None,
    is_proven: bool = False,
) -> Policy:
    """Build the guards of a lexicon, and the second opinion out of its weights.

    `is_proven`: this lexicon was proven on its own examples before, by the same code; it is not proven again.

    Raises:
        DocumentError: if a rule misses its own hits or hits its own misses, or a disguise can never be found, naming
            file and line.
    """
    phrases = Phrases(lexicon.families)
    disclosures = Disclosures(lexicon.disclosures, institution=institution.full_name, hotline=institution.hotline)
    grounding = Grounding(lexicon.numbers.rules, GroundingSettings(annual_rate_cap=institution.annual_rate_cap))
    if not is_proven and (problems := list(_unproven(lexicon, institution, phrases, disclosures))):
        raise DocumentError(problems)
    personal_data = PersonalData(allowed=(institution.hotline,))
    panel = Panel(
        (phrases, disclosures, grounding, personal_data, Meaning(weights)),
        both_forms=(phrases.name, grounding.name, personal_data.name),
        observer=observer,
    )
    digest = hashlib.sha256(f"{lexicon.digest} {weights.digest} {lookalikes.digest()}".encode()).hexdigest()
    return Policy(revision, digest, Gates(lexicon.gates), panel, personal_data, lexicon)


def _unproven(lexicon: Lexicon, institution: Institution, phrases: Phrases, disclosures: Disclosures) -> Iterator[str]:
    """What is wrong with the tables of disguises and the examples of all rules."""
    yield from idle_entries()
    words = {"institution": institution.full_name, "hotline": institution.hotline}
    for rule in lexicon.phrase_rules():
        yield from unproven(rule, phrases, words, lexicon.places[rule.id])
    for disclosure in lexicon.disclosures:
        yield from unproven(disclosure, disclosures, words, lexicon.places[disclosure.id])
    # With the settings that the examples were written for: an institution may have a lower cap.
    grounding = Grounding(map(always_in_force, lexicon.numbers.rules))
    yield from unproven_numbers(lexicon.numbers, grounding, lexicon.places)
