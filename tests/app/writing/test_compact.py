"""The compact prompt: one fixed order, no free text."""

import re
from dataclasses import replace

from app.approved.brief import Brief
from app.writing.prompt import BODY, START, control, render_compact, slot_token
from guards.types import Generation, Scenario
from tests.app.conftest import TakeOrder
from tests.app.examples import SPOKEN, script_request

BRIEF = Brief(
    Scenario.COLLECTION_M1,
    Generation.SENIOR,
    "soothe_and_plan",
    ("no_money", "asked_deferral"),
    ("应还金额", "到期日"),
    ("还款渠道", "产品名"),
    "deferral",
)


def test_everything_in_its_place() -> None:
    assert render_compact(BRIEF) == (
        "<|heyan|><|scenario:collection_m1|><|generation:senior|><|strategy:soothe_and_plan|>"
        "<|tag:no_money|><|tag:asked_deferral|><|offer:deferral|>"
        "<|need:到期日|><|need:应还金额|><|may:产品名|><|may:还款渠道|><|body|>"
    )


def test_the_order_of_slots_does_not_matter() -> None:
    turned = replace(BRIEF, slots=BRIEF.slots[::-1], optional_slots=BRIEF.optional_slots[::-1])
    assert render_compact(turned) == render_compact(BRIEF)


def test_every_attribute_matters() -> None:
    others = [
        replace(BRIEF, scenario=Scenario.COLLECTION_M2),
        replace(BRIEF, generation=Generation.YOUNG),
        replace(BRIEF, strategy="plan_plain"),
        replace(BRIEF, tags=()),
        replace(BRIEF, slots=("应还金额",)),
        replace(BRIEF, optional_slots=()),
        replace(BRIEF, offer=None),
    ]
    assert len({render_compact(brief) for brief in (BRIEF, *others)}) == len(others) + 1


def test_nothing_but_control_tokens(take: TakeOrder) -> None:
    for scenario in SPOKEN:
        prompt = render_compact(take(script_request(scenario, customer={"tags": ["county"]})).plan.brief)
        assert re.fullmatch(r"(?:<\|[a-z_0-9]+(?::[a-z0-9_\u4e00-\u9fff]+)?\|>)+", prompt)
        assert prompt.startswith(START)
        assert prompt.endswith(BODY)


def test_tokens() -> None:
    assert control("tag", "first_loan") == "<|tag:first_loan|>"
    assert slot_token("年化利率") == "{年化利率}"
