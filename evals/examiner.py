"""Judges single bodies as the desk does, and tells what each of them says."""

from dataclasses import dataclass, replace

from app.approved.skeleton import channel_problems, problems_of, slots_in, tidy
from app.main import Data
from app.scripts.intake import Order
from app.scripts.stitch import StitchError, stitch
from app.writing.lines.library import ApprovedLines

_ENDS = "。！？"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One body for one order. `tags`: how many are taken up, of how many could be; None where nobody can tell."""

    body: str
    is_finished: bool
    has_legal_slots: bool
    says_every_slot: bool
    passes: bool
    tags: tuple[int, int] | None


class Examiner:
    """Judges single candidates as the desk does."""

    def __init__(self, data: Data, approved: ApprovedLines | None) -> None:
        self._data = data
        self._approved = approved

    def examine(self, body: str, order: Order) -> Candidate:
        """What becomes of a body that a model wrote for the order."""
        skeleton, brief = tidy(body), order.plan.brief
        said = slots_in(skeleton)
        complete = replace(brief, slots=tuple(slot for slot in brief.slots if slot in said))
        usable = not problems_of(skeleton, complete) and not channel_problems(skeleton, order.moment.channel)
        return Candidate(
            body=skeleton,
            is_finished=skeleton[-1:] in _ENDS and bool(skeleton),
            has_legal_slots=brief.allowed_slots.issuperset(said),
            says_every_slot=set(brief.slots) <= set(said),
            passes=usable and self._may_be_said(skeleton, order),
            tags=self._tags(skeleton, order),
        )

    def _may_be_said(self, skeleton: str, order: Order) -> bool:
        try:
            script = stitch(skeleton, order.moment, self._data.wording)
        except StitchError:
            return False
        return self._data.policy.panel.examine(script, order.case).may_be_said

    def _tags(self, skeleton: str, order: Order) -> tuple[int, int] | None:
        """How many tags were heard, of how many that there are words for; None where nobody can tell.

        A tag is heard where a sentence was written for it and for nobody without it.
        """
        if self._approved is None:
            return None
        brief = order.plan.brief
        known = {tag for text in self._approved.for_brief(brief) for tag in self._approved.tags_of(text, brief)}
        wanted = known & set(brief.tags)
        return len(self._approved.addressed(skeleton, brief) & wanted), len(wanted)
