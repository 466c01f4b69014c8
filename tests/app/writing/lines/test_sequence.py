"""Line sequences: whatever is pending is covered in time, and a sequence's grammar admits its bodies and no others."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from app.approved.brief import Brief
from app.approved.skeleton import problems_of
from app.writing.lines.grammar import line_grammar
from app.writing.lines.library import ApprovedLine, ApprovedLines
from app.writing.lines.orders import LineSequences
from app.writing.lines.sequence import LineSequence, State
from guards.types import Generation, Scenario

BILL, M1, ACQUISITION = Scenario.BILL_REMINDER, Scenario.COLLECTION_M1, Scenario.ACQUISITION
RETIRED, FARMING = frozenset({"retired"}), frozenset({"farming_season"})
BRIEF = Brief(BILL, Generation.SENIOR, "remind_plain", ("retired", "farming_season"), ("应还金额", "到期日"))
LINES = [
    ApprovedLine(BILL, "还款的事，跟您说一声。", part="hook"),
    ApprovedLine(BILL, "您退休了，我慢慢说。", tags=RETIRED, part="hook"),
    ApprovedLine(BILL, "忙完地里的再看。", tags=FARMING, part="assure"),
    ApprovedLine(BILL, "地里的活忙完了吗？", tags=FARMING, part="ask"),
    ApprovedLine(BILL, "应还{应还金额}。", part="remind"),
    ApprovedLine(BILL, "{到期日}到期。", part="remind"),
    ApprovedLine(BILL, "不着急。", part="assure"),
    ApprovedLine(BILL, "听清楚了吗？", part="ask"),
]


def sequence(brief: Brief = BRIEF, lines: Sequence[ApprovedLine] = LINES, *, counts_slots: bool = True) -> LineSequence:
    """The sequence of some lines for a brief."""
    found = LineSequences(ApprovedLines(lines)).sequence(brief, counts_slots=counts_slots)
    assert isinstance(found, LineSequence)
    return found


def walks(machine: LineSequence, seed: int) -> Iterator[list[str]]:
    """Bodies of random choices, none of which says a line twice."""
    chance = random.Random(seed)
    while True:
        state, said = machine.start, list[int]()
        while True:
            following = [index for index in machine.next(state) if index not in said]
            if not following or (machine.may_end(state) and chance.random() < 0.5):
                break
            said.append(chance.choice(following))
            state = machine.after(state, said[-1])
        yield [machine.lines[index].text for index in said]


def some_walks(machine: LineSequence) -> list[list[str]]:
    """Enough of them that each choice was met."""
    return [body for body, _ in zip(walks(machine, 1), range(400), strict=False)]


def next_texts(machine: LineSequence, *said: str) -> set[str]:
    """What may follow some lines; "" stands for the end."""
    state = machine.start
    for text in said:
        (index,) = [index for index in machine.next(state) if machine.lines[index].text == text]
        state = machine.after(state, index)
    return {machine.lines[index].text for index in machine.next(state)} | ({""} if machine.may_end(state) else set())


def test_a_body_says_all_that_is_asked_before_it_closes() -> None:
    for body in some_walks(sequence()):
        text = "".join(body)
        assert "您退休了" in text
        assert "忙完地里的再看。" in body
        assert "{应还金额}" in text
        assert "{到期日}" in text
        assert [line for line in body[:-1] if line.endswith("？")] == []
        order = [{"还款的事，跟您说一声。": 0, "您退休了，我慢慢说。": 0}.get(line, 1) for line in body]
        assert order == sorted(order)


def test_what_comes_next_follows_from_what_is_pending() -> None:
    found = sequence()
    assert next_texts(found) == {"您退休了，我慢慢说。"}, "there is no later line for this tag"
    opened = next_texts(found, "您退休了，我慢慢说。")
    assert opened == {line.text for line in LINES if line.part != "ask"}, "another opening may follow"
    both = ("您退休了，我慢慢说。", "应还{应还金额}。", "{到期日}到期。")
    assert next_texts(found, *both) == {"忙完地里的再看。"}
    assert next_texts(found, *both, "忙完地里的再看。") >= {"", "听清楚了吗？", "不着急。"}
    assert next_texts(found, *both, "忙完地里的再看。", "听清楚了吗？") == {""}


@pytest.mark.parametrize("counts_slots", [True, False])
def test_what_only_a_closing_question_covers_is_left_to_it(counts_slots: bool) -> None:
    lines = [
        ApprovedLine(BILL, "不着急。", part="assure"),
        ApprovedLine(BILL, "{到期日}前您方便吗？", part="ask"),
        ApprovedLine(BILL, "地里忙吗？", tags=FARMING, part="ask"),
    ]
    for brief, last in (
        (replace(BRIEF, tags=(), slots=("到期日",)), "{到期日}前您方便吗？"),
        (replace(BRIEF, tags=("farming_season",), slots=()), "地里忙吗？"),
    ):
        ends = {body[-1] for body in some_walks(sequence(brief, [*lines], counts_slots=counts_slots))}
        assert last in ends
        if counts_slots or brief.tags:
            assert ends == {last}


def test_what_no_line_covers_is_not_waited_for() -> None:
    brief = replace(BRIEF, tags=("truck_driver",), slots=("卡尾号",), optional_slots=("应还金额", "到期日"))
    assert "" in next_texts(sequence(brief), "不着急。")


def test_monthly_figures_come_after_the_annual_rate() -> None:
    brief = Brief(ACQUISITION, Generation.YOUNG, "rate_first", (), ("年化利率", "月还款"))
    lines = [
        ApprovedLine(ACQUISITION, "我说一下。"),
        ApprovedLine(ACQUISITION, "每月还{月还款}。"),
        ApprovedLine(ACQUISITION, "年化{年化利率}。"),
        ApprovedLine(ACQUISITION, "年化{年化利率}，每月还{月还款}。"),
    ]
    bodies = some_walks(sequence(brief, lines))
    assert any("每月还{月还款}。" in body for body in bodies)
    assert not any(problems_of("".join(body), brief) for body in bodies)


def test_collection_does_not_begin_with_a_remedy() -> None:
    brief = Brief(M1, Generation.YOUNG, "plan_plain", (), ("应还金额",), offer="deferral")
    lines = [ApprovedLine(M1, "可以申请延期。"), ApprovedLine(M1, "应还{应还金额}。")]
    assert next_texts(sequence(brief, lines)) == {"应还{应还金额}。"}
    assert next_texts(sequence(brief, lines[:1])) == {"可以申请延期。"}, "better than nothing: it is examined later"


def test_where_slots_are_not_counted_tags_are_addressed_after_three_lines() -> None:
    found = sequence(replace(BRIEF, tags=("farming_season",)), counts_slots=False)
    assert "" not in next_texts(found, "应还{应还金额}。", "{到期日}到期。")
    assert "不着急。" in next_texts(found, "应还{应还金额}。", "{到期日}到期。")
    assert next_texts(found, "应还{应还金额}。", "{到期日}到期。", "不着急。") == {"忙完地里的再看。"}
    assert "" in next_texts(found, "忙完地里的再看。"), "slots may remain unsaid"


def test_after_five_lines_only_what_is_pending_follows() -> None:
    filling = [ApprovedLine(BILL, f"第{number}句。", part="assure") for number in "一二三四五六"]
    brief = replace(BRIEF, tags=("farming_season",), slots=("应还金额",))
    found = sequence(brief, [*LINES, *filling])
    said = [line.text for line in filling]
    assert said[4] in next_texts(found, *said[:4])
    assert next_texts(found, *said[:5]) == {"应还{应还金额}。", "忙完地里的再看。"}


def test_a_tag_with_an_opening_and_a_question_is_not_left_to_the_question() -> None:
    lines = [
        ApprovedLine(BILL, "您退休了，我慢慢说。", tags=RETIRED, part="hook"),
        ApprovedLine(BILL, "不着急。", part="assure"),
        ApprovedLine(BILL, "退休的日子还好吗？", tags=RETIRED, part="ask"),
    ]
    assert next_texts(sequence(replace(BRIEF, tags=("retired",)), lines)) == {"您退休了，我慢慢说。"}


def test_banned_lines_are_not_in_the_sequence() -> None:
    sequences = LineSequences(ApprovedLines(LINES))
    found = sequences.sequence(BRIEF, ("退休", "着急"))
    assert found is not None
    assert [line.text for line in found.lines if "退休" in line.text or "着急" in line.text] == []
    assert len(found.lines) == len(LINES) - 2
    assert sequences.sequence(BRIEF, ("。", "？")) is None
    assert sequences.sequence(replace(BRIEF, scenario=M1)) is None


_RULE = re.compile(r"(\w+) ::= (.+)")
_PIECE = re.compile(r'"([^"]*)"|(\w+)')


def language(grammar: str, most: int) -> set[tuple[str, ...]]:
    """The bodies of a grammar of lines, none longer than `most` lines."""
    rules = {name: ways.split(" | ") for name, ways in (_RULE.fullmatch(row).groups() for row in grammar.splitlines())}  # type: ignore[union-attr]
    found: set[tuple[str, ...]] = set()
    ahead: list[tuple[tuple[str, ...], list[str]]] = [((), ["root"])]
    while ahead:
        said, rest = ahead.pop()
        if len(said) > most:
            continue
        if not rest:
            found.add(said)
            continue
        for way in rules[rest[0]]:
            pieces = [match.groups() for match in _PIECE.finditer(way)]
            if pieces and pieces[0][0] is not None:
                ahead.append(((*said, pieces[0][0]) if pieces[0][0] else said, rest[1:]))
            else:
                ahead.append((said, [name for _, name in pieces] + rest[1:]))
    return found


def bodies(machine: LineSequence, most: int) -> set[tuple[str, ...]]:
    """The bodies of a sequence, repeated lines included, none longer than `most` lines."""
    found: set[tuple[str, ...]] = set()
    ahead: list[tuple[tuple[str, ...], State]] = [((), machine.start)]
    while ahead:
        said, state = ahead.pop()
        if machine.may_end(state):
            found.add(said)
        if len(said) < most:
            ahead += [((*said, machine.lines[at].text), machine.after(state, at)) for at in machine.next(state)]
    return found


@pytest.mark.parametrize("counts_slots", [True, False])
@pytest.mark.parametrize("tags", [(), ("retired",), ("retired", "farming_season")])
def test_the_grammar_admits_the_bodies_of_the_sequence_and_no_others(tags: tuple[str, ...], counts_slots: bool) -> None:
    found = sequence(replace(BRIEF, tags=tags), counts_slots=counts_slots)
    expected = bodies(found, 5)
    assert expected
    assert language(line_grammar(found), 5) == expected


def test_a_grammar_quotes_whatever_a_line_holds() -> None:
    grammar = line_grammar(sequence(replace(BRIEF, tags=(), slots=()), [ApprovedLine(BILL, '说"好"\\。')]))
    assert r'"说\"好\"\\。"' in grammar
