"""Token constraints: a body consists of whole approved lines, none twice; sole continuations cost no choice."""

import random
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from app.approved.brief import Brief
from app.approved.skeleton import sentences
from app.writing.lines.library import ApprovedLine, ApprovedLines
from app.writing.lines.orders import LineSequences
from app.writing.lines.tokens import AnyToken, LineConstraints
from guards.types import Generation, Scenario

BILL = Scenario.BILL_REMINDER
BRIEF = Brief(BILL, Generation.SENIOR, "remind_plain", ("retired",), ("应还金额",), ("还款渠道",))
SENTENCES = {
    "您慢慢记。": ApprovedLine(BILL, "您慢慢记。"),
    "您慢慢说。": ApprovedLine(BILL, "您慢慢说。"),
    "您慢慢听，行吗？": ApprovedLine(BILL, "您慢慢听，行吗？"),
    "应还{应还金额}。": ApprovedLine(BILL, "应还{应还金额}。"),
    "您退休了，不着急。": ApprovedLine(BILL, "您退休了，不着急。", tags=frozenset({"retired"})),
    "卡尾号{卡尾号}。": ApprovedLine(BILL, "卡尾号{卡尾号}。"),
    "您跑车注意安全。": ApprovedLine(BILL, "您跑车注意安全。", tags=frozenset({"truck_driver"})),
    "重点就一句。": ApprovedLine(BILL, "重点就一句。", generations=frozenset({Generation.GEN_Z})),
    "可以申请延期。": ApprovedLine(BILL, "可以申请延期。", offers=frozenset({"deferral"})),
    "别的场合。": ApprovedLine(Scenario.ACQUISITION, "别的场合。"),
}
TAGGED = "您退休了，不着急。"
FITTING = {"您慢慢记。", "您慢慢说。", "您慢慢听，行吗？", "应还{应还金额}。", TAGGED}
END = 7


def encode(text: str) -> list[int]:
    """A token a character, none of them the end."""
    return [ord(character) for character in text]


def constraints_to(lines: Iterable[ApprovedLine]) -> LineConstraints:
    """Constraints to some lines."""
    return LineConstraints(LineSequences(ApprovedLines(lines)), encode, END)


@pytest.fixture
def constraints() -> LineConstraints:
    """Constraints to the sentences above."""
    return constraints_to(SENTENCES.values())


def written(constraints: LineConstraints, brief: Brief, seed: int) -> tuple[str, int]:
    """A body of random choices, and how many tokens were chosen for it."""
    constraint = constraints.constraint(brief)
    assert constraint is not None
    chance, choices = random.Random(seed), 0
    tokens: list[int] = []
    while True:
        choices += 1
        new = constraint.take(int(chance.choice(constraint.allowed())))
        if new == [END]:
            return "".join(map(chr, tokens)), choices
        tokens += new


def test_bodies_are_whole_sentences_for_the_brief_and_none_twice(constraints: LineConstraints) -> None:
    approved = ApprovedLines(SENTENCES.values())
    said = set()
    for seed in range(300):
        body, _ = written(constraints, BRIEF, seed)
        parts = sentences(body)
        assert body
        assert approved.allows_once(body, BRIEF)
        assert len(parts) == len(set(parts))
        said |= set(parts)
    assert said == FITTING


def test_the_only_continuation_is_not_chosen(constraints: LineConstraints) -> None:
    constraint = constraints.constraint(replace(BRIEF, tags=()))
    assert constraint is not None
    assert sorted(constraint.allowed()) == sorted({ord("您"), ord("应")})
    assert constraint.take(ord("应")) == encode("应还{应还金额}。")
    assert sorted(constraint.allowed()) == sorted({ord("您"), END})
    assert constraint.take(ord("您")) == encode("您慢慢")
    assert sorted(constraint.allowed()) == sorted({ord("记"), ord("说"), ord("听")})
    assert constraint.take(ord("记")) == encode("记。")
    assert constraint.take(END) == [END]


def test_every_tag_is_addressed_before_the_closing_question_and_the_end(constraints: LineConstraints) -> None:
    for seed in range(200):
        body, _ = written(constraints, BRIEF, seed)
        assert TAGGED in body
        first, *later = sentences(body)  # a body may begin with a question
        asked = [index for index, sentence in enumerate(later) if sentence.endswith("？")]
        assert first == TAGGED or not asked or later.index(TAGGED) < asked[0]


def test_once_its_slots_are_said_a_body_addresses_the_tag(constraints: LineConstraints) -> None:
    constraint = constraints.constraint(BRIEF)
    assert constraint is not None
    constraint.take(ord("应"))
    assert constraint.take(int(constraint.allowed()[0])) == encode(TAGGED)
    assert END in constraint.allowed()


def test_a_tag_that_no_line_addresses_is_not_waited_for(constraints: LineConstraints) -> None:
    constraint = constraints.constraint(replace(BRIEF, tags=("county",)))
    assert constraint is not None
    constraint.take(ord("应"))
    assert END in constraint.allowed()


def test_a_body_cannot_end_before_it_says_something_nor_within_a_sentence(constraints: LineConstraints) -> None:
    constraint = constraints.constraint(BRIEF)
    assert constraint is not None
    assert END not in constraint.allowed()
    constraint.take(ord("您"))
    assert END not in constraint.allowed()


def test_after_its_closing_question_a_body_ends(constraints: LineConstraints) -> None:
    for seed in range(200):
        body, _ = written(constraints, replace(BRIEF, tags=()), seed)
        assert not any(sentence.endswith("？") for sentence in sentences(body)[:-1])


def test_when_everything_was_said_it_ends() -> None:
    constraint = constraints_to([SENTENCES["您慢慢记。"], SENTENCES["应还{应还金额}。"]]).constraint(
        replace(BRIEF, tags=())
    )
    assert constraint is not None
    for _ in range(2):
        constraint.take(int(constraint.allowed()[0]))
    assert list(constraint.allowed()) == [END]


LINES = [
    ApprovedLine(BILL, "您好着呢，我说一声。", part="hook"),
    ApprovedLine(BILL, "还款的事，跟您说一声。", part="hook"),
    ApprovedLine(BILL, "您退休了，我慢慢说。", tags=frozenset({"retired"}), part="hook"),
    ApprovedLine(BILL, "地里忙，我长话短说。", tags=frozenset({"farming_season"}), part="hook"),
    ApprovedLine(BILL, "忙完地里的再看。不着急。", tags=frozenset({"farming_season"}), part="assure"),
    ApprovedLine(BILL, "地里的活忙完了吗？", tags=frozenset({"farming_season"}), part="ask"),
    ApprovedLine(BILL, "应还{应还金额}。您记一下。", part="remind"),
    ApprovedLine(BILL, "听清楚了吗？", part="ask"),
    ApprovedLine(BILL, "谢谢您告诉我。", part="reply"),
    ApprovedLine(BILL, "直接说重点。", strategies=frozenset({"remind_caring"}), part="assure"),
]
TWO = replace(BRIEF, tags=("retired", "farming_season"))


def test_a_body_goes_from_its_opening_to_its_closing_line_by_line() -> None:
    constraints = constraints_to(LINES)
    parts = {line.text: line.part for line in LINES}
    said = set()
    for seed in range(300):
        body, _ = written(constraints, TWO, seed)
        lines = []
        while body:
            (line,) = [text for text in parts if body.startswith(text)]
            lines.append(line)
            body = body.removeprefix(line)
        order = [{"hook": 0, "ask": 2}.get(parts[line], 1) for line in lines]
        assert order == sorted(order), lines
        assert order.count(2) <= 1
        assert "您退休了，我慢慢说。" in lines, "there is but an opening for this tag"
        assert {"地里忙，我长话短说。", "忙完地里的再看。不着急。"} & set(lines), (
            "a tag is not left to the last question"
        )
        said |= set(lines)
    assert said == set(parts) - {"谢谢您告诉我。", "直接说重点。"}


def test_no_sentence_is_said_twice_though_two_lines_hold_it() -> None:
    constraints = constraints_to(
        [ApprovedLine(BILL, "您慢慢记。"), ApprovedLine(BILL, "不着急。您慢慢记。"), ApprovedLine(BILL, "好的。")]
    )
    for seed in range(100):
        body, _ = written(constraints, replace(BRIEF, tags=(), slots=()), seed)
        assert len(sentences(body)) == len(set(sentences(body)))


def test_as_on_a_server_what_was_said_is_not_remembered() -> None:
    sequences = LineSequences(ApprovedLines([ApprovedLine(BILL, "您慢慢记。"), ApprovedLine(BILL, "好的。")]))
    constraints = LineConstraints(sequences, encode, END, as_server=True)
    bodies = [written(constraints, replace(BRIEF, tags=(), slots=()), seed)[0] for seed in range(100)]
    assert any(body.count("好的。") > 1 for body in bodies)


@pytest.mark.parametrize("texts", [("您慢慢记。", "您慢慢记。不着急。"), ("您慢慢记。不着急。", "您慢慢记。")])
def test_a_line_that_begins_another_is_finished(texts: tuple[str, str]) -> None:
    constraint = constraints_to(ApprovedLine(BILL, text) for text in texts).constraint(BRIEF)
    assert constraint is not None
    assert constraint.take(ord("您")) == encode("您慢慢记。")
    assert END in constraint.allowed()
    assert -1 not in constraint.allowed()


def test_a_reply_is_made_of_replies_alone() -> None:
    constraint = constraints_to(LINES).constraint(replace(BRIEF, strategy="reply", tags=()))
    assert constraint is not None
    assert constraint.take(ord("谢")) == encode("谢谢您告诉我。")
    assert list(constraint.allowed()) == [END]


def test_a_brief_without_any_line_has_no_constraint(constraints: LineConstraints) -> None:
    assert constraints.constraint(Brief(Scenario.ACTIVATION, Generation.SENIOR, "care_first")) is None


def test_two_constraints_of_one_brief_are_independent(constraints: LineConstraints) -> None:
    first, second = constraints.constraint(BRIEF), constraints.constraint(BRIEF)
    assert first is not None
    assert second is not None
    first.take(ord("应"))
    assert ord("应") not in first.allowed()
    assert ord("应") in second.allowed()


def test_any_token_allows_the_same_tokens_at_every_step() -> None:
    constraint = AnyToken(np.array([3, 5, 7]))
    assert constraint.take(5) == [5]
    assert list(constraint.allowed()) == [3, 5, 7]
