"""What becomes of the files of rules by a change: what it does not touch stays byte for byte."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from app.lexicon.blocks import EntangledError, block_of, changed_lines, line_end, lines_of, spliced
from app.lexicon.drafts import Change
from app.lexicon.files import Kind, RuleFiles, StoredRule, kind_of_rule
from app.lexicon.notation import sparse, written_rule
from app.lexicon.problems import ChangeRefused, Problem
from app.lexicon.refusals import refusals
from app.lexicon.rule_faults import document_problem
from app.lexicon.shapes import canonical, dated
from guards.lexicon.documents import DocumentError
from guards.lexicon.reader import DISCLOSURES_FILE

_HEAD = (
    "family: {family}\nfolding: tight\nhomophones: true\nnear_sounds: true\nlook_alikes: true\ninitials: true\nrules:\n"
)
"""A new family gets every folding: too many hits are noticed in the dry run, too few by nobody."""


def apply(files: RuleFiles, change: Change, *, since: date) -> RuleFiles:
    """The files with the change in them; what it does not touch stays byte for byte.

    A new rule without a first day is in force from `since` on, the day of publication; an edited one keeps its days.

    Raises:
        ChangeRefused: if the change cannot be written, or a file cannot be read.
    """
    try:
        if problems := refusals(files, change):
            raise ChangeRefused(problems)
        expected = _expected(files, change, since)
        changed = files.replaced(_written(files, change, expected))
        _prove(changed, files, change, expected)
    except DocumentError as broken:
        raise ChangeRefused(map(document_problem, broken.problems)) from None
    except EntangledError as tangled:
        rule = tangled.rule
        told = [
            Problem(
                code="entangled",
                rule=rule.id,
                file=rule.file,
                line=rule.line,
                message=f"{rule.file} 第 {rule.line} 行的规则“{rule.id}”和别的内容写在同一行，"
                "不能单独修改。请先把它分行写。",
                english=str(tangled),
            )
        ]
        raise ChangeRefused(told) from None
    return changed


def _expected(files: RuleFiles, change: Change, since: date) -> dict[str, dict[str, Any]]:
    """Each written rule with all its fields."""
    whole = {}
    for place, rule in change.rules():
        kind = kind_of_rule(rule["id"])
        if "effective" in kind.shape.model_fields:
            own = {"from": since.isoformat()} if place.startswith("adds") else files.rules[rule["id"]].data["effective"]
            whole[rule["id"]] = canonical(kind, dated(rule, own))
        else:
            whole[rule["id"]] = canonical(kind, rule)
    return whole


def _written(files: RuleFiles, change: Change, expected: Mapping[str, dict[str, Any]]) -> dict[str, bytes | None]:
    touched: dict[str, list[StoredRule]] = {}
    for name in [*(rule["id"] for rule in change.edits), *change.retires]:
        touched.setdefault(files.rules[name].file, []).append(files.rules[name])
    added: dict[str, list[str]] = {}
    for rule in change.adds:
        family, kind = rule["id"].partition(".")[0], kind_of_rule(rule["id"])
        file = DISCLOSURES_FILE if kind is Kind.DISCLOSURE else files.family_file(family)
        added.setdefault(file, []).append(rule["id"])
    return {
        name: _file(files, name, touched.get(name, []), [expected[rule] for rule in added.get(name, [])], expected)
        for name in {*touched, *added}
    }


def _file(
    files: RuleFiles, name: str, touched: list[StoredRule], adds: list[dict[str, Any]], expected: Mapping[str, Any]
) -> bytes | None:
    """A file after the change, None if no rule is left in it."""
    if name not in files.contents:
        family = adds[0]["id"].partition(".")[0]
        rules = [line + "\n" for rule in adds for line in written_rule(sparse(rule), 2)]
        return (_HEAD.format(family=family) + "".join(rules)).encode()
    document, stored = files.document(name), files.rules_of(name)
    lines = lines_of(files.contents[name].decode())
    end = line_end(lines)
    if not adds and all(rule.id not in expected for rule in stored) and len(touched) == len(stored):
        return None
    blocks = {
        rule.id: block_of(document, lines, rule) for rule in {rule.id: rule for rule in [*touched, stored[-1]]}.values()
    }
    last = blocks[stored[-1].id]
    new = [line + end for rule in adds for line in written_rule(sparse(rule), last.indent)]
    lines = spliced(lines, last.last + 1, last.last + 1, new)
    for rule in sorted(touched, key=lambda rule: rule.line, reverse=True):
        block = blocks[rule.id]
        new = []
        if rule.id in expected:
            before, after = canonical(rule.kind, rule.data), expected[rule.id]
            changed = [field for field in after if after[field] != before.get(field)]
            new = lines[block.first : block.last + 1]
            if changed:
                new = changed_lines(lines, block, sparse(after), changed, end)
        lines = spliced(lines, block.first, block.last + 1, new)
    return "".join(lines).encode()


def _prove(after: RuleFiles, before: RuleFiles, change: Change, expected: Mapping[str, Any]) -> None:
    """That what was written reads back as what was asked for, and that no other rule was touched.

    Raises:
        RuntimeError: if it does not: better no revision than another one than was approved.
    """
    untouched = [name for name in before.rules if name not in expected and name not in change.retires]
    is_same = all(name in after.rules and after.rules[name].data == before.rules[name].data for name in untouched)
    try:
        is_written = all(
            canonical(kind_of_rule(name), after.rules[name].data) == rule for name, rule in expected.items()
        )
    except (KeyError, ValidationError):
        is_written = False
    if not (is_same and is_written and len(after.rules) == len(untouched) + len(expected)):
        raise RuntimeError("the rules that were written do not read back as they were meant")
