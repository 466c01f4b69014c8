"""Approved wording as shipped, and what is refused of it, naming file and line."""

import re
import shutil
from pathlib import Path

import pytest

from app.approved.skeleton import SLOT, slots_in
from app.approved.vocabulary import Vocabulary
from app.approved.wording import INSTITUTION, OTHER_FEES, SALUTATION, Wording, read_wording
from guards.lexicon.documents import DocumentError
from guards.numbers.scan import extract
from guards.types import Channel, Generation, Group, Scenario, Stage
from tests.app.examples import SPOKEN

ROOT = Path(__file__).parents[3]


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    """A copy of the shipped files to spoil."""
    return Path(shutil.copytree(ROOT / "prompts", tmp_path / "prompts"))


class TestAsShipped:
    @pytest.mark.parametrize("scenario", SPOKEN)
    @pytest.mark.parametrize("generation", list(Generation))
    def test_every_cell_has_fallbacks_down_to_required_facts(
        self, scenario: Scenario, generation: Generation, wording: Wording, vocabulary: Vocabulary
    ) -> None:
        bodies = wording.fallbacks[scenario, generation]
        assert len(bodies) >= 2
        required = {vocabulary.slot_of(fact) for fact in vocabulary.scenarios[scenario].required_facts}
        *_, last = (body for body in bodies if not body.replies)
        assert set(slots_in(last.text)) <= required
        assert last.offers == []
        assert [body for body in bodies if body.replies]

    @pytest.mark.parametrize("scenario", [name for name in SPOKEN if name.group is Group.COLLECTION])
    @pytest.mark.parametrize("generation", list(Generation))
    def test_every_offer_has_a_body_of_its_own(
        self, scenario: Scenario, generation: Generation, wording: Wording
    ) -> None:
        bodies = wording.fallbacks[scenario, generation]
        for message in (False, True):
            offers = {offer for body in bodies if body.message is message for offer in body.offers}
            assert offers == {"deferral", "instalment", "waiver"}

    def test_every_group_and_channel_has_a_frame(self, wording: Wording) -> None:
        assert set(wording.frames) == {(group, channel) for group in Group for channel in Channel}

    def test_no_approved_word_holds_a_number_of_its_own(self, wording: Wording) -> None:
        texts = [
            *(piece.text or "" for frame in wording.frames.values() for piece in frame.segments),
            *(complement.text for complement in wording.complements),
            *(body.text for bodies in wording.fallbacks.values() for body in bodies),
        ]
        for text in texts:
            words = SLOT.sub("，", text).replace("今天", "")
            assert not extract(words), text

    def test_nothing_before_verification_mentions_the_debt(self, wording: Wording) -> None:
        for (group, _), frame in wording.frames.items():
            unverified = [piece for piece in frame.segments if piece.when.verified is not True]
            if group is Group.MARKETING:
                continue
            for piece in unverified:
                assert piece.text is not None
                assert set(slots_in(piece.text)) <= {INSTITUTION, SALUTATION}
                assert not re.search("账单|欠|还款|逾期|应还|贷|到期", piece.text), piece.id

    def test_opening_is_first_and_never_interrupted(self, wording: Wording) -> None:
        for frame in wording.frames.values():
            assert frame.segments[0].stage is Stage.OPEN
            for piece in frame.segments:
                assert piece.stage is not Stage.OPEN or (piece.required and not piece.interruptible)

    def test_every_planned_slot_has_a_complement(self, wording: Wording) -> None:
        said = {(group, entry.slot) for entry in wording.complements for group in entry.groups}
        for slot in ("年化利率", "月还款", "额度上限", "审批时长", "首贷优惠", "免息天数", "活动截止", "期数", "名额"):
            assert (Group.MARKETING, slot) in said
        for slot in ("应还金额", "到期日", "最低还款", "卡尾号"):
            assert (Group.SERVICING, slot) in said
            assert (Group.COLLECTION, slot) in said
        assert (Group.COLLECTION, "逾期天数") in said
        assert (Group.COLLECTION, "延期期数") in said

    def test_every_complement_says_its_slot(self, wording: Wording) -> None:
        for complement in wording.complements:
            assert complement.slot in slots_in(complement.text)

    def test_places_lead_to_the_bodies(self, wording: Wording) -> None:
        for (scenario, generation, index), place in wording.places.items():
            path, line = place.rsplit(":", 1)
            shown = Path(path).read_text("utf-8").splitlines()[int(line) - 1]
            assert wording.fallbacks[scenario, generation][index].text in shown.replace('"', "")


def spoil(path: Path, old: str, new: str) -> int:
    """Replace the first `old` in the file; the line (from 1) on which it stood."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def refusal(prompts: Path, vocabulary: Vocabulary) -> list[str]:
    """The problems of spoilt wording, without the directory."""
    with pytest.raises(DocumentError) as refused:
        read_wording(prompts, vocabulary)
    return [problem.removeprefix(f"{prompts}/") for problem in refused.value.problems]


class TestRefused:
    @pytest.mark.parametrize("name", ["fallbacks", "complements", "stitch"])
    def test_an_unknown_slot(self, name: str, prompts: Path, vocabulary: Vocabulary) -> None:
        line = spoil(prompts / f"{name}.yaml", "{年化利率}", "{年利率}")
        assert any(
            problem.startswith(f"{name}.yaml:{line}:") and problem.endswith("unknown slot {年利率}")
            for problem in refusal(prompts, vocabulary)
        )

    @pytest.mark.parametrize("slot", [INSTITUTION, SALUTATION, OTHER_FEES])
    def test_a_body_with_a_slot_of_the_frame(self, slot: str, prompts: Path, vocabulary: Vocabulary) -> None:
        line = spoil(prompts / "fallbacks.yaml", "{额度上限}", "{" + slot + "}")
        (problem,) = refusal(prompts, vocabulary)
        assert problem.startswith(f"fallbacks.yaml:{line}:")
        assert problem.endswith(f"unknown slot {{{slot}}}")

    def test_a_missing_cell(self, prompts: Path, vocabulary: Vocabulary) -> None:
        path = prompts / "fallbacks.yaml"
        text = path.read_text("utf-8")
        start = text.index("- scenario: activation\n  generation: senior")
        path.write_text(text[:start] + text[text.index("# 账单提醒") :], "utf-8")
        (problem,) = refusal(prompts, vocabulary)
        assert re.fullmatch(r"fallbacks\.yaml:\d+: lacks activation for senior", problem)

    @pytest.mark.parametrize(
        ("name", "old", "new", "expected"),
        [
            ("fallbacks", "generation: young", "generation: gen_z", "acquisition for gen_z is already defined above"),
            ("stitch", "channel: human_agent", "channel: ai_voice", "marketing on ai_voice is already defined above"),
        ],
    )
    def test_what_is_defined_twice(
        self, name: str, old: str, new: str, expected: str, prompts: Path, vocabulary: Vocabulary
    ) -> None:
        line = spoil(prompts / f"{name}.yaml", old, new)
        assert any(
            problem.startswith(f"{name}.yaml:{line - 1}:") and problem.endswith(expected)
            for problem in refusal(prompts, vocabulary)
        )

    def test_a_last_body_that_needs_optional_facts(self, prompts: Path, vocabulary: Vocabulary) -> None:
        line = spoil(
            prompts / "fallbacks.yaml", "就说重点，{产品名}的利息是{年化利率}。", "就说重点，{额度上限}，{年化利率}。"
        )
        (problem,) = refusal(prompts, vocabulary)
        found = int(problem.split(":")[1])
        assert problem.startswith("fallbacks.yaml:")
        assert line - 8 <= found <= line
        assert "the last body may need required facts only" in problem

    def test_a_cell_without_a_reply(self, prompts: Path, vocabulary: Vocabulary) -> None:
        spoil(
            prompts / "fallbacks.yaml",
            "今天先说到这儿。\n      replies: true",
            "今天先说到这儿。\n      replies: false",
        )
        (problem,) = refusal(prompts, vocabulary)
        assert "has no body that replies" in problem

    def test_a_reply_with_a_slot(self, prompts: Path, vocabulary: Vocabulary) -> None:
        spoil(prompts / "fallbacks.yaml", "好的，我记下了。打扰您了，今天先说到这儿。", "成本是{年化利率}。")
        (problem,) = refusal(prompts, vocabulary)
        assert "a body that replies may hold no slot and no offer" in problem

    def test_a_last_body_with_an_offer(self, prompts: Path, vocabulary: Vocabulary) -> None:
        facts = "您这笔账，截至今天应还{应还金额}，到期日是{到期日}。"
        body = f"    - text: {facts}您先说个做得到的时间，我们帮您记下。您看哪天合适？\n"
        spoil(prompts / "fallbacks.yaml", body, body + "      offers: [waiver]\n")
        (problem,) = refusal(prompts, vocabulary)
        assert "and no offer" in problem

    def test_a_missing_frame(self, prompts: Path, vocabulary: Vocabulary) -> None:
        path = prompts / "stitch.yaml"
        text = path.read_text("utf-8")
        path.write_text(text[: text.rindex("- group: collection\n  channel: sms")], "utf-8")
        (problem,) = refusal(prompts, vocabulary)
        assert problem.endswith("lacks collection on sms")

    def test_a_frame_without_a_place_for_the_body(self, prompts: Path, vocabulary: Vocabulary) -> None:
        spoil(prompts / "stitch.yaml", "    - {id: body, stage: body}\n", "")
        (problem,) = refusal(prompts, vocabulary)
        assert problem.startswith("stitch.yaml:")
        assert problem.endswith("needs exactly one place for the body")

    def test_another_segment_without_text(self, prompts: Path, vocabulary: Vocabulary) -> None:
        line = spoil(prompts / "stitch.yaml", "    - {id: body, stage: body}\n", "    - {id: body, stage: close}\n")
        assert f"stitch.yaml:{line}: 0.segments.8: only the body may stand without text" in refusal(prompts, vocabulary)

    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            ("institution", 'hotline: "4000000000"', "hotline: 400-000"),
            ("institution", "full_name: 示例消费金融有限公司", "full_name: 我们"),
            ("fallbacks", "offers: [deferral]", "offers: [discount]"),
            ("fallbacks", "offers: [deferral]", "offers: [deferral, waiver]"),
            ("fallbacks", "generation: gen_z", "generation: z"),
            ("complements", "groups: [marketing]", "groups: []"),
            ("stitch", "channel: ai_voice", "channel: robot"),
            ("stitch", "verified: false", "verifed: false"),
        ],
    )
    def test_what_breaks_the_schema(self, name: str, old: str, new: str, prompts: Path, vocabulary: Vocabulary) -> None:
        line = spoil(prompts / f"{name}.yaml", old, new)
        problems = refusal(prompts, vocabulary)
        assert any(problem.startswith(f"{name}.yaml:{line}:") for problem in problems), (line, problems)
