"""The corpus: each rule of its lines, what a file may not hold, and that the shipped lines break no rule of speech."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from app.approved.facts import example_facts, parse_facts
from app.approved.vocabulary import Part, Vocabulary
from app.approved.wording import read_wording
from app.policy import load_policy
from app.settings import ROOT, Settings
from app.writing.prompt import slot_token
from finetune.lines.reader import Line, line_problems, read_lines
from guards.lexicon.documents import DocumentError
from guards.phrases.guard import Phrases
from guards.script import Script, Segment
from guards.types import Callee, Case, Channel, Generation, Role, Scenario, Stage

_TODAY = date(2026, 11, 20)
_ACQUISITION, _M1 = Scenario.ACQUISITION, Scenario.COLLECTION_M1


def _line(
    text: str,
    part: Part = "ask",
    scenario: Scenario = _ACQUISITION,
    *,
    generations: frozenset[Generation] = frozenset(),
    offers: frozenset[str] = frozenset(),
) -> Line:
    return Line(scenario, part, text, generations, frozenset(), frozenset(), offers, "corpus.yaml:1")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (_line("您看方便吗"), "does not end with"),
        (_line("额度有5元。"), "holds a number"),
        (_line("额度有５元。"), "holds a number"),
        (_line("可以分三期来还。"), "holds a number"),
        (_line("等几个月再看。"), "holds a number"),
        (_line("成本是百分之零。"), "holds a number"),
        (_line("您用Pay就行。"), "characters that are not spoken: ay"),
        (_line("您看这样行吗……？"), "characters that are not spoken"),
        (_line("成本是{年化利率}。", "hook"), "uses {年化利率}, which the part hook may not"),
        (_line("在{还款渠道}看看。", "hook"), "uses {还款渠道}"),
        (_line("这阵子免息。", "benefit"), "speaks of 免息 without"),
        (_line("前{免息天数}免息。", "benefit"), "speaks of 免息 without"),
        (_line("{月利率}，也就是{年化利率}。", "rate"), "says {月利率} before {年化利率}"),
        (_line("折合{月利率}。", "rate"), "says {月利率} before {年化利率}"),
        (_line("可以延{延期期数}。", "plan", _M1), "without offers: [deferral]"),
        (_line("可以延{延期期数}。", "plan", _M1, offers=frozenset({"waiver"})), "without offers: [deferral]"),
        (_line("您" * 35 + "。"), "longer than 34"),
        (_line("您" * 26 + "。", generations=frozenset({Generation.SENIOR})), "longer than 24"),
        (_line("{产品名}" + "您" * 29 + "。"), "longer than 34"),
    ],
)
def test_each_rule_finds_what_breaks_it(line: Line, problem: str, vocabulary: Vocabulary) -> None:
    assert [reported for reported in line_problems(line, vocabulary) if problem in reported]


@pytest.mark.parametrize(
    "line",
    [
        _line("您看方便吗？"),
        _line("这会儿有一点时间吗？"),
        _line("{产品名}前{免息天数}免息，之后是{年化利率}。", "benefit"),
        _line("成本是{年化利率}，折合{月利率}。", "rate"),
        _line("在{还款渠道}就能还。", "help", _M1),
        _line("可以申请延{延期期数}。", "plan", _M1, offers=frozenset({"deferral"})),
        _line("您" * 34 + "。"),
        _line("打开APP就能看。"),
    ],
)
def test_no_rule_finds_anything_in_a_good_line(line: Line, vocabulary: Vocabulary) -> None:
    assert list(line_problems(line, vocabulary)) == []


@pytest.mark.parametrize(
    ("content", "place", "problem"),
    [
        ("scenario: acquisition\npart: ask\ngroups:\n- lines:\n  - 您看方便吗\n", 5, "does not end with"),
        (
            "scenario: acquisition\npart: ask\ngroups:\n- tags: [nobody]\n  lines: [您看方便吗？]\n",
            4,
            "unknown tag nobody",
        ),
        (
            "scenario: acquisition\npart: ask\ngroups:\n- strategies: [none]\n  lines: [您看方便吗？]\n",
            4,
            "unknown strategy none",
        ),
        ("scenario: acquisition\npart: song\ngroups:\n- lines: [您看方便吗？]\n", 2, "part"),
        ("scenario: acquisition\npart: ask\ngroups:\n- lines: [您看方便吗？]\n  age: 3\n", 5, "age"),
        (
            "scenario: acquisition\npart: ask\ngroups:\n- lines:\n  - 您看方便吗？\n  - 您看方便吗？\n",
            6,
            "stands already",
        ),
    ],
)
def test_a_file_is_refused_with_file_and_line(
    tmp_path: Path, vocabulary: Vocabulary, content: str, place: int, problem: str
) -> None:
    file = tmp_path / "ask.yaml"
    file.write_text(content, "utf-8")
    with pytest.raises(DocumentError) as refused:
        read_lines(tmp_path, vocabulary)
    assert any(reported.startswith(f"{file}:{place}:") and problem in reported for reported in refused.value.problems)


def test_the_shipped_corpus_is_clean_and_has_lines_for_every_part(corpus: list[Line], vocabulary: Vocabulary) -> None:
    said = {(line.scenario, line.part) for line in corpus}
    for scenario in Scenario:
        for strategy in vocabulary.strategies_for(scenario):
            assert {(scenario, part) for part in vocabulary.strategies[strategy].parts} <= said


def test_no_shipped_line_says_what_a_rule_forbids(corpus: list[Line], vocabulary: Vocabulary) -> None:
    settings = Settings()
    institution = read_wording(ROOT / "prompts", vocabulary).institution
    policy = load_policy(settings, institution.full_name, institution.hotline)
    guard = Phrases(policy.lexicon.families)
    threat = _line("我们明天派人上门找你。", "ask", _M1)
    assert _findings([threat], guard, vocabulary), "the guard sees nothing, so it proves nothing"
    assert "\n".join(_findings(corpus, guard, vocabulary)) == ""


def _findings(lines: Sequence[Line], guard: Phrases, vocabulary: Vocabulary) -> list[str]:
    """Each line with its slots filled from the example facts, knowing required facts and those it speaks of only."""
    found = []
    for line in lines:
        profile = vocabulary.scenarios[line.scenario]
        spoken_of = {vocabulary.slots[slot].fact for slot in line.slots} | set(profile.required_facts)
        given = {name: value for name, value in example_facts(profile, vocabulary, _TODAY).items() if name in spoken_of}
        facts = parse_facts(given, profile, vocabulary)
        case = Case(
            scenario=line.scenario,
            channel=Channel.AI_VOICE,
            callee=Callee(Role.DEBTOR, True),
            stage=Stage.BODY,
            facts=facts.guard_facts(),
            offers=line.offers,
        )
        fillings = facts.fillings(_TODAY)
        forms = (
            {name: filling.written for name, filling in fillings.items()},
            {name: filling.spoken for name, filling in fillings.items()},
        )
        for form in forms:
            text = line.text
            for slot in line.slots:
                text = text.replace(slot_token(slot), form[slot])
            script = Script((Segment(Stage.BODY, text, text),))
            found += [f"{line.place}: {finding.rule}: {text}" for finding in guard(script, case)]
    return found
