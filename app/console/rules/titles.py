"""What a change of rules is called as long as nobody calls it otherwise."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.lexicon.drafts import Change
from app.lexicon.files import StoredRule

_MOST_NAMED = 3
_LONGEST_NAME = 40


def automatic_title(change: Change, rules: Mapping[str, StoredRule]) -> str:
    """`修改：承诺必批`, of several rules `修改 2 条规则：承诺必批、不看征信`; nothing for one without rules."""
    does = [("新增", [_name(rule) for rule in change.adds]), ("修改", [_name(rule) for rule in change.edits])]
    does.append(("停用", [_name(rules[name].data if name in rules else {}) or name for name in change.retires]))
    said = [(verb, names) for verb, names in does if names]
    every = [name for _, names in said for name in names]
    if len(every) == 1:
        return f"{said[0][0]}：{every[0]}"
    counts = "、".join(f"{verb} {len(names)} 条" for verb, names in said)
    return f"{counts}规则：{_listed(every)}" if every else ""


def _listed(names: Sequence[str]) -> str:
    more = "等" if len(names) > _MOST_NAMED else ""
    return "、".join(name[:_LONGEST_NAME] for name in names[:_MOST_NAMED]) + more


def _name(rule: Mapping[str, Any]) -> str:
    return str(rule.get("title") or rule.get("id") or "")
