"""The names of figures: what is remembered of earlier texts changes no answer, and a name takes room."""

from guards.grounding.name_search import Names
from guards.lexicon.roles import FigureRole
from tests.guards.number_rules import ROLES


def role(*patterns: str) -> FigureRole:
    """A role that these patterns name."""
    return ROLES.roles[0].model_copy(
        update={"before": [], "before_patterns": list(patterns), "loose": [], "loose_patterns": [], "after": []}
    )


def test_after_many_texts_the_names_of_the_first_are_still_the_same() -> None:
    names = Names(ROLES.roles, with_loose=True)
    first = list(names.ahead("这期应还", 0))
    assert [name.role.id for name in first]
    for number in range(5000):
        names.ahead(f"第{number}句应还", 0)
    assert list(names.ahead("这期应还", 0)) == first


def test_a_pattern_names_nothing_where_it_matches_nothing() -> None:
    names = Names([role("(?:这期应还)?")], with_loose=False)
    assert [(name.start, name.end) for name in names.ahead("您这期应还", 0)] == [(1, 5)]
    assert list(names.ahead("您好", 0)) == []
