"""Everything that is wrong with a change, told at once, before anybody is asked to approve it."""

from collections.abc import Iterator, Sequence
from datetime import date

from app.lexicon.changes import apply
from app.lexicon.coverage import SWITCHES, Phrase
from app.lexicon.drafts import Change
from app.lexicon.effort import effort_problems
from app.lexicon.examples import disclosure_problems, family_problems, number_problems, role_problems
from app.lexicon.files import Kind, RuleFiles, kind_of_rule
from app.lexicon.problems import ChangeRefused, Problem, errors
from app.lexicon.refusals import ID_CODES, refusals
from app.lexicon.rule_faults import document_problem
from app.lexicon.shapes import dated
from app.lexicon.words import Written, word_problems
from guards.lexicon.documents import DocumentError
from guards.lexicon.rules import Family, PhraseRule
from guards.policy import Institution
from guards.text.folding import folded_text


def lint(
    files: RuleFiles, body: object, *, since: date, institution: Institution, is_judged: bool = True
) -> list[Problem]:
    """Every problem of a change (its body as JSON, or a `Change`) to these files, errors and warnings.

    Words are looked at where they are new; examples of every rule in the change are judged. `since`: the day from which
    on new rules without days would be in force. `institution`: whose name disclosures ask for. `is_judged`: False where
    the rules are compiled anyway, which judges the examples too and takes most of the time.
    """
    try:
        change = body if isinstance(body, Change) else Change.parse(body)
    except ChangeRefused as misshapen:
        return list(misshapen.problems)
    problems = refusals(files, change)
    unsound = {tuple((problem.field or "").split(".")[:2]) for problem in problems if problem.code not in ID_CODES}
    written = list(_written(files, change, since, unsound))
    if too_much := list(effort_problems(written)):
        return [*problems, *too_much]
    retold = {one.rule.id for one in written} | set(change.retires)
    problems += word_problems(written, _in_force(files, retold))
    if is_judged:
        problems += _judged(written, {problem.rule for problem in errors(problems)})
    if not errors(problems):
        problems += _whole(files, change, since, institution)
    return problems


def _written(files: RuleFiles, change: Change, since: date, unsound: set[tuple[str, ...]]) -> Iterator[Written]:
    for place, rule in change.rules():
        if tuple(place.split(".")) not in unsound and kind_of_rule(rule["id"]) is Kind.PHRASE:
            whole = PhraseRule.model_validate(dated(rule, {"from": since}))
            stored = files.rules.get(whole.id)
            old = frozenset(stored.data.get("phrases") or () if stored else ())
            new = [index for index, phrase in enumerate(whole.phrases) if phrase not in old]
            yield Written(place, _family(files, whole), whole, new)


def _family(files: RuleFiles, rule: PhraseRule) -> Family:
    """The family of a rule, with this one in it."""
    family = rule.id.partition(".")[0]
    name = files.family_file(family)
    settings: dict[str, object] = dict.fromkeys(SWITCHES, True)
    if name in files.contents:
        data = files.document(name).data
        settings = {key: data[key] for key in ("folding", *SWITCHES, "only_in_disguise") if key in data}
    return Family.model_validate({"family": family, **settings, "rules": [rule]})


def _in_force(files: RuleFiles, without: set[str]) -> Iterator[Phrase]:
    try:
        families: Sequence[Family] = files.lexicon().families
    except DocumentError:  # told where the files were changed; here nothing is covered by what cannot be read
        families = ()
    for family in families:
        for rule in family.rules:
            if rule.id not in without:
                for index, word in enumerate(rule.phrases):
                    yield Phrase(folded_text(word, family.folding), family, rule, index)


def _judged(written: Sequence[Written], broken: set[str | None]) -> Iterator[Problem]:
    """The examples of the phrase rules that can be compiled, without the rest of their families."""
    places = {one.rule.id: one.place for one in written}
    families: dict[str, list[Written]] = {}
    for one in written:
        if one.rule.id not in broken:
            families.setdefault(one.family.family, []).append(one)
    for together in families.values():
        family = together[0].family.model_copy(update={"rules": [one.rule for one in together]})
        for problem in family_problems(family):
            yield problem.under(places[problem.rule or ""])


def _whole(files: RuleFiles, change: Change, since: date, institution: Institution) -> Iterator[Problem]:
    """What only the files with the change in them can tell: the other kinds of rules, and whether all is read."""
    places = {str(rule.get("id")): place for place, rule in change.rules()}
    try:
        after = apply(files, change, since=since)
        lexicon = after.lexicon()
    except ChangeRefused as refused:
        yield from refused.problems
        return
    except DocumentError as broken:
        yield from map(document_problem, broken.problems)
        return
    wanted = [rule for rule in lexicon.disclosures if rule.id in places]
    numbers = {rule for rule in places if kind_of_rule(rule) is Kind.NUMBER}
    roles = {rule for rule in places if kind_of_rule(rule) is Kind.ROLE}
    for problem in (
        *disclosure_problems(wanted, institution),
        *number_problems(lexicon.numbers, lexicon.roles, numbers),
        *role_problems(lexicon.numbers, lexicon.roles, roles),
    ):
        yield problem.under(places[problem.rule or ""])
