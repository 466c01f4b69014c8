"""The prompts: compact in one fixed order without free text; full with rules, examples and hints from templates."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from app.approved.brief import Brief
from app.approved.vocabulary import Vocabulary
from app.writing.full_prompt import FullPrompt
from app.writing.prompt import BODY, START, compact_messages, control, profile_for, render_compact, slot_token
from guards.lexicon.documents import DocumentError
from guards.types import Generation, Scenario
from tests.app.conftest import TakeOrder
from tests.app.examples import SPOKEN, script_request

ROOT = Path(__file__).parents[3]
BRIEF = Brief(
    Scenario.COLLECTION_M1,
    Generation.SENIOR,
    "soothe_and_plan",
    ("no_money",),
    ("应还金额", "到期日"),
    ("产品名",),
    "deferral",
)


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A copy of the shipped templates to spoil."""
    return Path(shutil.copytree(ROOT / "prompts" / "templates", tmp_path / "templates"))


@pytest.fixture(scope="session")
def full(vocabulary: Vocabulary) -> FullPrompt:
    """The shipped full prompt."""
    return FullPrompt(ROOT / "prompts" / "templates", vocabulary)


def test_rules_come_first_and_the_order_after(full: FullPrompt, vocabulary: Vocabulary) -> None:
    system, user = full.render(BRIEF, [], [])
    assert (system["role"], user["role"]) == ("system", "user")
    assert "槽位" in system["content"]
    for word in ("逾期1–30天", "老年", "先安抚再给办法", "没钱还", "延期还款", "{应还金额}{到期日}", "{产品名}"):
        assert word in user["content"]
    assert f"不超过{vocabulary.generations[Generation.SENIOR].sentence_chars}个字" in system["content"]


def test_the_offer_is_named_only_when_there_is_one(full: FullPrompt) -> None:
    assert "可以提的办法" not in full.render(replace(BRIEF, offer=None), [], [])[1]["content"]


def test_hints_and_examples_are_passed_on(full: FullPrompt) -> None:
    user = full.render(BRIEF, ["不能承诺", "先说办法"], ["例子一。", "例子二。"])[1]["content"]
    assert "不能承诺；先说办法" in user
    assert "示例：例子一。" in user
    assert "示例：例子二。" in user
    bare = full.render(BRIEF, [], [])[1]["content"]
    assert "示例" not in bare
    assert "上一稿" not in bare


def test_every_brief_can_be_rendered(full: FullPrompt, take: TakeOrder) -> None:
    for scenario in SPOKEN:
        for generation in Generation:
            brief = take(script_request(scenario, customer={"generation": generation.value})).plan.brief
            assert all(message["content"] for message in full.render(brief, [], []))


def test_no_personal_data_in_the_prompt(full: FullPrompt, take: TakeOrder) -> None:
    """Invariant 3."""
    customer = {"surname": "欧阳", "pii": {"mobile": "13812345678"}, "tags": ["asked_rate"]}
    order = take(script_request(customer=customer))
    sent = "".join(message["content"] for message in full.render(order.plan.brief, [], []))
    for value in ("欧阳", "13812345678", "200000", "849.67"):
        assert value not in sent


def test_the_version_follows_from_the_templates(templates: Path, full: FullPrompt, vocabulary: Vocabulary) -> None:
    assert FullPrompt(templates, vocabulary).version == full.version
    (templates / "user.j2").write_text("另一个", "utf-8")
    assert FullPrompt(templates, vocabulary).version != full.version


def test_a_missing_template(templates: Path, vocabulary: Vocabulary) -> None:
    (templates / "user.j2").unlink()
    with pytest.raises(DocumentError, match=r"templates:1: cannot be read"):
        FullPrompt(templates, vocabulary)


@pytest.mark.parametrize("name", ["system.j2", "user.j2"])
def test_a_broken_template_is_named_with_its_line(name: str, templates: Path, vocabulary: Vocabulary) -> None:
    (templates / name).write_text("第一行\n{% if %}", "utf-8")
    with pytest.raises(DocumentError, match=rf"{name.replace('.', '[.]')}:2: "):
        FullPrompt(templates, vocabulary)


@pytest.mark.parametrize("name", ["system.j2", "user.j2"])
def test_a_name_that_nothing_fills(name: str, templates: Path, vocabulary: Vocabulary) -> None:
    (templates / name).write_text("第一行\n{{ customer_name }}", "utf-8")
    prompt = FullPrompt(templates, vocabulary)
    with pytest.raises(DocumentError, match=rf"{name.replace('.', '[.]')}:2: .*customer_name"):
        prompt.render(BRIEF, [], [])


class TestTheCompactPrompt:
    BRIEF = replace(BRIEF, tags=("no_money", "asked_deferral"), optional_slots=("还款渠道", "产品名"))

    def test_has_everything_in_its_place(self) -> None:
        assert render_compact(self.BRIEF) == (
            "<|heyan|><|scenario:collection_m1|><|generation:senior|><|strategy:soothe_and_plan|>"
            "<|tag:no_money|><|tag:asked_deferral|><|offer:deferral|>"
            "<|need:到期日|><|need:应还金额|><|may:产品名|><|may:还款渠道|><|body|>"
        )

    def test_does_not_depend_on_the_order_of_slots(self) -> None:
        turned = replace(self.BRIEF, slots=self.BRIEF.slots[::-1], optional_slots=self.BRIEF.optional_slots[::-1])
        assert render_compact(turned) == render_compact(self.BRIEF)

    def test_differs_with_every_attribute(self) -> None:
        others = [
            replace(self.BRIEF, scenario=Scenario.COLLECTION_M2),
            replace(self.BRIEF, generation=Generation.YOUNG),
            replace(self.BRIEF, strategy="plan_plain"),
            replace(self.BRIEF, tags=()),
            replace(self.BRIEF, slots=("应还金额",)),
            replace(self.BRIEF, optional_slots=()),
            replace(self.BRIEF, offer=None),
        ]
        assert len({render_compact(brief) for brief in (self.BRIEF, *others)}) == len(others) + 1

    def test_has_nothing_but_control_tokens(self, take: TakeOrder) -> None:
        for scenario in SPOKEN:
            prompt = render_compact(take(script_request(scenario, customer={"tags": ["county"]})).plan.brief)
            assert re.fullmatch(r"(?:<\|[a-z_0-9]+(?::[a-z0-9_\u4e00-\u9fff]+)?\|>)+", prompt)
            assert prompt.startswith(START)
            assert prompt.endswith(BODY)

    def test_tokens_name_their_attribute(self) -> None:
        assert control("tag", "first_loan") == "<|tag:first_loan|>"
        assert slot_token("年化利率") == "{年化利率}"


def test_compact_messages() -> None:
    assert compact_messages(BRIEF) == [{"role": "user", "content": render_compact(BRIEF)}]


@pytest.mark.parametrize(
    ("model", "chosen", "profile"),
    [
        ("heyan-mini", "auto", "compact"),
        ("models/heyan-mini", "auto", "compact"),
        ("heyan-lora-3", "auto", "compact"),
        ("Qwen/Qwen3-8B", "auto", "full"),
        ("not-heyan-", "auto", "full"),
        ("heyan-mini", "full", "full"),
        ("Qwen/Qwen3-8B", "compact", "compact"),
    ],
)
def test_the_profile_of_a_model(model: str, chosen: str, profile: str) -> None:
    assert profile_for(model, chosen) == profile
