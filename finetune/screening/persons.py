"""Find words that point at one person: names, homes, employers. Stricter than the guard of what is spoken.

Serving adds the salutation itself, so no body needs a name; and what is taught is said to everybody. What is spoken may
hold 王女士 (docs/decisions/0007), what is taught may not.
"""

import re
from collections.abc import Iterable, Iterator

from app.approved.skeleton import SLOT
from guards.personal_data.people import COMPOUND_SURNAMES, SURNAMES
from guards.text.digits import NormalizedText
from guards.text.words import frequencies

_COMMON = 500
"""How often a word must have been counted to be no name: 李强 was counted 159 times, 方便 thousands of times."""
_VERBS = "查向代付费"
"""Surnames that are names only before a title: after 同事 they are verbs."""
_RARER = "尚柴桂岑卞蓝褚晏冉蒲屠宁狄仇迟卓蔺虞宫沙池蒙仲阮巩佟佘巫乌桑闫肖车"
"""Surnames that the guard of what is spoken leaves out."""
_SURNAMES = "".join(surname for surname in SURNAMES + _RARER if surname not in _VERBS)
_COMPOUND = "|".join(COMPOUND_SURNAMES)
_SURNAME = f"(?:{_COMPOUND}|[{_SURNAMES}])"
_NO_NAMES = ("老赖", "孙女")
"""What begins like a name and is rarely counted."""
_BEFORE_TITLE = f"(?:{_COMPOUND}|(?!任何)(?<!任)[{_SURNAMES}{_VERBS}])"
_HAN = "[\u4e00-\u9fff]"
_GIVEN = f"{_HAN}(?<![的了吗呢吧啊是在就都也不没您你我他她它和与或把被让给跟请这那有个号们要会能还可说看想])"
_FULL = f"{_SURNAME}{_GIVEN}(?:{_GIVEN})?"
_BEGIN = r"(?:^|(?<=[。！？；，、：!?;:.,]))"
_PAUSE = r"(?=$|[。！？；，、：!?;:., ]|您|你)"
_KIN = (
    "爱人|老公|老婆|丈夫|妻子|太太|媳妇|妈妈|爸爸|母亲|父亲|老妈|老爸|爷爷|奶奶|外公|外婆|姥姥|姥爷|儿子|女儿|孩子|孙子|孙女|哥哥|弟弟"
    "|姐姐|妹妹|女婿|儿媳|舅舅|姑姑|男朋友|女朋友|朋友|同事|邻居|担保人|联系人|保证人|配偶|家属"
)
_STAFF = "客服|专员|顾问|坐席|座席|助理|业务员|信贷员|工作人员|客户经理|主管"
_ADDRESSED = (
    re.compile(rf"({_BEFORE_TITLE}(?:{_GIVEN}){{0,2}})(?:先生|女士|小姐|同志|老师|师傅|阿姨|叔叔)"),
    re.compile(rf"({_BEFORE_TITLE})(?:大[姐哥爷妈娘叔伯]|(?:总|经理|主任|老板|同学|[姐哥]){_PAUSE})"),
    re.compile(rf"{_BEGIN}({_FULL})总{_PAUSE}"),
)
_CALLED = (
    re.compile(rf"{_BEGIN}({_FULL}|[小老]{_SURNAME})[，,、：:！! ]?(?=您好|你好|[早晚]上好|[上下]午好)"),
    re.compile(rf"(?:^|(?<=[。！？!?]))({_FULL})[，,](?=您|你)"),
    re.compile(rf"(?:{_KIN})(?:[，,：: ]|名?叫|是)?({_FULL})"),
    re.compile(rf"(?:我是|我叫|名叫|叫做|这边是|{_STAFF})(?:{_STAFF})?({_FULL}|[小老]{_SURNAME}(?!{_GIVEN}))"),
)
"""Where a name stands, and an everyday word may stand, too: 方便，您就来."""

_NAMED = (
    "(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西"
    "|甘肃|青海|台湾|内蒙古?|广西|西藏|宁夏|新疆|香港|澳门"
    "|广州|深圳|杭州|南京|苏州|成都|武汉|西安|郑州|长沙|青岛|大连|宁波|厦门|济南|沈阳|哈尔滨|长春|合肥|福州|昆明|南昌|南宁|贵阳|太原"
    "|石家庄|兰州|海口|银川|西宁|乌鲁木齐|呼和浩特|拉萨|无锡|常州|温州|东莞|佛山|珠海|中山|惠州|泉州|烟台|潍坊|徐州|洛阳|唐山|保定)"
)
_SPOT = f"{_HAN}(?<![您你我他她们的了吗在是家哪这那同本各某几里个条么])"
_VAGUE = "当地|外地|附近|隔壁|城[里镇]|一[个条]"
_WAY = "(?:路|大道|大街|街|巷|胡同|弄)"
_DISTRICT = f"(?:小区|家园|花园|公寓|大厦|{_WAY}|街道|新?村|镇|乡|县|区(?<![地市城]区)|旗)"
_PLACE = f"(?:{_DISTRICT}|[州市省])"
_THERE = "(?:那边|这边|那儿|那块|那一带|附近|旁边|对面)"
_LIVES = "(?:(?:家|住|住址|住所|老家|户籍|户口|房子|单位|公司|店)(?:里|就|也|还)?(?:在|是|：)|[家现]住)"
_PLACES = (
    re.compile(rf"({_NAMED}[省市]?(?:{_SPOT}){{1,8}}?{_DISTRICT})"),
    re.compile(rf"((?:{_SPOT}){{2,3}}市(?:(?:{_SPOT}){{1,4}}[区县镇]|(?:{_SPOT}){{1,6}}{_WAY}))"),
    re.compile(rf"((?!{_VAGUE})(?:{_SPOT}){{2,3}}{_WAY}){_THERE}"),
    re.compile(rf"{_LIVES}((?!{_VAGUE})(?:{_SPOT}){{2,8}}?{_PLACE}|{_NAMED})"),
    re.compile(rf"(?:您|你|他|她)是({_NAMED}){_HAN}{{0,4}}人"),
)

_JOB = "(?:老师|销售|会计|保安|司机|经理|护士|医生)"
_WORKS = f"(?:上班|工作(?![日人时量单证中])|任职|就职|当差|打工|做事|干活|[做当]{_JOB})"
_FIRM = f"{_HAN}(?<![您你我他她的了要会吗在于])"
_EMPLOYERS = (
    re.compile(rf"在(?!线上)((?:{_FIRM}){{2,14}}?)(?:那边|这边)?{_WORKS}"),
    re.compile(rf"(?:[就任供]职|受雇|效力)于((?:{_FIRM}){{2,14}})"),
    re.compile(rf"(?:您|你)是((?:{_FIRM}){{2,14}})的(?:员工|职工|{_JOB})"),
    re.compile(rf"(?:您|你)(?:的|所在)?(?:单位|公司|老板|东家)[是叫]((?:{_FIRM}){{2,14}})"),
)
_AROUND = "里上外内中家店厂班地田山"
"""Single characters that make no name of the common noun beside them."""
_NUMBERED = re.compile(rf"{_NAMED}|中国|第[一二三四五六七八九十]")


def personal_spans(text: str) -> list[tuple[int, int]]:
    """Where a body names a person, a home or an employer: start and end of each in code points, in order."""
    reading = NormalizedText(text)
    # What fills a slot is a verified fact, not a word of the body.
    visible = SLOT.sub(lambda slot: "}" * len(slot[0]), reading.visible)
    found = {*_spans(_ADDRESSED, visible), *_spans(_PLACES, visible)}
    found |= {(start, end) for start, end in _spans(_CALLED, visible) if not _is_everyday(visible[start:end])}
    found |= {(start, end) for start, end in _spans(_EMPLOYERS, visible) if not _is_common(visible[start:end])}
    return sorted(reading.original_span(*span) for span in found)


def _spans(patterns: Iterable[re.Pattern[str]], visible: str) -> Iterator[tuple[int, int]]:
    for pattern in patterns:
        for found in pattern.finditer(visible):
            yield found.span(1)


def _is_everyday(name: str) -> bool:
    """Whether what stands where a name does begins with an everyday word, or is one."""
    if name.startswith(COMPOUND_SURNAMES):
        return False
    return any(_counted(name[:size]) >= _COMMON for size in (2, 3) if size <= len(name)) or name in _NO_NAMES


def _is_common(workplace: str) -> bool:
    """Whether a workplace is put together of common nouns alone: 外地, 单位, 学校里."""
    if _NUMBERED.search(workplace):
        return False
    reached = {0}
    for end in range(1, len(workplace) + 1):
        if any(
            end - size in reached
            and (workplace[end - 1] in _AROUND if size == 1 else _counted(workplace[end - size : end]) >= _COMMON)
            for size in (1, 2, 3, 4)
        ):
            reached.add(end)
    return len(workplace) in reached


def _counted(word: str) -> int:
    return frequencies().get(word, 0)
