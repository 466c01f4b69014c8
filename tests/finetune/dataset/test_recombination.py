"""Recombination: no sentence is changed, none leaves its place, its facts, its tag or its kind of brief."""

from dataclasses import replace

import pytest

from app.approved.brief import Brief
from app.approved.skeleton import problems_of, sentences, slots_in
from app.approved.vocabulary import Vocabulary
from app.settings import ROOT
from finetune.dataset.recombination import recombined
from finetune.dataset.rows import Meta, SftRow, segment_of, template_of
from finetune.screening.judge import Judge, shipped_policy
from guards.types import Generation, Scenario


@pytest.fixture(scope="module")
def judging(vocabulary: Vocabulary) -> Judge:
    """The shipped rules."""
    return Judge(shipped_policy(ROOT, vocabulary), vocabulary)


def _row(body: str, *tags: str, generation: Generation = Generation.YOUNG) -> SftRow:
    slots = tuple(dict.fromkeys(slots_in(body)))
    brief = Brief(Scenario.ACQUISITION, generation, "rate_first", tags, slots)
    return SftRow(brief, body, Meta("x.csv:2", template_of(body), "train", "rate_first", segment_of(brief)))


_FIRST = _row("先跟您说成本，{年化利率}。用多少您自己定。您看方便吗？")
_SECOND = _row("借钱先看成本，{年化利率}。不急着决定。您想先看哪一项？")


def test_sentences_of_one_kind_change_places(judging: Judge) -> None:
    made = recombined([_FIRST, _SECOND], 30, 0, judging)
    bodies = {row.body for row in made}
    places = [set(pair) for pair in zip(sentences(_FIRST.body), sentences(_SECOND.body), strict=True)]
    assert len(made) == len(bodies) == 6, "two to the power of three, less the two that were there already"
    for row in made:
        assert all(sentence in known for sentence, known in zip(sentences(row.body), places, strict=True))
        assert not problems_of(row.body, row.brief)
        assert row.meta.template == template_of(row.body)
        assert row.meta.source == "x.csv:2"
    assert made == recombined([_FIRST, _SECOND], 30, 0, judging)
    assert made != recombined([_FIRST, _SECOND], 30, 1, judging)


def test_what_is_of_another_kind_stays_where_it_was_written(judging: Judge) -> None:
    elderly = _row("您慢慢听，{年化利率}。不懂就问我。您听清了吗？", generation=Generation.SENIOR)
    tagged = _row("您问过利率，{年化利率}。问清楚再借。您记下了吗？", "asked_rate")
    assert recombined([elderly], 20, 0, judging) == []
    made = recombined([_FIRST, tagged, elderly], 40, 0, judging)
    own = {sentence for row in (tagged, elderly) for sentence in sentences(row.body)}
    plain = [row for row in made if row.brief.tags == ()]
    assert not any(sentence in own for row in plain for sentence in sentences(row.body))
    assert any("先跟您说成本" in row.body for row in made if row.brief.tags), "what needs no tag may be said with one"


def test_some_bodies_say_further_slots_and_their_briefs_allow_others_as_the_service_orders(judging: Judge) -> None:
    monthly = _row("跟您说句话。{年化利率}是成本。每月还{月还款}。额度最高{额度上限}。您想好再说？")
    made = recombined([_FIRST, monthly], 200, 0, judging)
    longer = [row for row in made if "先跟您说成本" in row.body and len(sentences(row.body)) > 3]
    assert {"月还款", "额度上限"} <= {slot for row in longer for slot in row.brief.slots}
    for row in made:
        assert set(slots_in(row.body)) == set(row.brief.slots), "what is asked for is what it says"
        assert len(sentences(row.body)) == len(set(sentences(row.body)))
        assert sentences(row.body)[-1].endswith("？")
        assert not problems_of(row.body, row.brief)
    assert {row.brief.optional_slots for row in made} == {(), ("产品名",)}


def test_a_reply_is_not_made_longer(judging: Judge) -> None:
    brief = Brief(Scenario.BILL_REMINDER, Generation.YOUNG, "reply", ("busy",))
    reply = "您先忙。我不多打扰。"
    row = SftRow(brief, reply, Meta("x.csv:2", template_of(reply), "train", "reply", segment_of(brief)))
    other = "好的，您先忙。账在{还款渠道}能看。不多打扰。"
    both = [row, replace(row, brief=replace(brief, optional_slots=("还款渠道",)), body=other)]
    assert {len(sentences(made.body)) for made in recombined(both, 60, 0, judging)} <= {2, 3}
    assert not any("能看" in made.body and made.body.startswith("您先忙") for made in recombined([row], 60, 0, judging))


def test_what_the_guards_stop_is_not_made(judging: Judge) -> None:
    forbidden = _row("先跟您说成本，{年化利率}。我保证您一定能批。您看方便吗？")
    made = recombined([_SECOND, forbidden], 40, 0, judging)
    assert made
    assert not any("保证" in row.body for row in made)


def test_rows_that_are_kept_out_give_nothing_and_are_not_made_by_chance(judging: Judge) -> None:
    by_chance = recombined([_FIRST, _SECOND], 30, 0, judging)[0]
    kept_out = replace(by_chance, meta=replace(by_chance.meta, split="validation"))
    strange = replace(_row("听我说句话，{年化利率}。慢慢想。您同意吗？"), meta=kept_out.meta)
    bodies = [row.body for row in recombined([_FIRST, _SECOND, kept_out, strange], 30, 0, judging)]
    assert len(bodies) == 5
    assert kept_out.body not in bodies
    assert not any("听我说句话" in body for body in bodies)


def test_nothing_is_made_where_nothing_is_asked_for(judging: Judge) -> None:
    assert recombined([_FIRST, _SECOND], 0, 0, judging) == []
