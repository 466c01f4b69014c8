"""The shipped rules on numbers, for tests that need no more of the lexicon."""

from pathlib import Path

from guards.grounding.guard import Grounding
from guards.grounding.rates import GroundingSettings
from guards.lexicon.documents import read_document
from guards.lexicon.numbers import NumberRules
from guards.lexicon.roles import FigureRoles
from guards.panel import Panel

NUMBERS_FILE = Path(__file__).parents[2] / "lexicons" / "numbers.yaml"
NUMBER_RULES = read_document(NUMBERS_FILE).check(NumberRules)
ROLES = read_document(NUMBERS_FILE.with_name("roles.yaml")).check(FigureRoles)


def grounding(settings: GroundingSettings | None = None) -> Grounding:
    """The guard with the shipped rules."""
    return Grounding(NUMBER_RULES.rules, ROLES, settings)


def grounding_panel() -> Panel:
    """The guard alone, asked about the written and the spoken form."""
    return Panel((grounding(),), both_forms=("grounding",))
