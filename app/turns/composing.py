"""The words of an act: those that fit the customer, the facts and the time, with what is due said in them once."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.approved.facts import Filling
from app.approved.replies import CALLER
from app.approved.skeleton import sentences, slots_in
from app.approved.wording import SALUTATION
from app.scripts.stitch import Moment, estimated_seconds, fill
from app.turns.book import Book, Due, Mood, Opening
from app.turns.standing import Standing
from guards.script import Script
from guards.types import Generation, Group, Stage

_LONGEST, _LONGEST_SENIOR = 15.0, 20.0
"""Seconds of a turn that is no opening, at the generation's pace."""
_LEAVE, _CODES = re.compile("再见|打扰您了"), "验证码"
_STAGES = {"verify": Stage.VERIFY, "close": Stage.CLOSE}


@dataclass(frozen=True, slots=True)
class Worded:
    """Words for one act: `text` is the approved text, `slots` are those it says, dues included."""

    act: str
    text: str
    script: Script
    slots: tuple[str, ...]


def compose(book: Book, act: str, moment: Moment, standing: Standing, key: str) -> Iterator[Worded]:
    """Everything that may be said for an act, best first: not said before, in time, in the mood, another order a call.

    Nothing where no text can be filled.
    """
    mood: Mood = "tense" if standing.heard and standing.heard.is_tense else "calm"
    generation = moment.generation
    fillable = [text for text in book.texts(act, generation, mood) if set(slots_in(text)) <= set(moment.fillings)]
    named = [text for text in fillable if SALUTATION in slots_in(text)]
    group = book.acts[act]
    stage = _STAGES.get(group.state, Stage.BODY)
    in_mood = {
        text
        for words in book.words[act]
        if mood in words.moods and generation in words.generations
        for text in words.texts
    }
    turns = []
    for text in fillable:
        dues = list(due_with(book, act, text, moment, standing))
        turn = _turn(act, text, dues, stage, moment)
        seconds = estimated_seconds(turn.script.spoken, moment.speech_rate)
        over = max(0.0, seconds - (_LONGEST_SENIOR if generation is Generation.SENIOR else _LONGEST))
        was_said = turn.script.segments[0].text in standing.texts
        # Who is asked whether he is somebody is asked by name, where one is known.
        unnamed = group.awaits == "identity" and bool(named) and text not in named
        # What is due has its place between a statement and a question.
        is_tight = bool(dues) and len(sentences(text)) < 2
        turns.append(((was_said, is_tight, over, unnamed, text not in in_mood, _drawn(key, text)), turn))
    return (turn for _, turn in sorted(turns, key=lambda each: each[0]))


def open_call(book: Book, moment: Moment, *, verified: bool) -> Iterator[tuple[Opening, Script]]:
    """The openings that fit, the one with a name first."""
    for opening in sorted(book.openings, key=lambda each: not each.named):
        if moment.scenario.group in opening.groups and opening.verified in (None, verified):
            slots = {*slots_in(opening.says), *slots_in(opening.asks)}
            if slots <= set(moment.fillings) and (opening.named is (SALUTATION in slots) or not opening.named):
                stage = Stage.VERIFY if opening.awaits == "identity" else Stage.OPEN
                says = replace(fill(opening.says, Stage.OPEN, moment.fillings), interruptible=False, required=True)
                yield opening, Script((says, fill(opening.asks, stage, moment.fillings)))


def due_with(book: Book, act: str, text: str, moment: Moment, standing: Standing) -> Iterator[Due]:
    """What must be said once and is due with these words."""
    group, said = moment.scenario.group, set(slots_in(text))
    for due in book.dues:
        if (
            group in due.groups
            and due.fees in (None, moment.fees)
            and (act in due.with_acts or said & set(due.with_slots))
            and not (_CODES in due.text and _CODES in text)
            and not set(due.unless_said) & (standing.slots_said | said)
            and set(slots_in(due.text)) <= set(moment.fillings)
            and not all(part in standing.texts for part in sentences(_filled(due.text, moment.fillings)))
        ):
            yield due
            said |= set(slots_in(due.text))


def opening_fillings(fillings: Mapping[str, Filling], group: Group, *, verified: bool) -> dict[str, Filling]:
    """What may be filled before it is known who is on the line: who calls, and who is asked for."""
    if verified or group is Group.MARKETING:
        return dict(fillings)
    return {name: each for name, each in fillings.items() if name in (CALLER, SALUTATION, "客服热线", "回电时间")}


def _turn(act: str, text: str, dues: Sequence[Due], stage: Stage, moment: Moment) -> Worded:
    says, asks = _parted(text, has_dues=bool(dues))
    segments = [fill(says, stage, moment.fillings)] if says else []
    segments += [
        replace(fill(due.text, Stage.DISCLOSE, moment.fillings), interruptible=False, required=True) for due in dues
    ]
    if asks:
        segments.append(fill(asks, Stage.CLOSE if says else stage, moment.fillings))
    slots = tuple(dict.fromkeys([*slots_in(text), *(slot for due in dues for slot in slots_in(due.text))]))
    return Worded(act, text, Script(tuple(segments)), slots)


def _parted(text: str, *, has_dues: bool) -> tuple[str, str]:
    """What comes before what is due, and what after it: the question, or the leave-taking.

    A statement that runs on into its question ends with its last pause, where something is due between them.
    """
    parts = sentences(text)
    if parts[-1].endswith("？"):
        if len(parts) == 1 and has_dues and "，" in text:
            says, _, asks = text.rpartition("，")
            return f"{says}。", asks
        return "".join(parts[:-1]), parts[-1]
    if has_dues and len(parts) > 1 and _LEAVE.search(parts[-1]):
        return "".join(parts[:-1]), parts[-1]
    return text, ""


def _filled(text: str, fillings: Mapping[str, Filling]) -> str:
    return fill(text, Stage.DISCLOSE, fillings).text


def _drawn(key: str, text: str) -> bytes:
    return hashlib.sha256(f"{key}\0{text}".encode()).digest()
