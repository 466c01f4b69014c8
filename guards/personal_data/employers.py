"""Find where a person works in folded text, where it is told: 在…公司上班, 单位是…."""

import re
from collections.abc import Iterator

from guards.personal_data.cues import WordsAndPattern, listed
from guards.personal_data.hits import Hit

KINDS = (
    "公司|集团|厂|医院|学校|小学|中学|高中|大学|学院|幼儿园|银行|支行|超市|酒店|宾馆|饭店|餐厅|商场|商城|研究所"
    "|研究院|设计院|事务所|派出所|法院|检察院|街道办|居委会|村委会"
    "|委员会|工作室|合作社|[门分总]店|药房|药店|卫生院|诊所|局|矿|车间|物业|中心|工地|项目部|影城|大楼|百货|连锁店"
    "|[旗分专]店|博物馆|图书馆|健身房|加油站|服务区|车站|机场|码头|报社|出版社|旅行社|电视台|供电所|卫生所|养老院"
    "|敬老院"
)
_AS = "老师|医生|护士|保安|司机|会计|经理|工人|厨师"
_WORKS = f"上班|工作|任职|就职|供职|打工|实习|教书|任教|做事|干活|[当做](?:{_AS})"
_JOBS = "员工|职工|老师|医生|护士|工人|保安|司机|会计|经理|老板|法人|股东|同事"
_FIRM = "(?:股份|控股|集团)?(?:有限|责任){0,2}公司|集团"
_NAME = rf"[\u4e00-\u9fffa-z0-9()·]{{2,24}}?(?:{_FIRM}|{KINDS})(?:{_FIRM})?"
# 的 and 这 show that no firm is named but one described.
PLAIN = "(?!.{0,4}(?:[还正]|哪|什么|啥|这|那|某|贵|本|我[们司]|咱|你们|他们|同一))"
NO_NAME = re.compile(
    "(?:一家|家|门口|楼下|附近|隔壁|一个|个|国有|国营|私营|民营|外资|合资|上市|大型|小型|大|小|老|新|本地|当地|外地|外贸|物流|快递|保险"
    "|建筑|装修|装饰|互联网|网络|科技|软件|电子|服装|食品|化工|制造|金融|消费"
    "|证券|投资|贸易|房地产|地产|广告|传媒|教育|培训|医药|医疗|汽车|旅游|物业|家政|劳务|派遣|人力|资源|外包|电商|能源"
    "|电力|石油|烟草|钢铁|机械|纺织|家具|印刷|包装|塑料|五金|管理|服务|股份|有限|责任|公司|集团"
    f"|企业|还是|国企|私企|央企|外企|事业|单位|体制|机关|写字|办公|火车|高铁|地铁|购物|私|人民|中医|公立|民办|市|县"
    f"|区|镇|乡|第|连锁|社区|工业|政府|客服|呼叫|运营|数据|催收|小额|贷款|咨询|信息|技术|商业|国际|城市|农村|商务"
    f"|工程|施工|出版|{KINDS})+"
)
_OF_WHOM = "(?:单位|雇主|东家|[您你他她]公司)(?:名称|名|全称)?(?:就?是|叫|为|:|写的是|填的是|登记的是)"
_PATTERNS = (
    re.compile(rf"(?<!现)(?:在|到|去|进了?){PLAIN}({_NAME})(?:里|那边|总部|那儿)?(?={_WORKS})"),
    re.compile(rf"入职了?{PLAIN}({_NAME})"),
    re.compile(
        rf"(?:就职|任职|供职|受雇|服务|工作)于{PLAIN}({_NAME}|[\u4e00-\u9fffa-z0-9]{{2,10}}(?=$"
        rf"|[^\u4e00-\u9fffa-z0-9]))"
    ),
    re.compile(
        rf"{_OF_WHOM} ?{PLAIN}"
        rf"([^的了是在,，。:： ]{{2,24}}(?:{_FIRM}|{KINDS})(?![\u4e00-\u9fff]{{0,3}}(?:开|出|给)))"
    ),
    re.compile(rf"(?:[您你他她]|客户|[老公爱人妻子丈夫父亲母亲儿女])(?:是|在){PLAIN}({_NAME})的(?={_JOBS})"),
)
EMPLOYER = WordsAndPattern(
    [
        *listed(
            "上班 工作 任职 就职 供职 打工 实习 教书 任教 做事 干活 受雇 入职 服务于 单位 雇主 东家 您公司 "
            "你公司 他公司 她公司"
        )
    ]
    + [verb + job for verb in "当做" for job in _AS.split("|")]
    + [f"的{job}" for job in _JOBS.split("|")],
    re.compile(
        rf"(?:{KINDS})(?:里|那边|总部|那儿)?(?:{_WORKS}|的(?:{_JOBS}))|(?:就职|任职|供职|受雇|服务|工作)于|入职"
        rf"|{_OF_WHOM}"
    ),
)
"""A cue: without it, nobody's employer is told."""


def employers(text: str) -> Iterator[Hit]:
    """Firms, schools, hospitals and offices by name where they are said to be where somebody works."""
    for pattern in _PATTERNS:
        for found in pattern.finditer(text):
            if "的" not in found[1] and not NO_NAME.fullmatch(found[1]):
                yield Hit("workplace", *found.span(1), 0.6)
