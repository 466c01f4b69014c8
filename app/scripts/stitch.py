"""Fill slots from facts and put opening, verification, disclosures and closing around the body."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Literal

from app.approved.facts import Filling
from app.approved.skeleton import SLOT, sentences, slots_in
from app.approved.wording import SALUTATION, Piece, When, Wording
from app.errors import HeyanError
from guards.script import Script, Segment
from guards.types import Case, Channel, Generation, Group, Scenario, Stage

_CHARACTERS_PER_SECOND = 4.5
_SHORT_PAUSE, _LONG_PAUSE = 0.25, 0.5
_BEARS_INTEREST = "照合同计息"
"""A body that says so of what is left needs no rider that says it again."""


class StitchError(HeyanError):
    """A skeleton or approved wording names a slot that these facts cannot fill, or may not be said for now."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The call moment that a body is stitched into. `slots` must be said, by the body or by a complement after it.

    `leaves`: the customer wants no more of it now, so that the script answers that and takes leave. `remembers`: what
    the customer refuses can be kept. `asks_identity`: before it is proven it is asked for, whatever else is answered.
    `longest_seconds`: what a whole script may take at `speech_rate`, if what is optional is to be said.
    """

    scenario: Scenario
    channel: Channel
    generation: Generation
    speaks_body: bool
    fillings: Mapping[str, Filling]
    slots: tuple[str, ...]
    leaves: bool
    rate_method: Literal["simple", "irr"] | None
    fees: Literal["none", "some", "unknown"]
    remembers: bool = True
    asks_identity: bool = True
    speech_rate: float = 1.0
    longest_seconds: float = inf


def stitch(skeleton: str, moment: Moment, wording: Wording) -> Script:
    """The whole script around a body. Before verification none is said; what is given then answers in its place.

    Raises:
        StitchError: naming the slot that cannot be filled, or what of it is suspended.
    """
    if wording.holds:
        _require(skeleton, wording)
    if skeleton and not moment.speaks_body:
        return _before_identity(skeleton, moment, wording)
    body, last = _parted(skeleton, moment)
    body += _complements(body, moment, wording)
    if wording.holds:
        for text in _around(moment, wording):
            _require(text, wording)
    segments, optional = [], []
    for piece in wording.frames[moment.scenario.group, moment.channel].segments:
        if not is_spoken(piece.when, moment):
            continue
        if piece.text is None:
            segments.append(fill(body, Stage.BODY, moment.fillings))
        else:
            segments.append(fill(piece.text, piece.stage, moment.fillings, piece))
        if piece.optional:
            optional.append(segments[-1])
    if last and moment.speaks_body:
        segments.append(fill(last, Stage.CLOSE, moment.fillings))
    script = Script(tuple(segments))
    if optional and overtime(script, moment):
        return Script(tuple(segment for segment in segments if segment not in optional))
    return script


def _before_identity(answer: str, moment: Moment, wording: Wording) -> Script:
    """What answers, in place of the opening, and who is asked for after it."""
    segments = [replace(fill(answer, Stage.OPEN, moment.fillings), interruptible=False, required=True)]
    for piece in wording.frames[moment.scenario.group, moment.channel].segments:
        if moment.asks_identity and piece.stage is Stage.VERIFY and piece.text and is_spoken(piece.when, moment):
            if wording.holds:
                _require(piece.text, wording)
            segments.append(fill(piece.text, piece.stage, moment.fillings, piece))
    return Script(tuple(segments))


def bridge(moment: Moment, wording: Wording) -> Script:
    """What a machine's voice says before a person takes over: the opening, and that somebody comes.

    Nobody is called by name, since whoever answers may be somebody else, and the opening is that of a call that only
    begins. Where the bridge is suspended another one is said.

    Raises:
        StitchError: if the opening is suspended, or every bridge.
    """
    fillings = {name: filling for name, filling in moment.fillings.items() if name != SALUTATION}
    unnamed = replace(moment, fillings=fillings, leaves=False, speaks_body=False)
    opening = [
        piece
        for piece in wording.frames[moment.scenario.group, moment.channel].segments
        if piece.stage is Stage.OPEN and piece.text is not None and is_spoken(piece.when, unnamed)
    ]
    segments = [fill(piece.text or "", piece.stage, fillings, piece) for piece in opening]
    text = wording.replies.bridges[moment.generation]
    if wording.holds:
        for piece in opening:
            _require(piece.text or "", wording)
        bridges = (text, *wording.replies.bridges.values())
        text = next((each for each in bridges if not wording.holds.stops(each)), text)
        _require(text, wording)
    return Script((*segments, fill(text, Stage.CLOSE, fillings)))


def is_held(moment: Moment, wording: Wording) -> bool:
    """Whether what must be said around any body is suspended in this moment."""
    return any(wording.holds.stops(text) for text in _around(moment, wording))


def _around(moment: Moment, wording: Wording) -> Iterator[str]:
    for piece in wording.frames[moment.scenario.group, moment.channel].segments:
        if piece.text is not None and is_spoken(piece.when, moment):
            yield piece.text


def _require(text: str, wording: Wording) -> None:
    """Raises StitchError for a text that is suspended, or holds one that is."""
    if (held := wording.holds.stops(text)) is not None:
        raise StitchError(f"这句话已经停用，不能再说（{held.id}）")


def as_piece(case: Case) -> Case:
    """The case of a bridge: a piece of an opening, which owes nothing but its own words, and holds nothing of the
    customer, whatever personal data the request may name.
    """
    return replace(case, stage=Stage.OPEN, known_personal_data={})


def fill(text: str, stage: Stage, fillings: Mapping[str, Filling], piece: Piece | None = None) -> Segment:
    """A segment out of a text with slots, in its written and its spoken form.

    Raises:
        StitchError: naming the slots that cannot be filled.
    """
    return Segment(
        stage,
        _filled(text, {name: filling.written for name, filling in fillings.items()}),
        _filled(text, {name: filling.spoken for name, filling in fillings.items()}),
        piece.interruptible if piece else True,
        piece.required if piece else False,
    )


def estimated_seconds(spoken: str, speech_rate: float) -> float:
    """How long the spoken form takes, pauses included."""
    short = len(re.findall("[，、：；]", spoken))
    long = len(re.findall("[。！？]", spoken))
    characters = len(spoken) - short - long
    return round((characters / _CHARACTERS_PER_SECOND + short * _SHORT_PAUSE + long * _LONG_PAUSE) / speech_rate, 1)


def overtime(script: Script, moment: Moment) -> float:
    """By how many seconds it takes longer to say than a script of this moment may; 0 within that."""
    return max(0.0, estimated_seconds(script.spoken, moment.speech_rate) - moment.longest_seconds)


def _parted(skeleton: str, moment: Moment) -> tuple[str, str]:
    """The body, and what is said at the very end: its last question. What is read stays as it was written."""
    parts = sentences(skeleton)
    if moment.channel is Channel.SMS or len(parts) < 2 or not parts[-1].endswith("？"):
        return skeleton, ""
    return "".join(parts[:-1]), parts[-1]


def _complements(body: str, moment: Moment, wording: Wording) -> str:
    """A plain sentence for every slot that must be said and was not, and the riders of those that were."""
    said = set(slots_in(body))
    added = ""
    complements = [each for each in wording.complements if moment.scenario.group in each.groups]
    for complement in complements:
        if complement.slot in moment.slots and complement.slot not in said:
            if wording.holds:
                _require(complement.text, wording)
            added += complement.text
            said |= set(slots_in(complement.text))
    riders = [each.rider for each in complements if each.rider and each.slot in said]
    riders = [] if _BEARS_INTEREST in body else [rider for rider in riders if rider not in body]
    if wording.holds:
        for rider in riders:
            _require(rider, wording)
    return added + "".join(riders)


def is_spoken(when: When, moment: Moment) -> bool:
    """Whether a segment's conditions hold in this moment."""
    verified = moment.speaks_body or moment.scenario.group is Group.MARKETING
    return (
        all(slot in moment.fillings for slot in when.has_slots)
        and not any(slot in moment.fillings for slot in when.missing_slots)
        and all(slot in moment.slots for slot in when.said_slots)
        and not any(slot in moment.slots for slot in when.unsaid_slots)
        and when.verified in (None, verified)
        and when.leaves in (None, moment.leaves)
        and (not when.generation or moment.generation in when.generation)
        and when.rate_method in (None, moment.rate_method)
        and when.fees in (None, moment.fees)
    )


def _filled(text: str, values: Mapping[str, str]) -> str:
    missing: Sequence[str] = [name for name in slots_in(text) if name not in values]
    if missing:
        raise StitchError(f"nothing fills {'、'.join(missing)}")
    return SLOT.sub(lambda match: values[match[1]], text)
