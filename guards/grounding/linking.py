"""Whether a name ahead of a figure reaches it: in one breath, across a pause or an aside, out of a question."""

import re

from guards.grounding.name_search import Name
from guards.text.sentences import FOLDED_SENTENCE_END

PAUSES = re.compile("[，,、]")
_BREATH, _HALF_BREATH, _ASIDE = 14, 12, 16
_FILLER = (
    "(?:额度?|金额|的|数额?|钱数?|那?部分|标准|那?个|档|款项|呢|的话|吧|嘛|啊|哈|呀|嗯|这边|这块|方面"
    "|这?一?项|上|是|这样|:)"
)
AFTER_NAME = re.compile(f"{_FILLER}{{0,4}}")
_COPULA = re.compile(
    "(?:[您我]|这[期次个]?|本[期次]|后面|目前|现在|今天|数[目额]?|金额|钱数|一共|总共|其实|实际上?|应该|准确地?说|的){0,3}"
    "(?:[就也才只正刚]好?){0,2}(?:写的是|写着|算下来|[是为有得共要需:]|只有|只要|等于){0,2}"
)
_SAYS = re.compile("[^，,、]{0,8}(?:是|为|:|显示|写着|有|要|得|需要?|准备|拿|共|达到?|到了?|就|才)")
_TOLD = re.compile(
    "(?:我|您|咱|给您|跟您|帮您|听|麻烦|这边|系统)[^，,]*(?:(?<!再)说|讲|报|看|查|算|核|念|听|记|告|确认|瞧)"
)
_RECKONED = re.compile("(?:来)?算")
_TO_PAY = re.compile("(?:一共|总共)?(?:需要?|要|得|应|该)?还的?(?:是|为)?")
_ASKS = re.compile("多少|多久|多长|多大|几|哪|什么|啥|咋算|怎么算")
_ASKED = re.compile("(?:是|有|要|得)?(?:多少|几|哪|什么时候).{0,4}|是?[吗吧]|对[吗吧]|[是为]|(?:那个?)?呢")
_TAG = re.compile("[，,](?:是吗|是吧|对吗|对吧|是不是|对不对)$")
_ANNOUNCED = 10
_SET_APART = re.compile(
    "(?:不是|并非|不谈|不说|不用|不必|不想|不还|还不起|不算|别管|没法|不够|不提|不止|(?<!要)不要)"
    "(?:您|的|这期|本期|全部?)?$"
)


def link(text: str, name: Name, start: int) -> bool | None:
    """Whether a name is linked to the figure that begins at `start`: in one breath (True), across a pause (False)."""
    ends = [*FOLDED_SENTENCE_END.finditer(text, name.end, start)]
    if ends:
        is_one = len(ends) == 1 and ends[0][0] != ";"
        return _across_sentences(text, name, ends[0].start(), start) if is_one else None
    pauses = [*PAUSES.finditer(text, name.end, start)]
    if not pauses:
        return True if start - name.end <= (3 if _is_set_apart(text, name) else _BREATH) else None
    if len(pauses) > 3 or _is_set_apart(text, name):
        return None
    first, last = text[name.end : pauses[0].start()], text[pauses[-1].end() : start].strip()
    if len(pauses) > 1:
        aside = text[pauses[0].end() : pauses[-1].start()]
        return False if _is_aside(first, aside, last) else None
    return False if _goes_on(first, last) else None


def _is_set_apart(text: str, name: Name) -> bool:
    return _SET_APART.search(text, max(0, name.start - 8), name.start) is not None


def _across_sentences(text: str, name: Name, end: int, start: int) -> bool | None:
    """应还多少？9665.18元, and 您问全额得多少是吧？得9665.18元."""
    first, second = text[name.end : end], text[end + 1 : start].strip("\n ")
    is_asked = _ASKS.search(text, _begins(text, name.start), end) and not PAUSES.search(_TAG.sub("", first))
    if is_asked and len(first) <= _HALF_BREATH:
        answer = PAUSES.split(second, maxsplit=1)[-1]
        return False if _COPULA.fullmatch(answer) or _SAYS.fullmatch(answer) else None
    if len(first) > _HALF_BREATH or PAUSES.search(first):
        return None
    if second:
        return False if _COPULA.fullmatch(second) else None
    announced = not first and name.end - _begins(text, name.start) <= _ANNOUNCED
    return False if announced or _ASKED.fullmatch(first) else None


def _is_aside(first: str, aside: str, last: str) -> bool:
    """滞纳金呢，我查了一下，是181.70元: what stands between is talk about the saying."""
    if len(aside) > _ASIDE or not (AFTER_NAME.fullmatch(first) or _ASKS.search(first)) or len(first) > _HALF_BREATH:
        return False
    if last:
        return bool(_COPULA.fullmatch(last) or _SAYS.fullmatch(last))
    return _TOLD.search(aside) is not None


def _goes_on(first: str, second: str) -> bool:
    """Whether a clause that begins after the only pause goes on with what was named before it."""
    if second and len(first) <= _HALF_BREATH and _COPULA.fullmatch(second):
        return True
    if _RECKONED.fullmatch(first):  # 按最低还款算，这期还181.70元
        return len(second) <= _HALF_BREATH
    if _ASKS.search(first) and len(first) <= _HALF_BREATH:  # 您要问还完要多少，那就是9665.18元
        return not second or _SAYS.fullmatch(second) is not None
    if not AFTER_NAME.fullmatch(first):
        return False
    return not second or bool(_TO_PAY.fullmatch(second) or _SAYS.fullmatch(second))


def _begins(text: str, at: int) -> int:
    """Where the clause of a place begins."""
    return max(text.rfind(mark, 0, at) for mark in "，,。！？；!?;\n") + 1
