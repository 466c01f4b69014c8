"""Rules and files that the tests of this folder change."""

from datetime import date
from pathlib import Path
from typing import Any

from app.lexicon.drafts import Change
from app.lexicon.files import RuleFiles
from app.lexicon.lifecycle import Lifecycle
from app.lexicon.matter import Proposal
from app.lexicon.problems import Problem
from guards.policy import Institution

RuleLife = Lifecycle[Change]
"""The life of rules."""
LEXICONS = Path(__file__).parents[3] / "lexicons"
SHIPPED = RuleFiles.read(LEXICONS)
SMALL = RuleFiles(
    {
        name: content
        for name, content in SHIPPED.contents.items()
        if name in ("disclosures.yaml", "gates.yaml", "numbers.yaml", "promise.yaml", "roles.yaml")
    }
)
"""One family and what every lexicon has: for tests that judge many times."""
DAY = date(2026, 11, 29)
INSTITUTION = Institution("示例消费金融有限公司", "400-000-0000")
RULE: dict[str, Any] = {
    "id": "extra.one",
    "title": "承诺",
    "action": "block",
    "phrases": ["百分百包过件"],
    "reason": "不得承诺",
    "source": {"law": "广告法", "force": "law"},
    "effective": {"from": "2026-01-01"},
    "examples": {"hits": ["我们百分百包过件。"], "misses": ["审批结果以系统为准。", "包裹过来了。"]},
}


def rule(name: str = "extra.one", **fields: Any) -> dict[str, Any]:
    """A sound rule with other fields."""
    return {**RULE, "id": name, **fields}


def shipped(name: str, **fields: Any) -> dict[str, Any]:
    """A shipped rule with other fields."""
    return {**SHIPPED.rules[name].data, **fields}


class Verdicts:
    """A judge of whole sets of rules that finds what it was told to find, and counts how often it was asked."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.asked = 0

    def __call__(self, proposal: Proposal) -> list[Problem]:
        """See `app.lexicon.matter.Judge`."""
        self.asked += 1
        return self.problems
