"""Through which word a rule hits a sentence, and in which reading."""

from typing import Any

import pytest

from app.lexicon.causes import Cause, cause_of
from guards.lexicon.examples import example_case
from guards.lexicon.rules import Family, PhraseRule
from guards.script import Script, Segment
from guards.types import Stage
from tests.app.lexicon.rules import rule

MANY = [f"虚假词{number:03d}号" for number in range(100)]


@pytest.mark.parametrize(
    ("words", "text", "cause"),
    [
        ({"phrases": [*MANY, "包过", "必批"]}, "这单包过。", Cause("phrases.100", "说法“包过”")),
        ({"phrases": ["不上征信"]}, "这个否上征信。", Cause("phrases.0", "说法“不上征信”（谐音：否→不）")),
        ({"phrases": ["必须还货款"]}, "今天必须还贷款。", Cause("phrases.0", "说法“必须还货款”（形近：贷→货）")),
        ({"phrases": ["包过件"]}, "这单包锅件。", Cause("phrases.0", "说法“包过件”（谐音：锅→过）")),
        ({"phrases": ["秒批"]}, "我们这边秒p放款。", Cause("phrases.0", "说法“秒批”（写法：p→批）")),
        ({"phrases": ["包过件"]}, "这单包·过·件。", Cause("phrases.0", "说法“包过件”（写作“包·过·件”）")),
        (
            {"phrases": ["没有"], "near": [{"words": ["包"], "with": ["过"], "within": 4}]},
            "这单包您过。",
            Cause("near.0", "成对词“包”和“过”"),
        ),
        ({"phrases": [], "patterns": ["包.{1,2}过"]}, "这单包您过。", Cause("patterns.0", "正则“包.{1,2}过”")),
        ({"phrases": ["包过"]}, "您好。", None),
    ],
)
def test_the_word_is_named_with_its_reading(words: dict[str, Any], text: str, cause: Cause | None) -> None:
    one = PhraseRule.model_validate(rule(**words))
    family = Family(family="extra", homophones=True, look_alikes=True, initials=True, rules=[one])
    assert cause_of(family, one, Script((Segment(Stage.BODY, text, text),)), example_case(one)) == cause
