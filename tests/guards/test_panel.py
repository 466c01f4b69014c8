"""The panel: every guard is heard, a broken one blocks without a word of the text, both forms are read."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.panel import LookaheadGuard, Panel
from guards.personal_data.masking import mask
from guards.policy import Policy
from guards.script import Guard, Script, Segment
from guards.types import Action, Case, Finding, Scenario, Span, Stage

SECRET = "张小凡13812345678"


class Finder:
    """A guard that finds a word wherever it stands."""

    def __init__(self, name: str, word: str, action: Action = Action.BLOCK) -> None:
        self.name = name
        self._word = word
        self._action = action
        self.read: list[str] = []

    def __call__(self, script: Script, case: Case) -> Sequence[Finding]:
        """One finding for the first place of the word."""
        self.read.append(script.text)
        start = script.text.find(self._word)
        if start < 0:
            return []
        return [Finding(f"{self.name}.rule", self.name, self._action, "因为", Span(start, start + len(self._word)))]


class Broken:
    """A guard that does what it is told instead of judging."""

    def __init__(self, act: Callable[[Script], Sequence[Finding]]) -> None:
        self.name = "broken"
        self._act = act

    def __call__(self, script: Script, case: Case) -> Sequence[Finding]:
        """Whatever the test wants."""
        return self._act(script)


def script(*pairs: tuple[str, str]) -> Script:
    """Segments of a written and a spoken form."""
    return Script(tuple(Segment(stage, *pair) for stage, pair in zip(Stage, pairs, strict=False)))


def raising(failure: Exception) -> Guard:
    """A guard that raises."""

    def act(script: Script) -> Sequence[Finding]:
        raise failure

    return Broken(act)


def lazily_raising(script: Script) -> Sequence[Finding]:
    """Findings that fail only when they are looked at."""
    return (finding for finding in [1 / 0])  # type: ignore[return-value]


@pytest.mark.parametrize(
    "guard",
    [
        raising(ValueError(SECRET)),
        raising(KeyError(SECRET)),
        raising(RecursionError(SECRET)),
        raising(MemoryError()),
        raising(UnicodeEncodeError("utf-8", SECRET, 0, 1, SECRET)),
        Broken(lazily_raising),
        Broken(lambda script: None),  # type: ignore[arg-type, return-value]
        Broken(lambda script: [Finding("r", "broken", Action.OBSERVE, "", Span(5, 5))]),
    ],
)
def test_a_guard_that_fails_blocks_and_does_not_repeat_the_text(guard: Guard) -> None:
    after = Finder("after", "张")
    verdict = Panel([guard, after]).examine(script((SECRET, SECRET)), Case())
    assert verdict.action is Action.BLOCK
    failed, heard = verdict.findings
    assert (failed.rule, failed.guard, failed.action, failed.span) == ("guard.failed", "broken", Action.BLOCK, None)
    assert "张小凡" not in repr(failed)
    assert "138" not in repr(failed)
    assert heard.rule == "after.rule"


def test_a_guard_that_fails_on_the_spoken_form_only_blocks_too() -> None:
    def act(script: Script) -> Sequence[Finding]:
        if "三" in script.text:
            raise ValueError(SECRET)
        return []

    panel = Panel([Broken(act)], both_forms=["broken"])
    assert panel.examine(script(("3元", "3元")), Case()).may_be_said
    assert panel.examine(script(("3元", "三元")), Case()).action is Action.BLOCK


def test_what_was_found_as_written_stands_when_the_guard_fails_on_the_spoken_form() -> None:
    written = Finding("broken.rule", "broken", Action.MASK, "因为", Span(0, 1), "[隐私信息]")

    def act(script: Script) -> Sequence[Finding]:
        if "三" in script.text:
            raise ValueError(SECRET)
        return [written]

    verdict = Panel([Broken(act)], both_forms=["broken"]).examine(script(("3元", "三元")), Case())
    assert verdict.findings[0] == written
    assert [finding.rule for finding in verdict.findings] == ["broken.rule", "guard.failed"]
    assert verdict.action is Action.BLOCK


def test_an_interrupt_is_not_swallowed() -> None:
    def act(script: Script) -> Sequence[Finding]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Panel([Broken(act)]).examine(script(("a", "a")), Case())


def test_no_guard_means_no_objection() -> None:
    assert Panel([]).examine(script(("a", "a")), Case()).findings == ()


@given(st.lists(st.sampled_from(Action), max_size=5))
def test_the_verdict_derives_from_all_findings(actions: list[Action]) -> None:
    guards = [Finder(f"g{index}", "款", action) for index, action in enumerate(actions)]
    verdict = Panel(guards).examine(script(("放款", "放款")), Case())
    assert [finding.action for finding in verdict.findings] == actions
    assert verdict.action is max([Action.ALLOW, *actions])


THREE = script(("您好，", "您好，"), ("3%，", "百分之三，"), ("好。", "好呀。"))


@pytest.mark.parametrize(
    ("word", "span"),
    [("您好", Span(0, 2)), ("百分", Span(3, 6)), ("之三，好", Span(3, 6)), ("好呀", Span(6, 8)), ("呀", Span(6, 8))],
)
def test_what_only_the_spoken_form_says_is_located_at_its_segment(word: str, span: Span) -> None:
    finder = Finder("spoken", word)
    verdict = Panel([finder], both_forms=["spoken"]).examine(THREE, Case())
    assert [finding.span for finding in verdict.findings] == [span]
    assert finder.read == [THREE.text, THREE.spoken]


def test_what_both_forms_say_is_told_once_where_it_is_written() -> None:
    both = script(("第3，过", "第三，过"))
    verdict = Panel([Finder("f", "过")], both_forms=["f"]).examine(both, Case())
    assert [finding.span for finding in verdict.findings] == [Span(3, 4)]


def test_a_word_that_nobody_wrote_is_still_found() -> None:
    silent = script(("好", "好"), ("", "包过"))
    verdict = Panel([Finder("f", "包过")], both_forms=["f"]).examine(silent, Case())
    assert [(finding.action, finding.span) for finding in verdict.findings] == [(Action.BLOCK, None)]


def test_a_rule_is_found_in_each_segment_that_breaks_it_in_either_form(policy: Policy) -> None:
    both = script(("我们包过。", "我们包过。"), ("我们B过。", "我们包过。"), ("您好。", "您好。"))
    found = placed(policy, both, "promise.")
    assert [span for _, span in found] == [Span(2, 4), Span(5, 10)]
    assert len({rule for rule, _ in found}) == 1


def test_personal_data_is_masked_in_each_segment_that_says_it_in_either_form(policy: Policy) -> None:
    mobile = "13812345678"
    both = script(
        (f"请打{mobile}。", f"请打{mobile}。"), ("或打老号码。", "或打幺三八幺二三四五六七八。"), ("再见。", "再见。")
    )
    case = Case(scenario=Scenario.COLLECTION_M1, known_personal_data={"mobile": mobile})
    findings = [finding for finding in policy.panel.examine(both, case).findings if finding.replacement]
    assert [finding.span for finding in findings if finding.rule.endswith("known_mobile")] == [
        Span(2, 13),
        Span(14, 20),
    ]
    assert mask(both.text, findings) == "请打[隐私信息]。[隐私信息]再见。"


@pytest.mark.parametrize(
    ("spoken", "prefix"),
    [
        ("我们包过，真的包过，放心，包过。", "promise."),
        ("打13812345678，或13812345678，或13812345678。", "personal_data.mobile"),
    ],
)
def test_several_hits_of_a_rule_in_one_spoken_segment_are_one_finding(policy: Policy, spoken: str, prefix: str) -> None:
    assert [span for _, span in placed(policy, script(("您好。", "您好。"), ("好的。", spoken)), prefix)] == [
        Span(3, 6)
    ]


def placed(policy: Policy, examined: Script, prefix: str) -> list[tuple[str, Span | None]]:
    """Rule and place of the findings of the shipped guards whose rule begins so."""
    verdict = policy.panel.examine(examined, Case(Scenario.ACQUISITION))
    return [(finding.rule, finding.span) for finding in verdict.findings if finding.rule.startswith(prefix)]


def test_a_finding_without_a_place_stays_without_one() -> None:
    class Owing(Finder):
        def __call__(self, script: Script, case: Case) -> Sequence[Finding]:
            return [Finding("owed", self.name, Action.BLOCK, "")] if "三" in script.text else []

    verdict = Panel([Owing("f", "")], both_forms=["f"]).examine(THREE, Case())
    assert [(finding.rule, finding.span) for finding in verdict.findings] == [("owed", None)]


def test_other_guards_read_the_written_form_only() -> None:
    written, both = Finder("written", "百分"), Finder("both", "百分")
    verdict = Panel([written, both], both_forms=["both"]).examine(THREE, Case())
    assert written.read == [THREE.text]
    assert [finding.guard for finding in verdict.findings] == ["both"]


def test_equal_forms_are_read_once() -> None:
    finder = Finder("f", "x")
    Panel([finder], both_forms=["f"]).examine(script(("好", "好")), Case())
    assert finder.read == ["好"]


def test_a_text_is_examined_as_one_segment_of_its_stage() -> None:
    stages: list[Stage] = []

    def act(script: Script) -> Sequence[Finding]:
        stages.extend(segment.stage for segment in script.segments)
        return []

    panel = Panel([Broken(act)], both_forms=["broken"])
    panel.examine_text("好", Case(stage=Stage.CLOSE))
    panel.examine_text("好", Case())
    assert stages == [Stage.CLOSE, Stage.BODY]


class Begun(Finder):
    """A guard whose word may go on as long as the text ends with the word's beginning."""

    def may_continue(self, text: str, end: int) -> bool:
        """Whether the first character of the word stands at the end of the text, before `end`."""
        return text.endswith(self._word[0]) and len(text) <= end


@pytest.mark.parametrize(
    ("guards", "text", "end", "goes_on"),
    [
        ([], "包", 1, False),
        ([Finder("f", "包过")], "包", 1, False),
        ([Begun("f", "包过")], "包", 1, True),
        ([Begun("f", "包过")], "好", 1, False),
        ([Begun("f", "包过")], "好包", 1, False),
        ([Finder("f", "包过"), Begun("g", "放款"), Begun("h", "包过")], "包", 1, True),
        ([Finder("f", "包过"), Begun("g", "放款")], "包", 1, False),
    ],
)
def test_something_may_go_on_if_any_guard_that_reaches_says_so(
    guards: list[Guard], text: str, end: int, goes_on: bool
) -> None:
    assert Panel(guards).may_continue(text, end) is goes_on


def test_a_guard_reaches_if_it_can_say_what_goes_on() -> None:
    assert isinstance(Begun("f", "包过"), LookaheadGuard)
    assert not isinstance(Finder("f", "包过"), LookaheadGuard)


def test_of_the_shipped_guards_only_the_phrases_reach(policy: Policy) -> None:
    assert policy.panel.may_continue("百分百", 3)
    assert not policy.panel.may_continue("呃", 1)


def test_the_observer_is_told_each_guard_and_its_seconds_also_of_a_broken_one() -> None:
    told: list[tuple[str, float]] = []
    panel = Panel([raising(ValueError()), Finder("f", "x")], observer=lambda name, took: told.append((name, took)))
    panel.examine(THREE, Case())
    assert [name for name, _ in told] == ["broken", "f"]
    assert all(seconds >= 0 for _, seconds in told)
