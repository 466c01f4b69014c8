"""Compiling beside a running policy: what is equal is shared, and no verdict shows what a policy was compiled from."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guards.lexicon.documents import DocumentError
from guards.lexicon.reader import Lexicon
from guards.lexicon.rules import Family
from guards.meaning.weights import Weights
from guards.phrases.guard import Phrases
from guards.policy import Institution, Policy, compile_policy
from guards.script import Script, Segment
from guards.types import Case, Finding, Scenario, Stage

WORDS = (
    "包过",
    "必下款",
    "百分百获批",
    "天天打给您",
    "行长担保",
    "贷款保过",
    "24小时放款",
    "二十四",
    "加我",
    "停催",
    "秒批",
)
TEXTS = (
    "我们包过的，保 过，宝过。",
    "必下款，避下款，bi下款，b x k。",
    "百分百获批，百芬百获批，100%获批，bfbhp。",
    "天天打给您，添添打给您，我们不会天天打给您。",
    "24小时放款，二十四小时放款，贰拾肆小时放款",
    "货款保过，贷款保过，贷 款 保 过",
    "还清以后停催，行长担保，xingzhang担保，杭长丹宝",
    "加我➕微，秒批，miaopi，秒匹。",
    "贷款",
)


def rule(name: str, phrases: Sequence[str], **changes: object) -> dict[str, object]:
    """A rule with examples that hold for any of the words."""
    return {
        "id": name,
        "title": "词",
        "action": "block",
        "phrases": list(phrases),
        "reason": "不得说",
        "source": {"law": "广告法", "force": "law"},
        "effective": {"from": "2026-01-01"},
        "examples": {"hits": [phrases[0]], "misses": ["您好"]},
        **changes,
    }


def family(name: str, rules: Sequence[dict[str, object]], *, is_tight: bool = True) -> Family:
    """A family with every disguise, or one that looks at plain words only."""
    disguises = {"homophones": is_tight, "near_sounds": is_tight, "look_alikes": is_tight, "initials": is_tight}
    folding = "tight" if is_tight else "plain"
    return Family.model_validate({"family": name, "folding": folding, "rules": rules, **disguises})


CONTENTS = st.fixed_dictionaries(
    {
        "phrases": st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True),
        "patterns": st.sampled_from([[], ["[包保]过"], ["贷款.{0,2}过"]]),
        "except": st.sampled_from([[], ["必下款项"], ["贷款保过"]]),
        "near": st.sampled_from([[], [{"words": ["还清"], "with": ["停催"], "within": 4}]]),
        "scenarios": st.sampled_from([[], ["acquisition"], ["collection_m1"]]),
        "even_if_negated": st.booleans(),
    }
)


@st.composite
def lexicons(draw: st.DrawFn) -> list[Family]:
    """Up to four families of up to three rules; names and contents are few, so that any two have much in common."""
    families = []
    for name in draw(st.lists(st.sampled_from("abcd"), min_size=1, unique=True)):
        names = draw(st.lists(st.sampled_from("xyz"), min_size=1, unique=True))
        contents = [draw(CONTENTS) for _ in names]
        rules = [
            rule(f"{name}.{each}", **content)  # type: ignore[arg-type]
            for each, content in zip(names, contents, strict=True)
        ]
        families.append(family(name, rules, is_tight=name != "d" and draw(st.integers(0, 4)) > 0))
    return families


def found(guard: Phrases) -> list[Sequence[Finding]]:
    """All findings in all texts, in their order, and where a phrase is begun."""
    cases = [Case(scenario=scenario, stage=Stage.BODY) for scenario in (None, Scenario.ACQUISITION)]
    return [guard(Script((Segment(Stage.BODY, text, text),)), case) for text in TEXTS for case in cases]


def begun(guard: Phrases) -> list[bool]:
    """Whether a phrase may go on behind each beginning of each text."""
    return [guard.may_continue(text[:end], end) for text in TEXTS for end in range(2, len(text), 3)]


def large_parts(guard: Phrases) -> set[int]:
    """Which of the compiled parts are worth their keep."""
    return {id(part) for search in guard.searches for part in search.parts if part.weight > 2000}


@settings(deadline=None, max_examples=25)
@given(st.lists(lexicons(), min_size=2, max_size=5))
def test_no_finding_shows_what_a_policy_was_compiled_from(history: list[list[Family]]) -> None:
    running: Phrases | None = None
    for families in history:
        running = Phrases(families, running)
    anew = Phrases(history[-1])
    assert running is not None
    assert found(running) == found(anew)
    assert begun(running) == begun(anew)


@settings(deadline=None, max_examples=15)
@given(lexicons(), lexicons())
def test_a_change_to_many_rules_shows_in_no_finding(before: list[Family], after: list[Family]) -> None:
    large = family("large", [rule("large.first", [f"{one}{other}" for one in WORDS for other in WORDS] * 20)])
    base = Phrases([large, *before])
    running = Phrases([*after, large], base)
    assert large_parts(running) == large_parts(base) != set()
    anew = Phrases([*after, large])
    assert found(running) == found(anew)
    assert begun(running) == begun(anew)


def test_the_large_part_of_the_rules_is_shared_by_all_later_policies(lexicon: Lexicon) -> None:
    first = Phrases(lexicon.families)
    known = large_parts(first)
    assert known
    guard, families = first, list(lexicon.families)
    for number in range(6):
        families = [*families[1:], family(f"extra{number}", [rule(f"extra.r{number}", [WORDS[number]])])]
        guard = Phrases(families, guard)
        assert known <= large_parts(guard)
        assert max(len(search.parts) for search in guard.searches) <= 4
    assert found(guard) == found(Phrases(families))


@pytest.fixture(scope="module")
def running(lexicon: Lexicon, institution: Institution, weights: Weights) -> Policy:
    """The policy in force."""
    return compile_policy(lexicon, institution, weights, is_proven=True)


def with_family(lexicon: Lexicon, more: Family) -> Lexicon:
    """The lexicon with one more family, each rule of which stands on line 7."""
    places = {rule.id: "more.yaml:7" for rule in more.rules}
    return replace(lexicon, families=(*lexicon.families, more), places={**lexicon.places, **places}, digest="more")


def test_what_is_equal_is_shared(lexicon: Lexicon, institution: Institution, weights: Weights, running: Policy) -> None:
    changed = with_family(lexicon, family("more", [rule("more.first", ["包您过"])]))
    policy = compile_policy(changed, institution, weights, revision=9, base=running)
    for name in ("disclosures", "grounding", "personal_data"):
        assert getattr(policy.parts, name) is getattr(running.parts, name)
    assert (policy.revision, policy.lexicon) == (9, changed)
    assert policy.digest == compile_policy(changed, institution, weights, is_proven=True).digest != running.digest


def test_another_institution_has_other_disclosures(lexicon: Lexicon, weights: Weights, running: Policy) -> None:
    policy = compile_policy(lexicon, Institution("别家消费金融有限公司", "4000000000"), weights, base=running)
    for name in ("disclosures", "grounding", "personal_data"):
        assert getattr(policy.parts, name) is not getattr(running.parts, name)


def test_what_changed_is_proven(lexicon: Lexicon, institution: Institution, weights: Weights, running: Policy) -> None:
    refuted = rule("more.first", ["包您过"], examples={"hits": ["包您过", "通过"], "misses": ["包您过吧"]})
    with pytest.raises(DocumentError) as raised:
        compile_policy(with_family(lexicon, family("more", [refuted])), institution, weights, base=running)
    assert raised.value.problems == [
        "more.yaml:7: more.first is not hit by its own example '通过'",
        "more.yaml:7: more.first hits its own near miss '包您过吧'",
    ]


def test_a_rule_of_which_only_the_examples_changed_is_proven(
    lexicon: Lexicon, institution: Institution, weights: Weights, running: Policy
) -> None:
    first, *others = lexicon.families
    refuted = first.rules[0].model_copy(
        update={"examples": first.rules[0].examples.model_copy(update={"hits": ["您好"]})}
    )
    edited = first.model_copy(update={"rules": [refuted, *first.rules[1:]]})
    with pytest.raises(DocumentError, match=f"{refuted.id} is not hit by its own example '您好'"):
        compile_policy(replace(lexicon, families=(edited, *others)), institution, weights, base=running)


def test_rules_are_proven_again_whose_examples_another_rule_lets_be_read_otherwise() -> None:
    words = {"institution": "示例公司"}
    numbered = rule("a.numbered", ["放款很快"], examples={"hits": ["47小时放款很快"], "misses": ["{institution}您好"]})
    kept = [family("a", [numbered, rule("a.other", ["包过"])])]
    before = Phrases(kept)
    assert list(Phrases(kept, before).unlike(before, words)) == []
    named = Phrases([*kept, family("b", [rule("b.first", ["四十七天"])])], before)
    assert [one.id for one in named.unlike(before, words)] == ["a.numbered", "b.first"]
    assert [one.id for one in Phrases(kept, named).unlike(named, words)] == ["a.numbered"]
