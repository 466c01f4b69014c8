"""What differs between two states of the rules: rule by rule, field by field, and as a change that leads there."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.lexicon.drafts import Change
from app.lexicon.files import RuleFiles, StoredRule, plain
from app.lexicon.notation import ORDER
from app.lexicon.shapes import canonical

_OPENED = frozenset({"source", "effective", "examples"})
"""Fields whose parts are told apart: `examples.hits`."""


def difference(before: RuleFiles, after: RuleFiles) -> dict[str, Any]:
    """Everything that differs, as JSON.

    `added`, `retired`: `{"rule", "kind", "file", "title", "text"}`, the text being the whole rule. `edited`: `{"rule",
    "kind", "file", "title", "fields"}`; a field is `{"field", "added", "removed"}` where it is a list, else `{"field",
    "before", "after"}`. `settings`: what differs in a file beside its rules (`{"file", "field", "before", "after"}`).
    `files`: the names of all whose bytes differ.

    Raises:
        DocumentError: if a file is no YAML.
        pydantic.ValidationError: if a rule is not sound.
    """
    old, new = before.rules, after.rules
    edited = []
    for name in new:
        if name in old and (fields := list(rule_difference(old[name], new[name]))):
            edited.append({**_named(new[name]), "fields": fields})
    return {
        "added": [{**_named(rule), "text": dict(rule.data)} for name, rule in new.items() if name not in old],
        "retired": [{**_named(rule), "text": dict(rule.data)} for name, rule in old.items() if name not in new],
        "edited": edited,
        "settings": list(_settings(before, after)),
        "files": _files(before, after),
    }


def change_between(before: RuleFiles, after: RuleFiles, title: str = "") -> Change:
    """The change that leads from one state to the other; it says nothing of settings and of comments.

    Raises:
        DocumentError: if a file is no YAML.
        pydantic.ValidationError: if a rule is not sound.
    """
    old, new = before.rules, after.rules
    return Change(
        title,
        tuple(dict(rule.data) for name, rule in new.items() if name not in old),
        tuple(dict(rule.data) for name, rule in new.items() if name in old and any(rule_difference(old[name], rule))),
        tuple(name for name in old if name not in new),
    )


def _named(rule: StoredRule) -> dict[str, Any]:
    return {"rule": rule.id, "kind": rule.kind.value, "file": rule.file, "title": rule.data.get("title")}


def _files(before: RuleFiles, after: RuleFiles) -> list[str]:
    names = sorted({*before.contents, *after.contents})
    return [name for name in names if before.contents.get(name) != after.contents.get(name)]


def rule_difference(old: StoredRule, new: StoredRule) -> Iterator[dict[str, Any]]:
    """The fields of one rule that differ, as `difference` tells them. Raises pydantic.ValidationError."""
    if old.data == new.data:
        return
    before, after = canonical(old.kind, old.data), canonical(new.kind, new.data)
    for name in (name for name in ORDER if name in before or name in after):
        yield from _field(name, before.get(name), after.get(name))


def _field(name: str, before: Any, after: Any) -> Iterator[dict[str, Any]]:
    if before == after:
        return
    if name in _OPENED and isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            yield from _field(f"{name}.{key}", before.get(key), after.get(key))
        return
    if isinstance(before, list) and isinstance(after, list):
        added, removed = _without(after, before), _without(before, after)
        if added or removed:
            yield {"field": name, "added": added, "removed": removed}
            return
    yield {"field": name, "before": before, "after": after}


def _without(items: list[Any], others: list[Any]) -> list[Any]:
    """The items that are none of the others; words, of which there may be many thousands, by their hash."""
    known = {each for each in others if isinstance(each, str)}
    return [each for each in items if (each not in known if isinstance(each, str) else each not in others)]


def _settings(before: RuleFiles, after: RuleFiles) -> Iterator[dict[str, Any]]:
    for file in _files(before, after):
        old, new = _beside_rules(before, file), _beside_rules(after, file)
        for field in dict.fromkeys((*old, *new)):
            is_known = file in before.contents and file in after.contents
            if is_known and old.get(field) != new.get(field):
                yield {"file": file, "field": field, "before": old.get(field), "after": new.get(field)}


def _beside_rules(files: RuleFiles, name: str) -> dict[str, Any]:
    data = files.document(name).data if name in files.contents else None
    keys = ("rules", "disclosures", "gates")
    return {key: plain(value) for key, value in data.items() if key not in keys} if isinstance(data, dict) else {}
