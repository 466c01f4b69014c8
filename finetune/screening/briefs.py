"""Check that a brief is one that serving would order, and that a body is a skeleton with slots it would fill."""

from collections.abc import Iterator

from app.approved.brief import Brief
from app.approved.skeleton import SLOT, slots_in
from app.approved.vocabulary import Vocabulary
from app.writing.prompt import OFFERS
from finetune.lines.reader import OPTIONAL_SLOTS
from finetune.tables.records import nearest
from guards.numbers.scan import extract, has_numeral
from guards.types import Generation, Group, Quantity, Scenario

MOST_TAGS = 2
"""As many as the planner of serving puts into a brief."""

_KINDS = {Quantity.RATE: (Quantity.RATE_ANNUAL, Quantity.RATE_MONTHLY)}
"""What a number may be that does not say itself."""

_RELATIVE_DAYS = frozenset({"今天", "明天", "后天", "今晚", "明晚", "今日", "明日"})


def brief_for(
    scenario: Scenario, generation: Generation, strategy: str, tags: tuple[str, ...], offer: str | None, body: str
) -> Brief:
    """The order that a body answers: its own slots, of which some need not be asked for."""
    used = tuple(dict.fromkeys(slots_in(body)))
    slots = tuple(slot for slot in used if slot not in OPTIONAL_SLOTS)
    optional = tuple(slot for slot in used if slot in OPTIONAL_SLOTS)
    return Brief(scenario, generation, strategy, tags, slots, optional, offer)


def brief_problems(brief: Brief, vocabulary: Vocabulary) -> list[str]:
    """What serving would never put into a brief, slots aside; nothing that is unknown is quoted."""
    profile = vocabulary.scenarios[brief.scenario]
    problems = []
    if profile.speaks != "script":
        problems.append(f"brief.scenario: {brief.scenario.value} is left to a person; nothing is written for it")
    elif brief.strategy not in vocabulary.strategies_for(brief.scenario):
        problems.append(f"brief.strategy: is no strategy of {brief.scenario.value}")
    for place, name in enumerate(brief.tags, 1):
        tag = vocabulary.tags.get(name)
        if tag is None or brief.scenario not in tag.scenarios or not tag.is_addressed_by(brief.strategy):
            allowed = f"{brief.scenario.value} takes up with this strategy"
            problems.append(f"brief.tags: number {place} is no tag that {allowed}")
    if len(brief.tags) > MOST_TAGS or len(set(brief.tags)) < len(brief.tags):
        problems.append(f"brief.tags: at most {MOST_TAGS} different tags")
    if brief.offer is not None and (brief.offer not in OFFERS or brief.scenario.group is not Group.COLLECTION):
        problems.append(f"brief.offer: one of {', '.join(OFFERS)}, and only in collection")
    return problems


def slot_problems(brief: Brief, vocabulary: Vocabulary) -> Iterator[str]:
    """Slots that serving never fills for this brief."""
    profile = vocabulary.scenarios[brief.scenario]
    facts = (*profile.required_facts, *profile.optional_facts)
    for name in (*brief.slots, *brief.optional_slots):
        if name in vocabulary.slots and vocabulary.slots[name].fact not in facts:
            yield f"{{{name}}} is never known in {brief.scenario.value}"
    if "延期期数" in brief.slots and brief.offer != "deferral":
        yield "says {延期期数} without the offer deferral"


def skeleton_problems(body: str, vocabulary: Vocabulary, *, in_words: bool = False) -> Iterator[str]:
    """Why a body is filled text, or names slots that do not exist. `in_words`: figures in words may stand there."""
    for name in slots_in(body):
        if name not in vocabulary.slots:
            yield f"names a slot that does not exist{nearest(name, vocabulary.slots)}"
    bare = SLOT.sub("某某", body)
    for number in extract(bare):
        in_digits = any(character.isdigit() for character in number.text)
        if number.text in _RELATIVE_DAYS or not (in_digits or has_numeral(number.text)) or (in_words and not in_digits):
            continue
        slots = [
            slot.name
            for slot in vocabulary.slots.values()
            if vocabulary.facts[slot.fact].quantity in _KINDS.get(number.quantity, (number.quantity,))
        ]
        named = " or ".join(f"{{{name}}}" for name in slots)
        yield f"says a figure; {f'write {named} instead of the number' if slots else 'leave it out'}"
