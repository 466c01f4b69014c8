"""A dry run tells exactly what the whole policy would do differently by the changed rules, and counts it right."""

import random
from collections import Counter
from collections.abc import Sequence

import pytest

from app.approved.vocabulary import Vocabulary
from app.approved.wording import Wording
from app.lexicon.altered import Altered, altered_rules
from app.lexicon.changes import apply
from app.lexicon.drafts import Change
from app.lexicon.effects import Judges
from app.lexicon.files import RuleFiles
from app.lexicon.impact import Impact, Replayer, impact
from app.lexicon.recorded import CaseReader, Recorded
from guards.lexicon.scope import china_today
from guards.meaning.weights import read_weights
from guards.policy import Policy, compile_policy
from guards.shipped import ROOT
from guards.types import Action, Callee, Channel, Role, Scenario
from tests.app.lexicon.recordings import change_at_random, hits_of_shipped_rules, record, records_at_random
from tests.app.lexicon.rules import DAY, INSTITUTION, SHIPPED, rule, shipped

TEXTS = hits_of_shipped_rules()


@pytest.fixture(scope="session")
def reader(vocabulary: Vocabulary, wording: Wording) -> CaseReader:
    """Reads what was recorded by the shipped vocabulary."""
    return CaseReader(vocabulary, {"hotline": wording.institution.hotline})


def altered(change: Change, files: RuleFiles = SHIPPED) -> Altered:
    """What a change to the shipped rules alters."""
    return altered_rules(files.lexicon(), apply(files, change, since=DAY).lexicon(), INSTITUTION, china_today())


def found(change: Change, records: Sequence[Recorded], reader: CaseReader) -> Impact:
    """What it does to records."""
    return impact(altered(change), records, reader)


def compiled(files: RuleFiles) -> Policy:
    """The whole policy of some files."""
    return compile_policy(
        files.lexicon(), INSTITUTION, read_weights(ROOT / "models" / "meaning" / "weights.npz"), is_proven=True
    )


def stopping(policy: Policy, text: Recorded, reader: CaseReader, rules: frozenset[str]) -> set[str]:
    """The rules among these for which the whole policy would not let a text be said."""
    findings = policy.panel.examine(text.script, reader.case(text)).findings
    return {each.rule for each in findings if each.action > Action.ALLOW and each.rule in rules}


@pytest.fixture(scope="module")
def whole() -> Policy:
    """The shipped rules, for the institution of these tests."""
    return compiled(SHIPPED)


@pytest.mark.parametrize("seed", range(5))
def test_the_changed_rules_alone_judge_as_they_do_among_all_others(
    seed: int, whole: Policy, reader: CaseReader
) -> None:
    chance = random.Random(seed)
    change = change_at_random(chance, TEXTS)
    after = apply(SHIPPED, change, since=DAY)
    alone = altered_rules(SHIPPED.lexicon(), after.lexicon(), INSTITUTION, china_today())
    assert alone.rules >= {*(each["id"] for each in (*change.adds, *change.edits)), *change.retires}
    replayer, policy = Replayer(Judges(alone), reader), compiled(after)
    affected = 0
    texts = list(records_at_random(chance, [*TEXTS, *change.adds[0]["phrases"]], 400))
    for text, effect in zip(texts, replayer.effects(texts), strict=True):
        old = stopping(whole, text, reader, alone.rules)
        new = stopping(policy, text, reader, alone.rules)
        assert {hit.rule for hit in effect.stopped} == (new if new and not old else set()), text
        assert {hit.rule for hit in effect.passed} == (old if old and not new else set()), text
        affected += bool(effect)
    assert affected


def test_an_added_rule_newly_stops_what_holds_its_words_in_any_disguise(reader: CaseReader) -> None:
    change = Change("t", adds=[rule(phrases=["秒批秒放"])])
    texts = [record("我们秒批秒放。"), record("我们秒批、秒放。"), record("我们miao批秒放。"), record("我们审批快。")]
    result = found(change, texts, reader)
    assert (result.records, result.newly_stopped.count, result.newly_passed.count) == (4, 3, 0)
    words = [example["words"] for example in result.as_json()["newly_stopped"]["examples"]]
    assert sorted(words) == [["miao批秒放"], ["秒批、秒放"], ["秒批秒放"]]


def test_what_a_change_leaves_alone_is_not_judged_text_by_text() -> None:
    added = rule(phrases=["秒批秒放"], patterns=["放款.{0,3}秒"], scenarios=["collection"])
    scripts = [record(text).script for text in ("我们秒批秒放。", "审批快。", "放款只要几秒。", "您好")]
    assert Judges(altered(Change("t", adds=[added]))).may_affect(scripts) == [True, False, True, False]


def test_a_retired_rule_newly_lets_pass_what_it_stopped(reader: CaseReader) -> None:
    name = next(name for name in SHIPPED.rules if name.startswith("threat."))
    hit = SHIPPED.rules[name].data["examples"]["hits"][0]
    (stage,) = SHIPPED.rules[name].data.get("stages") or (None,)
    case = {"scenario": Scenario.COLLECTION_M1, "channel": Channel.AI_VOICE, "stage": stage}
    result = found(Change("t", retires=[name]), [record(hit, **case)], reader).as_json()
    assert result["newly_passed"]["by_rule"] == {name: 1}
    assert result["newly_stopped"]["count"] == 0


def test_words_that_only_the_spoken_form_says_are_told_as_they_are_spoken(reader: CaseReader) -> None:
    result = found(
        Change("t", adds=[rule(phrases=["三百元整"])]), [record("还300元整。", spoken="还三百元整。")], reader
    ).as_json()
    assert "三百元整" in result["newly_stopped"]["examples"][0]["words"]


def test_numbers_are_told_by_rule_scenario_and_channel(reader: CaseReader) -> None:
    marketing = {"scenario": Scenario.ACQUISITION, "channel": Channel.SMS}
    texts = [
        *(record("秒批秒放。", script_id=f"{number}", **marketing) for number in range(3)),
        record("秒批秒放啊。", script_id="3", scenario=Scenario.ACTIVATION),
        record("包你满意又秒批秒放。", script_id="4"),
        record("审批快。", script_id="5"),
    ]
    change = Change("t", adds=[rule(phrases=["秒批秒放"]), rule("extra.two", phrases=["包你满意"])])
    result = found(change, texts, reader).as_json()
    stopped = result["newly_stopped"]
    assert result["records"] == 6
    assert stopped["count"] == 5
    assert stopped["by_rule"] == {"extra.one": 5, "extra.two": 1}
    assert stopped["by_scenario"] == {"acquisition": 3, "activation": 1, "unknown": 1}
    assert stopped["by_channel"] == {"sms": 3, "unknown": 2}
    assert stopped["examples"][0] == {
        "text": "秒批秒放。",
        "times": 3,
        "rule": "extra.one",
        "words": ["秒批秒放"],
        "scenario": "acquisition",
        "channel": "sms",
        "script_id": "2",
    }


def test_the_ten_most_frequent_texts_are_shown(reader: CaseReader) -> None:
    often = Counter({f"{'好' * number}秒批秒放": number for number in range(1, 13)})
    texts = [record(text, script_id=str(index)) for index, text in enumerate(often.elements())]
    examples = found(Change("t", adds=[rule(phrases=["秒批秒放"])]), texts, reader).as_json()["newly_stopped"][
        "examples"
    ]
    assert [example["times"] for example in examples] == list(range(12, 2, -1))


def test_a_rule_outside_its_scope_stops_nothing(reader: CaseReader) -> None:
    change = Change("t", adds=[rule(phrases=["秒批秒放"], scenarios=["collection"], channels=["sms"])])
    inside = record("秒批秒放", scenario=Scenario.COLLECTION_M1, channel=Channel.SMS)
    outside = [
        record("秒批秒放", scenario=Scenario.ACQUISITION, channel=Channel.SMS),
        record("秒批秒放", scenario=Scenario.COLLECTION_M1, channel=Channel.AI_VOICE),
    ]
    assert found(change, [inside, *outside], reader).newly_stopped.count == 1


def test_a_rule_that_begins_later_is_tried_as_if_it_had_begun(reader: CaseReader) -> None:
    change = Change("t", adds=[rule(phrases=["秒批秒放"], effective={"from": "2099-01-01"})])
    assert found(change, [record("秒批秒放")], reader).newly_stopped.count == 1


def test_a_rule_that_has_ended_lets_pass_what_it_stopped_also_of_days_on_which_it_was_in_force(
    reader: CaseReader,
) -> None:
    files = apply(SHIPPED, Change("t", adds=[rule(phrases=["秒批秒放"])]), since=DAY)
    ended = rule(phrases=["秒批秒放"], effective={"from": "2026-01-01", "until": "2026-02-01"})
    change = altered(Change("t", edits=[ended]), files)
    assert impact(change, [record("秒批秒放")], reader).newly_passed.count == 1


def test_a_rule_in_force_that_would_only_begin_again_later_lets_pass_what_it_stops_until_then(
    reader: CaseReader,
) -> None:
    files = apply(SHIPPED, Change("t", adds=[rule(phrases=["秒批秒放"])]), since=DAY)
    later = rule(phrases=["秒批秒放"], effective={"from": "2099-01-01"})
    change = altered(Change("t", edits=[later]), files)
    result = impact(change, [record("秒批秒放")], reader)
    assert (result.newly_passed.count, result.newly_stopped.count) == (1, 0)


@pytest.mark.parametrize("field", ["title", "reason", "suggest"])
def test_what_no_text_is_judged_by_alters_nothing(field: str) -> None:
    assert not altered(Change("t", edits=[shipped("threat.arrest", **{field: "另外的话"})])).rules


def test_another_folding_alters_every_rule_of_its_family() -> None:
    name = SHIPPED.family_file("threat")
    content = SHIPPED.contents[name].decode().replace("homophones: true", "homophones: false")
    other = SHIPPED.replaced({name: content.encode()})
    alone = altered_rules(SHIPPED.lexicon(), other.lexicon(), INSTITUTION, DAY)
    assert alone.rules == {each.id for each in SHIPPED.rules_of(name)}


def test_equal_texts_in_other_calls_are_judged_for_themselves(reader: CaseReader) -> None:
    scoped = rule(phrases=["秒批秒放"], callees=["unverified"], channels=["sms"])
    known = Callee(Role.DEBTOR, True)
    texts = [
        record("秒批秒放", callee=callee, channel=channel)
        for callee in (known, Callee(Role.UNKNOWN, False), known)
        for channel in (Channel.SMS, Channel.AI_VOICE, Channel.SMS)
    ]
    assert found(Change("t", adds=[scoped]), texts, reader).newly_stopped.count == 2


def test_equal_texts_with_other_facts_are_judged_for_themselves(reader: CaseReader) -> None:
    scoped = rule(phrases=["三十天免息"], unless_fact={"free_interest_days": "present"})
    texts = [record("三十天免息", facts=facts) for facts in ({}, {"free_interest_days": 30}, {}, None)]
    assert found(Change("t", adds=[scoped]), texts, reader).newly_stopped.count == 3


def test_what_was_forgotten_is_judged_again(reader: CaseReader) -> None:
    replayer = Replayer(Judges(altered(Change("t", adds=[rule(phrases=["秒批秒放"])]))), reader, most_known=1)
    texts = [record(text) for text in ("秒批秒放", "您好", "秒批秒放", "您好")]
    assert [bool(effect) for text in texts for effect in replayer.effects([text])] == [True, False, True, False]


def test_gates_are_said_not_to_be_replayed(reader: CaseReader) -> None:
    content = SHIPPED.contents["gates.yaml"].decode()
    other = SHIPPED.replaced({"gates.yaml": content.replace("adult_age: 18", "adult_age: 20").encode()})
    alone = altered_rules(SHIPPED.lexicon(), other.lexicon(), INSTITUTION, DAY)
    assert impact(alone, [record("您好")], reader).as_json()["not_replayed"] == ["gates"]
