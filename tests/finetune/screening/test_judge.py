"""The judge: lines that may be said pass, lines that may not are named with file, line, rule and reason."""

from dataclasses import replace

import pytest

from app.approved.brief import Brief
from app.approved.vocabulary import Vocabulary
from app.settings import ROOT
from app.writing.lines.bodies import ApprovedDetails, Sentence
from finetune.cli import main
from finetune.lines.bodies import Body
from finetune.lines.reader import Line
from finetune.screening.judge import Judge, check_bodies, check_lines, shipped_policy
from guards.lexicon.documents import DocumentError
from guards.types import Channel, Generation, Group, Scenario

_M1 = Scenario.COLLECTION_M1


@pytest.fixture(scope="module")
def judge(vocabulary: Vocabulary) -> Judge:
    """The shipped rules."""
    return Judge(shipped_policy(ROOT, vocabulary), vocabulary)


def _line(text: str, scenario: Scenario = _M1, offers: frozenset[str] = frozenset()) -> Line:
    return Line(scenario, "soothe", text, frozenset(), frozenset(), frozenset(), offers, "corpus.yaml:7")


def test_every_shipped_line_passes_the_whole_chain(judge: Judge, corpus: list[Line]) -> None:
    check_lines(corpus, judge)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("明天就派人上门找你。", "threat."),
        ("您的身份证号110101199003077758我记下了。", "personal_data."),
        ("先还五百元吧。", "number."),
    ],
)
def test_what_may_not_be_said_is_named(judge: Judge, text: str, rule: str) -> None:
    scenario = Scenario.ACQUISITION if "年化" in text else _M1
    with pytest.raises(DocumentError) as refused:
        check_lines([_line("您慢慢说。"), _line(text, scenario)], judge)
    assert all(problem.startswith("corpus.yaml:7: ") for problem in refused.value.problems)
    assert any(f" {rule}" in problem for problem in refused.value.problems)


def test_a_wording_of_a_body_and_a_detail_that_may_not_be_said_are_named(judge: Judge) -> None:
    said = Sentence(("应还{应还金额}，{到期日}到期。", "{应还金额}，{到期日}到期，明天就派人上门找你。"))
    body = Body(
        _M1,
        frozenset({"plan_plain"}),
        frozenset({Generation.YOUNG}),
        frozenset(),
        (said, Sentence(("可以申请延期。",), offer="deferral"), Sentence(("利息给您免了。",), offer="waiver")),
        "bodies.yaml:3",
    )
    detail = Sentence(("到今天过了{逾期天数}。", "先还五百元，过了{逾期天数}。"), "逾期天数")
    details = [ApprovedDetails(frozenset({Group.COLLECTION}), frozenset(Generation), (detail,))]
    with pytest.raises(DocumentError) as refused:
        check_bodies([body], details, judge)
    told = {problem.split(": ")[0] for problem in refused.value.problems}
    assert told == {"bodies.yaml:3", "details.yaml"}
    assert any(" threat." in problem and "上门" in problem for problem in refused.value.problems)
    fine = replace(body, sentences=(Sentence(said.texts[:1]), body.sentences[1]))
    check_bodies([fine], [replace(details[0], sentences=(Sentence(detail.texts[:1], "逾期天数"),))], judge)


def test_a_concession_passes_only_where_it_is_offered(judge: Judge) -> None:
    text = "利息可以申请减免一部分。"
    assert judge.blocking_findings(text, _M1)
    assert not judge.blocking_findings(text, _M1, offers=frozenset({"waiver"}))
    brief = Brief(_M1, Generation.YOUNG, "plan_plain", offer="waiver")
    assert not judge.blocking_findings_for(text, brief)
    assert judge.blocking_findings_for(text, Brief(_M1, Generation.YOUNG, "plan_plain"))


def test_a_slot_that_nobody_knows_is_an_error(judge: Judge) -> None:
    with pytest.raises(KeyError):
        judge.blocking_findings("还{金额}。", _M1, channel=Channel.SMS)


def test_the_check_prints_what_is_covered(capsys: pytest.CaptureFixture[str], corpus: list[Line]) -> None:
    assert main(["check"]) == 0
    printed = capsys.readouterr().out
    assert printed.rstrip().endswith(f"{len(corpus)} lines")
    for name in (
        "part",
        "generation",
        "strategy",
        "emotion",
        "tag",
        "senior",
        "soothe_and_plan",
        "distressed",
        "没钱还",
    ):
        assert name in printed
