"""Approved bodies: which fits a moment, what of it is said there, in which order, and how they are kept."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.approved.brief import Brief
from app.errors import ConfigurationError
from app.writing.lines.bodies import (
    BODIES_FILE,
    NO_OFFER,
    ApprovedBodies,
    ApprovedBody,
    ApprovedDetails,
    Sentence,
    read_approved_bodies,
    write_approved_bodies,
)
from app.writing.lines.grammar import line_grammar
from app.writing.lines.library import ApprovedLines, read_approved_lines
from app.writing.lines.orders import LineSequences
from app.writing.lines.tokens import LineConstraints
from guards.types import Generation, Group, Scenario

M1 = Scenario.COLLECTION_M1
EVERYONE = frozenset(Generation)
MATTER = Sentence(("这期是{应还金额}，{到期日}到期。", "{应还金额}这期，{到期日}到期，过了{逾期天数}。"))
DEFER = Sentence(("可以申请延期。", "可以申请延期{延期期数}。"), offer="deferral")
NOTHING = Sentence(("先还一部分也行。",), offer=NO_OFFER)
LEAST = Sentence(("最低还款是{最低还款}。",), needs="最低还款")
ASK = Sentence(("您看哪天方便？", "哪天合适？"))


def body(*tags: str, opening: str = "跟您说说账单。", strategy: str = "plan_plain") -> ApprovedBody:
    """A body for everybody in one situation."""
    said = (Sentence((opening,)), MATTER, DEFER, NOTHING, LEAST, ASK)
    return ApprovedBody(M1, frozenset({strategy}), EVERYONE, frozenset(tags), said)


def brief(*tags: str, slots: tuple[str, ...] = ("应还金额", "到期日"), offer: str | None = None) -> Brief:
    return Brief(M1, Generation.YOUNG, "plan_plain", tags, slots, (), offer)


DETAILS = ApprovedDetails(
    frozenset({Group.COLLECTION}),
    EVERYONE,
    (Sentence(("到今天过了{逾期天数}。",), needs="逾期天数"), Sentence(("卡尾号是{卡尾号}。",), needs="卡尾号")),
)
BODIES = ApprovedBodies(
    [
        body(),
        body("no_money", opening="手头紧您说了。"),
        body("unemployed", opening="没了工作，不容易。"),
        body("no_money", "unemployed", opening="没了工作，手头紧，我们明白。"),
        body(strategy="confirm_promise", opening="约的日子过了。"),
    ],
    [DETAILS],
)


def openings(order: Brief) -> list[str]:
    return [each.sentences[0].texts[0] for each in BODIES.for_brief(order)]


@pytest.mark.parametrize(
    ("tags", "opening"),
    [
        ((), "跟您说说账单。"),
        (("no_money",), "手头紧您说了。"),
        (("unemployed", "no_money"), "没了工作，手头紧，我们明白。"),
        (("county", "no_money"), "手头紧您说了。"),
        (("unemployed", "county"), "没了工作，不容易。"),
        (("county", "hostile"), "跟您说说账单。"),
    ],
)
def test_what_takes_up_most_of_a_situation_is_said_and_else_its_first_tag(tags: tuple[str, ...], opening: str) -> None:
    assert openings(brief(*tags)) == [opening]
    known = BODIES.for_brief(brief(*tags))
    assert all(each.fits(brief(*tags)) for each in known)


def test_a_body_of_another_strategy_scenario_or_generation_does_not_fit() -> None:
    assert openings(replace(brief(), strategy="confirm_promise")) == ["约的日子过了。"]
    assert openings(replace(brief(), strategy="soothe_and_plan")) == []
    assert openings(replace(brief(), scenario=Scenario.COLLECTION_M2)) == []
    assert not body("no_money").fits(brief())


def test_an_offer_and_a_slot_decide_which_sentences_are_said() -> None:
    plain = BODIES.parts(BODIES.approved[0], brief())
    assert plain == (("跟您说说账单。",), MATTER.texts[:1], NOTHING.texts, ASK.texts)
    offered = BODIES.parts(BODIES.approved[0], brief(offer="deferral"))
    assert offered[2] == DEFER.texts[:1]
    counted = BODIES.parts(BODIES.approved[0], brief(offer="deferral", slots=("应还金额", "到期日", "延期期数")))
    assert counted[2] == DEFER.texts[1:], "the wordings that say most of what must be said"
    least = BODIES.parts(BODIES.approved[0], brief(slots=("应还金额", "到期日", "最低还款")))
    assert LEAST.texts in least


def test_what_a_body_leaves_open_follows_its_last_figure() -> None:
    slots = ("应还金额", "到期日", "逾期天数", "卡尾号")
    parts = BODIES.parts(BODIES.approved[0], brief(slots=slots))
    assert parts == (("跟您说说账单。",), MATTER.texts[1:], ("卡尾号是{卡尾号}。",), NOTHING.texts, ASK.texts)
    named = replace(
        BODIES.approved[0], sentences=(*BODIES.approved[0].sentences[:-1], Sentence(("{产品名}您看哪天还？",)))
    )
    asked = replace(brief(slots=slots), optional_slots=("产品名",))
    assert BODIES.parts(named, asked)[-2:] == (NOTHING.texts, ("{产品名}您看哪天还？",)), "a name is no figure"
    reply = replace(brief(slots=slots), strategy="reply")
    assert BODIES.parts(replace(BODIES.approved[0], strategies=frozenset({"reply"})), reply)[2] == NOTHING.texts


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    write_approved_bodies(BODIES, tmp_path)
    again = read_approved_bodies(tmp_path)
    assert again is not None
    assert set(again.approved) == set(BODIES.approved)
    assert again.details == BODIES.details
    known = read_approved_lines(tmp_path)
    assert known is not None
    assert known.allows_once("手头紧您说了。这期是{应还金额}，{到期日}到期。哪天合适？", brief("no_money"))
    assert not known.allows_once("手头紧您说了。", brief())
    assert not known.allows_once("可以申请延期。", brief())
    assert {line.place.partition(":")[0] for line in known.approved} == {BODIES_FILE}


def test_a_checkpoint_without_bodies_has_none(tmp_path: Path) -> None:
    assert read_approved_bodies(tmp_path) is None


@pytest.mark.parametrize(
    "row",
    [
        "{",
        "[]",
        '{"scenario": "none", "strategies": [], "generations": [], "tags": [], "say": [{"texts": ["好。"]}]}',
        '{"scenario": "collection_m1", "strategies": "x", "generations": [], "tags": [], "say": [{"texts": ["好。"]}]}',
        '{"scenario": "collection_m1", "strategies": [], "generations": [], "tags": [], "say": []}',
        '{"scenario": "collection_m1", "strategies": [], "generations": [], "tags": [], "say": [{"texts": []}]}',
        '{"groups": ["none"], "generations": [], "say": [{"texts": ["好。"]}]}',
    ],
)
def test_a_broken_row_is_named(tmp_path: Path, row: str) -> None:
    write_approved_bodies(ApprovedBodies([body()]), tmp_path)
    with (tmp_path / BODIES_FILE).open("a", encoding="utf-8") as out:
        out.write(row + "\n")
    with pytest.raises(ConfigurationError, match=rf"{BODIES_FILE}:2"):
        read_approved_bodies(tmp_path)


def walk(order: Brief, banned: tuple[str, ...] = ()) -> set[str]:
    """Every body that may be said."""
    found = LineSequences(ApprovedLines((), BODIES)).sequence(order, banned)
    assert found is not None
    said, ahead = set(), [(found.start, "")]
    while ahead:
        state, text = ahead.pop()
        if found.may_end(state):
            said.add(text)
        ahead += [(found.after(state, index), text + found.lines[index].text) for index in found.next(state)]
    return said


def test_a_body_is_said_from_its_beginning_to_its_end() -> None:
    assert walk(brief("no_money")) == {
        f"手头紧您说了。这期是{{应还金额}}，{{到期日}}到期。先还一部分也行。{ask}" for ask in ASK.texts
    }


def test_where_every_wording_of_a_sentence_is_banned_another_body_is_said() -> None:
    assert walk(brief("no_money"), ("哪天合适",)) == {
        "手头紧您说了。这期是{应还金额}，{到期日}到期。先还一部分也行。您看哪天方便？"
    }
    assert all(said.startswith("跟您说说账单。") for said in walk(brief("no_money"), ("手头紧",)))
    assert LineSequences(ApprovedLines((), BODIES)).sequence(brief(), ("跟您说说",)) is None


def test_a_server_is_given_the_same_bodies_as_a_grammar() -> None:
    sequences = LineSequences(ApprovedLines((), BODIES))
    order = sequences.sequence(brief("no_money"))
    assert order is not None
    grammar = line_grammar(order)
    assert grammar.startswith("root ::= ")
    assert all(text in grammar for text in ("手头紧您说了。", *ASK.texts))
    assert "跟您说说账单" not in grammar
    assert line_grammar(order) is grammar


def test_token_by_token_nothing_else_can_be_written() -> None:
    constraints = LineConstraints(LineSequences(ApprovedLines((), BODIES)), lambda text: [*map(ord, text)], end=0)
    for last in (0, 1):
        constraint = constraints.constraint(brief("no_money"))
        assert constraint is not None
        written: list[int] = []
        while not written or written[-1] != 0:
            allowed = constraint.allowed()
            written += constraint.take(int(allowed[min(last, len(allowed) - 1)]))
        assert "".join(map(chr, written[:-1])) in walk(brief("no_money"))


def test_the_tags_that_one_body_can_take_up_are_those_of_the_bodies_written_for_the_moment() -> None:
    lines = ApprovedLines((), BODIES)
    assert lines.addressable(brief("county", "no_money")) == {"no_money"}
    assert lines.addressable(brief("unemployed", "no_money")) == {"unemployed", "no_money"}
    assert lines.addressed("手头紧您说了。", brief("county", "no_money")) == {"no_money"}
    assert ApprovedLines(()).addressable(brief("county")) == set()
