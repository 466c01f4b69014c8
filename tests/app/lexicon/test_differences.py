"""What differs between two states of the rules, by rule and field, and the change that leads from one to the other."""

import json

from app.lexicon.changes import apply
from app.lexicon.differences import change_between, difference
from app.lexicon.drafts import Change
from tests.app.lexicon.rules import DAY, RULE, SHIPPED, shipped

OLD = SHIPPED.rules["threat.arrest"].data
EDITED = shipped(
    "threat.arrest",
    phrases=[*OLD["phrases"][1:], "新词"],
    action="revise",
    examples={**OLD["examples"], "misses": [*OLD["examples"]["misses"], "新的反例"]},
)
CHANGED = apply(SHIPPED, Change(adds=[RULE], edits=[EDITED], retires=["students.told_to_hide"][:0]), since=DAY)


def test_a_difference_names_rules_and_of_lists_what_came_and_went() -> None:
    told = difference(SHIPPED, CHANGED)
    assert json.loads(json.dumps(told)) == told
    assert [(rule["rule"], rule["text"]["phrases"]) for rule in told["added"]] == [("extra.one", RULE["phrases"])]
    (edited,) = told["edited"]
    assert edited["fields"] == [
        {"field": "action", "before": OLD["action"], "after": "revise"},
        {"field": "phrases", "added": ["新词"], "removed": [OLD["phrases"][0]]},
        {"field": "examples.misses", "added": ["新的反例"], "removed": []},
    ]
    assert told["files"] == ["extra.yaml", "threat.yaml"]
    assert [rule["rule"] for rule in difference(CHANGED, SHIPPED)["retired"]] == ["extra.one"]


def test_words_in_another_order_are_told_as_before_and_after() -> None:
    turned = apply(SHIPPED, Change(edits=[shipped("threat.arrest", phrases=OLD["phrases"][::-1])]), since=DAY)
    ((field,),) = (rule["fields"] for rule in difference(SHIPPED, turned)["edited"])
    assert (field["field"], field["after"]) == ("phrases", OLD["phrases"][::-1])


def test_settings_beside_the_rules_and_comments_are_told_apart() -> None:
    gates = SHIPPED.contents["gates.yaml"].replace(b"attempts_per_day: 6", b"attempts_per_day: 5")
    told = difference(
        SHIPPED, SHIPPED.replaced({"gates.yaml": gates, "threat.yaml": b"# x\n" + SHIPPED.contents["threat.yaml"]})
    )
    assert told["settings"] == [{"file": "gates.yaml", "field": "attempts_per_day", "before": 6, "after": 5}]
    assert (told["edited"], told["files"]) == ([], ["gates.yaml", "threat.yaml"])


def test_the_change_between_two_states_leads_from_one_to_the_other() -> None:
    change = change_between(SHIPPED, CHANGED, "t")
    assert apply(SHIPPED, change, since=DAY) == CHANGED
    assert apply(CHANGED, change_between(CHANGED, SHIPPED), since=DAY).rules.keys() == SHIPPED.rules.keys()
    assert not change_between(SHIPPED, SHIPPED)
