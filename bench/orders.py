"""Requests for the load: a turn through scenarios and generations, with facts and tags as an engine sends them."""

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

from guards.types import Generation

_FACTS: dict[str, dict[str, Any]] = {
    "acquisition": {
        "product": "应急贷",
        "credit_limit": "200000",
        "annual_rate": "3.6",
        "rate_method": "simple",
        "monthly_rate": "0.3",
        "approval_minutes": 10,
        "first_loan_discount": "50",
    },
    "bill_reminder": {"amount_due": "1234.5", "due_date": "2026-11-25", "min_payment": "123.45"},
    "collection_m1": {
        "amount_due": "3460",
        "due_date": "2026-11-10",
        "overdue_days": 10,
        "offers": ["deferral"],
        "deferral_periods": 2,
    },
}
_TAGS = {
    "acquisition": ["实时浏览应急贷", "咨询过利率"],
    "bill_reminder": ["工资晚发"],
    "collection_m1": ["没钱还", "问过延期"],
}


def orders(count: int) -> Iterator[dict[str, Any]]:
    """`count` different script requests that every gate lets pass."""
    moments = cycle([(scenario, generation) for generation in Generation for scenario in _FACTS])
    for number, (scenario, generation) in enumerate(islice(moments, count)):
        is_marketing = scenario == "acquisition"
        yield {
            "request_id": f"bench-{number}",
            "scenario": scenario,
            "call_time": "2026-11-20T10:05:00+08:00",
            "callee": {"role": "applicant" if is_marketing else "debtor", "identity_verified": not is_marketing},
            "customer": {
                "generation": generation.value,
                "tags": _TAGS[scenario],
                "is_student": False,
                "marketing_consent": True,
            },
            "facts": _FACTS[scenario],
        }
