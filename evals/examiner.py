"""Judges single bodies as the desk does, and tells what each of them says."""

from dataclasses import dataclass

from app.approved.skeleton import slots_in
from app.data import Data
from app.scripts.candidate import examine, read_drafts, with_names_checked
from app.scripts.intake import Order
from app.writing.lines.library import ApprovedLines

_ENDS = "。！？"


@dataclass(frozen=True, slots=True)
class Examined:
    """One body for one order. `tags`: how many are addressed, of how many could be; None where that is not known."""

    body: str
    is_finished: bool
    has_legal_slots: bool
    says_every_slot: bool
    passes: bool
    tags: tuple[int, int] | None


class Examiner:
    """Judges single bodies as the desk does."""

    def __init__(self, data: Data, approved: ApprovedLines | None) -> None:
        self._data = data
        self._approved = approved

    def examine(self, body: str, order: Order) -> Examined:
        """What becomes of a body that a model wrote for the order."""
        brief = order.plan.brief
        (read,) = read_drafts([body], brief, order.moment.channel)
        read = with_names_checked(read, order.moment.fillings, self._data.policy.parts.grounding.naming)
        candidate = examine(read, order.moment, order.case, self._data.wording, self._data.policy.panel)
        return Examined(
            body=candidate.skeleton,
            is_finished=candidate.skeleton[-1:] in _ENDS and bool(candidate.skeleton),
            has_legal_slots=brief.allowed_slots.issuperset(slots_in(candidate.skeleton)),
            says_every_slot=not candidate.unsaid,
            passes=candidate.may_be_said,
            tags=self._tags(candidate.skeleton, order),
        )

    def _tags(self, skeleton: str, order: Order) -> tuple[int, int] | None:
        """How many tags are addressed, of how many that there are words for; None without approved lines to compare.

        A tag is addressed where a sentence was written for it and for nobody without it.
        """
        if self._approved is None:
            return None
        brief = order.plan.brief
        wanted = self._approved.addressable(brief)
        return len(self._approved.addressed(skeleton, brief) & wanted), len(wanted)
