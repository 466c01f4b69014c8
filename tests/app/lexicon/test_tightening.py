"""What one person may put in force alone: only what stops more, wherever that is plain."""

from typing import Any

import pytest

from app.lexicon.changes import apply
from app.lexicon.drafts import Change
from app.lexicon.files import RuleFiles
from app.lexicon.tightening import only_tightens
from tests.app.lexicon.rules import DAY, SMALL, rule

WIDE: dict[str, Any] = rule(
    "promise.extra",
    action="revise",
    phrases=["百分百包过件", "包过件啦"],
    patterns=["包过.{0,3}件"],
    **{"except": ["不能包过件", "别说包过件"]},
)
BEFORE = apply(SMALL, Change(adds=(WIDE,)), since=DAY)


def _edited(**fields: Any) -> RuleFiles:
    return apply(BEFORE, Change(edits=({**WIDE, **fields},)), since=DAY)


def _with(name: str, old: str, new: str) -> RuleFiles:
    content = BEFORE.contents[name].decode()
    assert old in content
    return BEFORE.replaced({name: content.replace(old, new, 1).encode()})


HITS = WIDE["examples"]["hits"]


@pytest.mark.parametrize(
    "after",
    [
        BEFORE,
        apply(BEFORE, Change(adds=(rule("promise.other"), rule("newfamily.one"))), since=DAY),
        _edited(phrases=[*WIDE["phrases"], "再来一个词"]),
        _edited(phrases=list(reversed(["再来一个词", *WIDE["phrases"]]))),
        _edited(patterns=[*WIDE["patterns"], "再来"]),
        _edited(**{"except": []}),
        _edited(action="block"),
        _edited(examples={**WIDE["examples"], "hits": [*HITS, "包过件啦。"]}),
        _with("promise.yaml", "family:", "# a comment\nfamily:"),
    ],
)
def test_what_stops_more_tightens(after: RuleFiles) -> None:
    assert only_tightens(BEFORE, after)


@pytest.mark.parametrize(
    "after",
    [
        SMALL,
        _edited(phrases=["百分百包过件"]),
        _edited(phrases=["百分百包过件", "再来一个词"]),
        _edited(patterns=[]),
        _edited(**{"except": [*WIDE["except"], "还有一个"]}),
        _edited(action="observe"),
        _edited(action="block", scenarios=["marketing"]),
        _edited(action="block", unless_fact={"free_interest_days": "present"}),
        _edited(near=[{"words": ["包"], "with": ["过"], "within": 3}]),
        _edited(even_if_negated=True),
        _edited(effective={"from": "2099-01-01", "until": None}),
        _edited(title="别的"),
        _with("promise.yaml", "folding: tight", "folding: loose")
        if "folding: tight" in BEFORE.contents["promise.yaml"].decode()
        else _with("promise.yaml", "homophones: true", "homophones: false"),
        BEFORE.replaced({"promise.yaml": None, "other.yaml": BEFORE.contents["promise.yaml"]}),
        BEFORE.replaced({"promise.yaml": b"rules: ["}),
    ],
)
def test_whatever_else_changes_counts_as_looser(after: RuleFiles) -> None:
    assert not only_tightens(BEFORE, after)


def test_the_other_kinds_of_rules_are_never_plainly_tighter() -> None:
    for name in ("disclosures.yaml", "numbers.yaml", "gates.yaml", "roles.yaml"):
        old = next(rule for rule in BEFORE.rules.values() if rule.file == name)
        title = str(old.data["title"])
        assert not only_tightens(BEFORE, _with(name, f"title: {title}", f"title: {title}改"))
