"""Which rules judge differently: another name for a figure is a change of what is found by names."""

from app.lexicon.altered import altered_rules
from app.lexicon.changes import apply
from app.lexicon.drafts import Change
from app.lexicon.effects import Judges
from guards.script import Script, Segment
from guards.types import Case, Scenario, Stage
from tests.app.lexicon.rules import DAY, INSTITUTION, SHIPPED, shipped
from tests.guards.grounding.test_roles import FACTS, TODAY

DEBT = Case(scenario=Scenario.COLLECTION_M1, facts=FACTS[Scenario.COLLECTION_M1], today=TODAY)


def test_another_word_of_a_role_alters_what_is_found_by_names() -> None:
    names = [*SHIPPED.rules["role.penalty"].data["before"], "逾期占用金"]
    after = apply(SHIPPED, Change(edits=[shipped("role.penalty", before=names)]), since=DAY)
    altered = altered_rules(SHIPPED.lexicon(), after.lexicon(), INSTITUTION, DAY)
    assert altered.rules == {"role.penalty", "number.ungrounded", "number.wrong_role", "number.unread"}
    judges = Judges(altered)
    assert judges.needs_facts

    def stopped(text: str) -> list[str]:
        script = Script((Segment(Stage.BODY, text, text),))
        return [hit.rule for hit in judges.effect(script, DEBT).stopped]

    assert stopped("逾期占用金9665.18元。") == ["number.wrong_role"]
    assert stopped("罚息181.70元。") == []  # stopped before and after
    assert stopped("最低还款181.70元。") == []


def test_a_reason_alone_alters_nothing() -> None:
    after = apply(SHIPPED, Change(edits=[shipped("role.penalty", reason="另一个说明。")]), since=DAY)
    altered = altered_rules(SHIPPED.lexicon(), after.lexicon(), INSTITUTION, DAY)
    assert altered.rules == frozenset()
    assert not altered.after.numbers
