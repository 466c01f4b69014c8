"""What the guards remember when a request is over: nothing that came with it."""

import gc
import re
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

from guards.personal_data.masking import mask
from guards.policy import Policy
from guards.script import Script, Segment
from guards.types import Callee, Case, Channel, Fact, Quantity, Role, Scenario, Stage

_CODE = (FunctionType, BuiltinFunctionType, MethodType, ModuleType)
CUSTOMERS = [
    {
        "name": "欧阳瑛",
        "mobile": "13986425790",
        "birthday": "1987-04-19",
        "address": "沧浪区桐泾路97号",
        "email": "ouyang.y97@qq.com",
        "product": "瑛享贷97",
        "amount": "8642.97",
    },
    {
        "name": "司徒铮",
        "mobile": "13864209751",
        "birthday": "1993-08-26",
        "address": "鼓楼区湛山路64号",
        "email": "situ.z64@qq.com",
        "product": "铮享贷64",
        "amount": "9753.64",
    },
]


def review(policy: Policy, customer: dict[str, str]) -> int:
    """Examine and mask a script that says all of a customer, in both forms; the number of findings."""
    values = {kind: customer[kind] for kind in ("name", "mobile", "birthday", "address", "email")}
    number = "9753" if customer is CUSTOMERS[-1] else "8642"
    text = (
        f"{customer['name']}您好，situ zheng，生日{values['birthday']}，手机{values['mobile']}，住{values['address']}，"
        f"邮箱{values['email']}，{customer['product']}应还{customer['amount']}元，百分之{number}，{number}%。"
    )
    script = Script((Segment(Stage.BODY, text, text.replace("@", "艾特").replace("%", "个百分点")),))
    facts = (
        Fact("product", Quantity.TEXT, customer["product"]),
        Fact("amount_due", Quantity.MONEY, Decimal(customer["amount"])),
    )
    case = Case(
        Scenario.COLLECTION_M1,
        Channel.AI_VOICE,
        Callee(Role.DEBTOR),
        facts=facts,
        known_personal_data=values,
        today=date(2026, 11, 22),
    )
    findings = [
        finding
        for stage in (None, Stage.BODY)
        for finding in policy.panel.examine(script, replace(case, stage=stage)).findings
    ]
    policy.personal_data.masked(mask(text, [finding for finding in findings if finding.replacement]), case)
    return len(findings)


def held(policy: Policy) -> set[str]:
    """Every string longer than a character that lives as long as the process: in the policy, in whatever modules of the
    guards hold, caches of functions among it, and in the patterns that `re` keeps.
    """
    modules = [vars(module) for name, module in sys.modules.items() if name.split(".")[0] == "guards"]
    patterns = [cache for name in ("_cache", "_cache2") if (cache := getattr(re, name, None)) is not None]
    waiting: list[object] = [policy, *patterns, *(value for module in modules for value in module.values())]
    seen: set[int] = set()
    found: set[str] = set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            if len(each) > 1:
                found.add(each)
        elif id(each) not in seen and not _is_code(each):
            seen.add(id(each))
            waiting.extend(gc.get_referents(each))
    return found


def _is_code(thing: object) -> bool:
    return isinstance(thing, _CODE) or (isinstance(thing, type) and not thing.__module__.startswith("guards"))


def test_nothing_of_a_request_outlives_it(policy: Policy) -> None:
    first, last = CUSTOMERS
    assert review(policy, first) > 5
    before = held(policy)
    assert {"包过", "zhong"} <= before, "rules and tables are seen, so a customer's words would be"
    assert review(policy, last) > 5
    gc.collect()
    assert held(policy) - before == set()
