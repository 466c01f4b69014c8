"""The proof of approved wording: what its own policy would stop refuses the start, naming file and line."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.approved.facts import example_facts
from app.approved.vocabulary import Vocabulary
from app.approved.wording import Wording, read_wording
from app.data import Data, read_data
from app.errors import ConfigurationError
from app.metrics import Metrics
from app.scripts.intake import take_order
from app.scripts.proof import PROOF_DAY, example_request, prove_wording
from app.settings import Settings
from guards.lexicon.documents import DocumentError
from guards.policy import Policy
from guards.types import Channel, Generation, Group
from tests.app.examples import SPOKEN

ROOT = Path(__file__).parents[3]
Prove = Callable[[], list[str]]


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    """A copy of the shipped files to spoil."""
    return Path(shutil.copytree(ROOT / "prompts", tmp_path / "prompts"))


@pytest.fixture
def prove(prompts: Path, policy: Policy, vocabulary: Vocabulary) -> Prove:
    """Reads the copy and proves it; the problems, without the directory."""

    def problems() -> list[str]:
        with pytest.raises(DocumentError) as refused:
            prove_wording(policy, vocabulary, read_wording(prompts, vocabulary))
        return [problem.removeprefix(f"{prompts}/") for problem in refused.value.problems]

    return problems


def spoil(path: Path, old: str, new: str) -> int:
    """Replace the first `old` in the file; the line (from 1) on which it stood."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_shipped_wording_is_proven(data: Data) -> None:
    prove_wording(data.policy, data.vocabulary, data.wording)


def test_a_banned_phrase_refuses_the_start(prompts: Path, tmp_path: Path) -> None:
    line = spoil(prompts / "fallbacks.yaml", "用不用您自己定，有想问的吗？", "百分百获批，有想问的吗？")
    with pytest.raises(ConfigurationError) as refused:
        read_data(Settings(data_dir=tmp_path, prompts_dir=prompts), Metrics())
    assert f"{prompts}/fallbacks.yaml:{line}: promise.guaranteed_approval: " in str(refused.value)


def test_a_broken_vocabulary_refuses_the_start(prompts: Path, tmp_path: Path) -> None:
    line = spoil(prompts / "tags.yaml", "slots: [额度上限, 审批时长]", "slots: [额度下限]")
    with pytest.raises(ConfigurationError, match=rf"tags\.yaml:{line}: .*unknown slot"):
        read_data(Settings(data_dir=tmp_path, prompts_dir=prompts), Metrics())


def test_a_missing_lexicon_refuses_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="nowhere"):
        read_data(Settings(data_dir=tmp_path, lexicons_dir=tmp_path / "nowhere"), Metrics())


@pytest.mark.parametrize(
    ("name", "old", "new", "rule"),
    [
        ("fallbacks", "本期账单应还{应还金额}，{到期日}", "账单大约应还{应还金额}，{到期日}", "number.approximate"),
        ("fallbacks", "可以先还最低还款{最低还款}", "今天先还三百元", "number.ungrounded"),
        ("fallbacks", "您先说个做得到的时间", "再不还就上门", ""),
    ],
)  # fmt: skip
def test_what_a_body_may_not_say(name: str, old: str, new: str, rule: str, prompts: Path, prove: Prove) -> None:
    line = spoil(prompts / f"{name}.yaml", old, new)
    assert any(problem.startswith(f"{name}.yaml:{line}: {rule}") for problem in prove())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("有重要事项要跟您本人说。", "您的贷款逾期了，要跟您本人说。"),
        ("请您自己打开我们的官方APP，在消息里查看。", "请您本人尽快还款。"),
    ],
)
def test_what_may_not_be_said_before_verification(old: str, new: str, prompts: Path, prove: Prove) -> None:
    spoil(prompts / "stitch.yaml", old, new)
    assert any("before verification" in problem for problem in prove())


@pytest.mark.parametrize(
    "disclosure",
    [
        "这是营销来电，",
        "的智能语音助手",
        "额度和利率以审批和合同为准。",
        "不需要您直接说",
    ],
)
def test_a_disclosure_that_is_left_out(disclosure: str, prompts: Path, prove: Prove) -> None:
    path = prompts / "stitch.yaml"
    text = path.read_text("utf-8")
    assert disclosure in text
    path.write_text(text.replace(disclosure, "好。"), "utf-8")
    assert prove()


def test_examples_pass_every_gate(policy: Policy, vocabulary: Vocabulary, wording: Wording) -> None:
    for name in SPOKEN:
        scenario = vocabulary.scenarios[name]
        for generation in Generation:
            for facts in (
                example_facts(scenario, vocabulary, PROOF_DAY),
                example_facts(scenario, vocabulary, PROOF_DAY, required_only=True),
            ):
                request = example_request(scenario, generation, Channel.AI_VOICE, facts, verified=True)
                order = take_order(request, vocabulary, wording)
                assert policy.gates(order.case) == []
                assert order.moment.speaks_body


def test_examples_before_verification_speak_no_body(vocabulary: Vocabulary, wording: Wording) -> None:
    for name in SPOKEN:
        scenario = vocabulary.scenarios[name]
        facts = example_facts(scenario, vocabulary, PROOF_DAY)
        request = example_request(scenario, Generation.YOUNG, Channel.SMS, facts, verified=False)
        speaks = take_order(request, vocabulary, wording).moment.speaks_body
        assert speaks is (name.group is Group.MARKETING)
