"""A change that would stop approved wording is refused with word and wording, just where the proof of wording would."""

import random
import re
from dataclasses import replace
from pathlib import Path

import pytest

from app.approved.vocabulary import Vocabulary
from app.approved.wording import Wording
from app.lexicon.approved import ApprovedTexts, approved_texts
from app.lexicon.changes import apply
from app.lexicon.drafts import Change
from app.lexicon.files import RuleFiles
from app.lexicon.problems import Problem, Severity, errors
from app.lexicon.stops import stops_wording
from app.scripts.proof import prove_wording
from app.writing.lines.library import ApprovedLine
from guards.lexicon.documents import DocumentError
from guards.meaning.weights import read_weights
from guards.policy import Institution, Policy, compile_policy
from guards.shipped import ROOT
from guards.types import Scenario
from tests.app.lexicon.recordings import change_at_random, hits_of_shipped_rules
from tests.app.lexicon.rules import DAY, SHIPPED, rule, shipped

TWO = (Scenario.ACQUISITION, Scenario.COLLECTION_M1)
LINES = (
    ApprovedLine(Scenario.ACQUISITION, "{产品名}全程线上办，您在手机上看就行。"),
    ApprovedLine(Scenario.COLLECTION_M1, "有难处您说，我们一起想办法。"),
)


@pytest.fixture(scope="module")
def approved(policy: Policy, vocabulary: Vocabulary, wording: Wording) -> ApprovedTexts:
    """All that is approved, and two lines."""
    return approved_texts(policy, vocabulary, wording, {"mini": LINES})


def institution(wording: Wording) -> Institution:
    """Whose wording it is."""
    return Institution(wording.institution.full_name, wording.institution.hotline)


def told(after: RuleFiles, approved: ApprovedTexts, wording: Wording) -> list[Problem]:
    """What is told of rules that come after the shipped ones."""
    return stops_wording(SHIPPED.lexicon(), after.lexicon(), approved, institution(wording))


def refused(after: RuleFiles, vocabulary: Vocabulary, wording: Wording) -> set[str]:
    """The rules for which the proof of wording refuses."""
    policy = compile_policy(
        after.lexicon(), institution(wording), read_weights(ROOT / "models" / "meaning" / "weights.npz"), is_proven=True
    )
    try:
        prove_wording(policy, vocabulary, wording)
    except DocumentError as stopped:
        lines = (line.split(": ") for line in stopped.problems)
        return {part for line in lines for part in line if part in after.rules}
    return set()


def adding(*rules: dict[str, object]) -> RuleFiles:
    """The shipped rules with others."""
    return apply(SHIPPED, Change("t", adds=rules), since=DAY)


def test_rules_that_do_not_change_are_not_asked(approved: ApprovedTexts, wording: Wording) -> None:
    assert told(SHIPPED, approved, wording) == []


def test_without_rules_before_every_rule_is_asked(approved: ApprovedTexts, wording: Wording) -> None:
    few = replace(approved, texts=approved.texts[::40])
    after = adding(rule(phrases=["您好"])).lexicon()
    problems = stops_wording(None, after, few, institution(wording))
    assert {problem.rule for problem in problems} == {"extra.one"}


@pytest.mark.parametrize("seed", range(1))
def test_where_the_proof_refuses_a_change_so_does_this(
    seed: int, policy: Policy, vocabulary: Vocabulary, wording: Wording
) -> None:
    """In two scenarios, since the proof of all takes long."""
    said = {name: profile for name, profile in vocabulary.scenarios.items() if name in TWO}
    groups = {name.group for name in TWO}
    words = replace(vocabulary, scenarios=said)
    frames = replace(wording, frames={key: frame for key, frame in wording.frames.items() if key[0] in groups})
    approved = approved_texts(policy, words, frames)
    texts = [*hits_of_shipped_rules(), *(text.script.text for text in approved.texts)]
    change = change_at_random(random.Random(seed), texts)
    name = next(name for name in SHIPPED.rules if name.startswith("disclosure."))
    adds = [
        *change.adds,
        rule("extra.two", phrases=["不在任何话术里"]),
        rule("extra.three", phrases=["张先生"], channels=["sms"]),
        rule("extra.four", phrases=["本次通话会录音"], scenarios=["servicing"]),
        rule("extra.five", phrases=["百分之三点六"]),
        rule("extra.six", phrases=["额度"], action="observe"),
        shipped(name, id="disclosure.other", phrases=["祝您身体健康"], patterns=[], waiver=None, states=[]),
    ]
    after = apply(SHIPPED, replace(change, adds=adds), since=DAY)
    refused_here = {problem.rule for problem in told(after, approved, wording)}
    assert refused_here == refused(after, words, frames)
    assert {"extra.three", "extra.five", "disclosure.other"} <= refused_here
    assert not refused_here & {"extra.two", "extra.four", "extra.six"}


def test_a_stitched_segment_is_told_with_its_line_and_the_word(approved: ApprovedTexts, wording: Wording) -> None:
    problems = errors(told(adding(rule(phrases=["理性借贷"])), approved, wording))
    lines = (ROOT / "prompts" / "stitch.yaml").read_text("utf-8").splitlines()
    assert problems
    for problem in problems:
        assert (problem.file, problem.word, problem.rule) == ("stitch.yaml", "理性借贷", "extra.one")
        assert "理性借贷" in lines[(problem.line or 0) - 1]
        assert "理性借贷" in problem.message
        assert "extra.one" in problem.message


def test_a_fallback_is_told_with_its_line_and_the_sentence(approved: ApprovedTexts, wording: Wording) -> None:
    texts = (body.text for bodies in wording.fallbacks.values() for body in bodies)
    word = next(found[0] for text in texts if (found := re.search("[\u4e00-\u9fff]{7,}", text)))
    problems = [each for each in errors(told(adding(rule(phrases=[word])), approved, wording)) if each.word == word]
    lines = (ROOT / "prompts" / "fallbacks.yaml").read_text("utf-8").splitlines()
    mine = [problem for problem in problems if problem.file == "fallbacks.yaml"]
    assert mine
    assert all(word in lines[(problem.line or 0) - 1] for problem in mine)


@pytest.mark.parametrize(("file", "key"), [("replies.yaml", "replies"), ("bridges.yaml", "bridges")])
def test_replies_and_bridges_are_told_with_their_file(
    file: str, key: str, approved: ApprovedTexts, wording: Wording
) -> None:
    replies = wording.replies
    text = replies.replies[0].texts[0] if key == "replies" else next(iter(replies.bridges.values()))
    problems = told(adding(rule(phrases=[text[:8]])), approved, wording)
    assert file in {problem.file for problem in errors(problems)}


def test_a_line_of_a_model_is_only_warned_of(approved: ApprovedTexts, wording: Wording) -> None:
    (problem,) = told(adding(rule(phrases=["全程线上办"])), approved, wording)
    assert (problem.code, problem.severity, problem.word) == ("stops_line", Severity.WARNING, "全程线上办")
    assert (problem.file, problem.line) == ("mini/sentences.jsonl", 1)


def test_a_line_is_judged_in_its_own_scenario(approved: ApprovedTexts, wording: Wording) -> None:
    assert told(adding(rule(phrases=["全程线上办"], scenarios=["collection"])), approved, wording) == []


def test_what_will_be_stopped_when_a_rule_comes_into_force_is_told_now(
    approved: ApprovedTexts, wording: Wording
) -> None:
    later = rule(phrases=["理性借贷"], effective={"from": "2099-01-01"})
    assert errors(told(adding(later), approved, wording))


def test_a_new_disclosure_is_told_with_the_wording_that_does_not_say_it(
    approved: ApprovedTexts, wording: Wording
) -> None:
    name = next(name for name in SHIPPED.rules if name.startswith("disclosure."))
    other = shipped(name, id="disclosure.other", phrases=["祝您身体健康"], patterns=[], waiver=None, states=[])
    problems = errors(told(adding(other), approved, wording))
    assert {problem.rule for problem in problems} == {"disclosure.other"}
    assert all(problem.word is None and "没有说到" in problem.message for problem in problems)


def test_wording_that_cannot_be_stitched_is_told_whatever_the_rules(approved: ApprovedTexts, wording: Wording) -> None:
    broken = ApprovedTexts(approved.texts[:1], (), ("stitch.yaml:1: nothing fills it",))
    assert [
        each.code for each in stops_wording(SHIPPED.lexicon(), SHIPPED.lexicon(), broken, institution(wording))
    ] == ["bad_wording"]


def test_lines_may_be_left_out(approved: ApprovedTexts, wording: Wording) -> None:
    after = adding(rule(phrases=["全程线上办"]))
    assert stops_wording(SHIPPED.lexicon(), after.lexicon(), approved, institution(wording), lines=False) == []


def test_the_shipped_directory_is_where_the_wording_was_read(wording: Wording) -> None:
    assert {Path(place.rpartition(":")[0]).parent for place in wording.places.values()} == {ROOT / "prompts"}
