"""What became of a rule, revision by revision."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.lexicon.changes import apply
from app.lexicon.drafts import Change
from app.lexicon.files import RuleFiles
from app.lexicon.past import Chronicle, Event
from app.records import Revisions, Store
from app.records.audit import lock
from app.records.revisions import publish
from tests.app.lexicon.rules import DAY, SMALL, rule

RULE = "promise.guaranteed_approval"
FILE = "promise.yaml"


async def grown(store: Store, *steps: Change | Mapping[str, bytes]) -> Revisions:
    """Revisions of the small rules, each with one more change in them, or with other files."""
    revisions, files = Revisions(store), SMALL
    await revisions.begin(SMALL.contents, {})
    for number, step in enumerate(steps, 2):
        files = apply(files, step, since=DAY) if isinstance(step, Change) else files.replaced(dict(step))
        async with store.writing() as connection:
            await lock(connection)
            await publish(connection, files.contents, {}, title=f"第 {number} 版", author="张合规", approver="李合规")
    return revisions


def other(**fields: Any) -> Change:
    """A change that gives the rule other fields."""
    return Change("", (), ({**SMALL.rules[RULE].data, **fields},), ())


async def told(revisions: Revisions, name: str = RULE, **asked: Any) -> list[tuple[int, Event]]:
    """Numbers of revisions, and what happened in them."""
    past = await Chronicle(revisions).of(name, FILE, **asked)
    return [(step.revision.number, step.event) for step in past.steps]


async def test_only_revisions_that_changed_the_rule_are_told(store: Store) -> None:
    beside = Change("", (rule("promise.other"),), (), ())
    revisions = await grown(store, other(title="另一个标题"), beside, other(title="第三个", reason="另一个原因"))
    past = await Chronicle(revisions).of(RULE, FILE)
    assert [(step.revision.number, step.event) for step in past.steps] == [(4, "edited"), (2, "edited"), (1, "first")]
    assert [field["field"] for field in past.steps[0].fields] == ["title", "reason"]
    assert past.steps[1].fields[0]["after"] == "另一个标题"
    assert past.following is None


async def test_a_rule_is_added_retired_and_added_again(store: Store) -> None:
    added, retired = Change("", (rule("promise.other"),), (), ()), Change("", (), (), ("promise.other",))
    revisions = await grown(store, added, retired, added)
    assert await told(revisions, "promise.other") == [(4, "added"), (3, "retired"), (2, "added")]


async def test_older_steps_are_asked_for_from_where_the_newer_ended(store: Store) -> None:
    revisions = await grown(store, *(other(title=f"标题 {number}") for number in range(4)))
    chronicle = Chronicle(revisions)
    first = await chronicle.of(RULE, FILE, most=2)
    assert [step.revision.number for step in first.steps] == [5, 4]
    assert first.following == 3
    rest = await chronicle.of(RULE, FILE, newest=first.following)
    assert [(step.revision.number, step.event) for step in rest.steps] == [(3, "edited"), (2, "edited"), (1, "first")]


@pytest.mark.parametrize("quoted", ["'promise.guaranteed_approval'", '"promise.guaranteed_approval"'])
async def test_a_rule_that_is_written_otherwise_is_read_all_the_same(store: Store, quoted: str) -> None:
    text = SMALL.contents[FILE]
    renamed = text.replace(b"id: promise.guaranteed_approval\n", f"id: {quoted}\n".encode())
    changed = renamed.replace("title: 承诺必批".encode(), "title: 别的标题".encode())
    assert RuleFiles({**SMALL.contents, FILE: changed}).rules[RULE].data["title"] == "别的标题"
    revisions = await grown(store, {FILE: renamed}, {FILE: changed})
    assert await told(revisions) == [(3, "edited"), (1, "first")]
