"""Everything that is approved to be said, as scripts to be judged, with the place of each wording in its file."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.approved.facts import Filling, example_facts
from app.approved.replies import BRIDGES_FILE
from app.approved.skeleton import SLOT, channel_problems, sentences
from app.approved.vocabulary import ScenarioProfile, Vocabulary
from app.approved.wording import COMPLEMENTS_FILE, STITCH_FILE, Complement, Frame, Wording
from app.scripts.intake import take_order
from app.scripts.proof import PROOF_DAY, example_request, prove_wording
from app.scripts.stitch import StitchError, fill
from app.writing.lines.library import SENTENCES_FILE, ApprovedLine
from guards.lexicon.documents import DocumentError, parse_document
from guards.panel import Panel
from guards.policy import Policy
from guards.script import Script, Segment
from guards.types import Action, Case, Channel, Finding, Generation, Group, Stage

_LISTED = "approved.listed"


@dataclass(frozen=True, slots=True)
class ApprovedText:
    """Approved wording in one moment in which it may be said; `place` (`file:line`) is that of its body or line.

    A line's case names no channel: it is judged in each of `channels`.
    """

    place: str
    script: Script
    case: Case
    is_line: bool = False
    channels: tuple[Channel, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """Wording that code puts around bodies: where it stands, and how it reads with slots filled."""

    place: str
    text: str
    filled: re.Pattern[str]
    groups: frozenset[Group] = frozenset(Group)
    channels: frozenset[Channel] = frozenset(Channel)

    def reads(self, said: str, case: Case) -> bool:
        """Whether this is what was said in a case."""
        group = case.scenario.group if case.scenario else None
        return (
            (group is None or group in self.groups)
            and (case.channel is None or case.channel in self.channels)
            and self.filled.fullmatch(said) is not None
        )


@dataclass(frozen=True, slots=True)
class ApprovedTexts:
    """All of it. `faults`: what is wrong with the wording whatever the rules are, as lines of `file:line: what`."""

    texts: Sequence[ApprovedText]
    templates: Sequence[Template] = ()
    faults: Sequence[str] = ()

    def without(self, others: "ApprovedTexts") -> "ApprovedTexts":
        """Those that are none of the others: said otherwise, or in another case."""
        known = {_key(text) for text in others.texts}
        return replace(self, texts=tuple(text for text in self.texts if _key(text) not in known))

    def parts(self, size: int) -> Iterator["ApprovedTexts"]:
        """The same in parts, without what guards have worked out about them, which no other process can be sent."""
        for start in range(0, len(self.texts), size):
            some = self.texts[start : start + size]
            texts = tuple(replace(text, script=Script(text.script.segments)) for text in some)
            yield replace(self, texts=texts, templates=())


def _key(text: ApprovedText) -> tuple[object, ...]:
    return text.script.segments, repr(text.case)


class _Listing:
    """A guard that notes what it is shown, and stops it under the number of the note."""

    name = "listing"

    def __init__(self) -> None:
        self.shown: list[tuple[Script, Case]] = []

    def __call__(self, script: Script, case: Case) -> Sequence[Finding]:
        self.shown.append((script, case))
        return [Finding(_LISTED, self.name, Action.BLOCK, str(len(self.shown) - 1))]


def approved_texts(
    policy: Policy,
    vocabulary: Vocabulary,
    wording: Wording,
    lines: Mapping[str, Sequence[ApprovedLine]] | None = None,
) -> ApprovedTexts:
    """Everything approved. `lines`: those of each model, by its folder's name.

    `policy` is not asked. This takes about a second, once for a wording.
    """
    # The proof itself says what it looks at: nothing can be stopped there that is not listed here.
    listing = _Listing()
    faults = []
    texts = []
    try:
        prove_wording(replace(policy, panel=Panel((listing,))), vocabulary, wording)
    except DocumentError as listed:
        for line in listed.problems:
            head, found, number = line.rpartition(f": {_LISTED}: ")
            if found:
                texts.append(ApprovedText(_place(head), *listing.shown[int(number)]))
            else:
                faults.append(line)
    texts += [text for name, known in (lines or {}).items() for text in _lines(name, known, vocabulary, wording)]
    return ApprovedTexts(tuple(texts), tuple(_templates(wording.contents)), tuple(faults))


def _place(head: str) -> str:
    """`fallbacks.yaml:12` of a path, a line and perhaps more."""
    found = re.match(r"(?P<path>.*?\.yaml):(?P<line>\d+)", head)
    return f"{Path(found['path']).name}:{found['line']}" if found else head


def _templates(contents: Mapping[str, bytes]) -> Iterator[Template]:
    stitch, complement, bridges = (
        parse_document(Path(name), contents[name]) for name in (STITCH_FILE, COMPLEMENTS_FILE, BRIDGES_FILE)
    )
    for f, frame in enumerate(stitch.check(list[Frame])):
        for p, piece in enumerate(frame.segments):
            if piece.text is not None:
                place = f"{STITCH_FILE}:{stitch.line((f, 'segments', p))}"
                yield _template(place, piece.text, [frame.group], [frame.channel])
    for index, each in enumerate(complement.check(list[Complement])):
        for text in filter(None, (each.text, each.rider)):
            yield _template(f"{COMPLEMENTS_FILE}:{complement.line((index,))}", text, each.groups)
    for index, bridge in enumerate(bridges.data):
        yield _template(f"{BRIDGES_FILE}:{bridges.line((index,))}", bridge["text"])


def _template(
    place: str, text: str, groups: Iterable[Group] = Group, channels: Iterable[Channel] = Channel
) -> Template:
    pieces = [re.escape(piece) for piece in SLOT.sub("\0", text).split("\0")]
    return Template(place, text, re.compile(".{1,40}?".join(pieces)), frozenset(groups), frozenset(channels))


def _lines(
    model: str, lines: Sequence[ApprovedLine], vocabulary: Vocabulary, wording: Wording
) -> Iterator[ApprovedText]:
    moments: dict[tuple[Any, ...], tuple[Mapping[str, Filling], Case]] = {}
    for number, line in enumerate(lines, 1):
        offers = tuple(sorted(line.offers))
        key = (line.scenario, offers)
        if key not in moments:
            moments[key] = _moment(vocabulary.scenarios[line.scenario], offers, vocabulary, wording)
        fillings, case = moments[key]
        try:
            segment = fill(line.text, Stage.BODY, fillings)
        except StitchError:  # no example fills it: its other words can be judged all the same
            bare = line.text.replace("{", "").replace("}", "")
            segment = Segment(Stage.BODY, bare, bare)
        channels = tuple(channel for channel in Channel if not channel_problems(line.text, channel))
        place = f"{model}/{line.place or f'{SENTENCES_FILE}:{number}'}"
        yield ApprovedText(place, Script((segment,)), case, is_line=True, channels=channels)


def _moment(
    scenario: ScenarioProfile, offers: tuple[str, ...], vocabulary: Vocabulary, wording: Wording
) -> tuple[Mapping[str, Filling], Case]:
    """What fills a line's slots, and the case of a piece of a body, in a moment that offers so much."""
    facts = example_facts(scenario, vocabulary, PROOF_DAY)
    offered = {**facts, "offers": list(offers)} if "offers" in facts else facts
    request = example_request(scenario, Generation.YOUNG, Channel.AI_VOICE, offered, verified=True)
    order = take_order(request, vocabulary, wording)
    return order.moment.fillings, replace(order.case, channel=None, stage=Stage.BODY)


def said_around(script: Script, form: Script, start: int) -> tuple[int, str]:
    """The segment in which something begins at `start` of one form of a script, and the written sentence around it.

    Where the forms differ the whole segment is told.
    """
    index = min(form.segment_at(start), len(script.segments) - 1)
    written = script.segments[index].text
    if form is not script and form.segments[index].text != written:
        return index, written
    begin = start - sum(len(segment.text) for segment in form.segments[:index])
    for sentence in sentences(written):
        if begin < len(sentence):
            return index, sentence
        begin -= len(sentence)
    return index, written
