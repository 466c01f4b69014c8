"""Why a change cannot be written into the files as it is: shapes, ids, and what no change may touch."""

from collections import Counter
from collections.abc import Iterator

from app.lexicon.drafts import Change, Rule
from app.lexicon.files import FIXED, RESERVED, Kind, RuleFiles, kind_of_rule
from app.lexicon.problems import Problem, shown
from app.lexicon.shapes import shape_problems, unknown_id

ID_CODES = frozenset({"duplicate_id", "id_taken", "unknown_id", "reserved_family"})
"""What is wrong with an id; the rest of such a rule may be sound."""


def refusals(files: RuleFiles, change: Change) -> list[Problem]:
    """Why a change cannot be written into these files: shapes, ids, and what no change can touch."""
    problems = [problem for place, rule in change.rules() for problem in _malformed(place, rule)]
    return [*problems, *_ids_refused(files, change)]


def _malformed(place: str, rule: Rule) -> Iterator[Problem]:
    name = rule.get("id")
    kind = kind_of_rule(name) if isinstance(name, str) else Kind.PHRASE
    for problem in shape_problems(kind, rule):
        yield problem.under(place, name if isinstance(name, str) else None)


def _ids_refused(files: RuleFiles, change: Change) -> Iterator[Problem]:
    known = files.rules
    touched = [(place, rule.get("id")) for place, rule in change.rules()]
    touched += [(f"retires.{index}", rule) for index, rule in enumerate(change.retires)]
    often = Counter(rule for _, rule in touched if isinstance(rule, str))
    for place, rule in touched:
        if not isinstance(rule, str):
            continue
        field = place if place.startswith("retires") else f"{place}.id"
        if often[rule] > 1:
            told = f"规则编号“{shown(rule)}”在这次改动里出现了 {often[rule]} 次，每条规则只能动一次。"
            yield Problem(
                code="duplicate_id", rule=rule, field=field, word=rule, message=told, english=f"{rule} is named twice"
            )
        if place.startswith("adds"):
            yield from _add_refused(files, rule, field)
        elif rule not in known:
            told, meant = unknown_id(rule, known)
            english = f"there is no rule {rule}" + (f"; did you mean {meant}?" if meant else "")
            yield Problem(code="unknown_id", rule=rule, field=field, word=rule, message=told, english=english)
        elif place.startswith("retires") and known[rule].kind in FIXED:
            yield Problem(
                code="cannot_retire",
                rule=rule,
                field=field,
                word=rule,
                message=f"“{rule}”由程序判断，不能停用。"
                + ("要让它失效，请修改它的失效日。" if known[rule].kind is Kind.NUMBER else "它在任何一天都有效。"),
                english=f"{rule} is code and cannot be retired",
            )
    disclosures = [rule for rule in known.values() if rule.kind is Kind.DISCLOSURE]
    is_left = any(rule.id not in change.retires for rule in disclosures)
    if (
        disclosures
        and not is_left
        and not any(kind_of_rule(str(rule.get("id"))) is Kind.DISCLOSURE for rule in change.adds)
    ):
        told = "必说的话不能全部停用，至少要留一条。"
        yield Problem(code="cannot_retire", field="retires", message=told, english="one disclosure must remain")


def _add_refused(files: RuleFiles, rule: str, field: str) -> Iterator[Problem]:
    family, kind = rule.partition(".")[0], kind_of_rule(rule)
    if rule in files.rules:
        stands = files.rules[rule]
        yield Problem(
            code="id_taken",
            rule=rule,
            field=field,
            word=rule,
            message=f"规则编号“{rule}”已经有了（{stands.data.get('title')}，{stands.file} 第 {stands.line} 行）。"
            "要改它，请放到“修改”里；要新增，请换一个编号。",
            english=f"{rule} exists already at {stands.file}:{stands.line}",
        )
    elif kind in FIXED:
        told = f"“{shown(rule)}”一类的规则由程序判断，不能新增，只能修改已有的。"
        yield Problem(
            code="cannot_add", rule=rule, field=field, word=rule, message=told, english=f"a {kind} rule is code"
        )
    elif family in RESERVED:
        told = f"“{shown(family)}”是程序自己用的名称，请给规则编号换一个开头。"
        yield Problem(
            code="reserved_family", rule=rule, field=field, word=rule, message=told, english=f"{family} is reserved"
        )
