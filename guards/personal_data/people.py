"""Find the names and addresses of persons in folded text, by the words around them."""

import re
from collections.abc import Iterator

from guards.personal_data.digit_runs import DIGIT
from guards.personal_data.hits import Hit

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛"
    "伍韦申尤毕聂丛焦向柳邢骆岳齐梅莫庄辛管祝左涂谷祁舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍覃霍翁隋植甘景薄"
)
"""Surnames of one character. Those that are above all everyday words (时, 全, 和, 都, …) are left out: the known values
find those persons.
"""
_COMMON_COMPOUND = (
    *("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐"),
    *("司徒", "夏侯", "端木", "独孤", "南宫", "长孙", "宇文"),
)
COMPOUND_SURNAMES = (
    *_COMMON_COMPOUND,
    *("公冶", "申屠", "淳于", "太史", "钟离", "鲜于", "闻人", "赫连", "澹台", "濮阳"),
    *("万俟", "轩辕", "百里", "呼延", "东郭", "西门", "拓跋"),
    *("歐陽", "司馬", "諸葛"),
)
"""Surnames of two characters; the rarer ones are everyday words too, so texts are searched for the common ones only."""

_COMPOUND = "|".join(_COMMON_COMPOUND)
_TITLES = (
    "先生|女士|小姐|经理|老师|客服|专员|顾问|助手|助理|主任|医生|师傅|警官|法官|律师|书记|队长|所长|科长|处长|局长|老板"
    "|教授|总[，,。 ]|姐|哥|阿姨|叔叔|大姐|大哥|大爷|大妈|同学"
)
_WORDS = (
    "高级|高铁|高兴|高额|高新|高度|金融|金牌|金额|马上|方便|方式|方法|方案|方面|安心|安全|安排|安装|安静|平安|任何|任意|任务|"
    "何时|何种|何人|何况|万一|万分|万事|钱包|钱款|白领|白天|常客|常用|常见|常规|程序|关系|关于|关心|关注|关联|向您|成年|成功|成员|"
    "易懂|文员|文字|文件|严格|严重|温馨|温和|管理|管家|管用|查询|查看|查收|查验|查实|申请|申报|申诉|项目|项下|游客|卫生|毕业|毕竟|"
    "康复|江湖|阳光|成为|成本|盛大|许多|许可|顾客|顾虑|于是|于此|金卡|马虎|石化|齐全|施工|曾经|章程|舒心|舒服|童心|向来|"
    "单位|单身|单独|史上|余额|余款|席位|欧元|左右|武汉|兰州|成都|郑州|苏州|江苏|杭州|广州|温州|林业|田地|季度|雷同"
)
_GIVEN = r"(?:[\u4e00-\u9fff](?<![的了吗呢吧啊是在就都也不没您你我他她它和与或把被让给请这那有个号们]))"
# 欧阳先生 is a surname with a title, not 欧 with the given name 阳.
_NAME = rf"(?!{_WORDS}|(?:{_COMPOUND})(?:{_TITLES}))(?:(?:{_COMPOUND})|[{SURNAMES}])(?!{_TITLES})"
_AFTER = (
    r"(?=$|[^\u4e00-\u9fff\u30070-9a-z]|[0-9]|先生|女士|小姐|同志|是|的|和|在|与|您|你|今年|电话|手机|微信|身份证|住|家住|来自|"
    r"本人|吗|吧|呢|已|欠|未|没|工号)"
)
_NAMES = (
    # Who speaks of a name outright: what follows a surname is taken to be one.
    (
        re.compile(
            rf"(?:我(?:的名字)?叫|名叫|名字[是叫:]|(?:姓名|联系人|户名|持卡人)[是为叫: ]{{1,3}}) ?"
            rf"({_NAME}(?:{_GIVEN}{{1,2}}?{_AFTER}|{_GIVEN}{{2}}))"
        ),
        0.7,
    ),
    # Weaker words: the name has to end where a name would.
    (re.compile(rf"(?:我是|姓名|联系人|户名|持卡人)({_NAME}{_GIVEN}{{1,2}}?{_AFTER})"), 0.5),
    (
        re.compile(rf"(?:尊敬的|亲爱的|您好[,， ]?|请问|找|是)({_NAME}{_GIVEN}{{1,2}}?)(?=本人|先生|女士|小姐)"),
        0.6,
    ),
)
NAME = re.compile(
    r"(?:我是|我叫|我的名字|名叫|名字|姓名|联系人|户名|持卡人|尊敬的|亲爱的|您好|请问|找|是)"
    rf"[是为叫:,， ]{{0,3}}{_NAME}"
)
"""A cue: without it, nobody is named."""


def names(text: str) -> Iterator[Hit]:
    """Full Chinese names that the words around them give away; a surname with a title is no full name."""
    for pattern, score in _NAMES:
        for found in pattern.finditer(text):
            yield Hit("name_in_context", *found.span(1), score)


_NUMBER = rf"(?:[0-9]{{1,5}}|(?:(?![0-9]){DIGIT}|[十百]){{1,5}})"
_ROOM = rf"(?:{_NUMBER} ?[楼层] ?)?{_NUMBER} ?"
# A day of the month is a 号 too: what follows decides.
_STREET = re.compile(
    r"(?:路|街|大道|巷|胡同|弄|村|屯|小区|花园|公寓|大厦|新城|家园)"
    rf"[^月日年的期天元,，。;；!！?？:：]{{0,6}}?(?<!月){_NUMBER} ?"
    r"(?:号楼|号院|号(?!之?[前后]|以[前后]|[还到起至扣晚早上下来去办开])|弄|栋|幢|座|单元|室|组)"
    rf"(?:[\u4e00-\u9fff ]{{0,4}}?[a-z]?{_NUMBER} ?(?:号楼|栋|幢|座|单元|楼|层|室|号|房)){{0,4}}"
)
# A building with a room, or a unit with one, is an address even where nothing else says so.
_HOME = re.compile(
    rf"[a-z]?{_NUMBER} ?(?:号楼|栋|幢|座) ?(?:{_NUMBER} ?单元 ?{_ROOM}[室号户房]?|{_ROOM}[室号户房])"
    rf"|{_NUMBER} ?单元 ?{_ROOM}[室号户房]"
)
_BUILDING = "号楼|栋|幢|座|单元"
PLACE = re.compile(f"{_STREET.pattern}|{_BUILDING}")
"""A cue: without it, no address is given."""
_AT = "住址|地址|家住|住在|现住|我住|家在|寄到|寄往|送到"
_DISTRICT = re.compile(rf"[\u4e00-\u9fff]{{2,}}?[省市区县旗州镇乡]|{_AT}")
_LEAD = re.compile(rf"^.*(?:{_AT}|[是在为到至于您的: ])(?=[\u4e00-\u9fff])")
_PROVINCE_LEAD = re.compile(
    "^.*?(?=(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西"
    "|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门).)"
)
_CLAUSE_END = re.compile(r"[,，。;；!！?？]")
_LOOK_BACK = 32


def addresses(text: str) -> Iterator[Hit]:
    """Street addresses with a number and homes with a room, beginning at the province, city, district or estate."""
    for found in _STREET.finditer(text):
        clause = _clause_before(text, found.start())
        if _DISTRICT.search(clause):
            yield Hit("address", _beginning(clause, found.start()), found.end(), 0.7)
    for found in _HOME.finditer(text):
        yield Hit("address", _beginning(_clause_before(text, found.start()), found.start()), found.end(), 0.6)


def _clause_before(text: str, start: int) -> str:
    return _CLAUSE_END.split(text[max(0, start - _LOOK_BACK) : start])[-1]


def _beginning(clause: str, start: int) -> int:
    lead = _PROVINCE_LEAD.match(clause) or _LEAD.match(clause)
    return start - len(clause) + (lead.end() if lead else 0)
