"""The files of rules: read from a directory or from texts, named by a digest, and where each rule stands."""

import pytest

from app.lexicon.files import Kind, RuleFiles, kind_of_rule
from guards.lexicon.documents import DocumentError
from guards.lexicon.reader import read_lexicon
from tests.app.lexicon.rules import LEXICONS, SHIPPED


def test_files_in_memory_are_the_lexicon_that_the_directory_holds() -> None:
    lexicon = read_lexicon(LEXICONS)
    assert SHIPPED.digest == lexicon.digest == SHIPPED.lexicon().digest
    assert SHIPPED.lexicon().families == lexicon.families
    assert SHIPPED.lexicon().places["promise.guaranteed_approval"] == "promise.yaml:9"


def test_every_rule_is_found_by_its_id_with_its_file_line_and_kind() -> None:
    assert {rule.kind for rule in SHIPPED.rules.values()} == set(Kind)
    assert all(kind_of_rule(name) is rule.kind for name, rule in SHIPPED.rules.items())
    stands = SHIPPED.rules["gate.minor"]
    assert (stands.file, stands.data["title"]) == ("gates.yaml", "未成年人")
    text = SHIPPED.contents["gates.yaml"].decode().splitlines()
    assert text[stands.line - 1] == "  - id: gate.minor"


def test_a_problem_names_file_and_line_also_without_a_directory() -> None:
    files = SHIPPED.replaced({"extra.yaml": b"family: extra\nrules:\n  - id: 7\n", "gates.yaml": None})
    with pytest.raises(DocumentError) as raised:
        files.lexicon()
    assert "gates.yaml:1: is missing" in raised.value.problems
    assert any(problem.startswith("extra.yaml:3: rules.0.id: ") for problem in raised.value.problems)


@pytest.mark.parametrize("name", ["../x.yaml", "x.yml", "a/b.yaml", ""])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(DocumentError):
        RuleFiles({name: ""})
