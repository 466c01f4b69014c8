"""Skeletons: bodies with named slots instead of figures, checked before the slots are filled."""

import re
from collections.abc import Sequence

from app.approved.brief import Brief
from app.approved.vocabulary import REPLY
from guards.types import Channel, Group

SLOT = re.compile(r"\{([^{}]*)\}")
_FORBIDDEN = re.compile(r"[^\u4e00-\u9fff，。！？、：；{}AP]|\d")
_ENDS = "。！？"
_SENTENCE = re.compile(r"[^。！？]*[。！？]")
_DEBT_FACTS = frozenset({"应还金额", "到期日", "逾期天数"})
_REMEDY_FACTS = frozenset({"延期期数", "最低还款"})
_REMEDY = re.compile("(?:可以|能|可)申请|申请(?:延期|分期|减免)|先还(?:一部分|一些|最低)")
ANNUAL_RATE = "年化利率"
"""The slot of the annual rate, which marketing always says."""
_AFTER_ANNUAL_RATE = frozenset({"月利率", "月还款"})
_MACHINE = "人工|语音助手|机器|程序|电脑"
_UNFIT = {
    Channel.HUMAN_AGENT: re.compile(_MACHINE),
    Channel.SMS: re.compile(
        _MACHINE
        + "|听|电话|通话|来电|这通|我[再慢]?[讲说念]|慢慢[讲说]|[讲说]完|(?<![跟和])您慢?[讲说](?!明)|唠|打扰|接着说|挂"
        "|长话短|大白话|家常话|坐下来|歇着|停下来问"
    ),
}
MAX_CHARACTERS = 400
_FULL_WIDTH = str.maketrans(",?!:;", "，？！：；")


def slots_in(skeleton: str) -> list[str]:
    """The names of the slots in order of appearance, repetitions included."""
    return SLOT.findall(skeleton)


def sentences(skeleton: str) -> list[str]:
    """The sentences of a skeleton, without an unfinished one at its end."""
    return _SENTENCE.findall(skeleton)


def said_once(skeleton: str) -> str:
    """A skeleton without its repeated sentences; unchanged if it does not consist of finished sentences."""
    said = sentences(skeleton)
    return "".join(dict.fromkeys(said)) if "".join(said) == skeleton else skeleton


def tidy(text: str) -> str:
    """A model's answer without what instruct models put around it: reasoning, quotation marks, spaces, labels."""
    text = re.sub(r"<think>.*?</think>", "", text, flags=re.DOTALL)
    text = re.sub(r"^\s*(?:正文|话术|回答|输出)[：:]", "", text.strip())
    text = re.sub(r"[\s\u3000]+", "", text).strip("“”\"'「」『』`*")
    return text.translate(_FULL_WIDTH)


def problems_of(skeleton: str, brief: Brief) -> Sequence[str]:
    """What makes a skeleton unusable for a brief, each problem worded as a hint for the next attempt; empty if none."""
    problems = []
    if not skeleton:
        return ["正文是空的"]
    if len(skeleton) > MAX_CHARACTERS:
        problems.append("正文太长")
    if skeleton[-1] not in _ENDS:
        problems.append("最后一句没有说完，要用句号或问号结尾")
    used = slots_in(skeleton)
    bare = SLOT.sub("", skeleton)
    if "{" in bare or "}" in bare:
        problems.append("槽位的花括号不成对")
    if _FORBIDDEN.search(bare):
        problems.append("正文里有数字、字母或不该有的符号，数字只能用槽位表示")
    if not brief.allowed_slots.issuperset(used):
        # Not quoted: a model may put anything between braces, and problems are recorded and sent to models as hints.
        problems.append("用了没有给出的槽位，只能用给出的槽位")
    problems += [f"缺少槽位{{{name}}}" for name in brief.slots if name not in used]
    problems += order_problems(skeleton, brief)
    return problems


def channel_problems(skeleton: str, channel: Channel) -> Sequence[str]:
    """What makes a skeleton unusable in a channel: words of a machine spoken by a person, or of a call in a message."""
    unfit = _UNFIT.get(channel)
    return [f"这个渠道不能说“{match[0]}”"] if unfit and (match := unfit.search(skeleton)) else []


def order_problems(skeleton: str, brief: Brief) -> list[str]:
    """The broken rules of order: the annual rate first in marketing (rate.annual_first), the matter in collection.

    A reply in collection says no matter, and answers at once.
    """
    group = brief.scenario.group
    if group is Group.MARKETING:
        for name in slots_in(skeleton):
            if name == ANNUAL_RATE:
                return []
            if name in _AFTER_ANNUAL_RATE:
                return ["先说{年化利率}，再说每月的数"]
    if group is Group.COLLECTION and brief.strategy != REPLY:
        for sentence in sentences(skeleton):
            used = set(slots_in(sentence))
            if _DEBT_FACTS & used:
                return []
            if _REMEDY_FACTS & used or _REMEDY.search(sentence):
                return ["先说是哪一笔、多少钱，再说办法"]
    return []


def satisfies_order(beginning: str, brief: Brief) -> bool:
    """Whether nothing that follows this beginning can break the rules of order."""
    used = set(slots_in(beginning))
    if brief.scenario.group is Group.COLLECTION:
        return brief.strategy == REPLY or bool(_DEBT_FACTS & used)
    return brief.scenario.group is not Group.MARKETING or ANNUAL_RATE in used
