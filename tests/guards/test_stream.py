"""A stream: whole sentences come out, the cuts do not matter, and no violation shows so much as its beginning."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guards.lexicon.examples import example_case
from guards.lexicon.reader import Lexicon
from guards.lexicon.rules import Family
from guards.panel import Panel
from guards.personal_data.guard import PersonalData
from guards.personal_data.masking import mask
from guards.phrases.guard import Phrases
from guards.policy import Policy
from guards.script import Script
from guards.stream import Stream
from guards.text.sentences import SENTENCE_MARKS
from guards.types import Action, Callee, Case, Channel, Fact, Finding, Quantity, Role, Scenario, Span, Stage, Verdict

KNOWN_TO_NOBODY = Case()
KNOWN = Case(known_personal_data={"name": "欧阳小凡", "mobile": "13812345678"})


class Words:
    """A guard that stops a word, also across sentences, and knows when one begins."""

    def __init__(self, *words: str, action: Action = Action.BLOCK, replacement: str | None = None) -> None:
        self.name = "words"
        self._words = words
        self._action = action
        self._replacement = replacement

    def __call__(self, script: Script, case: Case) -> Sequence[Finding]:
        """The first place of each word."""
        places = ((script.text.find(word), word) for word in self._words)
        return [
            Finding(f"words.{word}", self.name, self._action, "", Span(at, at + len(word)), self._replacement)
            for at, word in places
            if at >= 0
        ]

    def may_continue(self, text: str, end: int) -> bool:
        """Whether a beginning of a word stands at the end of the text."""
        starts = (
            len(text) - begun for word in self._words for begun in range(1, len(word)) if text.endswith(word[:begun])
        )
        return any(start < end for start in starts)


def said(panel: Panel, pieces: Sequence[str], case: Case = KNOWN_TO_NOBODY) -> tuple[list[str], Verdict]:
    """Everything released of the pieces, and the last word on it."""
    stream = Stream(panel, case)
    released = [sentence for piece in pieces for sentence in stream.feed(piece)]
    return released + stream.close(), stream.verdict


def halves(text: str) -> Iterator[tuple[str, str]]:
    """Every way to cut a text in two, the empty ones included."""
    return ((text[:at], text[at:]) for at in range(len(text) + 1))


PLAIN = Panel([Words("包过", "保证。通过")])


def test_a_sentence_comes_out_when_it_is_complete_and_nothing_can_go_on() -> None:
    stream = Stream(PLAIN, Case())
    assert stream.feed("您好。") == [], "a quotation mark or a second full stop could follow"
    assert stream.feed("我") == ["您好。"]
    assert stream.feed("们在的！？”请") == ["我们在的！？”"]
    assert stream.close() == ["请"]
    assert not stream.is_stopped
    assert stream.verdict == Verdict()


def test_every_complete_sentence_of_a_piece_comes_out_at_once() -> None:
    assert Stream(PLAIN, Case()).feed("甲。乙！丙？丁；戊") == ["甲。", "乙！", "丙？", "丁；"]


@pytest.mark.parametrize("decoration", ["!", "?", "\n", "…", ".", "~"])
def test_what_the_guards_take_for_decoration_ends_no_sentence(decoration: str) -> None:
    assert Stream(PLAIN, Case()).feed(f"您好{decoration}请说。好") == [f"您好{decoration}请说。"]


def test_a_sentence_waits_while_a_phrase_may_go_on() -> None:
    stream = Stream(PLAIN, Case())
    assert stream.feed("我们保证。") == []
    assert stream.feed("通") == []
    assert stream.feed("知您") == ["我们保证。"]
    assert stream.close() == ["通知您"]


def test_a_phrase_across_a_sentence_end_takes_both_sentences_along() -> None:
    for pieces in halves("您好。我们保证。通过，好。再见。"):
        released, verdict = said(PLAIN, pieces)
        assert released == ["您好。"]
        assert [found.rule for found in verdict.findings] == ["words.保证。通过"]


def test_after_a_violation_nothing_more_comes_out() -> None:
    stream = Stream(PLAIN, Case())
    assert stream.feed("您好。我们包过。好。") == ["您好。"]
    assert stream.feed("的") == [], "whether the next sentence states the fact is known when that is complete"
    verdict = stream.verdict
    assert stream.is_stopped
    assert verdict.action is Action.BLOCK
    assert stream.feed("您好。再见。") == []
    assert stream.close() == []
    assert stream.verdict is verdict


def test_a_violation_in_the_last_sentence_without_an_end_is_withheld() -> None:
    assert said(PLAIN, ["您好。我们包", "过"])[0] == ["您好。"]


def test_a_closed_stream_takes_nothing_more() -> None:
    stream = Stream(PLAIN, Case())
    stream.feed("您好")
    assert stream.close() == ["您好"]
    assert stream.close() == []
    with pytest.raises(ValueError, match="closed"):
        stream.feed("好")


@pytest.mark.parametrize("pieces", [[], [""], ["", ""]])
def test_nothing_gives_nothing(pieces: list[str]) -> None:
    assert said(PLAIN, pieces) == ([], Verdict())


def test_empty_pieces_change_nothing() -> None:
    assert said(PLAIN, ["", "您好。", "", "", "在", ""]) == said(PLAIN, ["您好。在"])


@pytest.mark.parametrize("text", ["。", "。。。", "”。”", "\ud800。好", "🙂。\u200b", "好" * 200])
def test_odd_texts_come_out_whole(text: str) -> None:
    for pieces in (*halves(text), list(text)):
        assert "".join(said(PLAIN, pieces)[0]) == text


def test_notes_do_not_stop_it_and_masks_are_applied() -> None:
    assert said(Panel([Words("好", action=Action.OBSERVE)]), ["好。好"])[0] == ["好。", "好"]
    panel = Panel([Words("小凡", action=Action.MASK, replacement="[密]")])
    assert said(panel, ["您好。小", "凡。在吗"])[0] == ["您好。", "[密]。", "在吗"]


def test_a_mask_across_a_sentence_end_keeps_both_sentences_together() -> None:
    panel = Panel([Words("丙。丁", action=Action.MASK, replacement="[密]")])
    for pieces in halves("甲。乙丙。丁戊。己"):
        assert said(panel, pieces)[0] == ["甲。", "乙[密]戊。", "己"]


def test_what_reaches_back_into_released_text_is_masked_from_there_on() -> None:
    class Late(Words):
        """Sees what began long ago only when it is whole."""

        def may_continue(self, text: str, end: int) -> bool:
            """Never."""
            return False

    panel = Panel([Late("丙。好的。丁", action=Action.MASK, replacement="[密]")])
    assert said(panel, ["乙丙。好的。丁戊。", "己"])[0] == ["乙丙。", "好的。", "[密]戊。", "己"]


def test_it_judges_a_piece_of_the_stage_that_the_case_names() -> None:
    stages: list[Stage | None] = []

    class Asks(Words):
        def __call__(self, script: Script, case: Case) -> Sequence[Finding]:
            stages.append(case.stage)
            return []

    panel = Panel([Asks("无")])
    said(panel, ["好"])
    said(panel, ["好"], Case(stage=Stage.CLOSE))
    assert stages == [Stage.BODY, Stage.CLOSE]


def test_a_broken_guard_withholds_everything() -> None:
    class Broken(Words):
        def __call__(self, script: Script, case: Case) -> Sequence[Finding]:
            raise ValueError("broken")

    released, verdict = said(Panel([Broken("无")]), ["您好。", "在吗。"])
    assert released == []
    assert [found.rule for found in verdict.findings] == ["guard.failed"]


DATA = Panel([PersonalData()])
NUMBER = [
    "138。12345678",
    "13812345678",
    "一三八！一二三四五六七八",
    "1381234567。8",
    "前三位138。中间1234。最后5678",
    "前三位138，中间1234；最后5678",
    "一三八。然后一二三四，最后五六七八",
]


@pytest.mark.parametrize("number", NUMBER)
def test_no_digit_of_a_known_number_comes_out_however_it_is_parted(number: str) -> None:
    text = f"您好。您留的是{number}。对吗？好"
    outcomes = [said(DATA, pieces, KNOWN) for pieces in (*halves(text), list(text))]
    assert all(outcome == outcomes[0] for outcome in outcomes)
    released = "".join(outcomes[0][0])
    assert released.startswith("您好。")
    assert released.endswith("对吗？好")
    assert not set(released) & set("0123456789一八二四五六七")


@pytest.mark.parametrize("name", ["欧阳小凡", "欧阳。小凡", "欧。阳！小凡", "欧阳小\u200b凡"])
def test_a_known_name_is_masked_across_pieces_and_sentence_ends(name: str) -> None:
    text = f"请问{name}。在吗"
    for pieces in (*halves(text), list(text)):
        assert said(DATA, pieces, KNOWN)[0] == ["请问[隐私信息]。", "在吗"]


@pytest.mark.parametrize(
    ("text", "released"),
    [
        ("欧。欧洲", ["欧。", "欧洲"]),
        ("欧。阳光好。是", ["欧。", "阳光好。", "是"]),
        ("尾号138。好的，138。嗯", ["尾号138。", "好的，138。", "嗯"]),
        ("总共138。" + "嗯" * 120, ["总共138。", "嗯" * 120]),
        ("共5。1个", ["共5。", "1个"]),
    ],
)
def test_what_only_began_like_known_data_comes_out(text: str, released: list[str]) -> None:
    for pieces in (*halves(text), list(text)):
        assert said(DATA, pieces, KNOWN)[0] == released


def test_what_began_like_a_known_number_waits_only_so_long() -> None:
    stream = Stream(DATA, KNOWN)
    assert stream.feed("总共138。好的") == []
    assert stream.feed("嗯" * 120) == ["总共138。"]
    stream = Stream(DATA, KNOWN)
    assert stream.feed("总共138。好的9") == ["总共138。"], "the number goes on otherwise"


def test_digits_wait_for_the_character_after_them() -> None:
    stream = Stream(DATA, Case())
    assert stream.feed("电话是138123。") == []
    assert stream.feed("45678") == []
    assert stream.feed("，对") == []
    assert stream.close() == ["电话是[隐私信息]，对"]


@pytest.fixture(scope="module")
def phrases(policy: Policy, lexicon: Lexicon) -> Panel:
    """The shipped phrases alone: what only they see must hold without help."""
    return Panel([Phrases(lexicon.families)])


@pytest.mark.parametrize("part", range(4))
def test_no_shipped_phrase_shows_in_any_cut(part: int, phrases: Panel, lexicon: Lexicon) -> None:
    families = [family for family in lexicon.families if not family.only_in_disguise]
    rules = [rule for family in families for rule in family.rules if rule.severity is Action.BLOCK]
    words = [(rule, phrase) for rule in rules for phrase in rule.phrases]
    assert len(words) > 2000
    for number, (rule, phrase) in enumerate(words[part::4]):
        case, text = example_case(rule), f"嗯。{phrase}，嗯"
        uncut = said(phrases, [text], case)
        assert uncut[0] == ["嗯。"], phrase
        assert uncut[1].action is Action.BLOCK, phrase
        assert said(phrases, list(text), case) == uncut, phrase
        # Where no phrase is cut, one in ten is enough.
        for at in range(len(text) + 1) if number % 10 == 0 else range(2, len(text) - 1):
            assert said(phrases, [text[:at], text[at:]], case) == uncut, (phrase, at)


@pytest.mark.parametrize("end", "。！？；")
def test_no_long_shipped_phrase_hides_across_a_sentence_end(end: str, phrases: Panel, lexicon: Lexicon) -> None:
    rules = [rule for rule in lexicon.phrase_rules() if rule.severity is Action.BLOCK]
    for rule in rules:
        phrase = max(rule.phrases, key=len, default="")
        if len(phrase) >= 4 and phrase.isalpha():
            for first, second in list(halves(phrase))[1:-1]:
                released, verdict = said(phrases, [f"嗯。{first}{end}", f"{second}。嗯"], example_case(rule))
                assert verdict.action > Action.MASK, phrase
                assert released == ["嗯。"], (first, second)


def test_a_disguised_phrase_does_not_hide_across_a_sentence_end(phrases: Panel) -> None:
    for text in (
        "好。纟工佨发！纟合我",
        "好。哪怕土厶？亻昔",
        "好。百分。百通过",
        "好。扌？丁到亻尔心丄卟了班",
    ):
        outcomes = [said(phrases, pieces) for pieces in (*halves(text), list(text))]
        assert all(outcome == outcomes[0] for outcome in outcomes), text
        assert outcomes[0][0] == ["好。"], text
        assert outcomes[0][1].action > Action.MASK, text


def stating_panel() -> tuple[Panel, Case]:
    """A rule that the next sentence may meet: 免息 with the days and the rate stated."""
    rule = {
        "id": "test.free",
        "title": "试",
        "action": "block",
        "phrases": ["免息"],
        "unless_fact": {"annual_rate": "present"},
        "stating": ["annual_rate"],
        "reason": "试",
        "source": {"law": "广告法", "force": "law"},
        "effective": {"from": "2026-01-01"},
        "examples": {"hits": ["是"], "misses": ["否"]},
    }
    panel = Panel([Phrases([Family.model_validate({"family": "test", "rules": [rule]})])])
    facts = (Fact("annual_rate", Quantity.RATE_ANNUAL, Decimal("3.6")),)
    return panel, Case(facts=facts, today=date(2026, 11, 22))


def test_facts_that_the_next_sentence_states_allow_the_words() -> None:
    panel, case = stating_panel()
    stream = Stream(panel, case)
    assert stream.feed("您好。前期免息。之后按年化利率3.6%计息。") == ["您好。"]
    assert stream.feed("好") == ["前期免息。", "之后按年化利率3.6%计息。"]
    for pieces in halves("您好。前期免息。之后按年化利率3.6%计息。好"):
        assert said(panel, pieces, case)[0] == ["您好。", "前期免息。", "之后按年化利率3.6%计息。", "好"]
    for pieces in halves("您好。前期免息，之后年化利率3.6%"):
        assert "".join(said(panel, pieces, case)[0]) == "您好。前期免息，之后年化利率3.6%"


@pytest.mark.parametrize("next_one", ["", "好。", "好。年化利率3.6%。", "年化利率4.6%。"])
def test_what_the_next_sentence_does_not_state_stays_withheld(next_one: str) -> None:
    panel, case = stating_panel()
    for pieces in halves(f"您好。前期免息。{next_one}"):
        assert said(panel, pieces, case)[0] == ["您好。"]


HONEST = [
    "您好，这里是客服。",
    "额度以审批结果为准！",
    "您方便说话吗？",
    "账单日是五号；",
    "我们不承诺一定通过。",
    "感谢您接听，再见",
    "请看APP里的账单\n",
    "有人说包过，您别信。",
]
SEEDS = [
    "我们包过", "保证。通过", "百分！百通过", "不还就上门抓您。", "欧阳小凡", "欧阳。小凡", "13812345678",
    "138。12345678", "前三位138，中间1234。最后5678", "身份证11010519491231002X", "全程免息", "逾期会坐牢？",
    "\u200b", "🙂", "<b>", "…", "！",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(HONEST + SEEDS) | st.text(max_size=6), max_size=5).map("".join),
    st.lists(st.integers(0, 80), max_size=5),
    st.sampled_from([None, *Scenario]),
    st.booleans(),
)
def test_no_cut_changes_what_comes_out(
    policy: Policy, text: str, at: list[int], scenario: Scenario | None, is_known: bool
) -> None:
    known = KNOWN.known_personal_data if is_known else {}
    case = Case(scenario=scenario, channel=Channel.HUMAN_AGENT, stage=Stage.BODY, known_personal_data=known)
    cuts = sorted({0, len(text), *(min(each, len(text)) for each in at)})
    released, verdict = said(policy.panel, [text], case)
    assert said(policy.panel, [text[one:other] for one, other in pairwise(cuts)], case) == (released, verdict)
    assert said(policy.panel, list(text), case) == (released, verdict)
    whole = policy.panel.examine_text(text, case)
    masked = mask(text, [found for found in whole.findings if found.action is Action.MASK])
    out = "".join(released)
    assert (verdict.action > Action.MASK) is (whole.action > Action.MASK)
    assert masked.startswith(out)
    if whole.action <= Action.MASK:
        assert out == masked
    for found in whole.findings:
        if found.action > Action.MASK and found.span:
            begun = max(text.rfind(mark, 0, found.span.start) for mark in SENTENCE_MARKS) + 1
            plain = mask(text[:begun], [each for each in whole.findings if each.action is Action.MASK])
            assert len(out) <= len(plain), "nothing of the violation's sentence is released"


@pytest.mark.parametrize("begun", ["好的。+我", "好的。＋我", "好的。加我微❤"])
def test_symbols_that_stand_for_words_may_go_on_across_a_sentence_end(policy: Policy, begun: str) -> None:
    case = Case(Scenario.ACQUISITION, Channel.AI_VOICE, Callee(Role.DEBTOR), facts=())
    for text in (f"{begun}。的微信。谢谢。", f"{begun}。聊聊。谢谢。"):
        stream = Stream(policy.panel, case)
        said = "".join(piece for character in text for piece in stream.feed(character)) + "".join(stream.close())
        whole = policy.panel.examine_text(text, replace(case, stage=Stage.BODY))
        stopped = [found.span.start for found in whole.findings if found.span and found.action > Action.MASK]
        assert len(said) <= min(stopped, default=len(text))
