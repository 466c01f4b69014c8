"""Which act comes next: the first rule all of whose conditions hold."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from app.turns.book import OFFERS, Book, Rule, fits
from app.turns.standing import Standing
from guards.types import Group

_REASONS = (
    ("disaster", "disaster"),
    ("ill", "health"),
    ("family_hardship", "family"),
    ("unemployed", "job"),
    ("wages_late", "money"),
    ("no_money", "money"),
)
"""Intents and the reasons they give, the gravest first."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What rules ask about beside the call's standing."""

    group: Group
    facts: frozenset[str]
    offers: Sequence[str]


def acts_in_question(book: Book, standing: Standing, situation: Situation) -> Iterator[str]:
    """The acts of all rules that hold, in their order; the first whose words may be said comes next."""
    for rule in book.rules:
        if holds(rule, standing, situation):
            act = rule.act.replace("{reason}", reason_of(standing.intents))
            if "{offer}" not in act:
                yield act
            elif offer := offer_of(standing.intents, situation.offers):
                yield act.replace("{offer}", offer)


def holds(rule: Rule, standing: Standing, situation: Situation) -> bool:
    """Whether every condition of a rule holds."""
    heard = standing.heard
    return (
        (not rule.heard or not standing.intents.isdisjoint(rule.heard))
        and (not rule.groups or situation.group in rule.groups)
        and (rule.verified is None or rule.verified is (standing.verified is True))
        and (not rule.awaiting or standing.awaiting in rule.awaiting)
        and (not rule.mood or ("tense" if heard and heard.is_tense else "calm") in rule.mood)
        and all(fact in situation.facts for fact in rule.facts)
        and not any(fact in situation.facts for fact in rule.no_facts)
        and _offers(rule, situation.offers)
        and (not rule.said or sum(_any([act], rule.said) for act in standing.said) >= rule.times)
        and not (rule.unsaid and _any(standing.said, rule.unsaid))
        and (not rule.last or (standing.last is not None and _any([standing.last], rule.last)))
        and rule.day in (None, heard is not None and (heard.day is not None or heard.at is not None))
        and rule.time in (None, heard is not None and heard.at is not None)
        and rule.sum in (None, heard is not None and heard.amount is not None)
        and rule.missed in (None, standing.has_missed)
    )


def reason_of(intents: Collection[str]) -> str:
    """The gravest reason that was given; money where none was."""
    return next((reason for intent, reason in _REASONS if intent in intents), "money")


def offer_of(intents: Collection[str], offers: Sequence[str]) -> str | None:
    """The offer that was asked for, else the first one."""
    asked = (offer for offer in OFFERS if offer in intents and offer in offers)
    return next(asked, offers[0] if offers else None)


def _offers(rule: Rule, offers: Sequence[str]) -> bool:
    match rule.offers:
        case None:
            return True
        case "any":
            return bool(offers)
        case "none":
            return not offers
        case offer:
            return offer in offers


def _any(acts: Collection[str], patterns: Sequence[str]) -> bool:
    return any(fits(act, pattern) for act in acts for pattern in patterns)
