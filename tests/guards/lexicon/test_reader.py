"""The lexicon directory: every problem named by file and line, the shipped rules read, each word of them exercised."""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from guards.grounding.guard import Grounding
from guards.grounding.naming import Figure, Naming
from guards.lexicon.disclosures import DisclosureRule
from guards.lexicon.documents import DocumentError
from guards.lexicon.examples import example_case
from guards.lexicon.gates import GateRule
from guards.lexicon.numbers import BY_ROLES
from guards.lexicon.reader import Lexicon, check_tables, read_lexicon, read_rules
from guards.lexicon.roles import FigureRole
from guards.lexicon.rules import Effective, Family, PhraseRule
from guards.lexicon.scope import concerns
from guards.numbers.scan import scan
from guards.phrases.guard import Phrases
from guards.script import Script, Segment
from guards.text.folding import Folding, fold
from guards.text.lookalikes import FOLDER
from guards.text.reading import Reading
from guards.types import Callee, Case, Channel, Fact, Quantity, Role, Scenario, Span, Stage

LEXICONS = Path(__file__).parents[3] / "lexicons"
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
    """A lexicon of one's own: the shipped gates, disclosures, rules on numbers and roles, and one family."""
    for name in ("gates.yaml", "disclosures.yaml", "numbers.yaml", "roles.yaml"):
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


@pytest.mark.parametrize("name", ["gates.yaml", "disclosures.yaml", "numbers.yaml", "roles.yaml"])
def test_a_missing_file_is_named(directory: Path, name: str) -> None:
    (directory / name).unlink()
    assert problems(directory) == [f":1: has no {name}"]


def test_a_missing_directory_lacks_all_required_files(tmp_path: Path) -> None:
    assert problems(tmp_path / "absent") == [
        ":1: has no disclosures.yaml",
        ":1: has no gates.yaml",
        ":1: has no numbers.yaml",
        ":1: has no roles.yaml",
    ]


def test_a_file_that_would_not_be_read_is_named(directory: Path) -> None:
    (directory / "more.yml").write_text(RULE.format(id="more.one"), "utf-8")
    assert problems(directory) == ["/more.yml:1: would not be read; call it .yaml"]


def test_tables_of_disguises_in_a_copy_must_be_the_program_s_own(directory: Path) -> None:
    copy = shutil.copytree(FOLDER, directory / "_spelling")
    assert read_lexicon(directory).digest
    lines = (copy / "split.tsv").read_text("utf-8").splitlines(keepends=True)
    (copy / "split.tsv").write_text("".join([*lines[:9], "口力\t另\n", *lines[9:]]), "utf-8")
    (copy / "stand_ins.tsv").unlink()
    (copy / "more.tsv").write_text("a\tb\n", "utf-8")
    found = problems(directory)
    assert [problem.split(": ")[0] for problem in found] == [
        "/_spelling/more.tsv:1",
        "/_spelling/split.tsv:10",
        "/_spelling/stand_ins.tsv:1",
    ]
    assert all("the tables of disguises belong to the program; take _spelling out" in problem for problem in found)


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
    "no rules": ("disclosures.yaml", "disclosures:", "disclosure:", "/disclosures.yaml:6: "),
    "empty disclosure": (
        "disclosures.yaml",
        'phrases: ["{institution}"]',
        'phrases: ["。"]',
        "/disclosures.yaml:10: disclosures.0.phrases.0: nothing is left",
    ),
    "no such hour": ("gates.yaml", 'end: "22:00:00"}\nmark', 'end: "24:00:00"}\nmark', "/gates.yaml:7: "),
    "no such gate": (
        "gates.yaml",
        "id: gate.minor",
        "id: gate.miner",
        "/gates.yaml:7: Value error, gates must describe",
    ),
    "no such number rule": ("numbers.yaml", "id: rate.cap", "id: rate.capp", "/numbers.yaml:159: rules.6.id: "),
    "a number rule is lacking": (
        "numbers.yaml",
        "id: rate.cap",
        "id: rate.upper_bound",
        "/numbers.yaml:27: rules: lack rate.cap; ",
    ),
    "a number rule stands twice": (
        "numbers.yaml",
        "id: rate.cap",
        "id: rate.upper_bound",
        "/numbers.yaml:159: rules.6: rate.upper_bound is already defined at ",
    ),
    "no such fact set": (
        "numbers.yaml",
        "  debt:\n",
        "  debts:\n",
        "/numbers.yaml:42: rules.0.examples.hits.1.facts: number.ungrounded: there is no fact set debt",
    ),
    "no such fact set among several": (
        "numbers.yaml",
        "  simple_interest:\n",
        "  simply:\n",
        "/numbers.yaml:116: rules.3.examples.misses.0.facts: rate.simple_interest_stated: there is no fact",
    ),
    "a reason with another placeholder": (
        "numbers.yaml",
        'reason: "{subject}折成年化',
        'reason: "{subjekt}折成年化',
        "/numbers.yaml:162: rules.6.reason: ",
    ),
    "a reason with half a placeholder": (
        "numbers.yaml",
        'reason: "{subject}折成年化',
        'reason: "{subject}}折成年化',
        "/numbers.yaml:162: rules.6.reason: ",
    ),
    "a fact that is no number": (
        "numbers.yaml",
        'value: "1234.5"',
        'value: "viel"',
        "/numbers.yaml:20: fact_sets.debt.0",
    ),
    "no such fact of a role": (
        "roles.yaml",
        "    facts: [min_payment]\n",
        "    facts: [min_paymend]\n",
        "/roles.yaml:106: roles.1.facts.0: role.min_payment: there is no fact min_paymend",
    ),
    "no such fact that is heard": (
        "roles.yaml",
        "  min_payment: [最低, ",
        "  min_paymend: [最低, ",
        "/roles.yaml:35: near.min_paymend: there is no fact min_paymend",
    ),
    "a name with a pause": (
        "roles.yaml",
        "before: [本金, ",
        "before: [本，金, ",
        "/roles.yaml:306: roles.8.before.0: Value error, '本，金' holds a pause",
    ),
    "a pattern of a role without an end": (
        "roles.yaml",
        "(?<![本这当上下次个])月还",
        "(?<![本这当上下次个])月+还",
        "/roles.yaml:153: roles.2.before_patterns.0: Value error, unbounded repetition",
    ),
    "no such role": ("gates.yaml", "  acquisition: [applicant,", "  acquisition: [aplicant,", "/gates.yaml:19: "),
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
    others = {"gates.yaml", "disclosures.yaml", "numbers.yaml", "roles.yaml", "_spelling"}
    assert {family.family for family in lexicon.families} == {
        path.stem for path in LEXICONS.iterdir() if path.name not in others
    }
    assert len(lexicon.places) == sum(
        map(len, (list(lexicon.phrase_rules()), lexicon.disclosures, lexicon.numbers.rules, lexicon.roles.roles))
    )


@pytest.fixture(scope="module")
def phrases(lexicon: Lexicon) -> Phrases:
    """All shipped rules."""
    return Phrases(lexicon.families)


def script(text: str, stage: Stage = Stage.BODY) -> Script:
    """One segment, spoken as it is written."""
    return Script((Segment(stage, text, text),))


_NAMES = ("before", "before_patterns", "loose", "loose_patterns", "after", "after_patterns")


def alone(family: Family, rule: PhraseRule, **words: object) -> Callable[[Script], bool]:
    """Whether a script is hit by the rule with these words only."""
    single = rule.model_copy(update={"phrases": [], "patterns": [], "near": [], **words})
    guard = Phrases([family.model_copy(update={"rules": [single]})])
    case = example_case(rule)
    return lambda given: bool(guard(given, case))


def scripts_of(rule: PhraseRule, texts: Iterable[str]) -> list[Script]:
    """Examples of a rule as scripts, which are read once for all that is asked about them."""
    stage = example_case(rule).stage or Stage.BODY
    return [script(text, stage) for text in texts]


def test_each_phrase_pattern_and_neighbour_is_hit_by_an_example_of_its_rule(lexicon: Lexicon) -> None:
    unproven = []
    for family in lexicon.families:
        for rule in family.rules:
            examples = scripts_of(rule, rule.examples.hits)
            words: list[tuple[str, object]] = [("phrases", phrase) for phrase in rule.phrases]
            words += [("patterns", pattern) for pattern in rule.patterns]
            for pair in rule.near:
                words += [("near", pair.model_copy(update={"words": [word]})) for word in pair.words]
                words += [("near", pair.model_copy(update={"with_": [word]})) for word in pair.with_]
            for kind, word in words:
                if not any(map(alone(family, rule, **{kind: [word]}), examples)):
                    unproven.append(f"{lexicon.places[rule.id]}: {word}")
    assert unproven == []


def test_each_name_of_a_role_is_found_in_one_of_its_examples(lexicon: Lexicon) -> None:
    unproven = []
    for role in lexicon.roles.roles:
        readings = [scan(Reading(text)) for text in role.examples.hits]
        for field in _NAMES:
            for word in getattr(role, field):
                naming = Naming([role.model_copy(update={**{name: [] for name in _NAMES}, field: [word]})])
                if not any(
                    any(naming.names(read.text, [Figure(n.quantity, n.span.start, n.span.end) for n in read.numbers]))
                    for read in readings
                ):
                    unproven.append(f"{lexicon.places[role.id]}: {word}")
    assert unproven == []


def test_every_rule_of_any_kind_has_two_near_misses(lexicon: Lexicon) -> None:
    rules: list[PhraseRule | DisclosureRule | GateRule | FigureRole] = [*lexicon.phrase_rules(), *lexicon.disclosures]
    rules += [*lexicon.gates.gates, *lexicon.roles.roles]
    misses = {rule.id: set(rule.examples.misses) for rule in rules}
    for rule in lexicon.numbers.rules:
        misses[rule.id] = {text for group in rule.examples.misses for text in group.texts}
    assert len(misses) == len(lexicon.places) + len(lexicon.gates.gates)
    assert [rule for rule, texts in misses.items() if len(texts) < 2] == []


def test_each_rule_on_words_leaves_its_near_misses_alone(lexicon: Lexicon) -> None:
    for family in lexicon.families:
        for rule in family.rules:
            hits = alone(family, rule, phrases=rule.phrases, patterns=rule.patterns, near=rule.near)
            assert [miss.text for miss in scripts_of(rule, rule.examples.misses) if hits(miss)] == []


MARKETING = {Scenario.ACQUISITION, Scenario.ACTIVATION}
SERVICING = {Scenario.BILL_REMINDER}
COLLECTION = {Scenario.COLLECTION_M1, Scenario.COLLECTION_M2, Scenario.COLLECTION_M3_PLUS}
NEVER = {
    "absolute": MARKETING,
    "promise": MARKETING,
    "credit_blind": MARKETING,
    "endorsement": MARKETING,
    "disparagement": MARKETING,
    "urgency": MARKETING,
    "over_borrowing": MARKETING,
    "forbidden_purpose": MARKETING,
    "free_of_charge": MARKETING,
    "sensitive_tags": set(Scenario),
    "threat": SERVICING | COLLECTION,
    "insult": set(Scenario),
    "impersonation": set(Scenario),
    "legal_consequence": SERVICING | COLLECTION,
    "exposure": SERVICING | COLLECTION,
    "borrow_to_repay": SERVICING | COLLECTION,
    "extra_fee": set(Scenario),
    "off_channel_payment": set(Scenario),
    "credentials": set(Scenario),
    "pre_verify": SERVICING | COLLECTION,
    "human_pretence": set(Scenario),
    "elderly": set(Scenario),
    "speech_safety": set(Scenario),
    "concession": SERVICING | COLLECTION,
    "credit_report": SERVICING | COLLECTION,
    "taking_over": set(Scenario),
    "fraud_coaching": set(Scenario),
    "secrecy": set(Scenario),
    "discrimination": set(Scenario),
    "refusal": set(Scenario),
    "data_source": set(Scenario),
    "prohibited_tone": set(Scenario),
    "bundling": MARKETING,
    "students": MARKETING,
    "disguised_loan": MARKETING,
    "hidden_cost": MARKETING,
    "preapproval": MARKETING,
    "pushing_on": MARKETING,
    "credit_probing": MARKETING | COLLECTION,
    "upfront_fee": set(Scenario),
    "misstatement": set(Scenario),
    "debt_hint": SERVICING | COLLECTION,
    "third_party": SERVICING | COLLECTION,
    "humiliation": SERVICING | COLLECTION,
    "harassment": SERVICING | COLLECTION,
    "undertaking": SERVICING | COLLECTION,
    "beyond_law": SERVICING | COLLECTION,
    "in_disguise": set(Scenario),
}
"""In which scenarios each family must bind, written out from the matrix rather than read from the rules."""


def test_each_family_binds_in_the_scenarios_of_the_matrix(lexicon: Lexicon) -> None:
    bound = {
        family.family: {scenario for scenario in Scenario for rule in family.rules if concerns(rule, scenario)}
        for family in lexicon.families
    }
    wider = {"threat": set(Scenario)}  # violence is forbidden everywhere
    assert bound == NEVER | wider


RATE = Fact("annual_rate", Quantity.RATE_ANNUAL, Decimal("3.6"))
FREE_DAYS = Fact("free_interest_days", Quantity.DAYS, Decimal(30))
QUOTA = Fact("quota", Quantity.COUNT, Decimal(500))
TODAY = date(2026, 11, 22)
ENDS_TODAY = Fact("campaign_end", Quantity.DATE, TODAY)
ENDS_LATER = Fact("campaign_end", Quantity.DATE, date(2026, 11, 30))
INSTANT = Fact("approval_minutes", Quantity.MINUTES, Decimal(1))
SLOW = Fact("approval_minutes", Quantity.MINUTES, Decimal(10))


@pytest.mark.parametrize(
    ("text", "facts", "rule"),
    [
        ("前30天免息，之后按单利年化利率3.6%计息。", (FREE_DAYS, RATE), None),
        ("前30天免息。之后按单利年化利率3.6%计息。", (FREE_DAYS, RATE), None),
        ("前30天免息。", (FREE_DAYS, RATE), "free_of_charge.no_interest"),
        ("前30天免息。您慢慢看。之后按年化利率3.6%计息。", (FREE_DAYS, RATE), "free_of_charge.no_interest"),
        ("前60天免息，之后按年化利率3.6%计息。", (FREE_DAYS, RATE), "free_of_charge.no_interest"),
        ("前30天免息，之后按年化利率3.6%计息。", (RATE,), "free_of_charge.no_interest"),
        ("今天是活动最后一天。", (ENDS_TODAY,), None),
        ("今天是活动最后一天。", (ENDS_LATER,), "urgency.deadline_without_fact"),
        ("今天是活动最后一天。", (), "urgency.deadline_without_fact"),
        ("活动即将结束，截止到11月30日。", (ENDS_LATER,), None),
        ("活动即将结束。截止到11月30日。", (ENDS_LATER,), None),
        ("活动即将结束。", (ENDS_LATER,), "urgency.ending_without_fact"),
        ("活动即将结束，截止到11月30日。", (), "urgency.ending_without_fact"),
        ("名额有限，这次一共500个名额。", (QUOTA,), None),
        ("名额有限。", (QUOTA,), "urgency.quota_without_fact"),
        ("名额有限，这次一共5个名额。", (QUOTA,), "urgency.quota_without_fact"),
        ("我们秒批，1分钟出结果。", (INSTANT,), None),
        ("我们秒批。", (INSTANT,), "promise.instant_approval"),
        ("我们秒批，10分钟出结果。", (SLOW,), "promise.instant_approval"),
        ("我们没有手续费。", (Fact("fees", Quantity.MONEY, Decimal(0)),), None),
        ("我们没有手续费。", (Fact("fees", Quantity.MONEY, Decimal(20)),), "free_of_charge.no_fee"),
    ],
)
def test_what_the_facts_support_may_be_said_with_its_condition(
    phrases: Phrases, text: str, facts: tuple[Fact, ...], rule: str | None
) -> None:
    case = Case(Scenario.ACQUISITION, facts=facts, today=TODAY)
    found = {finding.rule for finding in phrases(script(text), case)}
    assert found == ({rule} if rule else set())


@pytest.mark.parametrize("scenario", [Scenario.BILL_REMINDER, Scenario.COLLECTION_M1, Scenario.COLLECTION_M2])
@pytest.mark.parametrize(
    ("stage", "callee", "stands"),
    [
        (Stage.OPEN, None, False),
        (Stage.VERIFY, None, False),
        (Stage.BODY, None, False),
        (None, None, False),
        (Stage.VERIFY, Callee(Role.DEBTOR), False),
        (Stage.BODY, Callee(Role.DEBTOR, identity_verified=False), True),
        (None, Callee(Role.CONTACT), True),
        (None, Callee(Role.UNKNOWN), True),
    ],
)
@pytest.mark.parametrize("text", ["提醒您还款。", "您有1234元没处理。", "这不是借款的事。"])
def test_no_debt_is_named_before_the_identity_is_proven(
    phrases: Phrases, scenario: Scenario, stage: Stage | None, callee: Callee | None, stands: bool, text: str
) -> None:
    case = Case(scenario, callee=callee, stage=stage, facts=(), today=TODAY)
    found = {finding.rule for finding in phrases(script(text), case)}
    assert any(rule.startswith("pre_verify.") for rule in found) is stands


@pytest.mark.parametrize("markup", ["<b>", "</speak>", '<break time="500ms"/>', "&lt;", "&#20320;", "<!--"])
@pytest.mark.parametrize("channel", Channel)
def test_markup_is_never_spoken(phrases: Phrases, markup: str, channel: Channel) -> None:
    case = Case(Scenario.ACQUISITION, channel, today=TODAY)
    found = {finding.rule: finding.span for finding in phrases(script(f"您好{markup}张先生"), case)}
    assert found["speech_safety.markup"] == Span(2, 2 + len(markup))


def test_a_rule_that_rests_on_a_text_nobody_read_says_so(lexicon: Lexicon) -> None:
    """Only these have been read in the original; everything else is unverified until a person reads it."""
    read = {
        *("广告法", "个人信息保护法", "消费者权益保护法", "消费者权益保护法实施条例", "征信业管理条例"),
        *("反电信网络诈骗法", "中国人民银行公告", "个人贷款业务明示综合融资成本规定", "本机构规定"),
        *("互联网金融 个人网络消费信贷 贷后催收风控指引", "金融机构个人消费类贷款催收工作指引（试行）"),
        *("综合整治骚扰电话专项行动方案", "语音平台接口文档"),
    }
    rules: list[PhraseRule | DisclosureRule | GateRule] = [*lexicon.phrase_rules(), *lexicon.disclosures]
    rules += lexicon.gates.gates
    assert [rule.id for rule in rules if rule.source.verified and rule.source.law not in read] == []
    forces = {rule.source.law: set[str]() for rule in rules}
    for rule in rules:
        forces[rule.source.law].add(rule.source.force)
    assert {law: kinds for law, kinds in forces.items() if len(kinds - {"policy"}) > 1} == {}


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


def test_a_revision_from_before_there_were_roles_is_read_and_judges_as_it_did(directory: Path) -> None:
    numbers = (directory / "numbers.yaml").read_text("utf-8")
    whole = yaml.safe_load(numbers)
    whole["rules"] = [rule for rule in whole["rules"] if rule["id"] not in BY_ROLES]
    contents = {file.name: file.read_bytes() for file in directory.glob("*.yaml") if file.name != "roles.yaml"}
    old = read_rules({**contents, "numbers.yaml": yaml.safe_dump(whole, allow_unicode=True).encode()})
    assert old.roles.roles == []
    guard = Grounding(old.numbers.rules, old.roles)
    due = Fact("amount_due", Quantity.MONEY, Decimal("9665.18"))
    case = Case(scenario=Scenario.COLLECTION_M1, facts=(due, Fact("min_payment", Quantity.MONEY, Decimal("181.70"))))
    said = "您本期应还181.70元，月底前还。"
    assert guard(Script((Segment(Stage.BODY, said, said),)), case) == []
    now = read_rules({**contents, "roles.yaml": (directory / "roles.yaml").read_bytes()})
    found = Grounding(now.numbers.rules, now.roles)(Script((Segment(Stage.BODY, said, said),)), case)
    assert "number.wrong_role" in {finding.rule for finding in found}


def test_the_days_on_which_something_changes_are_those_of_every_rule(lexicon: Lexicon) -> None:
    days = set(lexicon.changes())
    rule = next(lexicon.phrase_rules())
    assert rule.effective.since in days
    ending = rule.model_copy(
        update={"effective": Effective.model_validate({"from": "2026-01-01", "until": "2026-12-31"})}
    )
    family = lexicon.families[0].model_copy(update={"rules": [ending]})
    assert set(replace(lexicon, families=(family,), disclosures=()).changes()) >= {date(2026, 1, 1), date(2027, 1, 1)}


def test_a_file_that_cannot_be_read_and_a_broken_table_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "lexicons"
    shutil.copytree(LEXICONS, folder)
    (folder / "promise.yaml").unlink()
    (folder / "promise.yaml").mkdir()
    with pytest.raises(DocumentError, match=r"promise\.yaml:1: cannot be read"):
        read_lexicon(folder)
    table = folder / FOLDER.name / "split.tsv"
    check_tables(table.parent)
    table.write_text("亻言\n", "utf-8")
    with pytest.raises(DocumentError, match=r"split\.tsv:1: "):
        check_tables(table.parent)
