"""Read the corpus of bodies: whole pieces of speech, each sentence with alternatives, and what may be wrong there."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.approved.skeleton import SLOT, slots_in
from app.approved.vocabulary import REPLY, Vocabulary
from app.writing.lines.bodies import ApprovedBodies, ApprovedBody, ApprovedDetails, Sentence
from finetune.lines.lengths import longest, spoken_length
from finetune.lines.reader import BODIES, CHARACTER, NUMBER, checked_files
from guards.lexicon.documents import Document, DocumentError, read_document
from guards.lexicon.rules import Strict
from guards.types import Generation, Group, Scenario

_ALWAYS: Mapping[Group, frozenset[str]] = {
    Group.MARKETING: frozenset({"产品名", "年化利率"}),
    Group.SERVICING: frozenset({"应还金额", "到期日"}),
    Group.COLLECTION: frozenset({"应还金额", "到期日"}),
}
"""Slots that every request of the group fills, so that a sentence without a `need` may use them."""
DETAILS_FILE = "details.yaml"
_MATTER = frozenset({"应还金额", "到期日"})
_REMEDY = re.compile(r"(?:可以|能|可)申请|申请(?:延期|分期|减免)|先还(?:一部分|一些|最低)|\{最低还款\}")
_LEAST_WORDINGS, _MOST_WORDINGS = 2, 5
_HEARD_AS_DIALECT = ("咱", "唠", "瞅", "整明白", "甭", "啥", "中不中")
Offer = Literal["deferral", "instalment", "waiver", "none"]
_Text = Annotated[str, Field(min_length=3, max_length=80)]
_Texts = Annotated[list[_Text], Field(min_length=_LEAST_WORDINGS, max_length=_MOST_WORDINGS)]


class _Marked(Strict):
    need: str | None = None
    offer: Offer | None = None
    texts: _Texts

    @model_validator(mode="after")
    def _is_marked(self) -> "_Marked":
        if self.need is None and self.offer is None:
            raise ValueError("a sentence with texts: has a need: or an offer:; otherwise write the list alone")
        return self


class _Body(Strict):
    strategies: list[str] = Field(min_length=1)
    generations: list[Generation] = Field(min_length=1)
    tags: list[str] = Field(default=[], max_length=2)
    say: list[_Texts | _Marked] = Field(min_length=1, max_length=12)


class _Details(Strict):
    groups: list[Group] = Field(min_length=1)
    generations: list[Generation] = Field(min_length=1)
    say: list[_Marked] = Field(min_length=1)


class _File(Strict):
    scenario: Scenario
    bodies: list[_Body] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Body(ApprovedBody):
    """A body of the corpus; `place`: `file:line` of where it stands."""

    place: str = ""


def read_corpus_of_bodies(corpus: Path, vocabulary: Vocabulary) -> ApprovedBodies:
    """The bodies of a corpus and what may be added to them, as a checkpoint holds them.

    Raises:
        DocumentError: naming file and line of what is wrong with them.
    """
    folder = corpus / BODIES
    return ApprovedBodies(read_bodies(folder, vocabulary), read_details(folder))


def read_bodies(directory: Path, vocabulary: Vocabulary) -> list[Body]:
    """Every body of every YAML file below `directory`.

    Raises:
        DocumentError: naming file and line of each that breaks the rules of the corpus, or the folder if no YAML file
            is there.
    """
    bodies: list[Body] = []
    problems: list[str] = []
    files = [path for path in sorted(directory.rglob("*.yaml")) if path.name != DETAILS_FILE]
    if not files:
        raise DocumentError([f"{directory}: no corpus: there is no folder with *.yaml files of bodies"])
    for document, file in checked_files(files, _File, problems):
        for index, given in enumerate(file.bodies):
            body = _body(given, file.scenario, f"{document.path}:{document.line(('bodies', index))}")
            bodies.append(body)
            problems += _problems(body, document, index, vocabulary)
    problems += _repeated(bodies)
    if problems:
        raise DocumentError(problems)
    return bodies


def read_details(directory: Path) -> list[ApprovedDetails]:
    """What may be added to bodies, of the file of details in `directory`; none without one.

    Raises:
        DocumentError: naming file and line of what is wrong with it.
    """
    path = directory / DETAILS_FILE
    if not path.exists():
        return []
    document = read_document(path)
    problems, read = [], []
    for index, each in enumerate(document.check(list[_Details])):
        said = tuple(Sentence(tuple(one.texts), one.need) for one in each.say)
        read.append(ApprovedDetails(frozenset(each.groups), frozenset(each.generations), said))
        for number, one in enumerate(each.say):
            if one.need is None or one.offer is not None or any(one.need not in slots_in(text) for text in one.texts):
                problems.append(document.describe((index, "say", number), "a detail says the one slot that it needs"))
    if problems:
        raise DocumentError(problems)
    return read


def body_problems(body: Body, vocabulary: Vocabulary) -> Iterator[str]:
    """What breaks the rules of the corpus in one body as a whole."""
    group = body.scenario.group
    for tag in body.tags:
        known = vocabulary.tags.get(tag)
        if known is None:
            yield f"unknown tag {tag}"
        elif body.scenario not in known.scenarios:
            yield f"the tag {tag} means nothing in {body.scenario}"
    for strategy in body.strategies - set(vocabulary.strategies_for(body.scenario)):
        yield f"{strategy} is no strategy of {body.scenario}"
    is_reply = REPLY in body.strategies
    if is_reply and (len(body.strategies) > 1 or len(body.tags) != 1):
        yield "a reply has the strategy reply alone, and the one tag that it answers"
    always = {slot for each in body.sentences if not each.needs for text in each.texts for slot in slots_in(text)}
    owed = frozenset() if is_reply else _ALWAYS[group] - {"产品名"}
    for slot in sorted(owed - always):
        yield f"never says {{{slot}}}"
    if not is_reply and group is Group.COLLECTION:
        offers = {each.offer for each in body.sentences if each.offer}
        for offer in sorted({"deferral", "instalment", "waiver", "none"} - offers):
            yield f"has no sentence for offer: {offer}"
        yield from _remedy_problems(body)
    questions = [index for index, each in enumerate(body.sentences) if any("？" in text for text in each.texts)]
    if any(index != len(body.sentences) - 1 for index in questions):
        yield "asks before its last sentence"
    if not is_reply and group is Group.MARKETING:
        yield from _order_problems(body)
    for generation in body.generations:
        limit = longest(body.scenario.group, generation, is_reply=is_reply)
        if (length := spoken_length(body)) > limit:
            yield f"is {length} characters long when spoken; {generation.value} bears {limit}"


def sentence_problems(sentence: Sentence, body: Body, vocabulary: Vocabulary) -> Iterator[str]:
    """What breaks the rules of the corpus in one sentence."""
    group = body.scenario.group
    always = _ALWAYS[group] | ({sentence.needs} if sentence.needs else frozenset())
    if sentence.needs and sentence.needs not in vocabulary.slots:
        yield f"unknown slot {sentence.needs}"
    if sentence.offer == "deferral":
        always |= {"延期期数"}
    plain = [text for text in sentence.texts if always.issuperset(set(slots_in(text)) - {"延期期数"})]
    bare = [text for text in plain if "延期期数" not in slots_in(text)] if sentence.offer == "deferral" else plain
    if len(bare) < min(_LEAST_WORDINGS, len(sentence.texts)):
        yield "leaves fewer than two wordings where only what is always known can be said"
    figures = {frozenset(slots_in(text)) & _ALWAYS[group] - {"产品名"} for text in sentence.texts}
    if len(figures) > 1:
        yield "says a figure in some wordings and not in others"
    for text in sentence.texts:
        if text[-1] not in "。！？":
            yield f"does not end with 。！ or ？: {text}"
        if NUMBER.search(SLOT.sub("", text)):
            yield f"holds a number; numbers come only through slots: {text}"
        if rest := CHARACTER.sub("", SLOT.sub("", text)):
            yield f"holds characters that are not spoken ({rest}): {text}"
        if unknown := set(slots_in(text)) - set(vocabulary.slots):
            yield f"unknown slots {unknown}: {text}"
        if "延期期数" in slots_in(text) and sentence.offer != "deferral":
            yield f"says {{延期期数}} without offer: deferral: {text}"
        if "免息" in text and not {"免息天数", "年化利率"} <= set(slots_in(text)):
            yield f"speaks of 免息 without {{免息天数}} and {{年化利率}}: {text}"
        if sentence.needs and sentence.needs not in slots_in(text):
            yield f"does not say {{{sentence.needs}}}, which it needs: {text}"
        for word in _HEARD_AS_DIALECT:
            if word in text:
                yield f"says {word}: {text}"
        limit = max(vocabulary.generations[generation].sentence_chars for generation in body.generations)
        for part in text.replace("！", "。").replace("？", "。").split("。"):
            if len(SLOT.sub("六六六六六六", part)) > limit:
                yield f"has a sentence longer than {limit} characters: {text}"
    if len(set(sentence.texts)) < len(sentence.texts):
        yield "has the same wording twice"


def _body(given: _Body, scenario: Scenario, place: str) -> Body:
    said = [
        Sentence(tuple(each.texts), each.need, each.offer) if isinstance(each, _Marked) else Sentence(tuple(each))
        for each in given.say
    ]
    return Body(
        scenario,
        frozenset(given.strategies),
        frozenset(given.generations),
        frozenset(given.tags),
        tuple(said),
        place,
    )


def _problems(body: Body, document: Document, index: int, vocabulary: Vocabulary) -> Iterator[str]:
    for problem in body_problems(body, vocabulary):
        yield document.describe(("bodies", index), problem)
    for number, sentence in enumerate(body.sentences):
        for problem in sentence_problems(sentence, body, vocabulary):
            yield document.describe(("bodies", index, "say", number), problem)


def _remedy_problems(body: Body) -> Iterator[str]:
    """In collection the matter, which account and how much, comes before what can be done about it."""
    for sentence in body.sentences:
        if all(_MATTER.intersection(slots_in(text)) for text in sentence.texts):
            return
        for text in sentence.texts:
            if sentence.offer or _REMEDY.search(text):
                yield f"offers a remedy before the matter: {text}"


def _order_problems(body: Body) -> Iterator[str]:
    """The annual rate comes before any monthly figure."""
    said_rate = False
    for sentence in body.sentences:
        for text in sentence.texts:
            slots = slots_in(text)
            for slot in ("月还款", "月利率"):
                if slot in slots and not (said_rate or "年化利率" in slots[: slots.index(slot)]):
                    yield f"says {{{slot}}} before {{年化利率}}: {text}"
        said_rate = said_rate or (all("年化利率" in slots_in(text) for text in sentence.texts) and not sentence.needs)


def _repeated(bodies: Iterable[Body]) -> list[str]:
    """Bodies of one moment that begin alike: decoding would go on with the first of them only."""
    seen: dict[tuple[object, ...], str] = {}
    problems = []
    for body in bodies:
        for generation in body.generations:
            for strategy in body.strategies:
                for text in {text for sentence in body.sentences[:1] for text in sentence.texts}:
                    key = (body.scenario, generation, strategy, body.tags, text)
                    if seen.setdefault(key, body.place) != body.place:
                        problems.append(f"{body.place}: begins like {seen[key]}: {text}")
    return problems
