"""Recorded texts that the tests of this folder try changes on, and changes at random."""

import random
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from app.lexicon.drafts import Change
from app.lexicon.files import Kind
from app.lexicon.recorded import Recorded, Source
from guards.script import Segment
from guards.types import Callee, Channel, Generation, Role, Scenario, Stage
from tests.app.lexicon.rules import DAY, SHIPPED, rule, shipped

_DISGUISES: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    "，".join,
    lambda text: text.replace("百分百", "100%").replace("过", "guo"),
    lambda text: text.replace("获", "或").replace("包", "苞"),
    lambda text: f"您好，今天是3成7.20的日子。{text}您看可以吗？",
    lambda text: text * 2,
)


def record(text: str, **fields: Any) -> Recorded:
    """A recorded review of a text."""
    segments = (Segment(Stage.BODY, text, fields.pop("spoken", text)),)
    return Recorded(fields.pop("script_id", "1"), Source.REVIEW, segments, **{"day": DAY, **fields})


def hits_of_shipped_rules() -> list[str]:
    """All sentences that some shipped phrase rule or disclosure gives as its hits and misses."""
    return [
        text
        for stored in SHIPPED.rules.values()
        if stored.kind in (Kind.PHRASE, Kind.DISCLOSURE)
        for text in (*stored.data["examples"]["hits"], *stored.data["examples"]["misses"])
    ]


def records_at_random(chance: random.Random, texts: list[str], count: int) -> Iterator[Recorded]:
    """Sentences, plain and in disguise, in cases of every kind."""
    for number in range(count):
        text = chance.choice(_DISGUISES)(chance.choice(texts))
        yield record(
            text,
            script_id=f"{number:06}",
            spoken=chance.choice((text, text.replace("3", "三") + "百分之百")),
            scenario=chance.choice((None, *Scenario)),
            channel=chance.choice((None, *Channel)),
            stage=chance.choice((None, None, Stage.BODY, Stage.OPEN)),
            callee=chance.choice((None, Callee(Role.DEBTOR, True), Callee(Role.UNKNOWN, False))),
            generation=chance.choice((None, Generation.SENIOR)),
            facts=chance.choice((None, {}, {"annual_rate": "7.2", "fees": "0", "free_interest_days": 30})),
        )


def change_at_random(chance: random.Random, texts: list[str]) -> Change:
    """Rules added, edited and retired."""
    names = [name for name, stored in SHIPPED.rules.items() if stored.kind is Kind.PHRASE]
    first, second, third = chance.sample(names, 3)
    edits = [_edited(chance, first, texts), _edited(chance, second, texts)]
    if chance.random() < 0.5:
        edits.append(_disclosure(chance))
    if chance.random() < 0.5:
        edits.append(shipped("number.approximate", action=chance.choice(("observe", "revise"))))
    return Change("at random", [_added(chance, texts)], edits, [third])


def _words(chance: random.Random, texts: list[str], length: int) -> str:
    text = chance.choice([text for text in texts if len(text) > length])
    start = chance.randrange(len(text) - length)
    return "".join(each for each in text[start : start + length] if "\u4e00" <= each <= "\u9fff") or "包过"


def _added(chance: random.Random, texts: list[str]) -> dict[str, Any]:
    phrases = [_words(chance, texts, chance.randint(2, 6)) for _ in range(4)]
    fields: dict[str, Any] = {
        "action": chance.choice(("observe", "mask", "revise", "block")),
        "phrases": phrases,
        "except": chance.sample([f"不{phrases[0]}", f"{phrases[1]}的"], chance.randint(0, 2)),
        "scenarios": chance.choice(([], ["marketing"], ["collection_m1", "servicing"])),
        "channels": chance.choice(([], ["sms"])),
        "stages": chance.choice(([], ["body"])),
        "callees": chance.choice(([], ["unverified"])),
        "patterns": chance.choice(([], ["[一二三四五六七八九]成", "百分之.{1,4}"])),
        "near": chance.choice(([], [{"words": ["额度"], "with": ["利率", "放款"], "within": 12}])),
        "effective": {"from": chance.choice((date(2026, 1, 1), DAY)).isoformat()},
    }
    return rule(chance.choice(("extra.one", "promise.another")), **fields)


def _edited(chance: random.Random, name: str, texts: list[str]) -> dict[str, Any]:
    data = shipped(name)
    match chance.randrange(4):
        case 0 if len(data.get("phrases") or ()) > 1:
            return {**data, "phrases": data["phrases"][1:]}
        case 1:
            return {**data, "phrases": [*(data.get("phrases") or ()), _words(chance, texts, 3)]}
        case 2:
            return {**data, "action": "observe" if data["action"] != "observe" else "block"}
    return {**data, "scenarios": ["collection"], "except": [*(data.get("except") or ()), _words(chance, texts, 5)]}


def _disclosure(chance: random.Random) -> dict[str, Any]:
    names = [name for name, stored in SHIPPED.rules.items() if stored.kind is Kind.DISCLOSURE]
    data = shipped(chance.choice(names))
    return {**data, "phrases": [*(data.get("phrases") or ()), "您好"], "action": chance.choice(("observe", "block"))}
