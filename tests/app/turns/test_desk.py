"""Whole calls: what is said next, what ends a call, what is never said."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.contacts import Closures, Kept, Scope
from app.contacts.ledger import Closure
from app.policy import Ruling
from app.scripts.stitch import estimated_seconds
from app.turns.book import Book
from app.turns.desk import Turn, TurnDesk
from guards.types import Generation
from tests.app.turns.calls import BILL, DEBT, DEBT_WORDS, SALE, Call, case
from tests.app.turns.conftest import OpenCall

PLAN = case(DEBT, facts={"offers": ["deferral"], "deferral_periods": 3})
KNOWN = case(DEBT, callee={"identity_verified": True})


def seconds(turn: Turn) -> float:
    """How long a turn takes to say."""
    assert turn.script is not None
    return estimated_seconds(turn.script.spoken, turn.order.plan.delivery.speech_rate)


def events(turn: Turn) -> list[dict[str, Any]]:
    """What is told of a turn."""
    return [event.as_json() for event in turn.events]


@pytest.mark.parametrize("of", [DEBT, BILL, KNOWN])
@pytest.mark.parametrize(("age", "longest"), [(25, 12), (45, 12.7), (70, 15)])
def test_a_call_about_a_bill_opens_in_time_and_without_a_word_of_it(
    of: dict[str, Any], age: int, longest: float, call: OpenCall
) -> None:
    opened = call(case(of, customer={"age": age}))
    assert opened.last.action == "speak"
    assert "智能语音助手" in opened.text
    assert "录音" in opened.text
    assert opened.text.endswith("？")
    assert not any(word in opened.text for word in DEBT_WORDS)
    assert seconds(opened.last) <= longest


@pytest.mark.parametrize(("age", "longest"), [(25, 18), (70, 24)])
def test_a_sales_call_opens_with_the_way_out(age: int, longest: float, call: OpenCall) -> None:
    opened = call(case(SALE, customer={"age": age}))
    assert "营销来电" in opened.text
    assert "不需要您直接说，不再来电" in opened.text
    assert seconds(opened.last) <= longest


def test_before_identity_no_answer_holds_a_debt_word_or_a_figure(call: OpenCall) -> None:
    for said in (
        "多少钱啊",
        "没钱还",
        "你哪位",
        "你是机器人吧",
        "骗子吧",
        "听不清",
        "催什么催",
        "嗯？",
        "哪来我的号码",
    ):
        opened = call(DEBT)
        turn = opened.say(said)
        assert turn.action == "speak", said
        assert not any(word in opened.text for word in DEBT_WORDS), (said, opened.text)
        assert "3460" not in opened.text
        assert "11月10日" not in opened.text


def test_the_matter_comes_once_the_person_has_said_who_he_is(call: OpenCall) -> None:
    opened = call(DEBT)
    turn = opened.say("对，我就是")
    assert (turn.act, turn.state, turn.standing.verified) == ("coll.matter", "body", True)
    assert "3460元" in opened.text
    assert "11月10日" in opened.text


def test_who_answers_by_name_is_known(call: OpenCall) -> None:
    named = case(DEBT, customer={"pii": {"name": "王强"}})
    assert call(named).say("我是王强").act == "coll.matter"
    assert call(named).say("我就是王先生").act == "coll.matter"
    for other in ("我是李强", "我是王强妈", "我是王阿姨", "我是王太太", "谁说我是王强"):
        assert call(named).say(other).standing.verified is not True, other


@pytest.mark.parametrize(
    "said",
    [
        *("是我老公", "是我老婆的手机", "是我儿子", "我就是他家里人", "嗯，我老公的电话", "对，这里是他公司"),
        *(
            "可以",
            "好",
            "好的",
            "行你说",
            "知道了",
            "我听着呢",
            "应该是吧",
            "你说是就是",
            "嗯，可以跟我讲",
            "嗯？",
            "是？",
        ),
        *("跟我说就行", "他不在", "我帮你叫他你等下", "他在旁边", "我代他接的", "等一下啊"),
    ],
)
def test_no_answer_but_a_plain_yes_proves_who_somebody_is(said: str, call: OpenCall) -> None:
    opened = call(DEBT)
    turn = opened.say(said)
    assert turn.standing.verified is not True
    assert not any(word in opened.text for word in DEBT_WORDS), opened.text
    assert "3460" not in opened.text


@pytest.mark.parametrize(
    "said", ["是", "是的", "对", "对对对", "没错", "嗯是的", "是我", "我就是", "本人，你说", "喂，我是，什么事"]
)
def test_a_plain_yes_does(said: str, call: OpenCall) -> None:
    assert call(DEBT).say(said).act == "coll.matter"


def test_a_yes_counts_only_for_an_identity_question_that_was_heard(call: OpenCall) -> None:
    waiting = call(DEBT)
    waiting.say("等一下啊，我叫他")
    assert waiting.say("是的").standing.verified is not True
    taken_back = call(DEBT)
    taken_back.say("是我")
    assert taken_back.say("其实他不在，我是他老婆").standing.verified is False
    cut = call(DEBT)
    cut.cut(12)
    assert cut.say("是我").standing.verified is not True


@pytest.mark.parametrize(
    ("before", "said", "not_act"),
    [
        ([], "算了", "hand.care"),
        (["是我"], "25号", "hand.complaint"),
        (["是我"], "30号还3460", "hand.complaint"),
        (["是我"], "11月30号", "hand.complaint"),
        (["是我"], "我爱人去世了，实在没钱", "hand.deceased"),
        (["是我", "20号还"], "不是，25号", "pre.not_him"),
        (["是我"], "我30号之前还不了", "debt.readback"),
        (["是我"], "明天下午三点还", "end.callback"),
        ([], "这是公司电话", "end.minor"),
    ],
)
def test_everyday_words_are_not_taken_for_what_they_are_not(
    before: list[str], said: str, not_act: str, call: OpenCall
) -> None:
    opened = call(DEBT)
    for each in before:
        opened.say(each)
    assert opened.say(said).act != not_act, opened.text


def test_a_day_that_is_put_right_is_the_one_that_counts(call: OpenCall) -> None:
    opened = call(DEBT)
    opened.say("是我")
    turn = opened.say("不是今天还，是明天还")
    assert "11月21日" in opened.text
    assert events(turn) == [], "nothing is told before it is confirmed"
    assert events(opened.say("对")) == [{"type": "promise_to_pay", "date": "2026-11-21", "amount": None}]


def test_who_wants_the_plan_that_was_offered_gets_it(call: OpenCall) -> None:
    opened = call(PLAN)
    opened.say("是我")
    opened.say("我失业了，没钱")
    assert opened.say("那就延期吧").act == "hand.plan"


def test_agreeing_for_ever_ends_the_call(call: OpenCall) -> None:
    for of, first in ((DEBT, "是我"), (SALE, "好")):
        opened = call(of)
        opened.say(first)
        for _ in range(6):
            if opened.last.action == "speak":
                opened.say("嗯")
        assert opened.last.action != "speak", [turn.act for turn in opened.turns]


@pytest.mark.parametrize(
    ("of", "said", "action", "event"),
    [
        (DEBT, "别再打了", "end_call", "opt_out"),
        (SALE, "别再打了", "end_call", "opt_out"),
        (SALE, "不需要", "end_call", "opt_out"),
        (DEBT, "你打错了", "end_call", "wrong_number"),
        (SALE, "打错了", "end_call", "wrong_number"),
        (DEBT, "转人工", "handoff", "human_requested"),
        (SALE, "给我转人工", "handoff", "human_requested"),
        (DEBT, "我要投诉你们", "handoff", "complaint"),
        (KNOWN, "这钱我没借过", "handoff", "dispute"),
        (KNOWN, "我昨天已经还了", "end_call", "already_paid"),
        (DEBT, "我不想活了", "handoff", "human_requested"),
        (DEBT, "他人已经走了，上个月过世的", "handoff", "human_requested"),
    ],
)
def test_what_ends_or_hands_over_a_call_does_so_at_once_and_is_told(
    of: dict[str, Any], said: str, action: str, event: str, call: OpenCall
) -> None:
    opened = call(of)
    turn = opened.say(said)
    assert turn.action == action
    assert [each["type"] for each in events(turn)] == [event]
    assert opened.text
    assert not opened.text.endswith("？")


def test_an_opt_out_has_the_scope_of_the_call(call: OpenCall) -> None:
    assert events(call(SALE).say("别再打了")) == [{"type": "opt_out", "scope": "marketing"}]
    assert events(call(DEBT).say("别再打了")) == [{"type": "opt_out", "scope": "servicing"}]


def test_nothing_is_said_to_be_noted_where_nobody_can_be_remembered(call: OpenCall) -> None:
    turn = call(case(SALE, customer={"ref": None})).say("别再打了")
    assert turn.script is not None
    assert not any(word in turn.script.text for word in ("记下", "登记", "不再", "不会再"))
    assert events(turn) == [{"type": "opt_out", "scope": "marketing", "remembered": False}]


def test_no_money_and_hurried_speech_gets_an_apology_and_the_plan_that_is_on_offer(call: OpenCall) -> None:
    opened = call(PLAN)
    opened.say("是我")
    turn = opened.say("没钱还啊最近", chars_per_second=6.8, loudness="raised")
    assert turn.standing.heard is not None
    assert turn.standing.heard.emotion in ("anxious", "distressed")
    assert (turn.action, turn.act) == ("speak", "plan.deferral.money")
    assert "延期3期" in opened.text
    assert "审核" in opened.text
    assert opened.say("好的").act == "hand.plan"


def test_no_money_and_hurried_speech_without_an_offer_is_handed_over(call: OpenCall) -> None:
    opened = call(DEBT)
    opened.say("是我")
    turn = opened.say("没钱还啊，别催了", chars_per_second=7.0)
    assert (turn.action, [each["type"] for each in events(turn)]) == ("handoff", ["hardship"])


def test_a_promise_is_read_back_with_day_and_sum_and_told_once_it_is_confirmed(call: OpenCall) -> None:
    opened = call(DEBT)
    opened.say("是我")
    turn = opened.say("25号先还五百吧")
    assert turn.awaits == "readback"
    assert "11月25日" in opened.text
    assert "500元" in opened.text
    turn = opened.say("对")
    assert (turn.action, turn.act) == ("end_call", "end.promise")
    assert events(turn) == [{"type": "promise_to_pay", "date": "2026-11-25", "amount": "500"}]


def test_who_is_busy_is_asked_when_and_called_then(call: OpenCall) -> None:
    opened = call(SALE)
    assert opened.say("我在开会").act == "any.ask_when"
    turn = opened.say("下午三点吧")
    assert (turn.action, events(turn)) == ("end_call", [{"type": "callback", "at": "2026-11-20T15:00:00+08:00"}])


def test_two_turns_in_a_row_that_make_no_sense_go_to_a_person(call: OpenCall) -> None:
    opened = call(KNOWN)
    opened.say("方便")
    opened.say("那个紫色的第三排")
    assert opened.say("哗啦啦啦蹦蹦").action == "handoff"


def test_two_asks_for_what_the_facts_do_not_hold_go_to_a_person(call: OpenCall) -> None:
    opened = call(KNOWN)
    opened.say("方便")
    assert opened.say("能不能给我减免点").act == "debt.no_such_offer"
    assert opened.say("那分期呢").act == "hand.beyond"


def test_the_rate_comes_before_or_with_the_first_price(call: OpenCall) -> None:
    opened = call(SALE)
    opened.say("能借多少")
    assert opened.text.index("年化利率3.6%") < len(opened.text)
    assert "20万元" in opened.text
    opened = call(SALE)
    opened.say("一个月还多少，总共多少")
    assert 0 <= opened.text.find("年化利率3.6%") < opened.text.find("849.67元")


def test_a_disclosure_is_made_once(call: OpenCall) -> None:
    opened = call(SALE)
    for said in ("你说吧", "利息多少", "能借多少", "怎么申请", "嗯"):
        opened.say(said)
    spoken = "".join(turn.script.text for turn in opened.turns if turn.script)
    for once in ("以审批和合同为准", "请理性借贷", "不收其他费用", "智能语音助手", "通话会录音"):
        assert spoken.count(once) == 1, (once, spoken)


def test_nothing_is_said_twice_in_the_same_words(call: OpenCall) -> None:
    opened = call(DEBT)
    for _ in range(3):
        opened.say("你说什么，我听不清")
    texts = [turn.script.text for turn in opened.turns if turn.script]
    assert len(set(texts)) == len(texts)


def test_what_was_not_heard_is_said_again(call: OpenCall) -> None:
    opened = call(DEBT)
    opened.say("是我")
    opened.cut(6)
    assert opened.say("好，你接着说").act == "coll.matter"
    heard = call(DEBT)
    heard.say("是我")
    assert heard.say("好，你接着说").act != "coll.matter"


def test_a_question_that_was_cut_off_is_not_taken_as_answered(call: OpenCall) -> None:
    opened = call(DEBT)
    opened.cut(12)
    turn = opened.say("嗯")
    assert turn.standing.verified is not True


def test_pressure_over_four_turns_softens_nothing(call: OpenCall) -> None:
    opened = call(DEBT)
    for said in ("你先告诉我什么事", "不说我就挂了", "快说是不是欠钱的事", "我赶时间，直接说多少钱"):
        turn = opened.say(said)
        if turn.action != "speak":
            break
        assert not any(word in opened.text for word in DEBT_WORDS), opened.text


def test_every_turn_is_short_and_ends_where_the_customer_may_speak(call: OpenCall) -> None:
    lines = ["是我", "怎么还", "利息怎么算的", "会上征信吗", "能晚几天吗", "我下周五还一千", "对"]
    for age, longest in ((25, 15), (70, 20)):
        opened = call(case(PLAN, customer={"age": age}))
        for said in lines:
            turn = opened.say(said)
            assert seconds(turn) <= longest, opened.text
            assert opened.text.endswith("？" if turn.action == "speak" else "。")
            if turn.action != "speak":
                break


def test_who_may_not_be_called_is_not(turn_desk: TurnDesk, ruling: Ruling) -> None:
    since = datetime(2026, 11, 1, tzinfo=UTC)
    closed = Closure(Kept.OPT_OUT, Scope.MARKETING, since, since, "call")
    closures = Closures({Kept.OPT_OUT: closed})
    opened = Call(turn_desk, ruling, SALE, closures)
    assert (opened.last.action, opened.last.script) == ("do_not_call", None)
    assert [finding.rule for finding in opened.last.verdict.findings] == ["gate.opted_out"]


def test_the_same_transcript_gets_the_same_words(call: OpenCall) -> None:
    said = [[turn.script for turn in (call(DEBT).say("你哪位"), call(DEBT).say("我是"))] for _ in range(2)]
    assert said[0] == said[1]


@pytest.mark.parametrize("of", [PLAN, case(BILL, facts={"min_payment": "68.24"}), SALE])
@pytest.mark.parametrize("generation", list(Generation))
def test_every_intent_is_answered_by_something_that_may_be_said(
    of: dict[str, Any], generation: Generation, book: Book, call: OpenCall
) -> None:
    says = {intent.id: intent.label for intent in book.intents.values()}
    for label in says.values():
        for verified in (False, True):
            opened = call(case(of, customer={"generation": generation.value, "age": None}))
            if verified:
                opened.say("是我")
            if opened.last.action == "speak":
                turn = opened.say(label)
                assert turn.action in ("speak", "handoff", "end_call")
                assert turn.script is not None
                assert turn.verdict.may_be_said
