"""What an officer is told of a change: everything at once, in Chinese, with rule, field, word and what to do."""

import re
from typing import Any

import pytest

from app.lexicon.drafts import Change
from app.lexicon.lint import lint
from app.lexicon.problems import Problem, Severity
from tests.app.lexicon.rules import DAY, INSTITUTION, RULE, SHIPPED, rule, shipped


def told(body: object) -> list[Problem]:
    """What is wrong with a change to the shipped rules."""
    return lint(SHIPPED, body, since=DAY, institution=INSTITUTION)


def found(body: object) -> dict[str, tuple[str | None, str | None]]:
    """Field and word of the last problem of each code."""
    return {problem.code: (problem.field, problem.word) for problem in told(body)}


def test_a_sound_change_has_no_problems() -> None:
    assert told({"title": "t", "adds": [RULE], "edits": [shipped("threat.arrest")], "retires": ["rumour"][:0]}) == []


def test_every_shipped_rule_is_sound_as_it_is() -> None:
    assert told(Change(edits=[stored.data for stored in SHIPPED.rules.values()])) == []


ARTICLE = {"source": {"law": "x", "force": "law", "artcle": "1"}}
BROKEN: dict[str, tuple[dict[str, Any], str, str, str | None]] = {
    "a misspelt field": ({"prhases": ["包过"]}, "unknown_field", "prhases", "prhases"),
    "a field in Chinese": ({"词语": ["包过"]}, "unknown_field", "词语", "词语"),
    "a misspelt field within": (ARTICLE, "unknown_field", "source.artcle", "artcle"),
    "no law": ({"source": {"force": "law"}}, "missing_field", "source.law", None),
    "no such action": ({"action": "拦下"}, "unknown_value", "action", "拦下"),
    "no such scenario": ({"scenarios": ["markting"]}, "unknown_value", "scenarios.0", "markting"),
    "no such day": ({"effective": {"from": "2026-02-30"}}, "bad_date", "effective.from", "2026-02-30"),
    "an id in Chinese": ({"id": "承诺.一"}, "bad_id", "id", "承诺.一"),
    "an open bracket": ({"patterns": ["(保证"]}, "bad_pattern", "patterns.0", "(保证"),
    "a star": ({"patterns": ["保证", "保证.*"]}, "bad_pattern", "patterns.1", "保证.*"),
    "a word boundary": ({"patterns": [r"\b保证"]}, "bad_pattern", "patterns.0", r"\b保证"),
    "a word where a list belongs": ({"phrases": "包过"}, "wrong_type", "phrases", "包过"),
    "a number where a word belongs": ({"suggest": 28}, "wrong_type", "suggest", "28"),
    "no examples": ({"examples": {"hits": [], "misses": ["m"]}}, "empty_list", "examples.hits", None),
    "no words": ({"phrases": []}, "no_words", "", None),
    "too far apart": ({"near": [{"words": ["a"], "with": ["b"], "within": 99}]}, "out_of_range", "near.0.within", "99"),
    "no such condition": ({"unless_fact": {"fees": "nothing"}}, "bad_condition", "unless_fact.fees", "nothing"),
    "an endless word": ({"phrases": ["长" * 201]}, "too_long", "phrases.0", "长" * 40 + "…"),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "code", "field", "word"), BROKEN.values(), ids=BROKEN)
def test_a_broken_field_is_told_in_chinese(fields: dict[str, Any], code: str, field: str, word: str | None) -> None:
    problem = next(problem for problem in told({"adds": [rule(**fields)]}) if problem.code == code)
    assert (problem.field, problem.word) == (f"adds.0.{field}".rstrip("."), word)
    assert problem.severity is Severity.ERROR
    assert problem.rule == fields.get("id", "extra.one")
    assert_plain(problem)


def assert_plain(problem: Problem) -> None:
    """A message of whole sentences in Chinese, without the words of the library."""
    assert re.search("[\u4e00-\u9fff]{3}", problem.message)
    assert problem.message.endswith(("。", "？"))
    assert not re.search("Input|should|Extra|Value error|Field required|valid", problem.message)
    assert problem.english


def test_a_change_of_another_shape_is_told_as_such() -> None:
    assert found([]) == {"wrong_type": (None, None)}
    assert found({"add": [RULE]}) == {"unknown_field": ("add", "add")}
    assert found({"adds": RULE, "retires": [7]}) == {"wrong_type": ("retires.0", None)}


def test_a_misspelt_id_names_the_nearest_one() -> None:
    (problem,) = told({"retires": ["promise.garanteed_approval"]})
    assert (problem.code, problem.field) == ("unknown_id", "retires.0")
    assert "是不是“promise.guaranteed_approval”？" in problem.message


WARNING, ERROR = Severity.WARNING, Severity.ERROR
EXCUSED = {"unless_act": SHIPPED.rules["promise.guaranteed_approval"].data["unless_act"]}
COVERED = {"phrases": ["人人都能过的"], "scenarios": ["acquisition"], **EXCUSED}
NO_HIT = {"examples": {"hits": ["您好。"], "misses": ["m"]}}
HIT_MISS = {"examples": {"hits": ["百分百包过件"], "misses": ["我们百分百包过件"]}}
WORDS: dict[str, tuple[dict[str, Any], str, str, str, Severity]] = {
    "part of everyday words": ({"phrases": ["过"]}, "everyday_word", "phrases.0", "过", WARNING),
    "an everyday word": ({"phrases": ["一定"]}, "everyday_word", "phrases.0", "一定", WARNING),
    "nothing but marks": ({"phrases": ["包过件", "！！"]}, "empty_words", "phrases.1", "！！", ERROR),
    "an exception of marks": ({"except": ["……"]}, "empty_words", "except.0", "……", ERROR),
    "two words in one": ({"phrases": ["包过件，必过"]}, "joined_words", "phrases.0", "包过件，必过", WARNING),
    "covered by its own rule": ({"phrases": ["包过件", "全包过件"]}, "covered", "phrases.1", "全包过件", WARNING),
    "covered by another rule": (COVERED, "covered", "phrases.0", "人人都能过的", WARNING),
    "twice": ({"phrases": ["包过件", "包 过件"]}, "duplicate_phrase", "phrases.1", "包 过件", WARNING),
    "without a hit": ({"phrases": ["包过件", "从未说过"]}, "no_hit_example", "phrases.1", "从未说过", WARNING),
    "a pattern of marks": ({"patterns": ["保证，过"]}, "impossible_pattern", "patterns.0", "保证，过", ERROR),
    "a part of marks": ({"patterns": ["保(?:，行|能)"]}, "impossible_pattern", "patterns.0", "保(?:，行|能)", WARNING),
    "nested": ({"patterns": ["(?:.{0,9}批){0,9}"]}, "slow_pattern", "patterns.0", "(?:.{0,9}批){0,9}", ERROR),
    "a hit that is none": (NO_HIT, "hit_not_found", "examples.hits.0", "您好。", ERROR),
    "a miss that is hit": (HIT_MISS, "miss_is_hit", "examples.misses.0", "我们百分百包过件", ERROR),
}


@pytest.mark.parametrize(("fields", "code", "field", "word", "severity"), WORDS.values(), ids=WORDS)
def test_words_that_do_harm_or_nothing_are_told(
    fields: dict[str, Any], code: str, field: str, word: str, severity: Severity
) -> None:
    problem = next(problem for problem in told({"adds": [rule(**fields)]}) if problem.code == code)
    assert (problem.field, problem.word, problem.severity) == (f"adds.0.{field}", word, severity)
    assert_plain(problem)


def test_an_exception_for_the_everyday_words_answers_the_warning() -> None:
    assert "everyday_word" in found({"adds": [rule(phrases=["尼玛"])]})
    assert "everyday_word" not in found({"adds": [{**rule(phrases=["尼玛"]), "except": ["吉尼玛"]}]})


def test_a_rule_that_applies_elsewhere_covers_nothing() -> None:
    assert "covered" in found({"adds": [rule(**COVERED)]})
    assert "covered" not in found({"adds": [rule(**{**COVERED, "scenarios": ["collection"]})]})


def test_a_rule_that_excuses_more_covers_nothing() -> None:
    assert "covered" not in found({"adds": [rule(**{**COVERED, "unless_act": []})]})


def test_a_family_that_looks_for_disguises_alone_holds_everyday_words_and_covers_no_plain_ones() -> None:
    disguised = shipped("in_disguise.collection")
    disguised["phrases"] = [*disguised["phrases"], "保证"]
    assert told({"edits": [disguised]}) == []
    assert "covered" not in found({"adds": [rule(phrases=["不放高利贷"], scenarios=["collection"])]})


def test_of_an_edited_rule_only_new_words_are_looked_at() -> None:
    wanted = shipped("endorsement.state", title="新标题")
    assert "国家队" in wanted["phrases"]
    assert told({"edits": [wanted]}) == []


def test_disclosures_and_rules_on_numbers_are_judged_by_their_examples_too() -> None:
    greeting = {"texts": ["您好。"]}
    recording = SHIPPED.rules["disclosure.recording"].data["examples"]
    edits = [
        shipped("disclosure.recording", examples={**recording, "hits": ["本次通话会录音。"]}),
        shipped("number.ungrounded", examples={"hits": [{"facts": ["loan"], **greeting}], "misses": [greeting]}),
    ]
    problems = told({"edits": edits})
    assert [(problem.code, problem.field) for problem in problems] == [
        ("hit_not_found", "edits.0.examples.hits.0"),
        ("hit_not_found", "edits.1.examples.hits.0"),
    ]


def test_a_role_is_judged_by_its_examples_too() -> None:
    due = SHIPPED.rules["role.min_payment"].data
    sound = shipped("role.min_payment", before=[*due["before"], "最低要交"])
    assert told({"edits": [sound]}) == []
    examples = {"hits": [*due["examples"]["hits"], "本期应还9665.18元。"], "misses": due["examples"]["misses"]}
    problems = told({"edits": [shipped("role.min_payment", examples=examples)]})
    place = f"edits.0.examples.hits.{len(examples['hits']) - 1}"
    assert [(problem.code, problem.field) for problem in problems] == [("hit_not_found", place)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"before": ["最低，还款"]}, "has_pause"),
        ({"before": [], "before_patterns": [], "after_patterns": []}, "no_words"),
        ({"facts": ["min_paymend"]}, "unreadable_file"),
        ({"before_patterns": ["还+"]}, "bad_pattern"),
    ],
)
def test_what_is_wrong_with_a_role_is_told(changes: dict[str, object], code: str) -> None:
    assert [problem.code for problem in told({"edits": [shipped("role.min_payment", **changes)]})] == [code]


def test_a_role_is_neither_added_nor_retired() -> None:
    another = {**shipped("role.min_payment"), "id": "role.another"}
    assert [problem.code for problem in told({"adds": [another]})] == ["cannot_add"]
    assert [problem.code for problem in told({"retires": ["role.min_payment"]})] == ["cannot_retire"]


def test_a_waiver_that_the_file_does_not_have_is_told() -> None:
    problems = told({"edits": [shipped("disclosure.purpose", waiver="farewel")]})
    assert [problem.code for problem in problems] == ["unreadable_file"]


def test_a_problem_in_an_answer_says_what_is_known_of_it() -> None:
    (problem,) = told({"retires": ["promise.none_such_rule_at_all"]})
    assert problem.as_json().keys() == {"severity", "code", "message", "english", "rule", "field", "word"}
