"""Decisions as the service records them, small."""

import json
from collections.abc import Callable
from typing import Any

from app.records import Decision, Kind

LEXICON = {
    "promise.yaml": "family: promise\nrules:\n  - id: promise.approval\n    title: 承诺\n    phrases: [必批]\n".encode()
}
_POLICY: dict[str, Any] = {"policy_revision": 1, "policy_digest": "5f" * 32}


def _finding(rule: str, action: str) -> dict[str, Any]:
    return {"rule": rule, "guard": "phrases", "action": action, "reason": "原因", "span": [0, 2], "replacement": None}


def review(make_decision: Callable[..., Decision], **values: Any) -> Decision:
    """A text that was stopped."""
    findings = [_finding("promise.approval", "block")]
    answer = {"action": "block", "findings": findings, "masked_text": "必批", **_POLICY}
    return make_decision(
        kind=Kind.REVIEW,
        action="block",
        text="必批",
        findings=tuple(findings),
        answer=json.dumps(answer).encode(),
        **_POLICY,
        **values,
    )


def script(make_decision: Callable[..., Decision], **values: Any) -> Decision:
    """A script that may be said, and a candidate that may not."""
    findings, text = [_finding("personal_data.mobile", "mask")], "您好，电话138****5678"
    script_id = "01KSCRIPT"
    answer = {
        "script_id": script_id,
        "request_id": "c-1",
        "action": "speak",
        "text": text,
        "verdict": {"action": "mask", "findings": findings},
        **_POLICY,
    }
    return make_decision(
        script_id=script_id,
        request_id="c-1",
        text=text,
        findings=tuple(findings),
        rejected=(_finding("promise.approval", "block"),),
        answer=json.dumps(answer).encode(),
        model="heyan-mini",
        prompt_version="script.v1",
        **_POLICY,
        **values,
    )
