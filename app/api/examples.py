"""Requests that the service accepts as they stand, and answers as it gives them: the description's examples."""

from datetime import date
from typing import Any

from app.api.accounts import account_examples
from app.api.contact_examples import CHANGES, CONTACTS, EVENTS, OPENED, OPENINGS, OPENINGS_ASKED
from app.api.decision_examples import decision_examples
from app.api.doors.schemas import door_examples
from app.api.lexicon_examples import lexicon_examples
from app.api.operations import error_examples
from app.api.turn_answers import CASE_REQUEST, TURN_REQUEST, case_example, turn_examples
from app.api.webhook_answers import webhook_examples
from app.api.wording_examples import wording_examples
from app.approved.facts import example_facts
from app.approved.vocabulary import ScenarioProfile, Vocabulary
from guards.types import Group

_DAY = date(2026, 11, 22)
_DIGEST = "7cd561d8c9ab906f54300ac7f9b76cfef4b0966d8072f8184b568e6e48193a04"
REVIEWS: dict[str, Any] = {
    "one_text": {
        "text": "我们这边百分百获批，无利息，卡号6222021234567890123",
        "scenario": "acquisition",
        "channel": "ai_voice",
        "stage": "body",
    },
    "several_texts": {"items": [{"text": "您好，请问是张先生吗？"}, {"text": "明天派人上门找你"}]},
}
REVIEW_ANSWERS: dict[str, Any] = {
    "one_text": {
        "action": "block",
        "findings": [
            {
                "rule": "promise.guaranteed_approval",
                "guard": "phrases",
                "action": "block",
                "reason": "对审批或放款结果作保证性承诺",
                "span": [4, 9],
                "replacement": None,
            },
            {
                "rule": "free_of_charge.no_interest",
                "guard": "phrases",
                "action": "block",
                "reason": "没有免息依据，或者没有同时说明免息天数和之后的年化利率",
                "span": [10, 13],
                "replacement": None,
            },
            {
                "rule": "personal_data.bank_card",
                "guard": "personal_data",
                "action": "mask",
                "reason": "话术中出现银行卡号，须遮盖后才能使用",
                "span": [16, 35],
                "replacement": "****0123",
            },
        ],
        "masked_text": "我们这边百分百获批，无利息，卡号****0123",
        "checked": ["phrases", "personal_data"],
        "policy_revision": 1,
        "policy_digest": _DIGEST,
    },
}
SCRIPT_ANSWERS: dict[str, Any] = {
    "do_not_call": {
        "script_id": "01KAHG3V5Z3Q4YB6N2T8W9X0CD",
        "request_id": "c-20261122-acquisition",
        "action": "do_not_call",
        "text": None,
        "segments": [],
        "delivery": None,
        "generation": "young",
        "strategy": None,
        "source": None,
        "verdict": {
            "action": "block",
            "findings": [
                {
                    "rule": "gate.opted_out",
                    "guard": "gates",
                    "action": "block",
                    "reason": "客户已经拒绝营销来电，不得再以同样方式联系",
                    "span": None,
                    "replacement": None,
                }
            ],
        },
        "attempts": 0,
        "policy_revision": 1,
        "policy_digest": _DIGEST,
        "prompt_version": None,
        "model": None,
        "events": [{"type": "opt_out", "scope": "marketing"}],
        "ignored_tags": [
            {"tag": "首次逾期", "reason": "no script was written"},
        ],
        "timing_ms": {"total": 0.4, "model": 0.0, "guards": 0.1},
    },
}


def examples(vocabulary: Vocabulary) -> dict[str, Any]:
    """Every example by the name of its schema and its own, as the description refers to it."""
    return {
        f"{schema}.{name}": {"value": value}
        for schema, values in (
            ("ScriptRequest", script_requests(vocabulary)),
            ("ScriptAnswer", SCRIPT_ANSWERS),
            ("ReviewRequest", REVIEWS),
            ("ReviewResult", REVIEW_ANSWERS),
            ("EventsRequest", EVENTS),
            ("OpeningRequest", OPENINGS),
            ("OpeningAnswer", {**OPENINGS_ASKED, **OPENED}),
            ("ContactAnswer", CONTACTS),
            ("ContactChangesAnswer", CHANGES),
            (TURN_REQUEST, turn_examples(vocabulary)),
            (CASE_REQUEST, {"overdue": case_example(vocabulary)}),
            *door_examples(case_example(vocabulary)).items(),
        )
        for name, value in values.items()
    } | {
        **error_examples(),
        **account_examples(),
        **lexicon_examples(),
        **decision_examples(),
        **wording_examples(),
        **webhook_examples(),
    }


def script_requests(vocabulary: Vocabulary) -> dict[str, Any]:
    """A request of each scenario with all its facts, which agree."""
    return {scenario.id.value: _request(scenario, vocabulary) for scenario in vocabulary.scenarios.values()}


def _request(scenario: ScenarioProfile, vocabulary: Vocabulary) -> dict[str, Any]:
    is_marketing = scenario.id.group is Group.MARKETING
    return {
        "request_id": f"c-20261122-{scenario.id.value}",
        "scenario": scenario.id.value,
        "channel": "ai_voice",
        "call_time": f"{_DAY}T10:05:00+08:00",
        "callee": {"role": "applicant" if is_marketing else "debtor", "identity_verified": not is_marketing},
        "customer": {
            "ref": "u-778",
            "age": 35,
            "region": "tier1",
            "tags": [],
            "surname": "张",
            "honorific": "先生",
            "is_student": False,
            "marketing_consent": True,
            "opted_out": False,
            "pii": {"name": "张三", "mobile": "13812345678"},
        },
        "history": {"connected_calls_today": 0, "attempts_today": 1},
        "facts": example_facts(scenario, vocabulary, _DAY),
        "options": {"candidates": 4, "deadline_ms": 1500, "source": "auto"},
    }
