"""The lexicon directory: every problem named by file and line, the shipped rules read, each word of them exercised."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from guards.documents import DocumentError
from guards.lexicon import Lexicon, read_lexicon
from guards.phrases import Phrases
from guards.policy import example_case
from guards.rules import Family, PhraseRule
from guards.text import Folding, fold
from guards.types import Script, Segment, Stage

LEXICONS = Path(__file__).parents[2] / "lexicons"
RULE = """\
family: extra
rules:
  - id: {id}
    title: 承诺
    action: block
    phrases: [包过]
    reason: 不得承诺
    source: {{law: 广告法, force: law}}
    effective: {{from: 2026-01-01}}
    examples: {{hits: [包过], misses: [通过]}}
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A lexicon of one's own: the shipped gates and disclosures, and one family."""
    for name in ("gates.yaml", "disclosures.yaml"):
        shutil.copy(LEXICONS / name, tmp_path)
    (tmp_path / "extra.yaml").write_text(RULE.format(id="extra.one"), "utf-8")
    return tmp_path


def problems(directory: Path) -> list[str]:
    """What is wrong with the directory, without its path."""
    with pytest.raises(DocumentError) as raised:
        read_lexicon(directory)
    return [problem.removeprefix(f"{directory}") for problem in raised.value.problems]


def edit(path: Path, old: str, new: str) -> None:
    """Replace what stands in the file exactly once."""
    content = path.read_text("utf-8")
    assert content.count(old) == 1
    path.write_text(content.replace(old, new), "utf-8")


def test_a_sound_directory_is_read_with_the_place_of_each_rule(directory: Path) -> None:
    lexicon = read_lexicon(directory)
    assert [rule.id for rule in lexicon.phrase_rules()] == ["extra.one"]
    assert lexicon.places["extra.one"] == f"{directory}/extra.yaml:3"
    assert lexicon.places["disclosure.institution"].startswith(f"{directory}/disclosures.yaml:")


@pytest.mark.parametrize("name", ["gates.yaml", "disclosures.yaml"])
def test_a_missing_file_is_named(directory: Path, name: str) -> None:
    (directory / name).unlink()
    assert problems(directory) == [f":1: has no {name}"]


def test_a_missing_directory_lacks_both_files(tmp_path: Path) -> None:
    assert problems(tmp_path / "absent") == [":1: has no disclosures.yaml", ":1: has no gates.yaml"]


def test_a_file_that_would_not_be_read_is_named(directory: Path) -> None:
    (directory / "more.yml").write_text(RULE.format(id="more.one"), "utf-8")
    assert problems(directory) == ["/more.yml:1: would not be read; call it .yaml"]


def test_a_second_rule_of_the_same_id_names_both_places(directory: Path) -> None:
    (directory / "more.yaml").write_text("\n" + RULE.format(id="extra.one"), "utf-8")
    (told,) = problems(directory)
    assert told == f"/more.yaml:4: rules.0: extra.one is already defined at {directory}/extra.yaml:3"


Edit = tuple[str, str, str, str]
EDITS: dict[str, Edit] = {
    "misspelt key": ("extra.yaml", "    title:", "    titel:", "/extra.yaml:4: rules.0.titel: "),
    "no such action": ("extra.yaml", "action: block", "action: stop", "/extra.yaml:5: rules.0.action: "),
    "no such day": ("extra.yaml", "2026-01-01", "2026-02-30", "/extra.yaml:9: "),
    "empty examples": ("extra.yaml", "hits: [包过]", "hits: []", "/extra.yaml:10: rules.0.examples.hits: "),
    "bad pattern": (
        "extra.yaml",
        "    reason:",
        "    patterns:\n      - 放款\n      - '保证.*放款'\n    reason:",
        "/extra.yaml:9: rules.0.patterns.1: ",
    ),
    "phrase of punctuation": (
        "extra.yaml",
        "phrases: [包过]",
        "phrases:\n      - 包过\n      - ！！",
        "/extra.yaml:8: rules.0.phrases.1: nothing is left",
    ),
    "exception of spaces": (
        "extra.yaml",
        "    reason:",
        "    except: [不包过, ' ']\n    reason:",
        "/extra.yaml:7: rules.0.except.1: nothing is left",
    ),
    "no rules": ("disclosures.yaml", "disclosures:", "disclosure:", "/disclosures.yaml:3: "),
    "empty disclosure": (
        "disclosures.yaml",
        'phrases: ["{institution}"]',
        'phrases: ["。"]',
        "/disclosures.yaml:7: disclosures.0.phrases.0: nothing is left",
    ),
    "no such hour": ("gates.yaml", 'end: "22:00:00"}\nmark', 'end: "24:00:00"}\nmark', "/gates.yaml:2: "),
    "no such gate": (
        "gates.yaml",
        "id: gate.minor",
        "id: gate.miner",
        "/gates.yaml:2: Value error, gates must describe",
    ),
    "no such role": ("gates.yaml", "  acquisition: [applicant,", "  acquisition: [aplicant,", "/gates.yaml:14: "),
}


@pytest.mark.parametrize(("file", "old", "new", "told"), EDITS.values(), ids=EDITS)
def test_a_malformed_rule_is_named_by_file_and_line(directory: Path, file: str, old: str, new: str, told: str) -> None:
    edit(directory / file, old, new)
    found = problems(directory)
    assert any(problem.startswith(told) for problem in found), found


def test_all_problems_of_all_files_are_told_at_once(directory: Path) -> None:
    edit(directory / "extra.yaml", "action: block", "action: stop")
    edit(directory / "gates.yaml", "adult_age: 18", "adult_age: 12")
    (directory / "broken.yaml").write_text("family: [", "utf-8")
    assert [told.split(":")[0] for told in problems(directory)] == ["/broken.yaml", "/extra.yaml", "/gates.yaml"]


def test_the_digest_follows_names_and_bytes_only(directory: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    first = read_lexicon(directory).digest
    copy = tmp_path_factory.mktemp("elsewhere") / "lexicons"
    shutil.copytree(directory, copy)
    assert read_lexicon(copy).digest == first
    (copy / "extra.yaml").write_text((copy / "extra.yaml").read_text("utf-8") + "# said\n", "utf-8")
    edited = read_lexicon(copy).digest
    assert edited != first
    shutil.copy(directory / "extra.yaml", copy)
    (copy / "extra.yaml").rename(copy / "other.yaml")
    assert read_lexicon(copy).digest not in {first, edited}


def test_the_shipped_lexicon_has_every_family_and_no_stray_file(lexicon: Lexicon) -> None:
    assert {family.family for family in lexicon.families} == {
        path.stem for path in LEXICONS.iterdir() if path.name not in {"gates.yaml", "disclosures.yaml"}
    }
    assert len(lexicon.places) == len(list(lexicon.phrase_rules())) + len(lexicon.disclosures)


def alone(family: Family, rule: PhraseRule, **words: object) -> Callable[[str], bool]:
    """Whether a text is hit by the rule with these words only."""
    single = rule.model_copy(update={"phrases": [], "patterns": [], **words})
    guard = Phrases([family.model_copy(update={"rules": [single]})])
    case = example_case(rule)

    def hits(text: str) -> bool:
        return bool(guard(Script((Segment(case.stage or Stage.BODY, text, text),)), case))

    return hits


def test_each_phrase_and_each_pattern_is_hit_by_an_example_of_its_rule(lexicon: Lexicon) -> None:
    unproven = []
    for family in lexicon.families:
        for rule in family.rules:
            words = [("phrases", phrase) for phrase in rule.phrases] + [("patterns", p) for p in rule.patterns]
            for kind, word in words:
                if not any(map(alone(family, rule, **{kind: [word]}), rule.examples.hits)):
                    unproven.append(f"{lexicon.places[rule.id]}: {word}")
    assert unproven == []


def test_each_rule_has_near_misses_that_it_leaves_alone(lexicon: Lexicon) -> None:
    for family in lexicon.families:
        for rule in family.rules:
            hits = alone(family, rule, phrases=rule.phrases, patterns=rule.patterns)
            assert rule.examples.misses
            assert [text for text in rule.examples.misses if hits(text)] == []


def test_no_pattern_asks_for_a_character_that_folding_takes_away(lexicon: Lexicon) -> None:
    patterns = [(f.folding, p) for f in lexicon.families for rule in f.rules for p in rule.patterns]
    patterns += [(Folding.TIGHT, pattern) for rule in lexicon.disclosures for pattern in rule.patterns]
    vain = [
        (pattern, character)
        for folding, pattern in patterns
        for character in pattern
        if not character.isascii() and fold(character, folding).text != character
    ]
    assert patterns
    assert vain == []
