"""Customers: read as a whole or not at all; what they say is drawn by a seed and said once."""

from pathlib import Path

import pytest

from evals.callers.command import CUSTOMERS
from evals.callers.customers import Cue, CustomersError, Line, Memory, drawn, read_customers
from tests.evals.callers.scripted import customer

ONE = """
- id: one
  scenario: collection_m1
  age: 30
  about: One.
  speech: {chars_per_second: 4, loudness: normal}
  ends: [{action: end_call, events: []}]
  says: [{when: [any], lines: [喂, {text: 打错了, interrupts: true}]}]
  default: [""]
"""


def cues(*names: Cue) -> frozenset[Cue]:
    """What a turn is."""
    return frozenset(names)


def test_the_shipped_customers_can_be_read_and_cover_every_scenario() -> None:
    customers = read_customers(CUSTOMERS)
    assert len(customers) == 40
    assert {each.scenario for each in customers} == {each.scenario for each in customers if each.reading}
    assert sum(each.reading for each in customers) == 12
    assert {each.id for each in customers if any(reaction.refuses for reaction in each.says)} >= {"act_stop_calling"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- id: [", "no YAML"),
        (ONE.replace("when: [any]", "when: [whenever]"), r"says\.0\.when"),
        (ONE.replace("age: 30", "age: 30\n  height: 180"), "height"),
        (ONE + ONE, "stand there twice: one"),
    ],
)
def test_what_breaks_the_format_is_named(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "customers.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(CustomersError, match=problem):
        read_customers(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CustomersError, match="none"):
        read_customers(tmp_path / "none.yaml")


def test_the_same_seed_draws_the_same_line_and_each_round_another_one() -> None:
    lines = ["一", "二", "三"]
    assert drawn(lines, 1, "x", 0, round_=0) == drawn(lines, 1, "x", 0, round_=0)
    assert {drawn(lines, 1, "x", 0, round_=each).text for each in range(3)} == set(lines)
    assert {drawn(lines, seed, "x", 0, round_=0).text for seed in range(20)} == set(lines)


def test_the_first_reaction_that_fits_is_said_and_spent() -> None:
    memory = Memory(
        customer({"when": ["date"], "lines": ["五号"]}, {"when": ["any"], "lines": ["哦"]}), seed=1, round_=0
    )
    assert memory.answer(cues("identity", "any"))[0].text == "哦"
    assert memory.answer(cues("date", "any"))[0].text == "五号"
    line, reaction = memory.answer(cues("date", "any"))
    assert (line.text, reaction) == ("嗯", None)


def test_defaults_come_one_after_the_other() -> None:
    memory = Memory(customer({"when": ["plan"], "lines": ["行"]}, default=["一", "二", "三"]), seed=1, round_=0)
    assert {memory.answer(cues("any"))[0].text for _ in range(3)} == {"一", "二", "三"}


def test_a_line_that_interrupts_says_so() -> None:
    assert drawn([Line(text="打错了", interrupts=True)], 1, round_=0).interrupts
