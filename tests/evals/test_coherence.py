"""What a rule sees of incoherence in a whole script: scripts as they are spoken, and the sentence that is wrong."""

from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.approved.skeleton import slots_in
from app.approved.vocabulary import REPLY, Vocabulary, read_vocabulary
from app.approved.wording import Wording, read_wording
from app.scripts.intake import take_order
from app.scripts.stitch import stitch
from app.settings import ROOT
from evals.coherence import Fault, faults
from evals.moments import Moments

PROMPTS: Path = ROOT / "prompts"
M1, M2, BILL, NEW, OLD = "collection_m1", "collection_m2", "bill_reminder", "acquisition", "activation"
NEVER = {
    "forgot_overdue": ["没钱", "手头紧"],
    "unemployed": ["工资到账", "发工资"],
    "paid_off": ["还没还清"],
    "autopay_on": ["自己动手还", "记得去还"],
}


def only(name: str, sentence: str) -> list[Fault]:
    """One fault and no other."""
    return [Fault(name, sentence)]


@pytest.mark.parametrize(
    ("scenario", "script", "sentence"),
    [
        (
            M1,
            "谢谢您，余先生。还款这一块，可以申请分期，结果看审核。应还1680元，11月9日到期。",
            "还款这一块，可以申请分期，结果看审核。",
        ),
        (
            M1,
            (
                "谢谢您，王女士。最近手头紧，咱们都体谅。可以申请延期三期，批不批看审核。"
                "这期账单1680元，11月9日到期。您看哪天方便？"
            ),
            "可以申请延期三期，批不批看审核。",
        ),
        (
            M1,
            "谢谢您的确认。日子难的时候，先还一部分也行，余下照合同计息。应还926.4元，到期日是11月3日。还款走官方APP。",
            "日子难的时候，先还一部分也行，余下照合同计息。",
        ),
        (
            M2,
            "谢谢您，周先生。您别着急，最低还款是320元，先还上这些也好。整笔是4210元，10月15日到期。您打算哪天处理？",
            "您别着急，最低还款是320元，先还上这些也好。",
        ),
        (
            M2,
            "谢谢您，李阿姨。家里有事我们知道，减免也能申请，要等审核。账上还有2300元没还，10月8日就到期了。",
            "家里有事我们知道，减免也能申请，要等审核。",
        ),
        (
            M1,
            "谢谢您，陈师傅。想分开来还，可以提申请，结果看审核，这笔是11月12日到期的1500元。您看改到哪天？",
            "想分开来还，可以提申请，结果看审核，这笔是11月12日到期的1500元。",
        ),
    ],
)
def test_a_remedy_before_the_matter(scenario: str, script: str, sentence: str) -> None:
    assert faults(script, scenario, "soothe_and_plan") == only("remedy_before_matter", sentence)


@pytest.mark.parametrize(
    ("scenario", "strategy", "script"),
    [
        (M1, "plan_plain", "谢谢您，王女士。这期账单1680元，11月9日到期。可以申请延期，批不批看审核。您看哪天方便？"),
        (M2, "soothe_and_plan", "谢谢您，周先生。10月15日到期的那笔4210元，可以先还最低还款320元，余下照合同计息。"),
        (M1, "reply", "谢谢您，赵先生。您问的延期，可以申请，过不过看审核。您要是愿意，现在就转人工给您办。"),
        (
            M1,
            "soothe_and_plan",
            "谢谢您，林女士。您之前问过延期的事，我记得。应还926.4元，到期日是11月3日。延期可以申请。",
        ),
        (
            M2,
            "plan_plain",
            "谢谢您，孙叔叔。这笔不能申请分期，先跟您说实话。应还800元，10月20日到期。有难处跟专员商量。",
        ),
        (BILL, "remind_caring", "谢谢您，何女士。手头紧可以先还最低还款100元。这期应还2000元，11月25日到期。"),
        (M1, "plan_plain", "谢谢您，马先生。您已经还上一部分，多谢您。剩下的是600元，11月6日到期。您看哪天还上？"),
        (M2, "plan_plain", "谢谢您，花女士。工资晚了还先还一部分，谢谢您。剩下的是1200元，10月9日到期。"),
    ],
)
def test_no_remedy_before_the_matter(scenario: str, strategy: str, script: str) -> None:
    assert faults(script, scenario, strategy) == []


@pytest.mark.parametrize(
    ("scenario", "script", "sentence"),
    [
        (
            NEW,
            "吴先生您好。您想先听利息还是额度？应急贷的年化利率是7.2%，最高可申请5万元。请理性借贷。",
            "您想先听利息还是额度？",
        ),
        (
            BILL,
            "谢谢您，何女士。这样说您听得清吗？本期应还415.2元，11月26日到期。有疑问，您说转人工。",
            "这样说您听得清吗？",
        ),
        (
            M1,
            "谢谢您，赵先生。11月2日到期的1500元还没到账。您看哪天能还？还款走官方APP。我们不会要您的密码。",
            "您看哪天能还？",
        ),
        (
            OLD,
            "郑女士您好。好久没联系了，最近还好吗？您的备用金还留着，利息按年化利率6.9%算。您想了解哪项？",
            "好久没联系了，最近还好吗？",
        ),
    ],
)
def test_a_question_before_the_end(scenario: str, script: str, sentence: str) -> None:
    assert faults(script, scenario) == only("question_before_end", sentence)


@pytest.mark.parametrize(
    ("scenario", "script"),
    [
        (NEW, "吴先生您好。应急贷的年化利率是7.2%，最高可申请5万元。请理性借贷。您想先听利息还是额度？"),
        (BILL, "您好，我是示例消费金融的智能语音助手，本次通话会录音。有重要事项要跟您本人说。请问您是何女士本人吗？"),
        (M1, "谢谢您，赵先生。11月2日到期的1500元还没到账。您看哪天能还，跟我说一声。还款走官方APP。"),
        (OLD, "郑女士您好。您问过能不能早还，这个看合同。备用金按年化利率6.9%算。用不用，您慢慢想。"),
        (BILL, "【示例消费金融】张先生您好，本期应还415.2元，11月26日到期，还款请走官方APP。拒收请回复R"),
    ],
)
def test_no_question_before_the_end(scenario: str, script: str) -> None:
    assert faults(script, scenario) == []


@pytest.mark.parametrize(
    ("scenario", "script", "sentence"),
    [
        (BILL, "谢谢您，钱女士。还款走官方APP。这期要还860元，12月1日到期。还款走官方APP。", "还款走官方APP。"),
        (
            M1,
            (
                "谢谢您，冯先生。这期账单1200元，11月8日到期。手头紧就说，难处可以跟专员商量。"
                "手头紧您就说，难处可以跟专员商量。"
            ),
            "手头紧您就说，难处可以跟专员商量。",
        ),
        (
            NEW,
            "卫女士您好。应急贷的利息是年化利率9%。请理性借贷。额度和利率以审批和合同为准。请理性借贷。",
            "请理性借贷。",
        ),
        (
            OLD,
            (
                "蒋先生您好。备用金的利息是年化利率8.4%。前30天免息，之后按年化利率8.4%计息。"
                "头30天免息，之后按年化利率8.4%计息。"
            ),
            "头30天免息，之后按年化利率8.4%计息。",
        ),
        (
            M2,
            "谢谢您，沈阿姨。账上还有2300元没还，10月8日到期。您别有负担，慢慢来。您别有负担，慢慢来！",
            "您别有负担，慢慢来！",
        ),
    ],
)
def test_a_sentence_said_twice(scenario: str, script: str, sentence: str) -> None:
    assert faults(script, scenario) == only("says_twice", sentence)


@pytest.mark.parametrize(
    ("scenario", "script"),
    [
        (BILL, "谢谢您，韩大爷。这期要还860元，12月1日到期。还款走官方APP。再说一遍，要还860元，12月1日到期。"),
        (NEW, "杨阿姨，您好。借钱的利息，是年化利率9%。请理性借贷。我再说一遍，利息是年化利率9%。"),
        (M1, "谢谢您，朱先生。应还1200元。11月8日到期。有难处，您可以跟专员商量。还款上有疑问，您也可以问专员。"),
        (OLD, "秦女士您好。备用金的利息是年化利率8.4%。最高可申请3万元。最长可分12期。您慢慢看。您想了解哪项？"),
        (
            M2,
            (
                "谢谢您，许先生。账上是2300元，10月8日到期。可以申请延期，结果看审核。"
                "也可以申请减免，要交困难证明，过不过看审核。"
            ),
        ),
    ],
)
def test_nothing_said_twice(scenario: str, script: str) -> None:
    assert faults(script, scenario) == []


@pytest.mark.parametrize(
    ("scenario", "script", "sentence"),
    [
        (
            BILL,
            "谢谢您，何先生。您不想听，我就不说了。本期应还760元，11月24日到期。还款走官方APP。",
            "您不想听，我就不说了。",
        ),
        (
            M1,
            "谢谢您，吕女士。店里有客人您先招呼，我等您。11月5日到期的账单是1350元，还没收到。",
            "店里有客人您先招呼，我等您。",
        ),
        (
            NEW,
            "施先生您好。您在开会，我就不打扰您了。应急贷最高可申请5万元，利息按年化利率7.2%算。",
            "您在开会，我就不打扰您了。",
        ),
        (
            M2,
            "谢谢您，张叔叔。您心里烦，这会儿先不说了，您消消气。账上的4210元，10月15日就到期了。",
            "您心里烦，这会儿先不说了，您消消气。",
        ),
        (
            OLD,
            "孔女士您好。等您忙完农活再讲，地里要紧。您的备用金利息降了，现在是年化利率6.9%。",
            "等您忙完农活再讲，地里要紧。",
        ),
        (
            OLD,
            "曹先生您好。知道您路上赶，不多说了，安安贷现在可以分12期。到了再看。",
            "知道您路上赶，不多说了，安安贷现在可以分12期。",
        ),
        (NEW, "严女士您好。您手上有活，那我先挂了。应急贷这个产品，您得空看看。", "您手上有活，那我先挂了。"),
    ],
)
def test_an_announcement_that_is_not_kept(scenario: str, script: str, sentence: str) -> None:
    assert faults(script, scenario) == only("announces_and_does_not", sentence)


@pytest.mark.parametrize(
    ("scenario", "script"),
    [
        (BILL, "谢谢您，何先生。这会儿不多说，只讲账单，本期应还760元，11月24日到期。还款走官方APP。"),
        (M1, "谢谢您，吕女士。先不说别的，希望您和家里都平安。11月5日到期的账单是1350元，您知道就好。"),
        (NEW, "施先生您好。应急贷的利息是年化利率7.2%。用不用您自己定，我就不多说了。请理性借贷。找人工，您说转人工。"),
        (M2, "谢谢您，张叔叔。明白，您这会儿忙，我先不说了。具体的金额和日期，以账单为准。官方客服热线4000000000。"),
        (M1, "谢谢您，金女士。您不放心，可以先挂电话，自己打官方客服热线问。11月5日到期的账单是1350元，热线上查得到。"),
        (BILL, "谢谢您，魏先生。您是老客户，客气话不多说了，直接讲账单。本期应还760元，11月24日到期。"),
        (M2, "谢谢您，陶女士。之前的就不说了，咱们定个准些的日子。账上是4210元，10月15日到期。您看哪天？"),
        (M1, "谢谢您，谈先生。您先忙家里，这会儿先不打扰。过两天再跟您联系，别急。官方客服热线4000000000。"),
        (OLD, "姜女士您好。备用金的利息是年化利率6.9%。是现在说说怎么分期，还是等您空下来再说？"),
    ],
)
def test_an_announcement_that_is_kept_or_is_none(scenario: str, script: str) -> None:
    assert faults(script, scenario) == []


@pytest.mark.parametrize(
    ("scenario", "script", "sentence"),
    [
        (NEW, "张先生您好。开车要紧，这会儿不跟您说事。不多打扰您了。您定个方便的时间好吗？", "您定个方便的时间好吗？"),
        (OLD, "戚女士您好。打扰了，那我先挂。您是上午有空，还是傍晚有空？", "您是上午有空，还是傍晚有空？"),
        (NEW, "谢先生您好。认错人了，给您赔个不是，再见。您方便说说这号码是谁的吗？", "您方便说说这号码是谁的吗？"),
        (
            M1,
            "谢谢您，邹女士。您的意思我记下了，今天先说到这儿。官方客服热线4000000000。改天联系，您看行吗？",
            "改天联系，您看行吗？",
        ),
        (OLD, "喻先生您好。那就再见，下回什么时候给您打合适？", "那就再见，下回什么时候给您打合适？"),
    ],
)
def test_a_question_after_the_leave(scenario: str, script: str, sentence: str) -> None:
    assert faults(script, scenario, REPLY) == only("hangs_up_and_asks", sentence)


@pytest.mark.parametrize(
    ("scenario", "script"),
    [
        (NEW, "张先生您好。开车要紧，这会儿不跟您说事。什么时候方便接电话？"),
        (OLD, "戚女士您好。明白，用不上就不用。谢谢您接听，不多打扰您了。"),
        (NEW, "谢先生您好。实在抱歉，号码有误，我登记好了。您多保重，再见。"),
        (M1, "谢谢您，柏女士。谨慎点好，您先挂掉，自己打官方客服热线问问。问明白了再说，好不好？"),
        (M2, "谢谢您，金女士。不放心是对的。先挂了，自己打官方客服热线问。问清楚了，再谈行不行？"),
        (BILL, "谢谢您，水先生。谢谢您听我说到这里。本期应还760元，11月24日到期。您看哪天方便？"),
        (BILL, "谢谢您，窦女士。本期应还415元，11月24日到期。往后什么时间打给您不打扰？"),
    ],
)
def test_no_question_after_the_leave(scenario: str, script: str) -> None:
    assert faults(script, scenario, REPLY) == []


@pytest.mark.parametrize(
    ("scenario", "tags", "script", "sentence"),
    [
        (
            M1,
            ["forgot_overdue"],
            "谢谢您，章先生。您多半是没钱还，别急。应还900元，11月1日到期。",
            "您多半是没钱还，别急。",
        ),
        (
            M2,
            ["anxious", "unemployed"],
            "谢谢您，云女士。账上是4210元，10月15日到期。等工资到账了，您再还。",
            "等工资到账了，您再还。",
        ),
        (
            OLD,
            ["paid_off"],
            "苏先生您好。您上一笔还没还清，也能看看备用金，年化利率6.9%。",
            "您上一笔还没还清，也能看看备用金，年化利率6.9%。",
        ),
        (BILL, ["autopay_on"], "谢谢您，潘女士。本期应还760元，11月24日到期。到日子您记得去还。", "到日子您记得去还。"),
    ],
)
def test_a_tag_contradicted(scenario: str, tags: list[str], script: str, sentence: str) -> None:
    assert faults(script, scenario, None, tags, NEVER) == only("contradicts_tag", sentence)


@pytest.mark.parametrize(
    ("scenario", "tags", "script"),
    [
        (M1, ["forgot_overdue"], "谢谢您，章先生。多半是忙忘了。应还900元，11月1日到期。您看今天方便吗？"),
        (M1, ["no_money"], "谢谢您，葛先生。眼下没钱还，谁心里都不好受。应还900元，11月1日到期。"),
        (M2, [], "谢谢您，云女士。账上是4210元，10月15日到期。等工资到账了，您再还。"),
        (BILL, ["autopay_on"], "谢谢您，潘女士。本期应还760元，11月24日自动扣，卡里留足就行。"),
        (OLD, ["没有这个标签"], "苏先生您好。您上一笔还没还清，也能看看备用金，年化利率6.9%。"),
    ],
)
def test_no_tag_contradicted(scenario: str, tags: list[str], script: str) -> None:
    assert faults(script, scenario, None, tags, NEVER) == []


@pytest.mark.parametrize(
    ("scenario", "script", "sentence"),
    [
        (
            NEW,
            "您好，我是示例消费金融的智能语音助手，通话会录音。您问得对，我是语音助手，不是真人。利息是年化利率9%。",
            "您问得对，我是语音助手，不是真人。",
        ),
        (
            BILL,
            "您好，本次通话会录音。这期应还760元，11月24日到期。提醒您一声，这通电话全程录音。通话会录音，您放心。",
            "通话会录音，您放心。",
        ),
        (
            M1,
            (
                "谢谢您。我是示例消费金融的语音助手，应还900元，11月1日到期。有难处就说。"
                "我的确是示例消费金融的语音助手，专门对账的。"
            ),
            "我的确是示例消费金融的语音助手，专门对账的。",
        ),
        (
            OLD,
            "范先生，您好。我是示例消费金融的智能语音助手。本次通话会录音。年化利率6.9%。放心，本次通话是录音的。",
            "放心，本次通话是录音的。",
        ),
    ],
)
def test_an_introduction_made_twice(scenario: str, script: str, sentence: str) -> None:
    assert faults(script, scenario) == only("introduces_twice", sentence)


@pytest.mark.parametrize(
    ("scenario", "script"),
    [
        (NEW, "您好，我是示例消费金融的智能语音助手，这是营销来电，通话会录音。利息是年化利率9%。您想了解哪项？"),
        (M1, "谢谢您，彭女士。您问得对，我是语音助手。应还900元，11月1日到期。想找真人，您说转人工。"),
        (OLD, "您好，我是示例消费金融的客服，本次通话会录音。我是想跟您说说备用金，利息是年化利率6.9%。"),
        (BILL, "谢谢您，郎先生。语音助手说得慢些，您别急。本期应还760元，11月24日到期。录音里都有，您放心。"),
    ],
)
def test_an_introduction_made_once(scenario: str, script: str) -> None:
    assert faults(script, scenario) == []


def test_every_fault_of_a_script_is_named_and_nothing_is_wrong_with_silence() -> None:
    script = "谢谢您。可以申请延期。您看行吗？不打扰您了。应还900元，11月1日到期。您看行吗？"
    assert [fault.name for fault in faults(script, M1)] == [
        "remedy_before_matter",
        "question_before_end",
        "says_twice",
        "announces_and_does_not",
        "hangs_up_and_asks",
    ]
    assert faults("", M1) == []


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """The shipped vocabulary."""
    return read_vocabulary(PROMPTS)


@pytest.fixture(scope="module")
def wording(vocabulary: Vocabulary) -> Wording:
    """The shipped wording."""
    return read_wording(PROMPTS, vocabulary)


@given(seed=st.integers(0, 10_000), place=st.integers(1, 40))
@settings(deadline=None)
def test_approved_bodies_hang_together_in_every_moment(
    vocabulary: Vocabulary, wording: Wording, seed: int, place: int
) -> None:
    """Bodies that a person approved, with all that stands around them, whatever the facts and tags of the moment."""
    *_, request = Moments(vocabulary, wording).of_any_kind(place, seed)
    moment = (order := take_order(request, vocabulary, wording)).moment
    strategy = order.plan.brief.strategy
    bodies = [
        body.text
        for body in wording.fallbacks[moment.scenario, moment.generation]
        if body.replies is (strategy == REPLY)
        and not body.message
        and set(body.offers) <= set(request.facts.get("offers", []))
        and set(slots_in(body.text)) <= moment.fillings.keys()
    ]
    assume(bodies)
    script = stitch(bodies[seed % len(bodies)], moment, wording)
    tags = [tag.id for _, tag in order.tags]
    assert faults(script.text, request.scenario, strategy, tags, NEVER) == []
