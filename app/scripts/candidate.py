"""May this body answer this brief? Asked here by the desk, the proof of wording, the evals and fine-tuning alike."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from app.approved.brief import Brief
from app.approved.facts import Filling
from app.approved.skeleton import channel_problems, problems_of, slots_in, tidy
from app.approved.slot_names import misnamed_slots
from app.approved.wording import Wording
from app.scripts.stitch import Moment, StitchError, fill, overtime, stitch
from guards.grounding.naming import Naming
from guards.panel import Panel
from guards.script import Script
from guards.types import Action, Case, Channel, Finding, Stage, Verdict

_LONGEST_DRAFT = 4000
"""Characters of a draft that are looked at, reasoning included; a body is far shorter."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A body for a brief, and what has been found out about it so far.

    `problems` make it unusable, each told as a hint for the next one. `unsaid` are slots of the brief that it leaves to
    approved complements. `script` is what it was stitched into and `findings` are the guards' on that; both are there
    once it was examined, and no script where it cannot be made.
    """

    skeleton: str
    problems: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    script: Script | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """All that speaks against it: its problems, or what the guards found."""
        unusable = [Finding("skeleton.unusable", "skeleton", Action.REVISE, problem) for problem in self.problems]
        return Verdict((*unusable, *self.findings))

    @property
    def is_usable(self) -> bool:
        """Whether it answers its brief at all, so that guards are worth asking."""
        return not self.problems

    @property
    def may_be_said(self) -> bool:
        """Whether it was examined and passed. What would need masking did not: nobody speaks a mask."""
        return self.script is not None and self.verdict.may_be_said

    @property
    def objections(self) -> tuple[Finding, ...]:
        """The findings for which it may not be said."""
        return tuple(finding for finding in self.verdict.findings if finding.action > Action.ALLOW)


def read_drafts(
    drafts: Iterable[str], brief: Brief, channel: Channel, unwanted: Collection[str] = ()
) -> list[Candidate]:
    """What a model wrote for one brief, tidied, in its order, each body once. `unwanted`: as in `read_body`."""
    tidied = dict.fromkeys(tidy(draft[:_LONGEST_DRAFT]) for draft in drafts)
    return [read_body(body, brief, channel, unwanted) for body in tidied]


def read_body(body: str, brief: Brief, channel: Channel, unwanted: Collection[str] = ()) -> Candidate:
    """A body as it stands. That it leaves out a slot is no problem: the slot is said by a complement.

    `unwanted`: words that contradict what is known of the customer.
    """
    said = slots_in(body)
    unsaid = tuple(slot for slot in brief.slots if slot not in said)
    complete = replace(brief, slots=tuple(slot for slot in brief.slots if slot in said))
    contradicts = [f"对这位客户不说“{word}”" for word in unwanted if word in body]
    return Candidate(body, (*problems_of(body, complete), *channel_problems(body, channel), *contradicts), unsaid)


def with_names_checked(candidate: Candidate, fillings: Mapping[str, Filling], naming: Naming) -> Candidate:
    """The candidate, unusable where a slot stands under another one's name: such a body is never filled."""
    misnamed = misnamed_slots(candidate.skeleton, fillings, naming) if candidate.is_usable else []
    return replace(candidate, problems=tuple(dict.fromkeys(misnamed))) if misnamed else candidate


def examine(candidate: Candidate, moment: Moment, case: Case, wording: Wording, panel: Panel) -> Candidate:
    """The candidate with the whole script that it makes in a call moment, and the verdict on that.

    Approved wording comes without a brief: `Candidate(body)`.
    """
    return judged(stitched(candidate, moment, wording), case, panel)


def stitched(candidate: Candidate, moment: Moment, wording: Wording) -> Candidate:
    """The candidate with the whole script that it makes in a call moment; without one where it makes none."""
    return _made(candidate, lambda: stitch(candidate.skeleton, moment, wording))


def seconds_beyond(candidate: Candidate, moment: Moment, wording: Wording) -> float:
    """By how much the script that it makes takes longer than one of this moment may; 0 within that."""
    script = stitched(candidate, moment, wording).script
    return 0.0 if script is None else overtime(script, moment)


def judged(candidate: Candidate, case: Case, panel: Panel) -> Candidate:
    """The candidate with the verdict on its script, if it has one."""
    script = candidate.script
    return candidate if script is None else replace(candidate, findings=panel.examine(script, case).findings)


def examine_piece(candidate: Candidate, fillings: Mapping[str, Filling], case: Case, panel: Panel) -> Candidate:
    """The candidate with the body alone, slots filled, and the verdict on it as a piece of a call."""
    return judged(_made(candidate, lambda: Script((fill(candidate.skeleton, Stage.BODY, fillings),))), case, panel)


def _made(candidate: Candidate, make: Callable[[], Script]) -> Candidate:
    if not candidate.is_usable:
        return candidate
    try:
        return replace(candidate, script=make())
    except StitchError as unfillable:
        return replace(candidate, problems=(str(unfillable),))
