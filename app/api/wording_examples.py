"""Requests about held wording that are accepted as they stand, and answers as they are given."""

from typing import Any

_AT = "2026-11-22T02:05:31Z"
_ID = "01KAHG3V5Z3Q4YB6N2T8W9X0CD"
_LINE = "fallback-3432034c84"
_TEXT = "用不用您自己定，有想问的吗？"
_HELD: dict[str, Any] = {"by": "李合规", "reason": "客户投诉听不懂，先停用", "since": _AT}
_WORDING_LINE: dict[str, Any] = {
    "id": _LINE,
    "kind": "fallback",
    "text": _TEXT,
    "places": [
        {
            "kind": "fallback",
            "scenarios": ["acquisition"],
            "channels": [],
            "generations": ["young"],
            "stage": "body",
            "tags": [],
            "model": None,
        }
    ],
    "suspended": _HELD,
}
HOLDS: dict[str, Any] = {"why": {"reason": "客户投诉听不懂，先停用"}}
LETTING_GO: dict[str, Any] = {"why": {"reason": "核实过了，同意恢复"}}
LINES: dict[str, Any] = {"one": {"revision": 8, "total": 1, "lines": [_WORDING_LINE]}}
LINE: dict[str, Any] = {
    "one": {
        "revision": 8,
        "line": _WORDING_LINE,
        "said": {"count": 12, "scripts": 3400, "since": "2026-11-15T02:05:31Z", "is_whole": True},
    }
}
SUSPENDED: dict[str, Any] = {"one": {"revision": 8, "line": _WORDING_LINE}}
FROZEN: dict[str, Any] = {"frozen": {"revision": 8, "frozen": _HELD}}
ASKED: dict[str, Any] = {
    "to_resume": {
        "id": _ID,
        "does": "resume",
        "line": _LINE,
        "text": _TEXT,
        "since": _AT,
        "state": "submitted",
        "title": f"恢复话术：{_TEXT}",
        "reason": "已改培训口径",
        "author": "张合规",
        "created_at": _AT,
        "expires_at": "2026-12-06T02:05:31Z",
        "decided_by": None,
        "decided_at": None,
        "decision": None,
        "revision": None,
    }
}
_ERRORS: dict[str, Any] = {
    "UnknownLine": "没有这句话术，可能已经改过。(there is no such line)",
    "AlreadySuspended": "这句话已经停用了。(this line is suspended already)",
    "AlreadyFrozen": "已经冻结了。(it is frozen already)",
    "NotHeld": "这句话没有停用，不用恢复。(this line is not suspended)",
    "NotFrozen": "没有冻结，不用解冻。(it is not frozen)",
    "HeldAnew": "申请之后又重新停用过，请重新申请。(it was held anew since this was asked for)",
}


def wording_examples() -> dict[str, Any]:
    """Every example by the name of its schema and its own."""
    shown: dict[str, dict[str, Any]] = {
        "HoldRequest": HOLDS,
        "LettingGoRequest": LETTING_GO,
        "WordingLinesAnswer": LINES,
        "WordingLineAnswer": LINE,
        "SuspensionAnswer": SUSPENDED,
        "FreezeAnswer": FROZEN,
        "HoldChange": ASKED,
        "HoldChangesAnswer": {"waiting": {"changes": [*ASKED.values()], "next": None}},
        "ErrorAnswer": {
            name: {
                "error": name if name == "UnknownLine" else "RequestConflict",
                "detail": detail,
                "fields": [],
            }
            for name, detail in _ERRORS.items()
        },
    }
    return {f"{schema}.{name}": {"value": value} for schema, values in shown.items() for name, value in values.items()}
