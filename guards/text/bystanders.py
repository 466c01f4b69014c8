"""Sentences that no seller says to a customer: somebody's own question or wish, and news of people not on the line.

宽限那两天收利息不 promises nothing, and neither does 法院认定这份假流水. Both are told by who is named: nobody is
addressed, the speaker does nothing for anybody, and the words are those of somebody who asks, or of a reporter. In
doubt the seller said it.
"""

import re

from guards.text.negation import place_of
from guards.types import Act, Span

_ADDRESSED = re.compile(
    "[您你](?!们)|咱|我们(?!家|村|厂|单位|学校|小区|班)|本公司|我司|我这[边里儿]|[这]边|[给帮替让叫](?:大家|客户)|客户|老板|哥|姐|亲"
)
_OFFERS = re.compile(
    "保证|包[过批]|放心|尽管|马上|立刻|立马|赶紧|快|来吧|办吧|吧[?？!！。]?$|[想要]不[想要]|好不好|怎么样|如何|考虑|试试|不打紧|没事|没关系|不要紧|[就也都]行|照样|[也都]能|还能[叫算]|[讲说聊][讲说聊]|难道|哪有|怎么能|^想|有没有(?:想|打算|兴趣)|不如|何不|为什么不|干嘛不|怎么不"
    "|有(?:什么)?想(?:问|了解)|还有(?:什么)?(?:问题|疑问)|听(?:清|得|明)|[，,][^，,]{0,4}(?:明白|清楚|方便|可以|行|好|需要)吗"
)
_ASKED = re.compile(
    "(?:吗|么(?<!什么)(?<!怎么)|(?<![要好行对])不|没有?|呢|行不行|中不中|可不可以)[?？]?$"
    "|[?？]$"
    "|(?:能不能|会不会|是不是|有没有|算不算|收不收|查不查|上不上|可不可以|为什么|为啥|怎么(?:算|收|才|这么|又|会|办理)|(?<![没了])多少(?:[钱合]|$)|谁出)"
)
_ONESELF = re.compile(
    "(?:^|[，,])(?:那|要是|可|可是|其实|但|就|现在|寻思)?(?:我|俺)"
    "(?:就|也|还|只|是|真|都)?(?:寻思|拿[去来]|想(?![跟给请提问])|要是|打算|一?个月|手[上头里]|八十|今年|有一张|儿子|女儿|朋友|爱人|老公|老婆|爸|妈|哥们"
    "|(?:的)?(?:信用卡|征信|工资|收入|房贷|车贷|贷款|额度)|(?:每个?|一个?)月)"
    "|[让叫](?:我|俺)|替(?:我|俺)|要是(?:我|俺)|(?:我|俺)得(?:替|去)"
)
_NOTED = re.compile(
    "法院|法官|判决|判刑|庭审|被告|原告|案件|检察|警方|公安|民警|某[地市县男女公家银]|一名|两名|一伙|团伙|(?:男|女)子|主犯|罚单"
    "|民法典|条例|办法规定|法规|新闻|报纸|电视|节目|小说|书里|电影|游戏里|电视剧|央行|人民银行|监管|专项治理|普法"
)
_BESIDE = frozenset({Act.MUSES, Act.TELLS})


def is_beside(text: str, span: Span, excuses: frozenset[Act]) -> bool:
    """Whether the words at the span are a bystander's, in one of the ways that are excused."""
    asked_for = excuses & _BESIDE
    if not asked_for:
        return False
    place = place_of(text, span)
    sentence = place.before + place.words + place.after
    rest = place.rest[len(place.after) :]
    if _ADDRESSED.search(sentence) or _OFFERS.search(sentence):
        return False
    if Act.MUSES in asked_for and _muses(sentence, rest):
        return True
    return Act.TELLS in asked_for and "我" not in sentence and _NOTED.search(sentence) is not None


def _muses(sentence: str, rest: str) -> bool:
    """A question that nobody answers in the next breath, or what one wants or has oneself."""
    mark, said = rest[:1], rest[1:].strip("。！!？? \n")
    if said:
        return False
    return _ONESELF.search(sentence) is not None or _ASKED.search(sentence + mark) is not None
