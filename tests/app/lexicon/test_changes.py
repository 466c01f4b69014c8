"""A change written into the files: it reads back as it was meant, and nothing else moves by a byte."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.lexicon.changes import apply
from app.lexicon.drafts import Change
from app.lexicon.files import Kind, RuleFiles
from app.lexicon.problems import ChangeRefused
from app.lexicon.shapes import canonical
from tests.app.lexicon.rules import DAY, RULE, SHIPPED, rule, shipped

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
lists = st.lists(words, min_size=1, max_size=40)
conditions = st.one_of(
    st.sampled_from(["present", "today"]),
    st.lists(words, max_size=3),
    st.fixed_dictionaries({}, optional={"min": st.integers(-5, 10**9), "max": st.floats(0, 1e30)}),
)
rules = st.fixed_dictionaries(
    {
        "title": words,
        "action": st.sampled_from(["observe", "mask", "revise", "escalate", "block"]),
        "phrases": lists,
        "reason": words,
        "source": st.fixed_dictionaries(
            {"law": words, "force": st.sampled_from(["law", "draft"])}, optional={"article": words, "note": words}
        ),
        "examples": st.fixed_dictionaries({"hits": lists, "misses": lists}),
    },
    optional={
        "scenarios": st.lists(st.sampled_from(["marketing", "collection_m1"]), max_size=2),
        "patterns": st.just(["(?:保证|'肯定').{0,6}", '"#: ']),
        "except": lists,
        "suggest": st.none() | words,
        "unless_fact": st.none() | st.dictionaries(words, conditions, max_size=3),
        "even_if_negated": st.booleans(),
        "effective": st.just({"from": "2026-01-01", "until": "2027-01-01"}),
        "near": st.lists(
            st.fixed_dictionaries({"words": lists, "with": lists, "within": st.integers(0, 30)}), max_size=2
        ),
    },
)
ids = st.sampled_from(["extra.one", "promise.another", "threat.more"])
patient = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def meaning(files: RuleFiles) -> dict[str, Any]:
    """What every rule says, however it is written."""
    return {name: canonical(stored.kind, stored.data) for name, stored in files.rules.items()}


@given(ids, rules)
@patient
def test_an_added_rule_reads_back_equal_and_retiring_it_gives_the_first_bytes_back(
    name: str, fields: dict[str, Any]
) -> None:
    added = apply(SHIPPED, Change(adds=[{"id": name, **fields}]), since=DAY)
    wanted = {"effective": {"from": DAY.isoformat()}, **fields, "id": name}
    assert meaning(added) == {**meaning(SHIPPED), name: canonical(added.rules[name].kind, wanted)}
    assert apply(added, Change(retires=[name]), since=DAY) == SHIPPED


@given(st.sampled_from(sorted(SHIPPED.rules)), rules)
@patient
def test_an_edited_rule_reads_back_equal_and_no_other_file_moves(name: str, fields: dict[str, Any]) -> None:
    stored = SHIPPED.rules[name]
    # Braces in the reason of a rule on numbers would be filled in.
    known = {field: fields[field].translate({ord("{"): "[", ord("}"): "]"}) for field in ("title", "reason")}
    if stored.kind is Kind.PHRASE:
        known = {**fields, "effective": {"from": "2026-02-03", "until": None}}
    wanted = {**stored.data, **known}
    if wanted.get("unless_fact") is None:  # what must be stated needs a condition to be stated under
        wanted.pop("stating", None)
    edited = apply(SHIPPED, Change(edits=[wanted]), since=DAY)
    assert meaning(edited) == {**meaning(SHIPPED), name: canonical(stored.kind, wanted)}
    others = {file: content for file, content in SHIPPED.contents.items() if file != stored.file}
    assert others.items() <= edited.contents.items()


@pytest.mark.parametrize("is_whole", [False, True])
def test_an_edit_with_the_same_rules_changes_nothing(*, is_whole: bool) -> None:
    """Whether they are given as they are written, or with every field that they may have."""
    same = [canonical(each.kind, each.data) if is_whole else each.data for each in SHIPPED.rules.values()]
    assert apply(SHIPPED, Change(edits=same), since=DAY) == SHIPPED


def test_only_the_lines_of_the_edited_field_change() -> None:
    edited = apply(SHIPPED, Change(edits=[shipped("disclosure.hotline", reason="要报官方热线")]), since=DAY)
    before = SHIPPED.contents["disclosures.yaml"].decode().splitlines()
    after = edited.contents["disclosures.yaml"].decode().splitlines()
    assert [new for old, new in zip(before, after, strict=True) if old != new] == ["    reason: 要报官方热线"]


COMMENTED = """\
# What this file is for.
family: extra
folding: tight
rules:
  # The first rule.
  - id: extra.first   # its id
    title: 一
    # Why it blocks.
    action: block
    phrases:
      - 甲乙丙  # one
    reason: r
    source:
      law: x
      force: law
    effective: {from: 2026-01-01}
    examples: {hits: [甲乙丙],
      misses: [m]}

  # The second rule.
  - {id: extra.second, title: 二, action: block, phrases: [丁戊己], reason: r, source: {law: x, force: law},
     effective: {from: 2026-01-01}, examples: {hits: [丁戊己], misses: [m]}}
# The end."""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n"])
def test_comments_line_ends_and_flow_style_around_a_change_stay(end: str, last: str) -> None:
    text = (COMMENTED + last).replace("\n", end)
    files = SHIPPED.replaced({"extra.yaml": text.encode()})
    edited = apply(files, Change(edits=[{**files.rules["extra.first"].data, "title": "壹"}]), since=DAY)
    assert edited.contents["extra.yaml"].decode() == text.replace("title: 一", "title: 壹")
    added = apply(files, Change(adds=[rule("extra.third")]), since=DAY)
    head, _, tail = added.contents["extra.yaml"].decode().partition(f"  - id: extra.third{end}")
    assert text.startswith(head)
    assert tail.endswith(f"{end}# The end.{last and end}")
    assert apply(added, Change(retires=["extra.third"]), since=DAY) == files
    retired = apply(files, Change(retires=["extra.second"]), since=DAY)
    assert retired.contents["extra.yaml"].decode().endswith(f"  # The second rule.{end}# The end.{last and end}")


def test_a_new_family_gets_a_file_with_every_folding_and_the_last_rule_takes_it_along() -> None:
    added = apply(SHIPPED, Change(adds=[RULE]), since=DAY)
    family = next(family for family in added.lexicon().families if family.family == "extra")
    assert family.homophones and family.near_sounds and family.look_alikes and family.initials  # noqa: PT018
    assert "extra.yaml" not in apply(added, Change(retires=["extra.one"]), since=DAY).contents


def test_an_edit_without_days_keeps_those_that_the_rule_has() -> None:
    wanted = shipped("promise.guaranteed_approval", title="新标题")
    del wanted["effective"]
    edited = apply(SHIPPED, Change(edits=[wanted]), since=DAY)
    assert edited.rules["promise.guaranteed_approval"].data["effective"]["from"] == "2021-04-29"


REFUSED: dict[str, tuple[Change, str]] = {
    "an id that exists": (Change(adds=[rule("promise.guaranteed_approval")]), "id_taken"),
    "an edit of nothing": (Change(edits=[rule("promise.guarantied_approval")]), "unknown_id"),
    "a retirement of nothing": (Change(retires=["promise.none"]), "unknown_id"),
    "one rule twice": (Change(edits=[shipped("threat.arrest")], retires=["threat.arrest"]), "duplicate_id"),
    "a new gate": (Change(adds=[rule("gate.mine")]), "cannot_add"),
    "a rule on numbers retired": (Change(retires=["rate.cap"]), "cannot_retire"),
    "a family of the program's": (Change(adds=[rule("meaning.mine")]), "reserved_family"),
    "no words": (Change(adds=[rule(phrases=[])]), "no_words"),
}


@pytest.mark.parametrize(("change", "code"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_written_is_refused_by_name(change: Change, code: str) -> None:
    with pytest.raises(ChangeRefused) as raised:
        apply(SHIPPED, change, since=DAY)
    assert code in {problem.code for problem in raised.value.problems}


def test_a_rule_that_shares_its_line_is_refused_with_its_place() -> None:
    inline = (
        "family: extra\nrules: [{id: extra.first, title: t, action: block, phrases: [甲乙], reason: r, "
        "source: {law: x, force: law}, effective: {from: 2026-01-01}, examples: {hits: [甲乙], misses: [m]}}]\n"
    )
    files = SHIPPED.replaced({"extra.yaml": inline.encode()})
    with pytest.raises(ChangeRefused, match="cannot be taken") as raised:
        apply(files, Change(edits=[{**files.rules["extra.first"].data, "title": "u"}]), since=DAY)
    (problem,) = raised.value.problems
    assert (problem.code, problem.file, problem.line) == ("entangled", "extra.yaml", 2)
