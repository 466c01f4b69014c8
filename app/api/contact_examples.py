"""Requests about contacts that are accepted as they stand, and answers as they are given."""

from typing import Any

_SAID = "2026-11-22T02:05:31+00:00"
_OPT_OUT = {"type": "opt_out", "scope": "marketing", "since": _SAID, "latest": _SAID, "source": "api"}
_CLOSED = [
    {"scenario": scenario, "channel": None, "roles": None, "action": "do_not_call", "rule": "gate.opted_out"}
    for scenario in ("acquisition", "activation")
]
_ASKED = {
    "type": "opt_out",
    "person": "li.na",
    "reason": "客户书面要求恢复营销来电",
    "at": "2026-12-01T01:00:00+00:00",
}
EVENTS: dict[str, Any] = {
    "one_event": {"type": "opt_out", "scope": "marketing"},
    "all_of_a_call": {
        "events": [
            {"type": "opt_out", "scope": "marketing", "at": "2025-11-22T10:05:31+08:00"},
            {"type": "callback", "at": "2026-11-23T10:00:00+08:00"},
            {"type": "promise_to_pay", "date": "2026-11-30", "amount": "500.00"},
            {"type": "complaint", "remembered": False},
        ]
    },
}
CONTACTS: dict[str, Any] = {
    "opted_out": {"ref": "u-778", "events": [_OPT_OUT], "closed": _CLOSED, "asked": []},
    "unknown": {"ref": "u-779", "events": [], "closed": [], "asked": []},
}
OPENINGS: dict[str, Any] = {"customer_wrote": {"reason": "客户书面要求恢复营销来电"}}
OPENINGS_ASKED: dict[str, Any] = {
    "asked": {"state": "asked", "ref": "u-778", "events": [_OPT_OUT], "closed": _CLOSED, "asked": [_ASKED]},
}
OPENED: dict[str, Any] = {"opened": {"state": "opened", "ref": "u-778", "events": [], "closed": [], "asked": []}}
CHANGES: dict[str, Any] = {
    "closed": {
        "changes": [
            {
                "ref_digest": "5f" * 32,
                "type": "opt_out",
                "scope": "marketing",
                "change": "closed",
                "at": _SAID,
                "source": "call",
                "request_id": "c-20261122-000123",
            }
        ],
        "next": "c1",
        "more": False,
    },
}
