"""Who wrote and who approved the text of a rule: the revision that brought it, through all that did not change it."""

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import insert

from app.evidence.origins import change_of, origins
from app.records import Revision, Revisions, Store
from app.records.audit import lock
from app.records.revisions import publish
from app.records.tables import changes

PROMISE = """family: promise
rules:
  - id: promise.approval
    title: 承诺
    phrases: [{words}]
  - id: promise.other
    title: 另一条
    phrases: [包过]
"""


async def _published(store: Store, words: str, author: str, **more: Any) -> Revision:
    """The next revision, with these words in one rule; `also` is another file."""
    lexicon = {"promise.yaml": PROMISE.format(words=words).encode(), "more.yaml": more.pop("also", b"rules: []\n")}
    async with store.writing() as connection:
        await lock(connection)
        return await publish(
            connection, lexicon, {"institution.yaml": b"x"}, title=f"by {author}", author=author, **more
        )


async def test_a_rule_comes_from_the_revision_that_brought_its_text(store: Store) -> None:
    await _published(store, "必批", "service")
    second = await _published(store, "必批, 包批", "李合规", approver="王主管", change_id="01C")
    await _published(store, "必批, 包批", "赵合规", also=b"rules: []\n# more\n")
    newest = await _published(store, "必批, 包批", "孙合规", also=b"rules: []\n# still more\n")
    found = await origins(Revisions(store), newest, ["promise.approval", "promise.other", "guard.failed"])
    changed, unchanged, own = found
    assert changed.brought_by == second
    assert (changed.file, changed.text and changed.text["phrases"]) == ("promise.yaml", ["必批", "包批"])
    assert unchanged.brought_by is not None
    assert unchanged.brought_by.number == 1
    assert (own.file, own.text, own.brought_by) == (None, None, None)


async def test_a_text_that_came_back_comes_from_its_return(store: Store) -> None:
    for words, author in (("必批", "a"), ("包批", "b"), ("必批", "c")):
        newest = await _published(store, words, author)
    [rule] = await origins(Revisions(store), newest, ["promise.approval"])
    assert rule.brought_by == newest


async def test_what_came_later_does_not_count(store: Store) -> None:
    first = await _published(store, "必批", "a")
    await _published(store, "包批", "b")
    [rule] = await origins(Revisions(store), first, ["promise.approval"])
    assert rule.brought_by == first


async def test_the_change_behind_a_revision_is_told(store: Store) -> None:
    first = await _published(store, "必批", "a")
    second = await _published(store, "包批", "b", change_id="01C")
    now = datetime(2026, 11, 22, tzinfo=UTC)
    row = {"title": "加一个词", "author": "b", "submitted_at": now, "decided_by": "c", "decided_at": now}
    rest = {"subject": "lexicon", "state": "published", "comment": "", "body": {}, "based_on": 1, "reviewers": []}
    async with store.writing() as connection:
        times = {"created_at": now, "updated_at": now, "version": 1}
        await connection.execute(insert(changes).values(id="01C", **row, **rest, **times))
    assert await change_of(store, first) is None
    assert orjson.dumps(await change_of(store, second))
    assert await change_of(store, second) == {
        "id": "01C",
        **{name: now.isoformat() if value is now else value for name, value in row.items()},
    }
