"""The rules in force, and what a server may suppress while it decodes."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.approved.vocabulary import Vocabulary
from app.approved.wording import Wording
from app.data import Data
from app.policy import ActivePolicy, Ruling, banned_phrases, covering, listen, load_policy
from app.settings import Settings
from finetune.lines.reader import read_lines
from guards.lexicon.documents import DocumentError
from guards.panel import script_of
from guards.policy import Policy, compile_policy
from guards.types import Action, Case, Channel, Scenario, Stage
from tests.app.examples import SPOKEN
from tests.app.hearing import HARMLESS, THREAT, heard_by
from tests.fakes import FakeSource

ROOT = Path(__file__).parents[2]


def test_swap_puts_other_rules_and_words_in_force_together(policy: Policy, wording: Wording) -> None:
    active, next_one = ActivePolicy(policy, wording), Ruling(replace(policy, revision=2), replace(wording, digest="2"))
    before = active.ruling
    active.swap(next_one)
    assert (before.policy, before.wording) == (policy, wording)
    assert active.ruling is next_one
    assert active.current is next_one.policy


def test_the_digest_covers_words_and_settings(policy: Policy, wording: Wording) -> None:
    capped = Settings().model_copy(update={"annual_rate_cap": Settings().annual_rate_cap - 1})
    digests = {
        covering(policy, wording, Settings()).digest,
        covering(policy, replace(wording, digest="other"), Settings()).digest,
        covering(policy, wording, capped).digest,
    }
    assert len(digests) == 3


async def test_what_is_listened_to_is_known_when_it_is_examined(data: Data) -> None:
    source = FakeSource(lambda said: THREAT if said == "坏话" else HARMLESS)
    case = Case(stage=Stage.BODY)
    script = script_of("您好。坏话。", case)
    with heard_by(source, data) as heard:
        await listen(heard.policy, [(script, case), (script, case)], 60)
        found = heard.policy.panel.examine(script, case).findings
    assert [finding.rule for finding in found] == ["meaning.threat"]
    assert source.asked == [["您好", "坏话"]]


async def test_where_nobody_encodes_nothing_is_listened_to(data: Data) -> None:
    parts = data.policy.parts
    silent = compile_policy(data.policy.lexicon, parts.institution, parts.meaning.weights, base=data.policy)
    case = Case(stage=Stage.BODY)
    await listen(silent, [(script_of("您好。", case), case)], 60)
    assert silent.parts.meaning.second is None


def test_a_lexicon_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError):
        load_policy(Settings(lexicons_dir=tmp_path / "none"), "示例消费金融有限公司", "4000000000")


def test_weights_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"none\.npz"):
        load_policy(Settings(meaning_file=tmp_path / "none.npz"), "示例消费金融有限公司", "4000000000")


def test_the_shipped_lexicon_is_revision_one(policy: Policy) -> None:
    assert policy.revision == 1
    assert len(policy.digest) == 64


@pytest.mark.parametrize("scenario", SPOKEN)
class TestBannedPhrases:
    def test_are_many_and_blocked(self, scenario: Scenario, policy: Policy) -> None:
        banned = banned_phrases(policy, scenario, Channel.AI_VOICE)
        assert 20 <= len(banned) <= 128
        for phrase in banned:
            case = Case(scenario=scenario, channel=Channel.AI_VOICE, stage=Stage.BODY)
            assert policy.panel.examine_text(phrase, case).action is Action.BLOCK, phrase

    def test_are_in_no_approved_body_and_no_line_of_the_corpus(
        self, scenario: Scenario, policy: Policy, wording: Wording, vocabulary: Vocabulary
    ) -> None:
        banned = banned_phrases(policy, scenario, Channel.AI_VOICE)
        approved = [body.text for cell, bodies in wording.fallbacks.items() if cell[0] is scenario for body in bodies]
        written = [
            line.text for line in read_lines(ROOT / "finetune" / "corpus", vocabulary) if line.scenario is scenario
        ]
        assert approved
        assert written
        assert not [(phrase, text) for phrase in banned for text in (*approved, *written) if phrase in text]

    def test_belong_to_the_scenario(self, scenario: Scenario, policy: Policy) -> None:
        banned = set(banned_phrases(policy, scenario, Channel.AI_VOICE))
        own = {
            phrase
            for rule in policy.lexicon.phrase_rules()
            if not rule.scenarios or scenario in rule.scenarios or scenario.group in rule.scenarios
            for phrase in rule.phrases
        }
        assert banned <= own
