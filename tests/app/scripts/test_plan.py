"""The plan: facts and tags decide what is said, generation and strategy only how."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.approved.vocabulary import REPLY, Vocabulary
from app.scripts.plan import Plan, make_plan
from guards.types import Channel, Generation, Group, Scenario
from tests.app.conftest import Shipped, TakeOrder
from tests.app.examples import SPOKEN, bare_facts, script_request

OFFERS = ("deferral", "instalment", "waiver")
MARKETING = ("年化利率", "月还款", "额度上限", "审批时长", "首贷优惠", "免息天数", "活动截止", "期数", "月利率", "名额")
DEBT = ("应还金额", "到期日", "最低还款", "逾期天数", "卡尾号", "延期期数", "还款渠道", "产品名")


def planned(
    vocabulary: Vocabulary,
    scenario: Scenario,
    available: Sequence[str],
    tags: Sequence[str] = (),
    *,
    generation: Generation = Generation.YOUNG,
    offers: Sequence[str] = (),
    strategy: str | None = None,
    channel: Channel = Channel.AI_VOICE,
) -> Plan:
    """A plan for slots and tag ids."""
    known = [vocabulary.tags[tag] for tag in tags]
    profile = vocabulary.scenarios[scenario]
    return make_plan(profile, generation, known, available, offers, strategy, vocabulary, channel)


@given(draw=st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("scenario", SPOKEN)
def test_the_generation_changes_neither_slots_nor_offer(
    draw: st.DataObject, scenario: Scenario, shipped: Shipped
) -> None:
    """Invariant 4."""
    vocabulary = shipped.vocabulary
    available = draw.draw(st.lists(st.sampled_from(sorted(vocabulary.slots)), unique=True))
    known = sorted(tag.id for tag in vocabulary.tags.values() if REPLY not in tag.strategies)
    tags = draw.draw(st.lists(st.sampled_from(known), unique=True, max_size=8))
    offers = draw.draw(st.lists(st.sampled_from(OFFERS), unique=True))
    # A reply says less than any other strategy, whoever is spoken to: it is asked for by name or by what was said.
    strategies = [None, *(strategy for strategy in vocabulary.strategies_for(scenario) if strategy != REPLY)]
    plans = [
        planned(
            vocabulary,
            scenario,
            available,
            tags,
            generation=generation,
            offers=offers,
            strategy=draw.draw(st.sampled_from(strategies)),
        ).brief
        for generation in Generation
    ]
    assert len({(brief.slots, brief.optional_slots, brief.offer, brief.tags) for brief in plans}) == 1
    (first, *_) = plans
    assert set(first.slots) <= set(available)
    assert len(set(first.slots)) == len(first.slots)
    assert first.offer is None or first.offer in offers
    assert first.offer is None or scenario.group is Group.COLLECTION
    assert len(first.tags) <= 2
    assert all(scenario in vocabulary.tags[tag].scenarios and vocabulary.tags[tag].speaks for tag in first.tags)


class TestSlots:
    def test_the_annual_rate_comes_first_in_marketing(self, vocabulary: Vocabulary) -> None:
        brief = planned(vocabulary, Scenario.ACQUISITION, MARKETING).brief
        assert brief.slots == ("年化利率", "月还款", "额度上限")

    @pytest.mark.parametrize(
        ("tag", "slot"),
        [("limited_places", "名额"), ("free_interest_eligible", "免息天数"), ("campaign_target", "活动截止")],
    )
    def test_a_tag_brings_its_slots_forward(self, tag: str, slot: str, vocabulary: Vocabulary) -> None:
        assert slot not in planned(vocabulary, Scenario.ACQUISITION, MARKETING).brief.slots
        brought = planned(vocabulary, Scenario.ACQUISITION, MARKETING, [tag]).brief.slots
        assert brought[:2] == ("年化利率", "月还款")
        assert brought[2] == slot
        assert len(brought) == 3

    def test_a_tag_brings_nothing_that_no_fact_fills(self, vocabulary: Vocabulary) -> None:
        slots = planned(vocabulary, Scenario.ACQUISITION, ["年化利率"], ["limited_places"]).brief.slots
        assert slots == ("年化利率",)

    def test_a_tag_of_another_scenario_changes_nothing(self, vocabulary: Vocabulary) -> None:
        with_tag = planned(vocabulary, Scenario.ACQUISITION, MARKETING, ["broken_promise", "autopay_on"])
        assert with_tag == planned(vocabulary, Scenario.ACQUISITION, MARKETING)

    def test_a_short_call_has_two(self, vocabulary: Vocabulary) -> None:
        assert len(planned(vocabulary, Scenario.ACQUISITION, MARKETING, ["wants_brief"]).brief.slots) == 2

    @pytest.mark.parametrize("tags", [[], ["wants_brief"], ["no_money"], ["autopay_failed", "wants_brief"]])
    def test_amount_and_day_are_never_left_out(self, tags: list[str], vocabulary: Vocabulary) -> None:
        for scenario in (Scenario.BILL_REMINDER, Scenario.COLLECTION_M1):
            slots = planned(vocabulary, scenario, DEBT, tags, offers=OFFERS).brief.slots
            assert {"应还金额", "到期日"} <= set(slots)

    def test_the_card_is_named_only_when_a_tag_asks(self, vocabulary: Vocabulary) -> None:
        assert "卡尾号" not in planned(vocabulary, Scenario.BILL_REMINDER, DEBT).brief.slots
        assert "卡尾号" in planned(vocabulary, Scenario.BILL_REMINDER, DEBT, ["card_changed"]).brief.slots

    @pytest.mark.parametrize("tag", ["paid_off", "brand_loyal"])
    def test_a_first_loan_is_no_offer_to_who_has_borrowed(self, tag: str, vocabulary: Vocabulary) -> None:
        slots = ("年化利率", "首贷优惠")
        assert "首贷优惠" in planned(vocabulary, Scenario.ACTIVATION, slots).brief.slots
        plan = planned(vocabulary, Scenario.ACTIVATION, slots, [tag])
        assert "首贷优惠" not in (*plan.slots, *plan.brief.allowed_slots)

    def test_product_and_channel_are_optional(self, vocabulary: Vocabulary) -> None:
        brief = planned(vocabulary, Scenario.BILL_REMINDER, DEBT).brief
        assert brief.optional_slots == ("产品名", "还款渠道")
        assert planned(vocabulary, Scenario.BILL_REMINDER, ["应还金额"]).brief.optional_slots == ()


class TestOffers:
    def test_none_without_one_being_given(self, vocabulary: Vocabulary) -> None:
        brief = planned(vocabulary, Scenario.COLLECTION_M1, DEBT, ["asked_deferral", "no_money"]).brief
        assert brief.offer is None
        assert "延期期数" not in brief.slots

    def test_the_first_that_is_given(self, vocabulary: Vocabulary) -> None:
        assert planned(vocabulary, Scenario.COLLECTION_M1, DEBT, offers=["waiver", "deferral"]).brief.offer == "waiver"

    def test_the_one_that_the_customer_asked_about(self, vocabulary: Vocabulary) -> None:
        for tag, offer in (("asked_instalment", "instalment"), ("asked_deferral", "deferral")):
            assert planned(vocabulary, Scenario.COLLECTION_M1, DEBT, [tag], offers=OFFERS).brief.offer == offer

    def test_asked_about_but_not_given_is_not_spoken_of(self, vocabulary: Vocabulary) -> None:
        brief = planned(vocabulary, Scenario.COLLECTION_M1, DEBT, ["asked_deferral"], offers=["waiver"]).brief
        assert brief.offer == "waiver"

    def test_a_deferral_says_how_long(self, vocabulary: Vocabulary) -> None:
        assert "延期期数" in planned(vocabulary, Scenario.COLLECTION_M1, DEBT, offers=["deferral"]).brief.slots
        assert "延期期数" not in planned(vocabulary, Scenario.COLLECTION_M1, DEBT, offers=["waiver"]).brief.slots

    def test_only_in_collection(self, vocabulary: Vocabulary) -> None:
        assert planned(vocabulary, Scenario.BILL_REMINDER, DEBT, offers=OFFERS).brief.offer is None


class TestStrategy:
    @pytest.mark.parametrize("generation", list(Generation))
    @pytest.mark.parametrize("scenario", SPOKEN)
    def test_is_the_generations_own_without_tags(
        self, scenario: Scenario, generation: Generation, vocabulary: Vocabulary
    ) -> None:
        brief = planned(vocabulary, scenario, MARKETING + DEBT, generation=generation).brief
        assert brief.strategy == vocabulary.scenarios[scenario].default_strategy[generation]

    def test_is_the_first_that_a_tag_prefers(self, vocabulary: Vocabulary) -> None:
        tags = ["new_parent", "home_renovation", "urgent_need"]
        assert planned(vocabulary, Scenario.ACQUISITION, MARKETING, tags).brief.strategy == "speed_first"

    @pytest.mark.parametrize("said", ["said_stop_calling", "said_no_need", "said_wrong_number", "said_busy"])
    def test_answers_who_has_just_refused_whatever_else_is_known(self, said: str, vocabulary: Vocabulary) -> None:
        for tags in (["asked_rate", "urgent_need", said], [said, "asked_rate"]):
            brief = planned(vocabulary, Scenario.ACQUISITION, MARKETING, tags).brief
            assert (brief.strategy, brief.tags, brief.slots) == ("reply", (said,), ())

    def test_is_not_one_whose_facts_are_missing(self, vocabulary: Vocabulary) -> None:
        tags = ["urgent_need", "asked_rate"]
        assert planned(vocabulary, Scenario.ACQUISITION, ["年化利率"], tags).brief.strategy == "rate_first"

    def test_is_not_one_of_another_scenario(self, vocabulary: Vocabulary) -> None:
        brief = planned(vocabulary, Scenario.COLLECTION_M1, DEBT, ["no_money"]).brief
        assert brief.strategy == "soothe_and_plan"

    def test_that_is_asked_for_goes_first(self, vocabulary: Vocabulary) -> None:
        brief = planned(vocabulary, Scenario.ACQUISITION, MARKETING, ["asked_rate"], strategy="plain_talk").brief
        assert brief.strategy == "plain_talk"


class TestDelivery:
    @pytest.mark.parametrize("generation", list(Generation))
    def test_is_the_generations_own(self, generation: Generation, vocabulary: Vocabulary) -> None:
        delivery = planned(vocabulary, Scenario.ACQUISITION, MARKETING, generation=generation).delivery
        profile = vocabulary.generations[generation]
        assert delivery.speech_rate == profile.speech_rate
        assert delivery.contact_window == profile.contact_window
        assert delivery.repeat_key_points is (generation is Generation.SENIOR)

    @pytest.mark.parametrize(("generation", "rate"), [(Generation.YOUNG, 0.9), (Generation.SENIOR, 0.7)])
    def test_is_slower_for_who_could_not_follow(
        self, generation: Generation, rate: float, vocabulary: Vocabulary
    ) -> None:
        tags = ["asked_to_repeat"]
        delivery = planned(vocabulary, Scenario.ACQUISITION, MARKETING, tags, generation=generation).delivery
        assert delivery.speech_rate == rate


def test_bare_facts_plan_what_is_required(take: TakeOrder) -> None:
    for scenario in SPOKEN:
        brief = take(script_request(scenario, facts=bare_facts(scenario))).plan.brief
        expected = ("年化利率",) if scenario.group is Group.MARKETING else ("应还金额", "到期日")
        assert brief.slots == expected


@pytest.mark.parametrize(
    ("scenario", "tag"), [(Scenario.ACQUISITION, "said_wrong_number"), (Scenario.COLLECTION_M1, "said_stop_calling")]
)
def test_what_only_a_reply_can_answer_gets_one(shipped: Shipped, scenario: Scenario, tag: str) -> None:
    available = [*MARKETING, *DEBT]
    for generation in Generation:
        plan = planned(shipped.vocabulary, scenario, available, ["county", tag, "prefers_human"], generation=generation)
        assert (plan.brief.strategy, plan.brief.tags, plan.brief.slots) == (REPLY, (tag,), ())


def test_a_reply_says_the_annual_rate_to_who_asked_for_it_and_no_other_figure(shipped: Shipped) -> None:
    vocabulary = shipped.vocabulary
    asked = planned(vocabulary, Scenario.ACQUISITION, MARKETING, ["asked_rate"], strategy=REPLY)
    assert asked.brief.slots == asked.slots == ("年化利率",)
    assert planned(vocabulary, Scenario.ACQUISITION, MARKETING, ["asked_ai"], strategy=REPLY).brief.slots == ()


def test_what_must_be_disclosed_is_said_after_a_reply(shipped: Shipped) -> None:
    plan = planned(shipped.vocabulary, Scenario.ACTIVATION, MARKETING, ["said_considering"], strategy="reply")
    assert (plan.brief.slots, plan.slots, plan.leaves) == ((), ("年化利率",), False)
    plan = planned(shipped.vocabulary, Scenario.COLLECTION_M1, DEBT, ["no_money"], strategy="reply")
    assert (plan.brief.slots, plan.slots, plan.leaves) == ((), ("应还金额", "到期日"), False)


@pytest.mark.parametrize("strategy", [None, "plain_talk", "reply"])
def test_who_wants_no_more_of_it_is_told_no_figure_whatever_was_asked_for(
    strategy: str | None, shipped: Shipped
) -> None:
    tags = ["asked_rate", "said_busy", "said_wrong_number"]
    plan = planned(shipped.vocabulary, Scenario.ACTIVATION, MARKETING, tags, strategy=strategy)
    assert plan.leaves
    assert plan.brief.strategy == "reply"
    assert plan.brief.tags == ("said_wrong_number",), "the gravest is answered"
    assert plan.slots == ()


def test_a_short_message_takes_no_leave(shipped: Shipped) -> None:
    plan = planned(shipped.vocabulary, Scenario.BILL_REMINDER, DEBT, ["said_paid"], channel=Channel.SMS)
    assert (plan.leaves, plan.slots) == (False, ("应还金额", "到期日"))


def test_tags_are_taken_up_in_the_written_order_of_precedence(vocabulary: Vocabulary) -> None:
    """A refusal before what must be answered, that before hardship, that before a question, and a life last."""
    named = ["county", "wants_brief", "asked_deferral", "no_money", "fears_scam", "said_paid"]
    taken = []
    while named:
        for order in (named, named[::-1]):
            plan = planned(vocabulary, Scenario.COLLECTION_M1, DEBT, order)
            assert set(plan.brief.tags) <= set(named[-2:]), order
        taken.append(plan.brief.tags[0])
        named.remove(plan.brief.tags[0])
    assert taken == ["said_paid", "fears_scam", "no_money", "asked_deferral", "wants_brief", "county"]


def test_more_tags_than_a_body_takes_up_leave_the_first_two(vocabulary: Vocabulary) -> None:
    tags = ["retired", "large_bill", "forgetful", "disaster_hit", "disputes_bill"]
    plans = [
        planned(vocabulary, Scenario.BILL_REMINDER, DEBT, given, strategy="remind_plain")
        for given in (tags, tags[::-1], sorted(tags))
    ]
    assert {plan.brief.tags for plan in plans} == {("disputes_bill", "disaster_hit")}
