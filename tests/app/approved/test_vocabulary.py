"""The vocabulary as shipped, and what is refused of it, naming file and line."""

import re
import shutil
from pathlib import Path

import pytest

from app.approved.vocabulary import REPLY, Vocabulary, read_vocabulary
from app.scripts.plan import make_plan
from finetune.folders import CORPUS
from finetune.lines.bodies import read_corpus_of_bodies
from finetune.lines.reader import Line, read_lines
from guards.lexicon.documents import DocumentError
from guards.types import Channel, Generation, Group, Scenario, Stage
from tests.app.examples import SPOKEN, rich_facts

ROOT = Path(__file__).parents[3]


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    """A copy of the shipped files to spoil."""
    return Path(shutil.copytree(ROOT / "prompts", tmp_path / "prompts"))


@pytest.fixture(scope="session")
def lines(vocabulary: Vocabulary) -> list[Line]:
    """The corpus."""
    return read_lines(ROOT / "finetune" / "corpus", vocabulary)


def spoil(path: Path, old: str, new: str) -> int:
    """Replace the first `old` in the file; the line (from 1) on which it stood."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


class TestAsShipped:
    def test_describes_every_member_of_the_contract(self, vocabulary: Vocabulary) -> None:
        assert set(vocabulary.generations) == set(Generation)
        assert set(vocabulary.scenarios) == set(Scenario)

    def test_generations_cover_every_adult_age_once(self, vocabulary: Vocabulary) -> None:
        ages = [profile.ages for profile in vocabulary.generations.values()]
        covered = [age for first, last in ages for age in range(first, last + 1)]
        assert covered == list(range(18, 121))
        assert vocabulary.generation_of(17) is None

    def test_contact_windows_are_inside_the_legal_hours(self, vocabulary: Vocabulary) -> None:
        for profile in vocabulary.generations.values():
            start, end = profile.contact_window
            assert "08:00" <= start < end <= "22:00"

    def test_has_at_least_sixty_tags(self, vocabulary: Vocabulary) -> None:
        assert len(vocabulary.tags) >= 60
        labels = [tag.label for tag in vocabulary.tags.values()]
        assert len(set(labels)) == len(labels)
        assert not set(labels) & set(vocabulary.tags)

    def test_a_tag_is_found_by_id_and_by_label(self, vocabulary: Vocabulary) -> None:
        for tag in vocabulary.tags.values():
            assert vocabulary.tag(tag.id) is tag
            assert vocabulary.tag(tag.label) is tag
        assert vocabulary.tag("没有这个标签") is None

    def test_every_tag_changes_something(self, vocabulary: Vocabulary) -> None:
        for tag in vocabulary.tags.values():
            assert tag.speaks or tag.strategies or tag.slots or tag.pace or tag.brief or tag.effect, tag.id

    def test_every_strategy_of_a_tag_fits_one_of_its_scenarios(self, vocabulary: Vocabulary) -> None:
        for tag in vocabulary.tags.values():
            for strategy in tag.strategies:
                assert set(vocabulary.strategies[strategy].scenarios) & set(tag.scenarios), (tag.id, strategy)

    def test_every_fact_of_a_tag_belongs_to_one_of_its_scenarios(self, vocabulary: Vocabulary) -> None:
        for tag in vocabulary.tags.values():
            for slot in tag.slots:
                fact = vocabulary.slots[slot].fact
                assert any(
                    fact in (*vocabulary.scenarios[name].required_facts, *vocabulary.scenarios[name].optional_facts)
                    for name in tag.scenarios
                ), (tag.id, slot)

    @pytest.mark.parametrize("scenario", SPOKEN)
    def test_every_speaking_tag_has_bodies_in_each_of_its_scenarios(
        self, scenario: Scenario, vocabulary: Vocabulary
    ) -> None:
        """But those that approved replies answer, which the wording sees to."""
        bodies = read_corpus_of_bodies(CORPUS, vocabulary).approved
        spoken = {tag for body in bodies if body.scenario is scenario for tag in body.tags}
        wanted = {
            tag.id
            for tag in vocabulary.tags.values()
            if tag.speaks and not tag.needs_reply and scenario in tag.scenarios
        }
        assert wanted
        assert wanted - spoken == set()

    def test_every_line_of_a_tag_belongs_to_a_scenario_of_it(self, vocabulary: Vocabulary, lines: list[Line]) -> None:
        for line in lines:
            for tag in line.tags:
                assert line.scenario in vocabulary.tags[tag].scenarios, line.place

    @pytest.mark.parametrize("scenario", SPOKEN)
    def test_verification_is_a_stage_wherever_there_is_a_debt(self, scenario: Scenario, vocabulary: Vocabulary) -> None:
        assert (Stage.VERIFY in vocabulary.scenarios[scenario].stages) is (scenario.group is not Group.MARKETING)

    @pytest.mark.parametrize("scenario", SPOKEN)
    def test_every_default_strategy_can_be_planned(self, scenario: Scenario, vocabulary: Vocabulary) -> None:
        for generation in Generation:
            profile = vocabulary.scenarios[scenario]
            plan = make_plan(profile, generation, [], {"应还金额"}, [], None, vocabulary, Channel.AI_VOICE)
            assert plan.brief.strategy in vocabulary.strategies_for(scenario)

    def test_every_fact_of_the_examples_is_known(self, vocabulary: Vocabulary) -> None:
        for scenario in SPOKEN:
            profile = vocabulary.scenarios[scenario]
            # A bill that is reminded of is not overdue.
            not_yet = {"overdue_days"} if scenario is Scenario.BILL_REMINDER else set()
            assert set(rich_facts(scenario)) == {*profile.required_facts, *profile.optional_facts} - not_yet


class TestRefused:
    @pytest.mark.parametrize(
        ("name", "old", "new", "expected"),
        [
            ("tags", "slots: [额度上限, 审批时长]", "slots: [额度下限]", "unknown slot 额度下限"),
            ("tags", "strategies: [rate_first]", "strategies: [rate_last]", "unknown strategy rate_last"),
            ("tags", "id: asked_rate", "id: browsing_loan", "browsing_loan is already defined above"),
            ("tags", "label: 咨询过利率", "label: 实时浏览应急贷", "实时浏览应急贷 is already defined above"),
            ("tags", "speaks: true", "speaks: maybe", "valid boolean"),
            ("tags", "id: asked_rate", "id: Asked-Rate", "match pattern"),
            ("tags", "effect: 先把年化利率讲清楚", "affect: 先把年化利率讲清楚", "Extra inputs"),
            ("slots", "fact: credit_limit", "fact: credit_limits", "unknown fact credit_limits"),
            ("slots", "name: 月利率", "name: 年化利率", "年化利率 is already defined above"),
            ("facts", "name: quota", "name: terms", "terms is already defined above"),
            ("facts", "额度上限, type: decimal", "额度上限, type: float", "decimal"),
            ("facts", ", choices: [simple, irr]", "", "choices belong to"),
            ("facts", ", digits: [4, 4]", "", "digits (least and most)"),
            ("scenarios", "required_facts: [product, annual_rate]", "required_facts: [x]", "unknown fact x"),
            ("scenarios", "gen_z: rate_first", "gen_z: plan_plain", "plan_plain is no strategy of acquisition"),
            ("scenarios", "gen_z: rate_first, ", "", "default_strategy must name every generation"),
            ("scenarios", "id: activation", "id: acquisition", "acquisition is already defined above"),
            ("strategies", "id: rate_first", "id: benefit_first", "benefit_first is already defined above"),
            ("strategies", "parts: [hook, benefit", "parts: [hook, joke", "hook"),
            ("generations", "id: young", "id: gen_z", "gen_z is already defined above"),
            ("generations", '["21:00", "22:00"]', '["21:00", "24:00"]', "match pattern"),
        ],
    )  # fmt: skip
    def test_names_file_and_line(self, name: str, old: str, new: str, expected: str, prompts: Path) -> None:
        line = spoil(prompts / f"{name}.yaml", old, new)
        with pytest.raises(DocumentError) as refused:
            read_vocabulary(prompts)
        assert any(
            re.match(rf"{re.escape(str(prompts))}/{name}\.yaml:\d+: ", problem) and expected in problem
            for problem in refused.value.problems
        ), refused.value.problems
        near = [int(problem.split(":")[1]) for problem in refused.value.problems if expected in problem]
        entry = 0 if name in ("tags", "slots", "facts", "strategies") else 12
        assert any(line - entry <= found <= line for found in near), (near, line)

    def test_a_missing_generation(self, prompts: Path) -> None:
        path = prompts / "generations.yaml"
        text = path.read_text("utf-8")
        path.write_text(text[: text.index("- id: senior")], "utf-8")
        with pytest.raises(DocumentError, match=r"generations\.yaml:\d+: lacks senior"):
            read_vocabulary(prompts)

    def test_a_missing_file(self, prompts: Path) -> None:
        (prompts / "tags.yaml").unlink()
        with pytest.raises(DocumentError, match=r"tags\.yaml:1: cannot be read"):
            read_vocabulary(prompts)

    def test_a_file_that_is_no_yaml(self, prompts: Path) -> None:
        (prompts / "tags.yaml").write_text("- {id: a,\n  label: [", "utf-8")
        with pytest.raises(DocumentError, match=r"tags\.yaml:\d+: "):
            read_vocabulary(prompts)

    def test_everything_wrong_is_reported_at_once(self, prompts: Path) -> None:
        spoil(prompts / "tags.yaml", "slots: [额度上限, 审批时长]", "slots: [额度下限]")
        spoil(prompts / "slots.yaml", "fact: credit_limit", "fact: credit_limits")
        with pytest.raises(DocumentError) as refused:
            read_vocabulary(prompts)
        assert len(refused.value.problems) == 2


def test_a_generation_cannot_only_reply(prompts: Path) -> None:
    spoil(prompts / "scenarios.yaml", "default_strategy: {gen_z: rate_first", "default_strategy: {gen_z: reply")
    with pytest.raises(DocumentError, match=r"scenarios\.yaml:\d+: .*a generation's own strategy cannot be reply"):
        read_vocabulary(prompts)


def test_a_reply_answers_only_what_was_said(prompts: Path) -> None:
    spoil(
        prompts / "tags.yaml",
        "speaks: true, said: true, event: opt_out, strategies: [reply], effect: 尊重",
        "speaks: true, event: opt_out, strategies: [reply], effect: 尊重",
    )
    with pytest.raises(DocumentError, match=r"tags\.yaml:\d+: .*reply answers only what was said"):
        read_vocabulary(prompts)


def test_tags_are_addressed_where_they_can_be(vocabulary: Vocabulary) -> None:
    addressed = {name: vocabulary.tags[name].is_addressed_by for name in ("county", "no_money", "said_busy")}
    assert [is_addressed_by("plain_talk") for is_addressed_by in addressed.values()] == [True, True, False]
    assert [is_addressed_by(REPLY) for is_addressed_by in addressed.values()] == [False, True, True]
