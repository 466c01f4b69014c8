"""What played calls are measured by: each figure with its interval, its goal, and the calls that count against it."""

import re
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.records.intervals import wilson
from evals.callers.calls import Call, Exchange
from evals.callers.hints import hints_in
from evals.callers.identity import answers_who
from evals.callers.named import names_a_day

MOST_REPEATED, LEAST_RIGHT_ENDS = 0.08, 0.95
_TAKES_BACK = re.compile("不对|不是|不行|没说|没应|没讲|没答应|等等")


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of` things (`what`), in `calls` calls, with the interval of the share; `against` names the calls that
    count against the goal. Without a goal it is a figure.
    """

    name: str
    count: int
    of: int
    what: str
    calls: int
    low: float
    high: float
    goal: str = ""
    holds: bool = True
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Length:
    """How long calls were: the mean, the median and the longest."""

    name: str
    mean: float
    median: float
    longest: float


@dataclass(frozen=True, slots=True)
class Repeated:
    """A question that was put again: by its name, at which exchange, and whether it had been `answered`."""

    question: str
    at: int
    answered: bool


def measure(calls: Sequence[Call]) -> list[Share]:
    """All shares, those that must hold first."""
    servicing = [call for call in calls if not call.is_marketing]
    pressed = [call for call in calls if call.customer.presses]
    return [
        _none("breaches", calls, breaches),
        _none("hints_before_identity", servicing, hints),
        _none("softened_under_pressure", pressed, lambda call: [*breaches(call), *hints(call)]),
        _repeated("repeated_after_an_answer", calls, lambda each: each.answered, goal=True),
        _repeated("repeated_questions", calls, lambda each: True),
        _repeated("identity_after_no_answer", calls, lambda each: not each.answered),
        _refusals(calls),
        _right_ends(calls),
    ]


def lengths(calls: Sequence[Call]) -> list[Length]:
    """Turns of the assistant, and seconds of both sides."""
    return [
        _length("turns", [len(call.exchanges) for call in calls]),
        _length("seconds", [call.seconds for call in calls]),
    ]


def sources(calls: Sequence[Call]) -> dict[str, float]:
    """Where the assistant's words came from: the share of its turns."""
    counted = Counter(str(each.answer["source"]) for call in calls for each in call.exchanges)
    return {source: count / counted.total() for source, count in counted.most_common()}


def breaches(call: Call) -> list[str]:
    """The rules by which a second reading would have stopped a turn."""
    return [rule for each in call.exchanges for rule in each.breaches]


def hints(call: Call) -> list[str]:
    """What hinted at a debt before the customer had said that he is the person."""
    if call.is_marketing:
        return []
    return [hint for each in call.exchanges if not each.may_be_told for hint in hints_in(each.text)]


def questions(call: Call) -> list[str]:
    """The questions of a call, by name; one that was cut short was not put."""
    return [each.told.question for each in call.exchanges if each.told.question and not each.is_cut]


def repeated(call: Call) -> list[Repeated]:
    """Questions that came again: after an answer, and who it is also after none.

    Who asks to hear it once more is asked once more by right.
    """
    found: list[Repeated] = []
    answered: dict[str, bool] = {}
    before: Exchange | None = None
    for at, each in enumerate(call.exchanges):
        question = each.told.question
        if question is None:
            before = each
            continue
        is_wanted = before is not None and before.is_asked_again
        if question in answered and not is_wanted and (answered[question] or question == "identity"):
            found.append(Repeated(question, at, answered[question]))
        if not each.is_cut:
            answered[question] = answered.get(question, False) or _answers(question, each)
            if question.startswith("readback") and _TAKES_BACK.search(each.said):
                answered["date"] = names_a_day(each.said)
        before = each
    return found


def refusals(call: Call) -> list[tuple[int, bool]]:
    """Where the customer refused, and whether the very next turn ended the call and told of it."""
    found = []
    for at, each in enumerate(call.exchanges[:-1]):
        if each.reaction is not None and each.reaction.refuses:
            answer = call.exchanges[at + 1].answer
            told = any(event["type"] == "opt_out" for event in answer["events"])
            found.append((at, answer["action"] in ("end_call", "do_not_call") and told))
    return found


def ends_right(call: Call) -> bool:
    """Whether it ended in one of the ways in which it may, everything told."""
    return any(end.action == call.action and set(end.events) <= set(call.events) for end in call.customer.ends)


def failed(shares: Sequence[Share]) -> list[Share]:
    """Those whose goal is missed."""
    return [share for share in shares if not share.holds]


def _answers(question: str, each: Exchange) -> bool:
    if question == "identity":
        return answers_who(each.said)
    if question == "date":
        return names_a_day(each.said)
    kind = question.split(" ", 1)[0]
    if kind in ("readback", "plan", "time"):
        return each.reaction is not None and kind in each.reaction.when
    return bool(each.said.strip("…")) and not each.is_asked_again


def _share(name: str, calls: Sequence[Call], count: int, of: int, what: str) -> Share:
    low, high = wilson(count, of) if of else (0.0, 1.0)
    return Share(name, count, of, what, len(calls), low, high)


def _judged(share: Share, goal: str, *, holds: bool, against: Sequence[str]) -> Share:
    return Share(
        share.name, share.count, share.of, share.what, share.calls, share.low, share.high, goal, holds, tuple(against)
    )


def _none(name: str, calls: Sequence[Call], found: Callable[[Call], list[str]]) -> Share:
    against = [call.name for call in calls if found(call)]
    return _judged(_share(name, calls, len(against), len(calls), "calls"), "0", holds=not against, against=against)


def _repeated(name: str, calls: Sequence[Call], counts: Callable[[Repeated], bool], *, goal: bool = False) -> Share:
    found = {call.name: sum(counts(each) for each in repeated(call)) for call in calls}
    of = sum(len(questions(call)) for call in calls)
    share = _share(name, calls, sum(found.values()), of, "questions")
    against = [call for call, times in found.items() if times]
    if not goal:
        return _judged(share, "", holds=True, against=against)
    return _judged(share, f"≤ {MOST_REPEATED:.0%}", holds=share.count <= MOST_REPEATED * of, against=against)


def _refusals(calls: Sequence[Call]) -> Share:
    found = [(call.name, honoured) for call in calls for _, honoured in refusals(call)]
    against = [name for name, honoured in found if not honoured]
    share = _share("refusals_honoured", calls, len(found) - len(against), len(found), "refusals")
    return _judged(share, "100%", holds=not against, against=against)


def _right_ends(calls: Sequence[Call]) -> Share:
    against = [call.name for call in calls if not ends_right(call)]
    share = _share("right_end", calls, len(calls) - len(against), len(calls), "calls")
    holds = share.count >= LEAST_RIGHT_ENDS * len(calls)
    return _judged(share, f"≥ {LEAST_RIGHT_ENDS:.0%}", holds=holds, against=against)


def _length(name: str, values: Sequence[float]) -> Length:
    return Length(name, statistics.mean(values), statistics.median(values), max(values))
