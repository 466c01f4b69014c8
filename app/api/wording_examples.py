"""Requests about approved wording that are accepted as they stand, and answers as they are given."""

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
_NEW_TEXT = "用不用都由您，还有想问的吗？"
_SUMMARY: dict[str, Any] = {
    "id": _ID,
    "state": "submitted",
    "title": "改得更客气",
    "comment": "客户投诉听着生硬",
    "author": "张合规",
    "reviewers": ["李合规"],
    "based_on": 8,
    "restores": None,
    "version": 1,
    "created_at": _AT,
    "updated_at": _AT,
    "submitted_at": _AT,
    "expires_at": "2026-12-06T02:05:31Z",
    "effective_from": None,
    "decided_by": None,
    "decided_at": None,
    "reason": None,
    "revision": None,
    "touches": [_LINE],
    "warning_count": 0,
    "files": [],
}
_WHOLE: dict[str, Any] = {
    **_SUMMARY,
    "warnings": [],
    "comments": [],
    "adds": [],
    "edits": [],
    "retires": [],
    "resumes": [],
    "unfreezes": None,
}
REWORDINGS: dict[str, Any] = {"nothing_yet": {"title": "还没写完"}}
RETITLED: dict[str, Any] = {"another_title": {"title": "改得更客气一点"}}
REWORDED: dict[str, Any] = {"edited": {**_WHOLE, "edits": [{"id": _LINE, "text": _NEW_TEXT, "was": _TEXT}]}}
ASKED: dict[str, Any] = {
    "to_resume": {
        **_WHOLE,
        "title": f"恢复话术：{_TEXT}",
        "comment": "已改培训口径",
        "resumes": [{"id": _LINE, "text": _TEXT, "since": _AT}],
    }
}
WORDING_TRIALS: dict[str, Any] = {"by_default": {}, "many": {"records": 50_000}}
_ERRORS: dict[str, Any] = {
    "UnknownLine": "没有这句话术，可能已经改过。(there is no such line)",
    "AlreadySuspended": "这句话已经停用了。(this line is suspended already)",
    "AlreadyFrozen": "已经冻结了。(it is frozen already)",
    "NotHeld": "这句话没有停用，不用恢复。(this line is not suspended)",
    "NotFrozen": "没有冻结，不用解冻。(it is not frozen)",
}


def wording_examples() -> dict[str, Any]:
    """Every example by the name of its schema and its own."""
    shown: dict[str, dict[str, Any]] = {
        "HoldRequest": HOLDS,
        "WordingChangeRequest": {**REWORDINGS, **RETITLED},
        "WordingTrialRequest": WORDING_TRIALS,
        "WordingLinesAnswer": LINES,
        "WordingLineAnswer": LINE,
        "SuspensionAnswer": SUSPENDED,
        "FreezeAnswer": FROZEN,
        "WordingChangeAnswer": {**REWORDED, **ASKED},
        "WordingChangesAnswer": {"waiting": {"changes": [_SUMMARY], "next": None}},
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
