"""Whether each slot of a skeleton stands under its own name: told before any figure is filled in."""

from collections.abc import Mapping

from app.approved.facts import Filling
from app.approved.skeleton import SLOT
from guards.grounding.naming import Figure, Naming
from guards.text.folding import Folding, fold

_BLANK = "□"


def misnamed_slots(skeleton: str, fillings: Mapping[str, Filling], naming: Naming) -> list[str]:
    """Each slot that the words around it call something else, as a hint for the next attempt.

    What a figure is worked out from others a slot cannot be: 比最低还款多{应还金额} is none of the two.
    """
    slots = [(match, filling) for match in SLOT.finditer(skeleton) if (filling := fillings.get(match[1]))]
    figures = [Figure(filling.quantity, *match.span()) for match, filling in slots if filling.quantity]
    if not figures:
        return []
    # Slots bear the names of facts: {最低还款} must not name what follows.
    bare = fold(SLOT.sub(lambda match: _BLANK * len(match[0]), skeleton), Folding.PLAIN)
    if len(bare.text) != len(skeleton):
        return []  # such characters are refused anyway
    measured = [(match, filling) for match, filling in slots if filling.quantity]
    return [
        f"{match[0]}不是{role.title}，不能这样说"
        for (match, filling), roles in zip(measured, naming.names(bare.text, figures), strict=True)
        for role in roles
        if filling.fact not in role.facts
    ]
