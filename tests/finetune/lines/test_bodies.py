"""The corpus of bodies: what is refused of one, naming file and line, and that those shipped are whole and many."""

from collections import Counter
from pathlib import Path

import pytest

from app.approved.skeleton import problems_of, sentences
from app.approved.vocabulary import REPLY, Vocabulary
from app.writing.lines.bodies import ApprovedBodies
from app.writing.lines.library import ApprovedLines
from finetune.folders import CORPUS
from finetune.lines.bodies import DETAILS_FILE, read_bodies, read_corpus_of_bodies, read_details
from finetune.lines.composer import Composer, Sample
from guards.lexicon.documents import DocumentError
from guards.types import Generation, Group, Scenario

GOOD = """\
scenario: bill_reminder
bodies:
- strategies: [remind_plain]
  generations: [young]
  tags: [forgetful]
  say:
  - [跟您对一下账单。, 账单跟您说一声。]
  - ['应还{应还金额}，{到期日}到期。', '{应还金额}，{到期日}到期。']
  - {need: 最低还款, texts: ['最低还款是{最低还款}。', '也可以先还{最低还款}。']}
  - [您看哪天方便？, 哪天合适？]
"""
REFUSED = {
    "a question in the middle": ("账单跟您说一声。", "账单您看了吗？", "asks before its last sentence"),
    "no figure": ("应还{应还金额}，{到期日}到期。", "应还了，{到期日}到期。", "in some wordings and not in others"),
    "a number": ("跟您对一下账单。", "跟您说两分钟账单。", "holds a number"),
    "a letter": ("跟您对一下账单。", "跟您对一下bill。", "not spoken"),
    "an unknown tag": ("tags: [forgetful]", "tags: [nobody]", "unknown tag nobody"),
    "a tag of another scenario": ("tags: [forgetful]", "tags: [first_loan]", "means nothing in bill_reminder"),
    "an unknown strategy": ("[remind_plain]", "[rate_first]", "is no strategy of bill_reminder"),
    "a slot that the sentence does not need": ("也可以先还{最低还款}。", "也可以先还一些。", "does not say {最低还款}"),
    "no end": ("账单跟您说一声。", "账单跟您说一声", "does not end with"),
    "dialect": ("账单跟您说一声。", "咱们说说账单。", "says 咱"),
    "the same twice": ("账单跟您说一声。", "跟您对一下账单。", "the same wording twice"),
    "too long a sentence": ("账单跟您说一声。", f"{'账单的事今天跟您说一声' * 4}。", "longer than 32"),
    "an unmarked sentence of its own": ("need: 最低还款, ", "", "has a need: or an offer:"),
    "one wording": ("[您看哪天方便？, 哪天合适？]", "[您看哪天方便？]", "at least 2"),
    "an unknown slot": (
        "[跟您对一下账单。, 账单跟您说一声。]",
        "[跟您对一下账单。, '账单{利息}跟您说。']",
        "unknown slots",
    ),
    "an offer of periods outside a deferral": ("哪天合适？]", "'延期{延期期数}吗？']", "without offer: deferral"),
    "free interest alone": ("账单跟您说一声。", "账单免息说一声。", "speaks of 免息"),
}


@pytest.mark.parametrize(("old", "new", "problem"), REFUSED.values(), ids=REFUSED)
def test_what_breaks_the_rules_is_named_by_file_and_line(
    old: str, new: str, problem: str, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    file = tmp_path / "bodies.yaml"
    file.write_text(GOOD, "utf-8")
    assert len(read_bodies(tmp_path, vocabulary)) == 1
    assert old in GOOD
    file.write_text(GOOD.replace(old, new), "utf-8")
    with pytest.raises(DocumentError, match=problem) as refused:
        read_bodies(tmp_path, vocabulary)
    assert all(each.startswith(f"{file}:") for each in refused.value.problems)


def test_two_bodies_of_one_moment_do_not_begin_alike(tmp_path: Path, vocabulary: Vocabulary) -> None:
    twice = GOOD + GOOD.partition("bodies:\n")[2]
    (tmp_path / "bodies.yaml").write_text(twice, "utf-8")
    with pytest.raises(DocumentError, match="begins like"):
        read_bodies(tmp_path, vocabulary)


def test_collection_has_words_for_every_offer_and_a_body_has_a_length(tmp_path: Path, vocabulary: Vocabulary) -> None:
    text = GOOD.replace("bill_reminder", "collection_m1").replace("remind_plain", "plan_plain")
    (tmp_path / "bodies.yaml").write_text(text, "utf-8")
    with pytest.raises(DocumentError, match="has no sentence for offer: deferral"):
        read_bodies(tmp_path, vocabulary)
    remedy = text.replace("账单跟您说一声。", "可以申请延期的账。")
    (tmp_path / "bodies.yaml").write_text(remedy, "utf-8")
    with pytest.raises(DocumentError, match="a remedy before the matter"):
        read_bodies(tmp_path, vocabulary)
    long = "账单的事今天跟您说一声，您听着就好。"
    (tmp_path / "bodies.yaml").write_text(GOOD.replace("账单跟您说一声。", long * 4), "utf-8")
    with pytest.raises(DocumentError, match="young bears"):
        read_bodies(tmp_path, vocabulary)


def test_a_folder_without_bodies_and_a_detail_without_a_slot_are_refused(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    with pytest.raises(DocumentError, match="no corpus"):
        read_bodies(tmp_path, vocabulary)
    assert read_details(tmp_path) == []
    detail = "- groups: [collection]\n  generations: [young]\n  say:\n  - {offer: none, texts: [都好说。, 都可以。]}\n"
    (tmp_path / DETAILS_FILE).write_text(detail, "utf-8")
    with pytest.raises(DocumentError, match="says the one slot that it needs"):
        read_details(tmp_path)


@pytest.fixture(scope="module")
def bodies(vocabulary: Vocabulary) -> ApprovedBodies:
    """Those that are shipped."""
    return read_corpus_of_bodies(CORPUS, vocabulary)


@pytest.fixture(scope="module")
def samples(bodies: ApprovedBodies, vocabulary: Vocabulary) -> list[Sample]:
    """Two thousand moments with a body each."""
    return list(Composer((), vocabulary, 11, bodies).samples(2000))


def test_there_are_enough_bodies_for_every_strategy_and_generation(
    bodies: ApprovedBodies, vocabulary: Vocabulary
) -> None:
    assert len(bodies.approved) >= 1200
    cells = {
        (body.scenario, strategy, generation)
        for body in bodies.approved
        if not body.tags
        for strategy in body.strategies
        for generation in body.generations
    }
    scenarios = [scenario for scenario in Scenario if vocabulary.scenarios[scenario].speaks == "script"]
    wanted = {
        (scenario, strategy, generation)
        for scenario in scenarios
        for strategy in vocabulary.strategies_for(scenario)
        if strategy != REPLY
        for generation in Generation
    }
    assert wanted - cells == set()


def test_no_wording_is_in_many_bodies(bodies: ApprovedBodies) -> None:
    """What is marked is said where it applies, and may be said alike."""
    uses = Counter(
        (body.scenario, text)
        for body in bodies.approved
        for sentence in body.sentences
        if not (sentence.needs or sentence.offer)
        for text in set(sentence.texts)
    )
    often = {text: count for (_, text), count in uses.items() if count > 9}
    assert often == {}


def test_whatever_is_drawn_is_a_body_that_the_desk_takes(samples: list[Sample]) -> None:
    """But that in collection it says the matter before a remedy, which the desk wants the other way round."""
    spoken = [sample for sample in samples if sample.brief.scenario.group is not Group.COLLECTION]
    assert {problem for sample in spoken for problem in problems_of(sample.body, sample.brief)} == set()


def test_whatever_is_drawn_is_admitted_and_says_nothing_twice(samples: list[Sample], bodies: ApprovedBodies) -> None:
    known = ApprovedLines((), bodies)
    for sample in samples:
        assert known.allows_once(sample.body, sample.brief), sample
        said = sentences(sample.body)
        assert len(set(said)) == len(said)
        assert all("？" not in each for each in said[:-1]), sample
