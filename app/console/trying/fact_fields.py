"""Facts in forms: a field for each that fits a scenario, what was typed as a request has it, what is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.approved.vocabulary import FactSpec, Vocabulary
from app.console.frame.forms import Form
from app.console.frame.rendering import FieldError
from app.errors import FieldProblem
from app.talks.words import FACT_CHOICES, FACT_UNITS
from guards.types import Scenario

PREFIX = "fact-"
_KINDS = {"date": "date", "time": "datetime-local", "choice": "choice", "choices": "choices"}
_CHINA = "+08:00"
_SEPARATORS = re.compile(r"[,，、\s]+")
_WRONG = (
    (r"is required$", "这一项必填。"),
    (r"is required beside monthly_payment: ", "填了月还款，就要填借款本金。"),
    (r"is required beside monthly_payment, unless", "填了月还款，就要填它是多少期的。"),
    (r"is how facts\.\S+ is read aloud, which is absent", "填了读法，就要填这个名称本身。"),
    (r"must be above (\S+)$", "要大于 {0}。"),
    (r"must be (\S+) or more$", "不能小于 {0}。"),
    (r" is for (\d+) to (\d+) days overdue$", "这个场景是逾期 {0} 到 {1} 天的，请改天数，或者换一个场景。"),
    (r"may be (\S+) at most, what is due", "不能超过应还金额 {0} 元。"),
    (r"may be (\S+) at most, the cap", "不能超过 {0} 元，这是一个人最高的额度。"),
    (r"may be (\S+) at most, the limit of credit", "不能超过额度 {0} 元。"),
    (r"must be left out; it is the day", "还没有到期，请不填逾期天数。"),
    (r"must be (\d+); it is the day", "应当是 {0}：通话那天减去到期日。"),
    (r"must be from (\S+) to (\S+): a bill", "应当在 {0} 到 {1} 之间：到期以后不再提醒账单。"),
    (r"must be before (\S+), the day of the call", "应当早于通话那天（{0}）：没有到期的不催收。"),
    (r"must not be before (\S+), the day of the call", "不能早于通话那天（{0}）：结束了的活动不说。"),
    (r"must be (\S+): a twelfth", "应当是 {0}：年化利率的十二分之一。"),
    (r"must be one of terms \(which are missing\)", "请先填期数。"),
    (r"must be one of terms \((.+)\)", "应当是期数里的一个：{0}。"),
    (
        r"must be (\S+) or (\S+): what follows",
        "应当是 {0} 元（单利）或 {1} 元（内部收益率）：由本金、年化利率和期数算出来。",
    ),
    (r"must be (\S+): what follows", "应当是 {0} 元：由本金、年化利率、计息口径和期数算出来。"),
    (r"must not be after \S+, the time of the call", "不能晚于通话时间。"),
    (r"must not be before (\S{10})T(\d\d:\d\d)\S*: the facts are too old", "数据太旧了，不能早于 {0} {1}。"),
    (r"^no fact of ", "这个场景用不上这个事实。"),
)
"""What is wrong with a fact beyond its type, as the vocabulary says it, and as an officer reads it."""
_EXPECTED = {
    "decimal": "请填数字，不带单位和逗号，例如 {example}。",
    "integer": "请填整数，例如 {example}。",
    "integers": "请填整数，几个之间用逗号隔开，例如 12，24。",
    "date": "请填日期，例如 {example}。",
    "time": "请填日期和时间。",
    "choice": "请从里面选一个。",
    "choices": "请从里面选。",
    "text": "请填 1 到 40 个字，只用文字、数字和“（）·-.”。",
}


@dataclass(frozen=True, slots=True)
class FactField:
    """A field. `kind`: `text`, `date`, `datetime-local`, `choice` or `choices`."""

    name: str
    label: str
    kind: str
    values: Sequence[str]
    options: Sequence[tuple[str, str]]
    is_required: bool


def fact_fields(vocabulary: Vocabulary, scenario: Scenario, values: Mapping[str, Sequence[str]]) -> list[FactField]:
    """The fields of a scenario, those that are required first; `values`: what stands in each."""
    profile = vocabulary.scenarios[scenario]
    return [
        _field(vocabulary.facts[name], values.get(name, ()), is_required=name in profile.required_facts)
        for name in (*profile.required_facts, *profile.optional_facts)
    ]


def typed_facts(form: Form) -> dict[str, list[str]]:
    """What stands in the fields of a form, by the names of the facts."""
    names = [name for name in dict.fromkeys(form.data) if name.startswith(PREFIX)]
    return {name.removeprefix(PREFIX): [value for each in form.all(name) if (value := each.strip())] for name in names}


def example_values(facts: Mapping[str, Any]) -> dict[str, list[str]]:
    """Facts in the form of a request, as they stand in fields."""
    values = {
        name: [str(one) for one in value] if isinstance(value, list) else [str(value)] for name, value in facts.items()
    }
    if "as_of" in values:
        values["as_of"] = [values["as_of"][0][: len("2026-11-29T00:00")]]
    return values


def request_facts(vocabulary: Vocabulary, scenario: Scenario, values: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What was typed in the form of a request, as far as the scenario knows it; what is empty is left out."""
    profile = vocabulary.scenarios[scenario]
    names = (*profile.required_facts, *profile.optional_facts)
    return {name: _given(vocabulary.facts[name], values[name]) for name in names if values.get(name)}


def fact_errors(problems: Sequence[FieldProblem], vocabulary: Vocabulary) -> list[FieldError]:
    """What is wrong with facts, each beside its field: the first of several problems, which is behind the others."""
    first: dict[str, FieldProblem] = {}
    for problem in problems:
        first.setdefault(problem.field, problem)
    return [_error(problem, vocabulary) for problem in first.values()]


def _error(problem: FieldProblem, vocabulary: Vocabulary) -> FieldError:
    name = problem.field.removeprefix("facts.")
    spec = vocabulary.facts.get(name)
    if spec is None:
        return FieldError(None, "有不认识的事实，请刷新页面再填。")
    return FieldError(f"{PREFIX}{name}", f"{spec.label}：{_told(problem.reason, spec)}")


def _told(reason: str, spec: FactSpec) -> str:
    for pattern, told in _WRONG:
        if found := re.search(pattern, reason):
            return told.format(*found.groups())
    if "expected" not in reason:
        return "和别的事实、通话时间或者设置对不上，请核对。"
    if spec.spoken_of:
        return "请用汉字写出怎么读，停顿用“，”或者“、”。"
    if spec.digits:
        least, most = spec.digits
        return f"请填 {least} 位数字。" if least == most else f"请填 {least} 到 {most} 位数字。"
    return _EXPECTED.get(spec.type, "填得不对，请核对。").format(example=spec.example)


def _field(spec: FactSpec, values: Sequence[str], *, is_required: bool) -> FactField:
    unit = FACT_UNITS.get(spec.unit or "")
    label = f"{spec.label}（{unit}）" if unit else spec.label
    shown = ["，".join(values)] if spec.type == "integers" else list(values)
    options = [(choice, FACT_CHOICES.get(choice, choice)) for choice in spec.choices or ()]
    return FactField(f"{PREFIX}{spec.name}", label, _KINDS.get(spec.type, "text"), shown, options, is_required)


def _given(spec: FactSpec, values: Sequence[str]) -> Any:
    match spec.type:
        case "choices":
            return list(values)
        case "integers":
            return [one for one in _SEPARATORS.split(values[0]) if one]
        case "time":
            return values[0] if "+" in values[0] else f"{values[0]}{_CHINA}"
        case _:
            return values[0]
