"""Negated and quoted words are no claim; a claim beside a negation or a warning is one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.lexicon.rules import Family
from guards.phrases.guard import Phrases
from guards.policy import Policy
from guards.script import Script, Segment
from guards.text.hearsay import is_denied_of_us
from guards.text.negation import place_of
from guards.text.speech_acts import EXCUSES, acts_of, is_claimed
from guards.types import Act, Action, Case, Channel, Scenario, Span, Stage

HERE = Path(__file__).parent


def lines(name: str) -> Iterator[str]:
    """The sentences of a table, the words in question between 「 and 」."""
    for line in (HERE / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


def marked(line: str) -> tuple[str, Span]:
    """The sentence without its marks, and the span that they marked."""
    start, end = line.index("「"), line.index("」") - 1
    return line.replace("「", "").replace("」", ""), Span(start, end)


CLAIMS, NEGATED = list(lines("negation_claims.txt")), list(lines("negation_negated.txt"))


def test_the_tables_are_large_and_say_nothing_twice() -> None:
    assert min(len(CLAIMS), len(NEGATED)) >= 120
    everything = [marked(line) for line in CLAIMS + NEGATED]
    assert len(set(everything)) == len(everything)


@pytest.mark.parametrize("line", CLAIMS)
def test_a_claim_beside_a_negation_or_a_warning_is_still_one(line: str) -> None:
    assert is_claimed(*marked(line))


@pytest.mark.parametrize("line", NEGATED)
def test_what_is_negated_or_quoted_in_a_warning_is_no_claim(line: str) -> None:
    assert not is_claimed(*marked(line))


@pytest.mark.parametrize(
    ("bare", "is_said_against"),
    [("我们不承诺", True), ("有人说", False), ("", False), ("凡是说", False), ("别人家", False)],
)
def test_the_end_of_the_text_is_no_warning(bare: str, is_said_against: bool) -> None:
    assert is_claimed(f"{bare}包过", Span(len(bare), len(bare) + 2)) is not is_said_against


@pytest.mark.parametrize("mark", [*"。！？；｡!?\n…", "？！"])
def test_one_sentence_excuses_nothing_of_another(mark: str) -> None:
    before = f"我们不承诺{mark}"
    assert is_claimed(f"{before}包过", Span(len(before), len(before) + 2))
    before = f"小心，有人说{mark}"
    assert is_claimed(f"{before}包过，都是骗子", Span(len(before), len(before) + 2))
    assert is_claimed(f"有人说包过{mark}都是骗子，请别相信", Span(3, 5))
    assert is_claimed(f"包过{mark}是骗人的", Span(0, 2))


def test_the_same_sentence_excuses_the_same_words_wherever_it_stands() -> None:
    for line in CLAIMS + NEGATED:
        text, span = marked(line)
        for before in ("", "您好。", "我们一切以审批结果为准，请您放心！"):
            moved = Span(len(before) + span.start, len(before) + span.end)
            assert is_claimed(f"{before}{text}您慢走。", moved) is is_claimed(text, span), line


@given(st.sampled_from(CLAIMS), st.text("啊哦嗯那好您", max_size=60))
def test_no_run_of_particles_before_makes_a_claim_an_excuse(line: str, before: str) -> None:
    text, span = marked(line)
    assert is_claimed(f"{before}。{text}", Span(span.start + len(before) + 1, span.end + len(before) + 1))


def test_a_request_that_begins_out_of_reach_is_not_taken_for_one() -> None:
    tail = "请不要"
    for begun in ("材料", "材料" * 30):
        text = f"{begun}{tail}套现"
        assert is_claimed(text, Span(len(text) - 2, len(text)))
    assert not is_claimed(f"{tail}套现", Span(3, 5))
    assert is_claimed("啊" * 45 + f"{tail}套现", Span(48, 50))


@given(
    st.text(st.sampled_from("不没别会能要说的是我们您，、：“骗子有人凡谁包过因为小心当心都也"), max_size=60),
    st.text(st.sampled_from("的是骗人吗，我们您别信都就不报警包过"), max_size=60),
)
def test_it_judges_any_text_the_same_each_time(before: str, after: str) -> None:
    text, span = f"{before}包过{after}", Span(len(before), len(before) + 2)
    assert is_claimed(text, span) is is_claimed(text, span)


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    """A guard whose only rule names the words of both tables."""
    words = sorted({text[span.start : span.end] for text, span in map(marked, CLAIMS + NEGATED)})
    rule = {
        "id": "test.rule",
        "title": "试",
        "action": "block",
        "phrases": words,
        "reason": "试",
        "source": {"law": "广告法", "force": "law"},
        "effective": {"from": "2026-01-01"},
        "examples": {"hits": ["是"], "misses": ["否"]},
    }
    return Phrases([Family.model_validate({"family": "test", "rules": [rule]})])


def is_found(phrases: Phrases, text: str, span: Span) -> bool:
    """Whether the guard finds the words at the span, or more around them."""
    return any(found.span and found.span.covers(span) for found in phrases(_script(text), Case()))


def _script(text: str) -> Script:
    return Script((Segment(Stage.BODY, text, text),))


def test_the_guard_stops_every_claim_and_none_that_is_negated_or_quoted(phrases: Phrases) -> None:
    assert [line for line in CLAIMS if not is_found(phrases, *marked(line))] == []
    assert [line for line in NEGATED if is_found(phrases, *marked(line))] == []


def test_who_disguises_a_word_stands_by_it(phrases: Phrases) -> None:
    for line in NEGATED:
        text, span = marked(line)
        disguised = f"{text[: span.start + 1]}·{text[span.start + 1 :]}"
        assert is_found(phrases, disguised, Span(span.start, span.end + 1)), line


def test_the_shipped_rules_stop_the_claims(policy: Policy) -> None:
    case = Case(scenario=Scenario.ACQUISITION, channel=Channel.HUMAN_AGENT)
    missed = [
        line
        for line in CLAIMS
        if "「百分百通过」" in line and policy.panel.examine_text(marked(line)[0], case).action is not Action.BLOCK
    ]
    assert missed == []


ACTS = [line.split("\t") for line in lines("speech_acts.txt")]


@pytest.mark.parametrize(("act", "line"), [(act, line) for act, line in ACTS if act != "none"])
def test_what_a_sentence_does_with_words_is_told(act: str, line: str) -> None:
    assert Act(act) in acts_of(*marked(line))


@pytest.mark.parametrize("line", [line for act, line in ACTS if act == "none"])
def test_who_promises_or_threatens_beside_an_excuse_makes_none(line: str) -> None:
    assert is_claimed(*marked(line), EXCUSES | {Act.REFERS})


def test_nothing_excuses_a_rule_that_takes_no_excuse() -> None:
    assert is_claimed("我们不包过", Span(3, 5), frozenset())
    assert not is_claimed("我们不包过", Span(3, 5))


def test_what_is_denied_for_the_time_being_is_not_denied() -> None:
    for text, words in (("我们没有让员工上门，暂时。", "上门"), ("我们不会联系您单位，目前先这样。", "您单位")):
        start = text.index(words)
        assert not is_denied_of_us(place_of(text, Span(start, start + len(words))))
    text = "我们没有让员工上门。"
    assert is_denied_of_us(place_of(text, Span(7, 9)))
