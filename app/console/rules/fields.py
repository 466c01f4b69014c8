"""A rule as the fields of a form, and back: what the form does not know stays as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.console.frame.forms import Form
from app.console.rules.example_groups import NAME, group_field, group_texts, written_groups
from app.lexicon.files import Kind, StoredRule

_SOURCE = {"law": "law", "article": "article", "force": "force"}
_NAMES = ("before", "loose", "after")
_LISTS = {"phrases": "phrases", "patterns": "patterns", "except": "except", **dict(zip(_NAMES, _NAMES, strict=True))}
_EXAMPLES = {"hits": "hits", "misses": "misses"}
_SCOPE = ("scenarios", "channels", "stages", "callees")
_NEAR = {"words": "words", "with": "with", "before": "unless_before", "between": "unless_between"}
_COMMON = ("title", "reason", "law", "article", "force", "verified")
FIELDS: Mapping[Kind, frozenset[str]] = {
    Kind.PHRASE: frozenset(
        {*_COMMON, "action", *_SCOPE, *_LISTS, "near", "negated", "suggest", *_EXAMPLES, "from", "until"}
    ),
    Kind.DISCLOSURE: frozenset(
        {*_COMMON, "action", *_SCOPE, "phrases", "patterns", "suggest", *_EXAMPLES, "from", "until"}
    ),
    Kind.NUMBER: frozenset({*_COMMON, "action", "groups", "from", "until"}),
    Kind.GATE: frozenset({*_COMMON, *_EXAMPLES}),
    Kind.ROLE: frozenset({*_COMMON, *_NAMES, *_EXAMPLES}),
}
"""What the form asks about a rule of each kind."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two words near each other, as fields; `index` is its place in the form, and in the rule before."""

    index: int
    words: str = ""
    with_: str = ""
    within: str = "4"
    is_ordered: bool = True
    before: str = ""
    between: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nobody wrote into it."""
        return not (self.words or self.with_)


@dataclass(frozen=True, slots=True)
class Fields:
    """What stands in the form. `texts`: fields with a text, lists with an item a line; `chosen`: boxes that are set."""

    texts: Mapping[str, str]
    chosen: Mapping[str, Sequence[str]]
    pairs: Sequence[Pair] = field(default=())

    @classmethod
    def of_rule(cls, rule: Mapping[str, Any]) -> "Fields":
        """A rule as it is shown for editing."""
        source, days, examples = (rule.get(name) or {} for name in ("source", "effective", "examples"))
        texts = {name: str(rule.get(name) or "") for name in ("title", "reason", "suggest")}
        texts["action"] = str(rule.get("action") or "block")
        texts |= {name: str(source.get(key) or "") for name, key in _SOURCE.items()}
        texts["force"] = texts["force"] or "policy"
        texts |= {name: str(days.get(name) or "") for name in ("from", "until")}
        texts |= {name: _lines(rule.get(key)) for name, key in _LISTS.items()}
        texts |= {name: _lines(examples.get(key)) for name, key in _EXAMPLES.items()}
        chosen = {name: [str(each) for each in rule.get(name) or ()] for name in _SCOPE}
        chosen["verified"] = ["yes"] if source.get("verified") else []
        chosen["negated"] = ["yes"] if rule.get("even_if_negated") else []
        texts |= group_texts(examples)
        texts = {name: text.strip() for name, text in texts.items()}  # as a form brings them back
        return cls(texts, chosen, [_pair(index, near) for index, near in enumerate(rule.get("near") or ())])

    @classmethod
    def of_form(cls, form: Form) -> "Fields":
        """What an officer sent."""
        names = ("title", "reason", "suggest", "action", *_SOURCE, "from", "until", *_LISTS, *_EXAMPLES)
        chosen = {name: form.all(name) for name in (*_SCOPE, "verified", "negated")}
        numbers = [int(each) for each in form.all("near") if each.isdecimal() and len(each) < 4]
        pairs = [_sent(form, number) for number in numbers]
        groups = (name for name in form.data if NAME.fullmatch(name))
        return cls({name: form.text(name) for name in (*names, *groups)}, chosen, pairs)

    def with_phrase(self, phrase: str) -> "Fields":
        """The same with one more phrase, where one is given."""
        if not phrase.strip():
            return self
        phrases = "\n".join(filter(None, (self.texts["phrases"], phrase.strip()[:200])))
        return replace(self, texts={**self.texts, "phrases": phrases})

    def rule(self, base: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
        """The rule with what the form says in it."""
        shown, asked = Fields.of_rule(base), FIELDS[kind]
        rule = dict(base)
        for name in ("title", "action", "reason", "suggest"):
            if name in asked and (self.texts[name] != shown.texts[name] or not base):
                _set(rule, name, self.texts[name] or (None if name == "suggest" else ""))
        for name in (name for name in _LISTS if name in asked):
            self._set_lines(rule, name, name, shown)
        for name in (name for name in _SCOPE if name in asked):
            if set(self.chosen[name]) != set(shown.chosen[name]):
                rule[name] = list(self.chosen[name])
        if "negated" in asked and self.chosen["negated"] != shown.chosen["negated"]:
            rule["even_if_negated"] = bool(self.chosen["negated"])
        if "near" in asked:
            self._set_pairs(rule, base, shown)
        rule["source"] = self._source(dict(base.get("source") or {}), shown)
        if "hits" in asked:
            examples = dict(base.get("examples") or {})
            for name, key in _EXAMPLES.items():
                self._set_lines(examples, key, name, shown)
                examples.setdefault(key, [])
            rule["examples"] = examples
        if "groups" in asked:
            rule["examples"] = written_groups(base.get("examples") or {}, self.texts)
        if "from" in asked:
            self._set_days(rule, base, shown)
        return rule

    def _set_lines(self, into: dict[str, Any], key: str, name: str, shown: "Fields") -> None:
        if self.texts[name] != shown.texts[name]:
            # A word with spaces around it, which a line does not show, stays that word.
            known = {each.strip(): each for each in into.get(key) or ()}
            lines = [line for each in self.texts[name].split("\n") if (line := each.strip())]
            into[key] = [known.get(line, line) for line in lines]

    def _set_pairs(self, rule: dict[str, Any], base: Mapping[str, Any], shown: "Fields") -> None:
        written = [pair for pair in self.pairs if not pair.is_empty]
        if written == list(shown.pairs):
            return
        old = list(base.get("near") or ())
        rule["near"] = [_near(pair, old[pair.index] if pair.index < len(old) else {}) for pair in written]

    def _source(self, source: dict[str, Any], shown: "Fields") -> dict[str, Any]:
        is_new = not source
        for name, key in _SOURCE.items():
            if self.texts[name] != shown.texts[name] or is_new:
                _set(source, key, self.texts[name] or (None if name == "article" else ""))
        if self.chosen["verified"] != shown.chosen["verified"]:
            source["verified"] = bool(self.chosen["verified"])
        return source

    def _set_days(self, rule: dict[str, Any], base: Mapping[str, Any], shown: "Fields") -> None:
        if all(self.texts[name] == shown.texts[name] for name in ("from", "until")):
            return
        days = dict(base.get("effective") or {}) | {name: self.texts[name] or None for name in ("from", "until")}
        if days["from"] is None and not (base.get("effective") or {}).get("from"):  # then from its publication on
            days.pop("from")
        if any(days.values()) or "from" in days:
            rule["effective"] = days
        else:
            rule.pop("effective", None)


def field_of(path: Sequence[str], sent: Fields) -> str | None:
    """In which field of the form a part of a rule stands; None for one that it does not show."""
    pairs = sent.pairs
    match path:
        case ["examples", ("hits" | "misses") as kind, number, *_] if group := group_field(kind, number, sent.texts):
            return group
        case ["source", "article" | "force" | "verified" as name, *_]:
            return name
        case ["source", *_]:
            return "law"
        case ["effective", "until", *_]:
            return "until"
        case ["effective", *_]:
            return "from"
        case ["examples", "misses", *_]:
            return "misses"
        case ["examples", *_]:
            return "hits"
        case ["even_if_negated", *_]:
            return "negated"
        case ["near", number, *rest] if number.isdecimal():
            written = [pair for pair in pairs if not pair.is_empty]
            index = written[int(number)].index if int(number) < len(written) else 0
            inner = {key: name for name, key in _NEAR.items()} | {"within": "within", "ordered": "ordered"}
            return f"near-{index}-{inner.get(rest[0] if rest else 'words', 'words')}"
        case [
            (
                "title"
                | "action"
                | "reason"
                | "suggest"
                | "phrases"
                | "patterns"
                | "except"
                | "before"
                | "loose"
                | "after"
            ) as name,
            *_,
        ]:
            return name
        case [("scenarios" | "channels" | "stages" | "callees") as name, *_]:
            return name
        case ["id"]:
            return "name"
    return None


def retirable(rule: StoredRule) -> bool:
    """Whether officers may take a rule out: what is code stays."""
    return rule.kind in (Kind.PHRASE, Kind.DISCLOSURE)


def _sent(form: Form, index: int) -> Pair:
    texts = [form.text(f"near-{index}-{name}") for name in ("words", "with", "within", "before", "between")]
    words, with_, within, before, between = texts
    is_ordered = form.text(f"near-{index}-ordered") != "no"
    return Pair(index, words, with_, within, is_ordered, before, between)


def _lines(listed: Any) -> str:
    words = listed if isinstance(listed, list | tuple) else ()
    return "\n".join(each for each in words if isinstance(each, str)).strip()


def _set(into: dict[str, Any], key: str, value: Any) -> None:
    if value is not None:
        into[key] = value
    elif into.get(key) is not None:
        into[key] = None


def _pair(index: int, near: Mapping[str, Any]) -> Pair:
    return Pair(
        index,
        _lines(near.get("words")),
        _lines(near.get("with")),
        str(near.get("within", "")),
        bool(near.get("ordered", True)),
        _lines(near.get("unless_before")),
        _lines(near.get("unless_between")),
    )


def _near(pair: Pair, old: Mapping[str, Any]) -> dict[str, Any]:
    if old and _pair(pair.index, old) == pair:
        return dict(old)
    near = dict(old)
    texts = {"words": pair.words, "with": pair.with_, "unless_before": pair.before, "unless_between": pair.between}
    for key, text in texts.items():
        lines = [line for each in text.split("\n") if (line := each.strip())]
        if lines or key in near or key in ("words", "with"):
            near[key] = lines
    near["within"] = int(pair.within) if pair.within.isdecimal() else pair.within
    if not pair.is_ordered or "ordered" in near:
        near["ordered"] = pair.is_ordered
    return near
