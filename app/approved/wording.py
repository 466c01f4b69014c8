"""Approved wording: the institution, the frames around a body, complements for unsaid slots, and fallback bodies."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.approved.brief import Brief
from app.approved.hints import HINTS_FILE, Hint, hints_of
from app.approved.holds import HOLDS_FILE, NOTHING_HELD, Holds, holds_of
from app.approved.replies import BRIDGES_FILE, CALLER, REPLIES_FILE, Replies, replies_of
from app.approved.skeleton import slots_in
from app.approved.vocabulary import REPLY, Vocabulary
from guards.lexicon.documents import Document, DocumentError, parse_document
from guards.lexicon.rules import Strict
from guards.types import Channel, Generation, Group, Scenario, Stage

INSTITUTION, SALUTATION, OTHER_FEES = "机构", "称呼", "其他费用"
"""Slots of the frames, which no body may use."""

INSTITUTION_FILE = "institution.yaml"
STITCH_FILE, COMPLEMENTS_FILE, FALLBACKS_FILE = "stitch.yaml", "complements.yaml", "fallbacks.yaml"
WORDING_FILES = (BRIDGES_FILE, COMPLEMENTS_FILE, FALLBACKS_FILE, REPLIES_FILE, STITCH_FILE)
"""The files that have a life cycle: what else stands beside them belongs to the deployment."""
PUBLISHED_FILES = (*WORDING_FILES, HOLDS_FILE)
"""Those that a revision may have; what is held is only ever published, and stands in no checkout."""

_WORKED_EXAMPLES = 3
Text = Annotated[str, Field(min_length=1, max_length=400)]
Offer = Literal["deferral", "instalment", "waiver"]


class InstitutionProfile(Strict):
    """The institution that speaks."""

    full_name: Annotated[str, Field(min_length=4, max_length=40)]
    hotline: Annotated[str, Field(pattern=r"^\d{5,13}$")]
    repay_channel: Annotated[str, Field(min_length=2, max_length=30)]
    official_channels: list[str] = Field(min_length=1)

    @model_validator(mode="after")
    def _sends_to_official_channels_only(self) -> "InstitutionProfile":
        if self.repay_channel not in self.official_channels:
            raise ValueError("repay_channel must be one of official_channels")
        return self


class When(Strict):
    """The conditions of a segment, all of which must hold; `leaves`: whether the script ends the call."""

    has_slots: list[str] = []
    missing_slots: list[str] = []
    said_slots: list[str] = []
    unsaid_slots: list[str] = []
    verified: bool | None = None
    generation: list[Generation] = []
    leaves: bool | None = None
    rate_method: Literal["simple", "irr"] | None = None
    fees: Literal["none", "some", "unknown"] | None = None


class Piece(Strict):
    """One approved segment; without text, it marks where the body goes. An `optional` one is said if there is time."""

    id: str
    stage: Stage
    when: When = When()
    text: Text | None = None
    interruptible: bool = True
    required: bool = False
    optional: bool = False


class Frame(Strict):
    """The segments of one group and channel, in speaking order."""

    group: Group
    channel: Channel
    segments: list[Piece] = Field(min_length=1)


class Complement(Strict):
    """The sentence for a slot that the body did not use; a `rider`, without slots, follows the slot in any case."""

    slot: str
    groups: list[Group] = Field(min_length=1)
    text: Text
    rider: Text | None = None


class FallbackBody(Strict):
    """An approved body; `offers` names the concession that it mentions, `replies`: it answers what was just said.

    `message`: it is written to be read, and is all that a short message says.
    """

    text: Text
    replies: bool = False
    message: bool = False
    offers: list[Offer] = Field(default=[], max_length=1)


class FallbackCell(Strict):
    """The approved bodies of one scenario and generation, richest first."""

    scenario: Scenario
    generation: Generation
    bodies: list[FallbackBody] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Wording:
    """All approved wording.

    `places`: the `file:line` of each fallback body; `contents`: what stands in each of its files; `digest`: a SHA-256
    of them all; `holds`: what of it may not be said for now; `hints`: what a person who speaks is told beside it.
    """

    institution: InstitutionProfile
    frames: dict[tuple[Group, Channel], Frame]
    complements: list[Complement]
    fallbacks: dict[tuple[Scenario, Generation], list[FallbackBody]]
    places: dict[tuple[Scenario, Generation, int], str]
    replies: Replies
    contents: Mapping[str, bytes] = field(repr=False)
    digest: str
    holds: Holds = NOTHING_HELD
    hints: Sequence[Hint] = ()

    @property
    def unheld(self) -> "Wording":
        """The same with nothing held, for who proves all that may be said again."""
        return replace(self, holds=NOTHING_HELD) if self.holds else self


def read_wording(directory: Path, vocabulary: Vocabulary) -> Wording:
    """Read the approved wording of `directory`.

    Raises:
        DocumentError: naming file and line of every problem.
    """
    return wording_of(read_prompts(directory), vocabulary, directory)


def read_prompts(directory: Path) -> dict[str, bytes]:
    """What stands in each YAML file of the directory, by its name.

    Raises:
        DocumentError: if one cannot be read.
    """
    contents, problems = {}, []
    for file in sorted(directory.glob("*.yaml")):
        try:
            contents[file.name] = file.read_bytes()
        except OSError as unreadable:
            problems.append(f"{file}:1: cannot be read: {unreadable}")
    if problems:
        raise DocumentError(problems)
    return contents


def wording_of(contents: Mapping[str, bytes], vocabulary: Vocabulary, directory: Path = Path()) -> Wording:
    """The approved wording of files that need not be on a disk: what stands in each of them, by its name.

    `directory` is where they are said to stand in what is told of them.

    Raises:
        DocumentError: naming file and line of every problem.
    """
    if missing := sorted({INSTITUTION_FILE, *WORDING_FILES} - contents.keys()):
        raise DocumentError([f"{directory / name}:1: is missing" for name in missing])
    parsed = {name: parse_document(directory / name, contents[name]) for name in (INSTITUTION_FILE, *WORDING_FILES)}
    institution = parsed[INSTITUTION_FILE].check(InstitutionProfile)
    stitch, complement, fallback = parsed[STITCH_FILE], parsed[COMPLEMENTS_FILE], parsed[FALLBACKS_FILE]
    frames = stitch.check(list[Frame])
    complements = complement.check(list[Complement])
    cells = fallback.check(list[FallbackCell])
    slots = set(vocabulary.slots)
    own = slots | {INSTITUTION, SALUTATION, OTHER_FEES, CALLER}
    problems = []
    for f, frame in enumerate(frames):
        problems += stitch.repeated([piece.id for piece in frame.segments], (f, "segments"))
        for p, piece in enumerate(frame.segments):
            problems += _unknown(stitch, (f, "segments", p), piece.text or "", own)
            if piece.text is None and piece.stage is not Stage.BODY:
                problems.append(stitch.describe((f, "segments", p), "only the body may stand without text"))
        if sum(piece.text is None for piece in frame.segments) != 1:
            problems.append(stitch.describe((f,), "needs exactly one place for the body"))
    problems += [
        stitch.describe((), f"lacks {group} on {channel}")
        for group in Group
        for channel in Channel
        if (group, channel) not in {(frame.group, frame.channel) for frame in frames}
    ]
    for c, entry in enumerate(complements):
        if entry.slot not in slots or entry.slot not in slots_in(entry.text):
            problems.append(complement.describe((c,), f"does not say its own slot {entry.slot}"))
        problems += _unknown(complement, (c,), entry.text, slots) + _unknown(complement, (c,), entry.rider or "", set())
    spoken = {profile.id for profile in vocabulary.scenarios.values() if profile.speaks == "script"}
    for cell_index, cell in enumerate(cells):
        for b, body in enumerate(cell.bodies):
            problems += _unknown(fallback, (cell_index, "bodies", b), body.text, slots)
        problems += [fallback.describe((cell_index,), problem) for problem in _cell_problems(cell, vocabulary)]
    covered = {(cell.scenario, cell.generation) for cell in cells}
    problems += [
        fallback.describe((), f"lacks {scenario} for {generation}")
        for scenario in spoken
        for generation in Generation
        if (scenario, generation) not in covered
    ]
    problems += stitch.repeated([f"{frame.group} on {frame.channel}" for frame in frames])
    problems += fallback.repeated([f"{cell.scenario} for {cell.generation}" for cell in cells])
    try:
        replies = replies_of(parsed[REPLIES_FILE], parsed[BRIDGES_FILE], vocabulary)
    except DocumentError as wrong:
        problems += wrong.problems
    try:
        hints = hints_of(contents.get(HINTS_FILE), directory, vocabulary)
    except DocumentError as wrong:
        problems += wrong.problems
    try:
        holds = holds_of(contents.get(HOLDS_FILE), directory)
    except DocumentError as wrong:
        problems += wrong.problems
    if problems:
        raise DocumentError(problems)
    return Wording(
        institution,
        {(frame.group, frame.channel): frame for frame in frames},
        complements,
        {(cell.scenario, cell.generation): cell.bodies for cell in cells},
        {
            (cell.scenario, cell.generation, b): f"{fallback.path}:{fallback.line((c, 'bodies', b))}"
            for c, cell in enumerate(cells)
            for b in range(len(cell.bodies))
        },
        replies,
        dict(contents),
        _digest(contents),
        holds,
        hints,
    )


def _digest(contents: Mapping[str, bytes]) -> str:
    """Over names and bytes of everything that decides what may be said and how it is put together."""
    digest = hashlib.sha256()
    for name in sorted(contents):
        digest.update(f"{name}\0".encode() + contents[name] + b"\0")
    return digest.hexdigest()


def _cell_problems(cell: FallbackCell, vocabulary: Vocabulary) -> Iterator[str]:
    """What could leave a request of this cell without a fallback."""
    required = {vocabulary.slot_of(fact) for fact in vocabulary.scenarios[cell.scenario].required_facts}
    for message, what in ((False, "the last body"), (True, "the last message")):
        bodies = [body for body in cell.bodies if not body.replies and body.message is message]
        if not bodies or bodies[-1].offers or not set(slots_in(bodies[-1].text)) <= required:
            yield f"{what} may need required facts only, and no offer"
    if any(body.replies and body.message for body in cell.bodies):
        yield "no message replies to what was said in a call"
    replies = [body for body in cell.bodies if body.replies]
    if REPLY in vocabulary.strategies_for(cell.scenario) and not replies:
        yield "has no body that replies to what was just said"
    if any(body.offers or slots_in(body.text) for body in replies):
        yield "a body that replies may hold no slot and no offer"


def approved_bodies(brief: Brief, wording: Wording, *, message: bool = False) -> list[str]:
    """The approved bodies that fit a brief, richest first: only slots that it allows, no offer but its own.

    `message`: those of a short message.
    """
    fitting = [
        body
        for body in wording.fallbacks.get((brief.scenario, brief.generation), [])
        if body.message is message
        and body.replies is (brief.strategy == REPLY)
        and set(slots_in(body.text)) <= brief.allowed_slots
        and (not body.offers or body.offers == [brief.offer])
    ]
    return [body.text for body in sorted(fitting, key=lambda body: not body.offers)]


def worked_examples(brief: Brief, wording: Wording) -> list[str]:
    """The approved bodies that the full prompt shows to a model, the same in serving and in training."""
    bodies = approved_bodies(brief, wording)
    if wording.holds:
        bodies = [body for body in bodies if not wording.holds.stops(body)]
    return bodies[:_WORKED_EXAMPLES]


def _unknown(document: Document, location: tuple[str | int, ...], text: str, known: set[str]) -> list[str]:
    return [document.describe(location, f"unknown slot {{{name}}}") for name in slots_in(text) if name not in known]
