"""Find where a person lives in folded text: streets with a number, homes with a room, villages and estates."""

import re
from collections.abc import Iterator

from guards.personal_data.cues import WordsAndPattern, listed
from guards.personal_data.digit_runs import DIGIT
from guards.personal_data.hits import Hit

_NUMBER = rf"(?:[0-9]{{1,5}}|(?:(?![0-9]){DIGIT}|[十百]){{1,5}})"
_ROOM = rf"(?:{_NUMBER} ?[楼层] ?)?{_NUMBER} ?"
_NO_MEASURE = "(?![0-9]| ?[元块万千年月日天点分秒次期个名人位笔岁平米%.])"
_UNIT = rf"(?:{_NUMBER}|[a-z甲乙丙丁东西南北])"
# A room that nothing calls one is three digits or four: 五号楼六零三.
_BARE_ROOM = rf"(?:[ \-#之]{{0,2}}(?:[0-9]{{3,4}}|[0-9](?: [0-9]){{2,3}}|(?![0-9]){DIGIT}{{3,4}}){_NO_MEASURE})"
_BUILDING = "(?:号楼(?:宿舍)?|号院|栋|幢|座|号?宿舍楼?)"
_PART = rf"[\u4e00-\u9fff ]{{0,4}}?[a-z]?{_NUMBER} ?(?:号楼|号院|栋|幢|座|单元|支弄|弄|排|楼|层|室|号|房|户|门)"
# A day of the month is a 号 too: what follows decides.
_STREET = re.compile(
    r"(?:路|街|大道|巷|胡同|弄|村|屯|社区|庄|寨|小区|花园|公寓|大厦|新城|家园|公馆|大院|家属院)"
    rf"[^月日年的期天元,，。;；!！?？:：]{{0,6}}?(?<!月){_NUMBER} ?"
    r"(?:号楼|号院|号(?!之?[前后](?!院|门)|以[前后]|[还到起至扣晚早上下来去办开])|弄|栋|幢|座|单元|室|组|村民小组|小组"
    r"|社(?!区)|队)"
    rf"(?:{_PART}){{0,4}}(?:(?: ?[\-#之] ?{_NUMBER}){{1,3}}|{_BARE_ROOM})?"
)
# A building with a room, or a unit with one, is an address even where nothing else says so.
_HOME = re.compile(
    rf"(?:[a-z]{_NUMBER}?|{_NUMBER}) ?{_BUILDING} ?(?:{_UNIT} ?(?:单元|门) ?(?:{_ROOM}[室号户房]?)"
    rf"|{_ROOM}[室号户房]|{_BARE_ROOM})"
    rf"|[a-z]?{_NUMBER}? ?{_BUILDING} ?{_NUMBER} ?[f楼层] ?[\-#] ?[0-9]{{2,4}}(?![0-9楼层])[室号户房]?"
    rf"|(?:宿舍|家属[院区]|大院|平房|[村庄屯寨里])[东西南北]?区?{_NUMBER} ?排 ?{_NUMBER} ?[号户]"
    rf"|{_NUMBER} ?单元 ?{_ROOM}[室号户房]?|{_NUMBER} ?[楼栋] ?{_NUMBER} ?门 ?{_ROOM}[室号户房]?"
    rf"|(?:小区|花园|公寓|新城|家园|苑|园|府|湾|里|城)(?:{_NUMBER}期)?[a-z]?{_NUMBER} ?[\-#] ?{_NUMBER} ?[\-#]"
    rf" ?[0-9]{{3,4}}(?![0-9])"
)
_VILLAGE = re.compile(
    rf"(?<![\u4e00-\u9fff])?[\u4e00-\u9fff]{{1,6}}(?<!全)(?<!本)(?<!各)(?<!每)(?:村|屯|寨|庄|嘎查)"
    f"(?:第?{_NUMBER} ?(?:(?:村民|牧业|生产)?小组|组|社(?!区)|(?:生产|牧业)?队)"
    f"|[东西南北中村]?[头尾口边]?(?:第|[左右]手){_NUMBER} ?[户家](?!人))"
)
_LIVES = (
    "住址|地址|家住|住在|现住|居住在?|住的?是?|家在|老家在?|户籍在?|搬到|搬去|搬进|租住在?|定居在?|门牌号?|寄到|寄往"
    "|寄给|送到|邮到|发到"
)
_ESTATE_KIND = "(?:小区|社区|花园|公寓|家园|新村|[^农乡山到]村|苑|家属院|大院|公馆|胡同|屯|寨|庄(?!园))"
_ESTATE = re.compile(
    rf"(?:{_LIVES})[是在:, ]{{0,2}}((?!.{{0,3}}(?:哪|什么|啥|这|那|同一|一个|我们|咱们|你们|本|该|各|某|附近|隔壁|几))"
    rf"(?!(?:老旧?|新|旧|农|乡|城中?)(?:小区|村|社区))[^的了到写说过是在您你我他她哪啥,，。;；!！?？:："
    rf" a-z0-9]{{2,14}}?{_ESTATE_KIND}"
    rf"(?!里|医院|医生|银行|办)(?:{_NUMBER} ?{_BUILDING}(?:{_PART}){{0,3}}{_BARE_ROOM}?)?)"
)
_CHAIN_END = "(?:镇|乡|街道)[\u4e00-\u9fff]{1,6}?(?:村|社区|居委会|屯)"
_CHAIN = re.compile(rf"[\u4e00-\u9fff]{{2,8}}?[市县区旗][\u4e00-\u9fff]{{1,6}}?{_CHAIN_END}")
PLACE = WordsAndPattern(
    listed(
        "路 街 大道 巷 弄 村 屯 寨 庄 小区 社区 花园 公寓 大厦 新城 家园 公馆 大院 家属院 嘎查 栋 幢 座 "
        "号楼 号院 单元 门 胡同 苑 宿舍 排 - #"
    ),
    re.compile(
        f"{_STREET.pattern}|{_BUILDING}|单元|[舍院区房村庄屯寨里东西南北]{_NUMBER} ?排"
        f"|{_NUMBER} ?门 ?{DIGIT}|{_VILLAGE.pattern}|{_CHAIN_END}"
        rf"|{_ESTATE.pattern}|[\-#] ?[0-9]{{1,3}} ?[\-#] ?[0-9]{{3}}"
    ),
)
"""A cue: without it, no address is given."""
_AT = f"{_LIVES}|[我您你他她]家(?!园)|[我您你他她]们?住"
_DISTRICT = re.compile(rf"[\u4e00-\u9fff]{{2,}}?[省市区县旗州镇乡]|{_AT}")
_LEAD = re.compile(rf"^.*(?:{_AT}|[是在为到至于您的了送寄: ])(?=[\u4e00-\u9fff])")
_PROVINCE_LEAD = re.compile(
    "^.*?(?=(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南"
    "|四川|贵州|云南|陕西"
    "|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门).)"
)
_CLAUSE_END = re.compile(r"[,，。;；!！?？]")
_SENTENCE_END = re.compile(r"[。;；!！?？]")
_LOOK_BACK = 32
_AHEAD = 10
# A street and number without its district are one's home where it has a room, or where something is sent.
_HOUSEHOLD = re.compile("单元|[室户]$|宿舍|弄.*[号室]")
_SENT = re.compile("(?:[发寄送邮]|快递|外卖)[货水餐饭件]?[到去往给至]?[\u4e00-\u9fff]{2,8}$")
# What stands nearby, or which part it is, belongs to the address: 3号后院, 三组村口小卖部隔壁.
_DWELLING = re.compile(
    rf"[\u4e00-\u9fff]{{0,6}}?(?:家属院|家属楼|宿舍楼?|职工楼|筒子楼)(?:[东西南北中前后]?{_UNIT}? ?(?:号楼"
    f"|单元|[楼栋门层排号室户])){{0,5}}"
)
_TAIL = re.compile(
    "(?:[后前侧]院|[甲乙丙丁](?![\u4e00-\u9fff])|附[0-9]{1,4}号|[东西南北][户厢屋]"
    "|的?(?![^,。]{0,8}[是有在])[^,。;!?的了吗您你我]{0,14}?(?:隔壁|[左右]手边|旁边?|对面"
    "|[左右东西南北]边)"
    "(?:那[家户]|第?.[家户]|的[\u4e00-\u9fff]{0,3}[房屋])?)"
)
# Where an institution receives everybody is no secret.
_OFFICE = re.compile(
    "网点|支行|分行|营业[厅部所]|门店|柜台|我司|我行|公司地址|总部|总行|办公|法院|派出所|仲裁|售后|仓库|受理点"
    "|服务[中点]|大厅|写字楼|公证处|面试|驿站|快递柜|自提"
)
_LIVED_IN = re.compile("[您你他她]家|住|户籍|老家")


def addresses(text: str) -> Iterator[Hit]:
    """Street addresses with a number, homes with a room, villages with a group, estates and villages where one lives.

    They begin at the province, city, district or estate. The addresses of branches and offices are nobody's.
    """
    for found in _STREET.finditer(text):
        clause = _clause_before(text, found.start())
        if _DISTRICT.search(clause) or _HOUSEHOLD.search(found[0]) or _SENT.search(clause) or _is_dwelling(text, found):
            yield from _address(text, found, clause, 0.7)
    for pattern, score in ((_HOME, 0.6), (_VILLAGE, 0.6), (_CHAIN, 0.6)):
        for found in pattern.finditer(text):
            yield from _address(text, found, _clause_before(text, found.start()), score)
    for found in _ESTATE.finditer(text):
        yield Hit("address", *found.span(1), 0.5)


def _address(text: str, found: re.Match[str], clause: str, score: float) -> Iterator[Hit]:
    before = _SENTENCE_END.split(text[max(0, found.start() - _LOOK_BACK) : found.start()])[-1]
    behind = _CLAUSE_END.split(text[found.end() : found.end() + _AHEAD])[0]
    if _LIVED_IN.search(before) or not (_OFFICE.search(before) or _OFFICE.search(behind)):
        clause += found[0] if found.re in (_VILLAGE, _CHAIN) else ""
        yield Hit(
            "address",
            _beginning(clause, found.start() + (len(found[0]) if found.re in (_VILLAGE, _CHAIN) else 0)),
            _reach(text, found.end()),
            score,
        )


def _is_dwelling(text: str, found: re.Match[str]) -> bool:
    """Whether the words right behind a number say that people live there."""
    return _DWELLING.match(text, found.end()) is not None


def _reach(text: str, end: int) -> int:
    """Where an address ends with the part of the house or the neighbour that is told behind it."""
    for pattern in (_DWELLING, _TAIL):
        if tail := pattern.match(text, end):
            end = tail.end()
    return end


def _clause_before(text: str, start: int) -> str:
    return _CLAUSE_END.split(text[max(0, start - _LOOK_BACK) : start])[-1]


def _beginning(clause: str, start: int) -> int:
    lead = _PROVINCE_LEAD.match(clause) or _LEAD.match(clause)
    return start - len(clause) + (lead.end() if lead else 0)
