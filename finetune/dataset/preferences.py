"""Label the bodies of recorded calls as wanted or not, by how their strategy did, never by their own call."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from app.approved.brief import Brief
from finetune.dataset.calls import Decision, Outcome
from finetune.dataset.posterior import Exposure, StrategyComparison
from finetune.dataset.rows import segment_of, template_of
from finetune.tables.jsonl import Problems


@dataclass(frozen=True, slots=True)
class Preference:
    """A body that was said, and how its strategy did with the customers it was said to."""

    decision: Decision
    comparison: StrategyComparison


WITHOUT_STRATEGY = frozenset({"approved", "fallback"})
"""Sources of words that stand for every strategy."""


def join(
    decisions: Sequence[Decision], outcomes: Sequence[Outcome], problems: Problems
) -> tuple[list[Exposure], Counter[str]]:
    """The matured calls of strategies, and how many outcomes were used or why they were not.

    Approved words belong to no strategy. Problems: a script that is recorded twice or whose call ended twice, a
    segment of which some calls have a propensity and some have none, outcomes of which most have no decision.
    """
    by_script: dict[str, Decision] = {}
    for decision in decisions:
        if (first := by_script.setdefault(decision.script_id, decision)) is not decision:
            problems.add(decision.place, f"the script stands already at {first.place}")
    exposures: list[Exposure] = []
    fates: Counter[str] = Counter()
    ended: dict[str, Outcome] = {}
    weighed: dict[str, Outcome] = {}
    for outcome in outcomes:
        said = by_script.get(outcome.script_id)
        if not outcome.matured:
            fates["not_matured"] += 1
        elif (first_end := ended.setdefault(outcome.script_id, outcome)) is not outcome:
            problems.add(outcome.place, f"the call of this script ended already at {first_end.place}")
        elif said is None:
            fates["without_decision"] += 1
        elif said.source in WITHOUT_STRATEGY:
            fates["of_fallbacks"] += 1
        else:
            segment = segment_of(said.brief)
            other = weighed.setdefault(segment, outcome)
            if (other.propensity is None) is not (outcome.propensity is None):
                problems.add(outcome.place, f"{segment}: all calls have a propensity or none has; see {other.place}")
            fates["used"] += 1
            exposures.append(Exposure(segment, said.brief.strategy, outcome.outcome, outcome.propensity))
    if outcomes and fates["without_decision"] > len(ended) / 2:
        problems.add(outcomes[0].place, "most outcomes have no decision; are these the decisions of the same calls?")
    return exposures, fates


def prefer(
    decisions: Iterable[Decision], comparisons: Iterable[StrategyComparison], fits: Callable[[Decision, bool], bool]
) -> tuple[list[Preference], Counter[str]]:
    """Bodies of strategies with a label, each wording once an order, and how many were dropped for what.

    `fits` decides whether a body may stand under a label. A segment gives as many wanted as unwanted bodies, and takes
    them from its strategies in turn, so that neither traffic nor talkativeness decides what is learnt.
    """
    labelled = {(each.segment, each.strategy): each for each in comparisons if each.label is not None}
    dropped: Counter[str] = Counter()
    seen: set[tuple[Brief, str]] = set()
    sides: dict[tuple[str, bool], dict[str, list[Preference]]] = {}
    for decision in decisions:
        comparison = labelled.get((segment_of(decision.brief), decision.brief.strategy))
        if decision.source in WITHOUT_STRATEGY or comparison is None or comparison.label is None:
            dropped["without_label"] += 1
        elif (decision.brief, decision.body) in seen:
            dropped["repeated"] += 1
        elif not fits(decision, comparison.label):
            dropped["not_compliant"] += 1
        else:
            seen.add((decision.brief, decision.body))
            side = sides.setdefault((comparison.segment, comparison.label), {})
            side.setdefault(comparison.strategy, []).append(Preference(decision, comparison))
    kept: list[Preference] = []
    for segment in sorted({segment for segment, _ in sides}):
        wanted, unwanted = (_in_turn(sides.get((segment, label), {})) for label in (True, False))
        count = min(len(wanted), len(unwanted))
        dropped["unbalanced"] += len(wanted) + len(unwanted) - 2 * count
        kept += wanted[:count] + unwanted[:count]
    return kept, dropped


def _in_turn(by_strategy: dict[str, list[Preference]]) -> list[Preference]:
    """One body of each strategy after the other, in an order that only their wording decides."""
    ordered = [
        sorted(by_strategy[name], key=lambda each: (template_of(each.decision.body), repr(each.decision.brief)))
        for name in sorted(by_strategy)
    ]
    return [each for each in chain.from_iterable(zip_longest(*ordered)) if each is not None]
