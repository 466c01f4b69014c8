"""Requests about rules that are accepted as they stand, and answers as they are given."""

from typing import Any

from app.records import OneHand, Tie

_AT = "2026-11-22T02:05:31Z"
_DIGEST = "7cd561d8c9ab906f54300ac7f9b76cfef4b0966d8072f8184b568e6e48193a04"
_ID = "01KAHG3V5Z3Q4YB6N2T8W9X0CD"
_RULE: dict[str, Any] = {
    "id": "promise.certain_to_be_paid_out",
    "title": "承诺一定放款",
    "action": "block",
    "scenarios": ["marketing"],
    "phrases": ["闭着眼睛都能下款"],
    "reason": "对放款结果作保证性承诺",
    "suggest": "以审批结果为准",
    "source": {"law": "广告法", "article": "28", "force": "law", "verified": False},
    "examples": {"hits": ["您这资质闭着眼睛都能下款。"], "misses": ["能不能放款，以审批结果为准。"]},
}
DRAFTS: dict[str, Any] = {
    "a_new_rule": {"title": "新增：闭着眼睛都能下款", "comment": "本周投诉里出现三次", "adds": [_RULE]},
    "nothing_yet": {"title": "还没写完"},
}
EDITS: dict[str, Any] = {"another_title": {"title": "新增一个承诺放款的说法"}}
APPROVALS: dict[str, Any] = {
    "at_once": {"reason": "同意", "version": 1},
    "from_a_minute_on": {"effective_from": "2099-12-01T09:00:00+08:00"},
}
REJECTIONS: dict[str, Any] = {"why": {"reason": "缺少依据，请补上法条"}}
COMMENTS: dict[str, Any] = {"a_question": {"text": "这个词短信里也会用到吗？"}}
REVIEWERS: dict[str, Any] = {"one": {"reviewers": ["李合规"]}}
RESTORES: dict[str, Any] = {"why": {"note": "新词误伤太多，先恢复"}}
_SUMMARY: dict[str, Any] = {
    "id": _ID,
    "state": "published",
    "title": "新增：闭着眼睛都能下款",
    "comment": "本周投诉里出现三次",
    "author": "张合规",
    "reviewers": ["李合规"],
    "based_on": 6,
    "restores": None,
    "version": 1,
    "created_at": _AT,
    "updated_at": _AT,
    "submitted_at": _AT,
    "expires_at": "2026-12-06T02:05:31Z",
    "effective_from": None,
    "decided_by": "李合规",
    "decided_at": _AT,
    "reason": "同意",
    "revision": 7,
    "touches": [_RULE["id"]],
    "warning_count": 0,
}
CHANGE: dict[str, Any] = {
    "published": {
        **_SUMMARY,
        "adds": [_RULE],
        "edits": [],
        "retires": [],
        "warnings": [],
        "comments": [{"number": 1, "person": "李合规", "at": _AT, "text": "这个词短信里也会用到吗？"}],
    }
}
TRIALS: dict[str, Any] = {"by_default": {}, "many": {"records": 50_000, "stream": True}}
_NOBODY: dict[str, Any] = {"count": 0, "by_rule": {}, "by_scenario": {}, "by_channel": {}, "examples": []}
_STOPPED: dict[str, Any] = {
    "count": 3,
    "by_rule": {_RULE["id"]: 3},
    "by_scenario": {"acquisition": 3},
    "by_channel": {"ai_voice": 2, "unknown": 1},
    "examples": [
        {
            "text": "您这资质闭着眼睛都能下款。",
            "times": 3,
            "rule": _RULE["id"],
            "words": ["闭着眼睛都能下款"],
            "scenario": "acquisition",
            "channel": "ai_voice",
            "script_id": "01KAHG3V5Z3Q4YB6N2T8W9X0CF",
        }
    ],
}
TRIAL: dict[str, Any] = {
    "one_phrase": {
        "change": _ID,
        "against": 6,
        "records": 1000,
        "newly_stopped": _STOPPED,
        "newly_passed": _NOBODY,
        "wording": [],
        "stopped_anyway": 0,
        "not_replayed": [],
        "seconds": 2.41,
    }
}
RULES: dict[str, Any] = {
    "one": {
        "revision": 7,
        "rules": [
            {
                "id": _RULE["id"],
                "kind": "phrase",
                "file": "promise.yaml",
                "line": 320,
                "state": "active",
                "rule": {**_RULE, "effective": {"from": "2026-11-22"}},
            }
        ],
    }
}
_REVISION: dict[str, Any] = {
    "number": 7,
    "sha256": _DIGEST,
    "author": "张合规",
    "approver": "李合规",
    "created_at": _AT,
    "note": "新增：闭着眼睛都能下款",
    "change_id": _ID,
}
REVISIONS: dict[str, Any] = {"newest": {"revisions": [_REVISION], "next": 7}}
REVISION: dict[str, Any] = {
    "one": {**_REVISION, "lexicon": {"promise.yaml": _DIGEST}, "wording": {"fallbacks.yaml": _DIGEST}}
}
STATUS: dict[str, Any] = {
    "one_replica": {
        "revision": 7,
        "sha256": _DIGEST,
        "frozen": {"by": "李合规", "reason": "投诉集中，先只说兜底话术", "since": _AT},
        "suspended": 1,
        "replicas": [
            {"replica": "heyan-0", "revision": 7, "digest": _DIGEST, "since": _AT, "seen_at": _AT, "silent": False}
        ],
        "disagreeing": [],
    }
}
AUDIT: dict[str, Any] = {
    "published": {
        "entries": [
            {
                "number": 41,
                "at": _AT,
                "person": "李合规",
                "event": "revision.published",
                "subject": "7",
                "details": {"sha256": _DIGEST, "lexicon": _DIGEST, "change": _ID, "based_on": 6},
                "previous": "0" * 64,
                "hash": _DIGEST,
            }
        ],
        "next": 41,
        "more": False,
    }
}
_ERRORS: dict[str, Any] = {
    "OwnChange": ("自己提出的变更不能由自己审批，请另一个人处理。(the author never decides on a change)", []),
    "OneHand": (OneHand(Tie.DECIDING).detail, []),
    "UnknownChange": ("没有这个变更，可能已经删除。(there is no such change)", []),
    "UnknownMark": ("这个命中还没有人标成误命中。(nobody marked this finding as a false hit)", []),
    "UnknownRevision": ("没有第 9 版。(there is no such revision)", []),
    "WrongState": ("这个变更现在是“草稿”，不能这样处理。(the change is draft)", []),
    "InForce": ("现行规则和第 6 版一样，不用恢复。(the rules in force are these already)", []),
    "RulesMoved": (
        "别人也改了同样的规则，两边不能都算数。(another change touches the same rules)",
        [("promise.certain_to_be_paid_out:now", "另一边的写法 (text now)：\n- id: promise.certain_to_be_paid_out")],
    ),
}


def lexicon_examples() -> dict[str, Any]:
    """Every example by the name of its schema and its own."""
    shown: dict[str, dict[str, Any]] = {
        "ChangeRequest": {**DRAFTS, **EDITS},
        "ApprovalRequest": APPROVALS,
        "RejectionRequest": REJECTIONS,
        "CommentRequest": COMMENTS,
        "ReviewersRequest": REVIEWERS,
        "RestoreRequest": RESTORES,
        "TrialRequest": TRIALS,
        "TrialAnswer": TRIAL,
        "ChangeAnswer": CHANGE,
        "RulesAnswer": RULES,
        "RevisionsAnswer": REVISIONS,
        "RevisionAnswer": REVISION,
        "LexiconStatus": STATUS,
        "AuditAnswer": AUDIT,
        "ErrorAnswer": {
            name: {
                "error": name,
                "detail": detail,
                "fields": [{"field": field, "reason": reason} for field, reason in fields],
            }
            for name, (detail, fields) in _ERRORS.items()
        },
    }
    return {f"{schema}.{name}": {"value": value} for schema, values in shown.items() for name, value in values.items()}
