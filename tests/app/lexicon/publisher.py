"""A program that publishes one change of the rules after the other, for a test that kills it at any moment."""

import asyncio
import sys

from app.lexicon.lifecycle import Lifecycle
from app.lexicon.rule_matter import RuleMatter
from app.records import Revisions, open_store
from tests.app.lexicon.rules import INSTITUTION, SMALL, rule


async def publish(url: str) -> None:
    """Until it is killed; prints the number of each revision once it is published."""
    store = await open_store(url)
    revisions = Revisions(store)
    await revisions.begin(SMALL.contents, {"fallbacks.yaml": b"[]\n"})
    lifecycle = Lifecycle(store, revisions, RuleMatter(INSTITUTION), judge=lambda proposal: [])
    while True:
        number = (await lifecycle.edition()).revision.number
        made = await lifecycle.draft({"title": "新词", "adds": [rule(f"extra.n{number}")]}, "张合规")
        await lifecycle.submit(made.record.id, "张合规")
        approved = await lifecycle.approve(made.record.id, "李合规")
        sys.stdout.write(f"{approved.record.revision}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(publish(sys.argv[1]))
