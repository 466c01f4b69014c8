"""Requests about decisions that are accepted as they stand, and answers as they are given."""

from typing import Any

_FOUND = {
    "rule": "promise.guaranteed_approval",
    "guard": "phrases",
    "action": "block",
    "reason": "对审批或放款结果作保证性承诺",
    "span": [4, 9],
    "replacement": None,
}
_SUMMARY: dict[str, Any] = {
    "script_id": "01KAHG3V5Z3Q4YB6N2T8W9X0CD",
    "kind": "review",
    "request_id": None,
    "created_at": "2026-11-22T02:05:31Z",
    "scenario": "acquisition",
    "channel": "ai_voice",
    "generation": None,
    "strategy": None,
    "action": "block",
    "source": None,
    "policy_revision": 7,
    "policy_digest": "5f" * 32,
    "prompt_version": None,
    "model": None,
    "text": "我们这边百分百获批",
    "findings": [_FOUND],
    "erased_at": None,
}
MARKS: dict[str, Any] = {
    "wrong": {"finding": 0, "mark": "false_hit", "note": "客户原话的引用"},
    "right": {"finding": 0, "mark": "true_hit"},
}
_MARK = {
    "id": "01KAHG3V5Z3Q4YB6N2T8W9X0CF:0",
    "finding": 0,
    "rule": _FOUND["rule"],
    "mark": "true_hit",
    "note": "",
    "person": "李合规",
    "at": "2026-11-23T02:05:31Z",
}
_WHOLE = {
    **_SUMMARY,
    "request": {"stage": None, "callee": None},
    "answer": {
        "action": "block",
        "findings": [_FOUND],
        "masked_text": "我们这边百分百获批",
        "checked": ["phrases", "personal_data"],
        "policy_revision": 7,
        "policy_digest": "5f" * 32,
    },
    "tags": [],
    "offer": None,
    "body": None,
    "rejected": [],
    "events": [],
    "timing_ms": {"guards": 0.4},
    "marks": [_MARK],
}
_QUALITY = {
    "rule": _FOUND["rule"],
    "hits": [{"days": 7, "returned": 1, "rejected": 12}, {"days": 30, "returned": 4, "rejected": 51}],
    "marks": {"true_hit": 3, "false_hit": 1},
    "precision": {"value": 0.75, "low": 0.3006, "high": 0.9544, "findings": 4},
    "latest": [_SUMMARY],
}
SHOWN: dict[str, dict[str, Any]] = {
    "MarkRequest": MARKS,
    "MarkAnswer": {"right": _MARK},
    "DecisionsAnswer": {"one": {"items": [_SUMMARY], "next": None}},
    "DecisionAnswer": {"review": _WHOLE},
    "ErasedAnswer": {"some": {"erased": 12}},
    "QualityAnswer": {"some_marks": _QUALITY},
    "ErrorAnswer": {
        "ErasedDecision": {
            "error": "ErasedDecision",
            "detail": "this was answered before, and what was answered has been erased",
            "fields": [],
        },
        "UnknownDecision": {"error": "UnknownDecision", "detail": "there is no such decision", "fields": []},
    },
}


def decision_examples() -> dict[str, Any]:
    """Every example by the name of its schema and its own."""
    return {f"{schema}.{name}": {"value": value} for schema, values in SHOWN.items() for name, value in values.items()}
