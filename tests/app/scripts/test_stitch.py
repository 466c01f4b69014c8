"""Stitching: order of segments, complements, the last question, slots, and what is said before verification."""

from dataclasses import replace
from math import inf
from typing import Any

import pytest

from app.approved.skeleton import slots_in
from app.approved.vocabulary import Vocabulary
from app.approved.wording import Wording
from app.scripts.stitch import Moment, StitchError, estimated_seconds, stitch
from guards.types import Channel, Generation, Group, Scenario, Stage
from tests.app.conftest import TakeOrder
from tests.app.examples import SPOKEN, bare_facts, script_request

ORDER = list(Stage)


@pytest.fixture(scope="session")
def moment(take: TakeOrder) -> Any:
    """Makes the moment of a request."""

    def make(scenario: Scenario = Scenario.ACQUISITION, **changes: Any) -> Moment:
        return take(script_request(scenario, **changes)).moment

    return make


@pytest.mark.parametrize("scenario", SPOKEN)
@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("generation", list(Generation))
def test_segments_stand_in_speaking_order(
    scenario: Scenario, channel: Channel, generation: Generation, moment: Any, wording: Wording
) -> None:
    where = moment(scenario, channel=channel.value, customer={"generation": generation.value})
    stages = [segment.stage for segment in stitch("正文。您看呢？", where, wording).segments]
    assert stages == sorted(stages, key=ORDER.index)
    assert stages[0] is Stage.OPEN
    assert stages.count(Stage.BODY) == 1
    assert Stage.VERIFY not in stages


@pytest.mark.parametrize("scenario", SPOKEN)
@pytest.mark.parametrize("generation", list(Generation))
def test_every_planned_slot_is_said_also_by_an_empty_body(
    scenario: Scenario, generation: Generation, moment: Any, wording: Wording
) -> None:
    where = moment(scenario, customer={"generation": generation.value})
    script = stitch("正文。", where, wording)
    (body,) = [segment for segment in script.segments if segment.stage is Stage.BODY]
    assert where.slots
    for slot in where.slots:
        assert where.fillings[slot].written in body.text
        assert where.fillings[slot].spoken in body.spoken


class TestComplements:
    def test_say_what_the_body_left_out_after_it(self, moment: Any, wording: Wording) -> None:
        where = moment(facts={"product": "应急贷", "annual_rate": "3.6", "credit_limit": "200000"})
        script = stitch("成本是{年化利率}。", where, wording)
        assert "成本是年化利率3.6%。最高可申请20万元。" in script.text

    def test_say_nothing_twice(self, moment: Any, wording: Wording) -> None:
        where = moment(facts=bare_facts(Scenario.ACQUISITION))
        script = stitch("成本是{年化利率}。", where, wording)
        assert script.text.count("3.6%") == 1

    def test_count_what_another_complement_said(self, moment: Any, wording: Wording) -> None:
        facts = {**bare_facts(Scenario.ACQUISITION), "free_interest_days": 30}
        script = stitch("正文。", moment(facts=facts), wording)
        assert "利息按年化利率3.6%算。" in script.text
        assert "前30天免息，之后按年化利率3.6%计息。" in script.text

    def test_come_before_the_question(self, moment: Any, wording: Wording) -> None:
        script = stitch("正文。您看呢？", moment(facts=bare_facts(Scenario.ACQUISITION)), wording)
        assert script.text.index("3.6%") < script.text.index("您看呢？")

    def test_say_nothing_that_was_not_planned(self, moment: Any, wording: Wording) -> None:
        where = replace(moment(), slots=())
        body = next(segment for segment in stitch("正文。", where, wording).segments if segment.stage is Stage.BODY)
        assert body.text == "正文。"


class TestTheLastQuestion:
    def test_is_asked_at_the_very_end(self, moment: Any, wording: Wording) -> None:
        script = stitch("成本是{年化利率}。您看合适吗？", moment(), wording)
        assert script.segments[-1].text == "您看合适吗？"
        assert script.segments[-1].stage is Stage.CLOSE
        assert script.segments[-1].interruptible
        assert script.text.count("您看合适吗？") == 1

    def test_is_the_only_one_that_moves(self, moment: Any, wording: Wording) -> None:
        script = stitch("最近用得上吗？成本是{年化利率}。您看合适吗？", moment(), wording)
        (body,) = [segment for segment in script.segments if segment.stage is Stage.BODY]
        assert body.text.startswith("最近用得上吗？")
        assert script.segments[-1].text == "您看合适吗？"

    def test_stays_when_it_is_the_whole_body(self, moment: Any, wording: Wording) -> None:
        script = stitch("成本是{年化利率}，您看合适吗？", moment(), wording)
        (body,) = [segment for segment in script.segments if segment.stage is Stage.BODY]
        assert body.text.startswith("成本是")
        assert "？" not in script.segments[-1].text

    def test_is_filled(self, moment: Any, wording: Wording) -> None:
        script = stitch("正文。{产品名}您想了解吗？", moment(), wording)
        assert script.segments[-1].text == "应急贷您想了解吗？"

    def test_stays_where_it_was_written_in_a_short_message(self, moment: Any, wording: Wording) -> None:
        script = stitch("成本是{年化利率}。您看合适吗？", moment(channel="sms"), wording)
        assert "成本是单利年化利率3.6%。您看合适吗？" in script.text
        assert script.text.endswith("拒收请回复R")


class TestSlots:
    def test_are_filled_as_written_and_as_spoken(self, moment: Any, wording: Wording) -> None:
        script = stitch("最高可申请{额度上限}。", moment(), wording)
        assert "最高可申请20万元。" in script.text
        assert "最高可申请二十万元。" in script.spoken
        assert slots_in(script.text + script.spoken) == []

    def test_that_nothing_fills_are_named(self, moment: Any, wording: Wording) -> None:
        with pytest.raises(StitchError, match="额度上限"):
            stitch("最高可申请{额度上限}。", moment(facts=bare_facts(Scenario.ACQUISITION)), wording)

    def test_are_not_filled_twice(self, moment: Any, wording: Wording) -> None:
        where = moment()
        filling = replace(where.fillings["产品名"], written="{额度上限}", spoken="{额度上限}")
        script = stitch("看看{产品名}。", replace(where, fillings={**where.fillings, "产品名": filling}), wording)
        assert "看看{额度上限}。" in script.text


class TestBeforeVerification:
    @pytest.mark.parametrize("scenario", [name for name in SPOKEN if name.group is not Group.MARKETING])
    @pytest.mark.parametrize("channel", list(Channel))
    @pytest.mark.parametrize("generation", list(Generation))
    def test_only_opening_and_verification(
        self, scenario: Scenario, channel: Channel, generation: Generation, moment: Any, wording: Wording
    ) -> None:
        where = moment(
            scenario,
            channel=channel.value,
            callee={"identity_verified": False},
            customer={"generation": generation.value},
        )
        script = stitch("", where, wording)
        assert [segment.stage for segment in script.segments] == [Stage.OPEN, Stage.VERIFY]
        assert "1234" not in script.text

    def test_an_answer_takes_the_place_of_the_opening(self, moment: Any, wording: Wording) -> None:
        where = moment(Scenario.COLLECTION_M1, callee={"identity_verified": False})
        script = stitch("是的，我是{来电方}，通话会录音。", where, wording)
        assert script.text == "是的，我是示例消费金融有限公司的智能语音助手，通话会录音。请问您是张先生本人吗？"
        waived = stitch("您先忙，我是{来电方}。", replace(where, asks_identity=False), wording)
        assert [segment.stage for segment in waived.segments] == [Stage.OPEN]

    def test_marketing_needs_none(self, moment: Any, wording: Wording) -> None:
        script = stitch("正文。", moment(callee={"identity_verified": False}), wording)
        assert Stage.BODY in {segment.stage for segment in script.segments}


class TestConditions:
    @pytest.mark.parametrize(
        ("fees", "said"),
        [("0", "除利息外，不收其他费用"), ("20.5", "另有20.5元的费用"), (None, "综合融资成本看借款页面")],
    )
    def test_fees(self, fees: str | None, said: str, moment: Any, wording: Wording) -> None:
        facts = {**bare_facts(Scenario.ACQUISITION), "fees": fees}
        assert said in stitch("正文。", moment(facts=facts), wording).text

    def test_a_name_is_spoken_when_there_is_one(self, moment: Any, wording: Wording) -> None:
        assert stitch("正文。", moment(), wording).text.startswith("张先生您好，")
        assert stitch("正文。", moment(customer={"surname": None}), wording).text.startswith("您好，")

    @pytest.mark.parametrize("scenario", SPOKEN)
    def test_key_points_are_repeated_to_the_old(self, scenario: Scenario, moment: Any, wording: Wording) -> None:
        for generation in Generation:
            where = replace(moment(scenario, customer={"generation": generation.value}), longest_seconds=inf)
            repeats = "再说一遍" in stitch("正文。", where, wording).text
            assert repeats is (generation is Generation.SENIOR)

    @pytest.mark.parametrize("scenario", SPOKEN)
    def test_nothing_is_repeated_where_there_is_no_time_for_it(
        self, scenario: Scenario, moment: Any, wording: Wording
    ) -> None:
        where = moment(scenario, customer={"generation": "senior"})
        whole = stitch("正文。", replace(where, longest_seconds=inf), wording)
        seconds = estimated_seconds(whole.spoken, where.speech_rate)
        assert stitch("正文。", replace(where, longest_seconds=seconds), wording) == whole
        shorter = stitch("正文。", replace(where, longest_seconds=seconds - 0.1), wording)
        (left_out,) = [segment for segment in whole.segments if segment not in shorter.segments]
        assert left_out.text.startswith("再说一遍")

    @pytest.mark.parametrize("scenario", SPOKEN)
    @pytest.mark.parametrize("channel", list(Channel))
    def test_nothing_is_repeated_that_the_others_are_not_told(
        self, scenario: Scenario, channel: Channel, moment: Any, vocabulary: Vocabulary, wording: Wording
    ) -> None:
        for tag in vocabulary.tags:
            told = set()
            for generation in Generation:
                where = moment(
                    scenario, channel=channel.value, customer={"generation": generation.value, "tags": [tag]}
                )
                text = stitch("正文。", where, wording).text
                told.add(frozenset(slot for slot, filling in where.fillings.items() if filling.written in text))
            assert len(told) == 1, (tag, told)

    def test_the_institution_is_named_in_full(self, moment: Any, wording: Wording) -> None:
        for scenario in SPOKEN:
            for channel in Channel:
                for verified in (False, True):
                    callee = {"role": "debtor", "identity_verified": verified}
                    where = moment(scenario, channel=channel.value, callee=callee)
                    continues = verified and channel is not Channel.SMS and scenario.group is not Group.MARKETING
                    first = stitch("", where, wording).segments[0].text
                    assert (wording.institution.full_name in first) is not continues

    def test_who_has_said_who_he_is_is_not_told_again_who_calls(self, moment: Any, wording: Wording) -> None:
        for scenario in (Scenario.BILL_REMINDER, Scenario.COLLECTION_M1, Scenario.COLLECTION_M2):
            for channel in (Channel.AI_VOICE, Channel.HUMAN_AGENT):
                said = stitch("正文。", moment(scenario, channel=channel.value), wording).text
                assert said.startswith("谢谢您")
                assert not any(word in said for word in ("智能语音助手", "我是", "录音"))

    def test_required_segments_are_marked(self, moment: Any, wording: Wording) -> None:
        script = stitch("正文。您看呢？", moment(), wording)
        for segment in script.segments:
            free = segment.stage is Stage.BODY or segment.text == "您看呢？"
            assert segment.required is not free


@pytest.mark.parametrize(
    ("spoken", "rate", "seconds"),
    [("", 1.0, 0.0), ("您好您好您好您好您", 1.0, 2.0), ("您好，您好。", 1.0, 1.6), ("您好您好您好您好您", 0.8, 2.5)],
)
def test_estimated_seconds(spoken: str, rate: float, seconds: float) -> None:
    assert estimated_seconds(spoken, rate) == seconds
