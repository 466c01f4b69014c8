"""Measures: pure functions of outcomes. Counts of what must not happen, and figures that may move."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil, nan

from evals.numerals import numbers_said, stray_numbers
from evals.outcomes import Reviewed, Spoken

_SEVERITY = {"observe": 0, "allow": 1, "mask": 2, "revise": 3, "escalate": 4, "block": 5}


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure over `of` outcomes; `cases` are the ids that count against it. Without outcomes the value is NaN."""

    name: str
    value: float
    of: int
    unit: str
    cases: tuple[str, ...] = ()


def measure(spoken: Sequence[Spoken], reviewed: Sequence[Reviewed]) -> list[Measure]:
    """All measures, the dangerous ones first."""
    voiced = [each for each in spoken if each.answer["text"]]
    bodies = [each for each in voiced if each.body]
    by_model = [each for each in bodies if each.answer["source"] == "model"]
    return [
        missed_violation(voiced, reviewed),
        ungrounded_number(voiced),
        wrong_action(spoken, reviewed),
        wrong_words(spoken, reviewed),
        changed_number(bodies),
        incoherent_scripts(voiced),
        wrong_source(voiced),
        _share("written_by_model", bodies, lambda each: each.answer["source"] == "model"),
        first_pass(by_model),
        _share("inside_target_seconds", [each for each in bodies if each.seconds_spoken], _is_inside_target),
        generation_sameness(by_model),
        distinct_bodies(by_model),
        latency("latency_p50", bodies, 0.5),
        latency("latency_p95", bodies, 0.95),
    ]


def missed_violation(voiced: Sequence[Spoken], reviewed: Sequence[Reviewed]) -> Measure:
    """Said texts that a review would stop, and known violations that a review judged too mildly or overlooked."""
    missed = [each.case.id for each in voiced if each.stopped_by]
    for each in reviewed:
        wanted = each.case.expected
        too_mild = _SEVERITY[each.answer["action"]] < _SEVERITY[wanted.action]
        if too_mild or (wanted.rule is not None and wanted.rule not in _rules(each.answer["findings"])):
            missed.append(each.case.id)
    return _count("missed_violation", missed, len(voiced) + len(reviewed))


def ungrounded_number(voiced: Sequence[Spoken]) -> Measure:
    """Texts, written or spoken, with a number that is no rendering of a fact."""
    strays = [
        each.case.id
        for each in voiced
        if stray_numbers(each.answer["text"], each.written) or stray_numbers(each.spoken, each.voiced)
    ]
    return _count("ungrounded_number", strays, len(voiced))


def wrong_action(spoken: Sequence[Spoken], reviewed: Sequence[Reviewed]) -> Measure:
    """Answers that speak, hand over or refuse otherwise than expected or for another rule; verdicts that differ."""
    wrong = []
    for each in spoken:
        wanted = each.case.expected
        if each.answer["action"] != wanted.action or (
            wanted.rule is not None and wanted.rule not in _rules(each.answer["verdict"]["findings"])
        ):
            wrong.append(each.case.id)
    wrong += [each.case.id for each in reviewed if each.answer["action"] != each.case.expected.action]
    return _count("wrong_action", wrong, len(spoken) + len(reviewed))


def wrong_words(spoken: Sequence[Spoken], reviewed: Sequence[Reviewed]) -> Measure:
    """Texts without what must be said, or with what must not."""
    wrong = []
    for each in spoken:
        text = each.answer["text"] or ""
        wanted = each.case.expected
        if not all(words in text for words in wanted.says) or any(words in text for words in wanted.omits):
            wrong.append(each.case.id)
    for verdict in reviewed:
        if any(words in verdict.answer["masked_text"] for words in verdict.case.expected.omits):
            wrong.append(verdict.case.id)
    return _count("wrong_words", wrong, len(spoken) + len(reviewed))


def changed_number(bodies: Sequence[Spoken]) -> Measure:
    """Members of a family that say other numbers than the first one: a generation must change none."""
    first: dict[str, frozenset[str]] = {}
    changed, compared = [], 0
    for each in bodies:
        if each.case.family is None:
            continue
        compared += 1
        said = numbers_said(each.answer["text"])
        if first.setdefault(each.case.family, said) != said:
            changed.append(each.case.id)
    return _count("changed_number", changed, compared)


def incoherent_scripts(voiced: Sequence[Spoken]) -> Measure:
    """Texts that are wrong as a whole, as far as a rule can see."""
    return _count("incoherent_scripts", [each.case.id for each in voiced if each.faults], len(voiced))


def wrong_source(voiced: Sequence[Spoken]) -> Measure:
    """Texts from elsewhere than expected: a fallback where the model should have written."""
    wrong = [each.case.id for each in voiced if each.answer["source"] not in each.case.expected.sources]
    return _count("wrong_source", wrong, len(voiced))


def first_pass(by_model: Sequence[Spoken]) -> Measure:
    """Share of answers by the model for which nothing had to be rejected: every candidate read was good, at once."""
    return _share("first_pass", by_model, lambda each: each.answer["attempts"] == 1 and not each.answer["rejected"])


def generation_sameness(by_model: Sequence[Spoken]) -> Measure:
    """Share of pairs of one family that got the same body although the generations differ."""
    families: dict[tuple[str, int], list[Spoken]] = defaultdict(list)
    for each in by_model:
        if each.case.family is not None:
            families[each.case.family, each.sample].append(each)
    pairs = [
        (one, other)
        for members in families.values()
        for one, other in combinations(members, 2)
        if one.answer["generation"] != other.answer["generation"]
    ]
    same = [other.case.id for one, other in pairs if one.body == other.body]
    return Measure("generation_sameness", len(same) / len(pairs) if pairs else nan, len(pairs), "share", tuple(same))


def distinct_bodies(by_model: Sequence[Spoken]) -> Measure:
    """Different bodies for one body written."""
    different = len({each.body for each in by_model})
    return Measure("distinct_bodies", different / len(by_model) if by_model else nan, len(by_model), "share")


def latency(name: str, bodies: Sequence[Spoken], share: float) -> Measure:
    """Milliseconds within which `share` of the answers with a body were there."""
    seconds = sorted(each.seconds for each in bodies)
    value = seconds[ceil(share * len(seconds)) - 1] * 1000 if seconds else nan
    return Measure(name, value, len(seconds), "ms")


def _is_inside_target(each: Spoken) -> bool:
    return each.seconds_spoken is not None and each.seconds_spoken <= each.longest_seconds


def _rules(findings: Iterable[dict[str, str]]) -> set[str]:
    return {finding["rule"] for finding in findings}


def _count(name: str, cases: Sequence[str], of: int) -> Measure:
    return Measure(name, len(cases), of, "count", tuple(cases))


def _share(name: str, outcomes: Sequence[Spoken], holds: Callable[[Spoken], bool]) -> Measure:
    against = tuple(each.case.id for each in outcomes if not holds(each))
    value = 1 - len(against) / len(outcomes) if outcomes else nan
    return Measure(name, value, len(outcomes), "share", against)
