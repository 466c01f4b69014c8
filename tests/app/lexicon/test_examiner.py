"""Examples of a change are judged where everything is compiled, and again only to tell what is wrong with them."""

from datetime import date, datetime
from typing import Any

import pytest

from app.lexicon.drafts import Change
from app.lexicon.examiner import Examiner
from app.lexicon.problems import Problem, Severity
from app.lexicon.rule_matter import RuleMatter
from app.lexicon.shelf import Edition
from app.records import Revision, utc_now
from tests.app.lexicon.rules import INSTITUTION, SMALL, Verdicts, rule

EDITION = Edition(Revision(1, "0" * 64, {}, {}, "t", "a", None, datetime(2026, 1, 1), None), SMALL, {})
BAD = {"hits": ["没有那个词。"], "misses": ["您好。"]}


class Counted(RuleMatter):
    """Counts how often examples were judged by themselves."""

    judged = 0

    def problems(self, edition: Edition, change: Change, day: date, *, is_judged: bool = True) -> list[Problem]:
        """See `RuleMatter`."""
        self.judged += is_judged
        return super().problems(edition, change, day, is_judged=is_judged)


def examined(verdict: list[Problem], **fields: Any) -> tuple[list[tuple[str, Severity]], int]:
    """Code and severity of what is wrong with a draft, and how often its examples were judged by themselves."""
    judge, matter = Verdicts(), Counted(INSTITUTION)
    judge.problems = verdict
    found = Examiner(matter, judge, utc_now).problems(EDITION, Change(adds=[rule(**fields)]), is_submitted=False)
    return [(each.code, each.severity) for each in found], matter.judged


@pytest.mark.parametrize(
    ("verdict", "fields", "expected", "judged"),
    [
        ([], {}, [], 0),
        (["stops_wording"], {}, [("stops_wording", Severity.WARNING)], 1),
        (["hit_not_found"], {"examples": BAD}, [("hit_not_found", Severity.ERROR)], 1),
        ([], {"id": "Extra"}, [("bad_id", Severity.ERROR)], 1),
    ],
)
def test_examples_are_judged_again_only_where_something_is_wrong(
    verdict: list[str], fields: dict[str, Any], expected: list[tuple[str, Severity]], judged: int
) -> None:
    found, often = examined([Problem(code=code, message=code, english=code) for code in verdict], **fields)
    assert ([one for one in found if one[0] != "no_hit_example"], often) == (expected, judged)
