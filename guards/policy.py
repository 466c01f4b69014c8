"""Compile a lexicon into an immutable policy, and prove its rules on their own examples."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from decimal import Decimal

from guards.disclosures import Disclosures
from guards.gates import Gates
from guards.grounding.guard import Grounding, GroundingSettings
from guards.lexicon.disclosures import DisclosureRule
from guards.lexicon.documents import DocumentError
from guards.lexicon.reader import Lexicon
from guards.lexicon.rules import Condition, FactBounds, PhraseRule, Scoped
from guards.lexicon.scope import CHINA
from guards.meaning import Meaning, Weights
from guards.panel import Observer, Panel
from guards.personal_data.guard import PersonalData
from guards.phrases.guard import Phrases
from guards.types import Call, Callee, Case, Channel, Fact, Group, Quantity, Role, Scenario, Script, Segment, Stage


@dataclass(frozen=True, slots=True)
class Institution:
    """Who speaks, and the words that are its own. `annual_rate_cap` is in per cent a year."""

    full_name: str
    hotline: str
    annual_rate_cap: Decimal = Decimal(24)


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A compiled lexicon that all threads share, equal only to itself. `digest`: SHA-256 of lexicon and weights."""

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
        DocumentError: if a rule misses its own hits or hits its own misses, naming file and line of the rule.
    """
    phrases = Phrases(lexicon.families)
    disclosures = Disclosures(lexicon.disclosures, institution=institution.full_name, hotline=institution.hotline)
    if not is_proven and (problems := _problems(lexicon, phrases, disclosures, institution)):
        raise DocumentError(problems)
    personal_data = PersonalData(allowed=(institution.hotline,))
    grounding = Grounding(GroundingSettings(annual_rate_cap=institution.annual_rate_cap))
    panel = Panel(
        (phrases, disclosures, grounding, personal_data, Meaning(weights)),
        both_forms=(phrases.name, personal_data.name),
        observer=observer,
    )
    digest = hashlib.sha256(f"{lexicon.digest} {weights.digest}".encode()).hexdigest()
    return Policy(revision, digest, Gates(lexicon.gates), panel, personal_data, lexicon)


def _problems(lexicon: Lexicon, phrases: Phrases, disclosures: Disclosures, institution: Institution) -> list[str]:
    """What rules say of their own examples that they must not, as lines of `file:line: what`."""
    problems = [
        problem for rule in lexicon.phrase_rules() for problem in _unproven(rule, phrases, lexicon, institution)
    ]
    for disclosure in lexicon.disclosures:
        problems += _unproven(disclosure, disclosures, lexicon, institution)
    return problems


def example_case(rule: Scoped) -> Case:
    """A case in which the rule applies: its first scenario, channel, callee and stage.

    It holds no facts and no offers but those on which a disclosure depends.
    """
    scope: Scenario | Group = rule.scenarios[0] if rule.scenarios else Scenario.ACQUISITION
    if isinstance(scope, Group):
        scope = next(scenario for scenario in Scenario if scenario.group is scope)
    unverified = "unverified" in rule.callees
    stage = rule.stages[0] if rule.stages else None
    case = Case(
        scenario=scope,
        channel=rule.channels[0] if rule.channels else Channel.AI_VOICE,
        callee=Callee(Role.UNKNOWN if unverified else Role.DEBTOR, not unverified),
        stage=stage,
        facts=(),
        today=rule.effective.since,
    )
    if isinstance(rule, DisclosureRule):
        if rule.generations:
            moment = datetime.combine(rule.effective.since, time(10), CHINA)
            case = replace(case, call=Call(moment, generation=rule.generations[0]))
        case = _fulfilling(rule.only_if_fact or {}, case)
    return case


def _fulfilling(conditions: Mapping[str, Condition], case: Case) -> Case:
    """The case with facts and offers that meet the conditions."""
    facts: list[Fact] = []
    offers: frozenset[str] = frozenset()
    for name, wanted in conditions.items():
        if name == "offers" and isinstance(wanted, list):
            offers = frozenset(wanted)
        elif isinstance(wanted, FactBounds):
            size = wanted.min if wanted.min is not None else wanted.max or 0
            facts.append(Fact(name, Quantity.COUNT, Decimal(str(size))))
        else:
            facts.append(Fact(name, Quantity.TEXT, wanted if isinstance(wanted, str) else "".join(wanted[:1])))
    return replace(case, facts=tuple(facts), offers=offers)


def _unproven(
    rule: PhraseRule | DisclosureRule, guard: Phrases | Disclosures, lexicon: Lexicon, institution: Institution
) -> list[str]:
    case = example_case(rule)
    problems = []
    for texts, wanted in ((rule.examples.hits, True), (rule.examples.misses, False)):
        for text in texts:
            filled = text.replace("{institution}", institution.full_name).replace("{hotline}", institution.hotline)
            script = Script((Segment(case.stage or Stage.BODY, filled, filled),))
            if wanted is not any(finding.rule == rule.id for finding in guard(script, case)):
                told = "is not hit by its own example" if wanted else "hits its own near miss"
                problems.append(f"{lexicon.places[rule.id]}: {rule.id} {told} {text!r}")
    return problems
