"""Figures of the debt or the offer that are said as estimates: 应还大约1234.5元, 年化利率不到4%.

Talk is full of estimates of other things (走一百多米, 话费还有一百多). Where a case has facts, any amount may be one of
them. Without facts an amount counts where its sentence speaks of the debt, and a rate where it speaks of interest.
"""

import re
from collections.abc import Iterator, Sequence

from guards.grounding.rates import is_share
from guards.lexicon.numbers import SUBJECTS, NumberRule
from guards.numbers.scan import Number
from guards.numbers.units import PRICED, RATES
from guards.text.bystanders import is_beside
from guards.text.sentences import FOLDED_SENTENCE_END, Sentences
from guards.types import Act, Case, Finding, Group, Quantity

_OF_DEBTS = re.compile(
    "还(?![有是没能可会])|欠|账单|本金|[利罚]息|违约金|滞纳金|每期|[这本上下]期|月供|结清|剩余|减免|逾期|分期|借(?!记)|额度|最低|[一总]共|总额|合计|费用|负债|首付|差[个这]|[您你]那|还剩|剩[几一]|调到|是几[千万]|晚[几一两]天|[就多]几[毛块]"
)
_OF_INTEREST = re.compile("[利息]|年化|费率|成本|借(?!记)|贷(?!记)|折算?[成为]")
_OF_OTHERS = re.compile("工资|(?<![您你])(?:收入|挣)|便宜了|流水|压岁钱|房租|话费|公里|买(?!单)|卖")

_BYSTANDERS = frozenset({Act.MUSES, Act.TELLS})
_ALONE = 4
"""With so few characters around it a figure is an answer, to what was asked before."""


def judged_estimates(text: str, estimates: Sequence[Number], case: Case, rule: NumberRule) -> Iterator[Finding]:
    """Findings on the estimates of what must be said exactly."""
    if case.scenario is None:
        return
    exact = RATES if case.scenario.group is Group.MARKETING else PRICED
    sentences = Sentences(text, FOLDED_SENTENCE_END)
    for number in estimates:
        if number.quantity not in exact or is_share(number):
            continue
        if case.facts is not None or _matters(number, sentences):
            yield rule.find(number.span, SUBJECTS[number.quantity])


def _matters(number: Number, sentences: Sentences) -> bool:
    if is_beside(sentences.text, number.span, _BYSTANDERS):
        return False
    place = sentences.around(number.span)
    said = sentences.text[place.start : place.end]
    if len(said) <= len(number.text) + _ALONE:
        return True
    if number.quantity is Quantity.MONEY:
        return _OF_DEBTS.search(said) is not None and _OF_OTHERS.search(said) is None
    return number.quantity is not Quantity.RATE or _OF_INTEREST.search(said) is not None
