"""The patterns by which `guards.numbers` finds numbers in folded Chinese text.

One alternation, tried from left to right at each place. A word that only looks like a number is listed as an idiom and
stepped over as a whole. Every repetition is over single characters or bounded, so that the search stays linear.
"""

import re

from guards.types import Quantity

DIGIT = "一二三四五六七八九"
ARABIC = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
_SCALED = rf"{ARABIC}(?: ?[百千万亿]++(?:零?[0-9]+(?![0-9.%年天期个月日号周折成笔位次人])[百千万]*+)?)?"
# After a unit of size a digit is colloquial (一千二) unless it begins the next word: 二十万|三年, 一万|一天.
_NEXT_WORD = "年天期个月日号周折成笔位次人倍分小秒"
_CHINESE = (
    rf"[{DIGIT}零两十百千万亿廿卅几幺]"
    rf"(?:[零十百千万亿廿卅几幺]|[二三四五六七八九](?:(?<![百千万亿].)|(?![{_NEXT_WORD}]))"
    rf"|一(?:(?<=[十零点].)|(?![{_NEXT_WORD}]))(?![起共定直些样旦般并律切])"
    r"|两(?=[百千万亿])|(?<=一)两|点(?=[零一二三四五六七八九0-9])|(?<=点)[0-9]++)*+"
)
RUN = rf"(?:{_SCALED}|{_CHINESE})"
_SMALL = rf"(?:[0-9]{{1,2}}(?![0-9.])|[二三]?十[{DIGIT}]?|廿[{DIGIT}]?|卅一?|零?[{DIGIT}])"
_WEEKDAY = "(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天](?!月))"

# Words with a numeral in them that say no size. 一 before a counter is an article (一位, 一笔, 每一期).
IDIOMS = (
    r"[每这那哪某另同统唯单专逐头首末]一(?![百千万亿十点])|[上下前后]一(?=[个期次笔天年周位步点])|最近一[期次笔]"
    r"|[这前过那头](?:一两|两三|三五|两|几)(?=个?[天年月周次期])"
    rf"|第(?:一|二|两|三|四|五|六|七|八|九|十)(?![{DIGIT}十百千万点])"
    r"|之一|一(?:会|起|共|定|直|些|样|旦|般|并|律|切|致|下|向|流|齐|系列|心|路|概|贯|再|经|方面|度|半会|举|应|时|来)"
    r"|一步一步|一点一[点滴]|一点(?![零一二三四五六七八九0-9钟整半])|一笔一笔|一五一十|一清二楚|一来二去"
    r"|一成不变|一年(?:一度|四季|到头|又一年)|一日三餐|一天算一天|一天一[算结]|一[天日]到晚|一家人|一卡通|一二线|一分一[秒厘]|一[分毛]钱"
    r"|一块(?=[^钱零一二三四五六七八九0-9，。！？；、,.!? 左上多每])"
    r"|一千道一万|万一|万分(?!之)|万(?:事|能|家|众|物|万|千|般|无|不|难|里|户)|千万(?![元块额资级人亿0-9])|千千万万|千(?:里|家|方百计|辛)"
    r"|一?[百千万]个(?=不?放心|不?愿意|没问题|心)|百(?:忙|姓|货|度|年|科|善|般|里|家|事|合|搭)|十分(?![之钟])|十(?:足|全十美|字|拿九稳|之八九)|几(?:乎|时|何)"
    r"|三三两两|成千上万|三天两头|三言两语|三番[两五]次|三心二意|三餐|三方|三农|不三不四|两(?:边|头|口子|样|清|难|旁|侧|者|全)"
    r"|双十[一二]|十一(?=国庆|黄金|长假|假期|期间)|五险一金|五一(?=劳动|假|期间|长假)|四川|四面八方|四平八稳|七[上嘴]八[下舌]|乱七八糟"
    r"|八成(?=是|就是|忘|没)|接二连三|二维码|二手|[一二三四]线(?=城)|半(?:天|点|夜|路|信半疑|途)|多半|大半|过半"
    r"|(?:耽误|占用|打扰|耽搁|花)[您你]?(?:大概|大约|宝贵的|就)?(?:一两|两三|一|两|三|半|几)(?:小)?分钟"
)

_DATES = (
    r"(?P<iso>(?P<iso_year>(?:19|20)[0-9]{2})[-/.](?P<iso_month>[0-9]{1,2})[-/.](?P<iso_day>[0-9]{1,2}))(?![0-9.])"
    rf"|(?P<date>(?:(?P<year>[0-9]{{4}}|[0-9]{{2}}|[{DIGIT}零]{{4}}|今|明|去|本)年 ?)?"
    rf"(?P<month>{_SMALL}) ?月(?!利|息|供|费|均|薪|结)(?:份)?(?:的?(?P<day>{_SMALL}) ?[日号])?)"
    rf"|(?P<year_alone>(?P<full_year>(?:19|20)[0-9]{{2}}|[一二][{DIGIT}零]{{3}})年)"
    rf"|(?P<monthly>(?P<which>本|这个|当|上个?|下个?|次|每个?)月的?(?P<monthly_day>{_SMALL}) ?[日号])"
    rf"|(?P<lone_day>(?P<only_day>{_SMALL}) ?(?:日(?![内后利息均费还供常期历元罚]|[之以][内后])|号(?![码称线楼店召])))"
    rf"|(?P<week>(?P<which_week>下下|下|上|本|这)?个?{_WEEKDAY})"
    r"|(?P<near>大后天|大前天|今[天日晚]|明[天日晚]|后天|昨[天日晚]|前天)"
)
_CLOCK = (
    r"(?P<clock>(?:上午|下午|早上|晚上|中午|凌晨|傍晚|今晚|明早|夜里)"
    rf"(?P<hour>{_SMALL})(?:点(?:钟|整|半|[一三]刻|(?:零?{_SMALL})分?)?|[:：][0-9]{{2}})"
    rf"|(?P<hour_alone>{_SMALL})(?:点(?:钟|整|半(?!点)|多(?![少余次])|[0-9]{{1,2}}分|[二三四五]?十[{DIGIT}]?分?(?!之))|[:：][0-9]{{2}}))"
)
_READ_OUT = f"[{DIGIT}零幺0-9]"
_DIGITS = (
    r"(?:尾号|末四位|后四位|末尾)(?:数字)?(?:是|为|[:：])? ?"
    rf"(?P<tail>[0-9]{{4}}(?![0-9.])|(?:{_READ_OUT}[ -]?){{3}}{_READ_OUT}(?![0-9十百千万亿点]))"
    rf"|(?:热线|电话|拨打|致电|专线|号码)(?:是|为|[:：])? ?(?P<line>"
    r"(?:[0-9]{3,4}(?:[ -][0-9]{3,4}){1,3}|[0-9]{3,13})(?![0-9.])"
    rf"|[{DIGIT}零幺]{{5,13}}(?![十百千万亿点]))"
    r"|(?P<groups>(?<![0-9])[0-9]{3,4}(?:-[0-9]{3,8}){1,3}(?![0-9.%年天期元块个月日号万千百]))"
)
_FRACTION = rf"(?P<fraction>(?P<parts>{ARABIC}|百|千|万|[{DIGIT}十百]{{1,4}})分之(?P<share>{RUN}))|(?P<whole>百分百)"
# Sizes as people wave them about. 万把 alone would also be found in 千万把密码收好.
_ROUGH = (
    rf"(?P<rough>[百千](?:把|来)[元块]钱?|(?<!千)万把[元块]钱?|一?[块毛][把来]钱|(?:[{DIGIT}十]{{1,3}}|[0-9]{{1,2}})点几"
    r"|(?P<pair>[俩仨])个?(?P<pair_unit>月|年|礼拜|星期|钟头|小时)|个把(?:月|礼拜|星期|年|钟头|小时)|[一两三]个来月|半拉月)"
)
_HALF = r"(?P<half>半个?(?P<half_unit>年|月|小时|钟头|分钟|价|日|周|季度)(?!利|薪|经)|(?P<half_of>一半))"
_COUNTERS = (
    r"名额|席位|户头|人次|名(?![字下单称义片牌])|个(?!人(?:贷|信|消|征|账|中心|资|用)|体|性|别)|位(?![于置])"
    r"|人(?![工民员生气品际])|次(?![日月年要级序])|笔(?![记者试])|张(?![罗口])|家(?![里庭长乡属中具电装居])|户(?![口名主])|件|项(?!目)"
    r"|条(?![件款例])|台(?!风)|份(?!额)|遍|步(?!骤)|种|句|倍|周?岁|套|回(?![复来电访去款拨头家答收馈执])|声(?!明)|页|单(?![位利独日])"
    r"|通(?![过知常话电道用勤信讯])"
)
_UNITS = (
    r"%|‰|个?百分点|个点(?!位)|厘(?!米)|成(?![员为功立本果绩交年长了都熟就])|折(?![腾合算旧叠现磨])"
    r"|分钟|小时(?!候)|个半?小时|个半?钟头?|钟头|刻钟|秒钟?(?![批到杀懂])"
    r"|个半?月|年期|年半?(?![化利息轻龄费前底初综级])|个?季度|期(?![间限待望货末初盼])"
    r"|天(?![然津猫气])|日(?=[之以]?[内后])|个?工作日|个?自然日|周(?![围转边末全年密期岁])|个?星期(?![一二三四五六日天])|个?礼拜"
    r"|[角毛](?![度色落病利债形洲])钱?|分钱|元(?![旦素件老])(?:人民币|钱)?|块(?!儿)钱?|分(?![期行摊析享批类别开成文公界配手散段店部给之])"
    rf"|[wWkK](?![A-Za-z])|(?P<counter>{_COUNTERS})"
)
_CHANGE = (
    rf"(?:(?<=[元块钱])零?(?P<jiao>[0-9{DIGIT}])[角毛](?:(?P<fen>[0-9{DIGIT}])分?)?钱?"
    rf"|(?<=[元块钱])零?(?P<only_fen>[0-9{DIGIT}])分(?![期钟之利])钱?"
    rf"|(?<=块)(?P<tail_jiao>[0-9{DIGIT}])(?![0-9{_NEXT_WORD}元块十百千万亿%.点起共定直些样旦般]))?"
)
_NUMBER = (
    rf"(?P<number>(?P<run>{RUN})(?P<loose>多(?![次少家项数样久种])|[来余](?=[万亿]?(?:[元块天个期年人名位]|分钟|小时)))?(?P<scale>(?<=[多来余])[万亿])?"
    rf"(?: ?(?P<unit>{_UNITS}){_CHANGE})?)"
)

TOKEN = re.compile(
    f"(?=[{DIGIT}零两十百千万亿廿卅几幺0-9每这那哪某另同统唯单专逐头首末上下前后过第最之双不乱接成多大半本当次周星礼今明昨去尾热电拨致号耽占打花早晚中凌傍夜俩仨个块毛])"
    f"(?:{_ROUGH}|(?P<idiom>{IDIOMS})|{_CLOCK}|{_DATES}|{_DIGITS}|{_FRACTION}|{_HALF}|{_NUMBER})"
)

UNITS: dict[str, tuple[Quantity, str]] = {
    "%": (Quantity.RATE, "1"),
    "‰": (Quantity.RATE, "0.1"),
    "个百分点": (Quantity.RATE, "1"),
    "百分点": (Quantity.RATE, "1"),
    "个点": (Quantity.RATE, "1"),
    "厘": (Quantity.RATE, "0.1"),
    "成": (Quantity.RATE, "10"),
    "折": (Quantity.DISCOUNT, "1"),
    "分钟": (Quantity.MINUTES, "1"),
    "小时": (Quantity.MINUTES, "60"),
    "个小时": (Quantity.MINUTES, "60"),
    "个半小时": (Quantity.MINUTES, "60"),
    "个钟": (Quantity.MINUTES, "60"),
    "个钟头": (Quantity.MINUTES, "60"),
    "个半钟": (Quantity.MINUTES, "60"),
    "个半钟头": (Quantity.MINUTES, "60"),
    "钟头": (Quantity.MINUTES, "60"),
    "刻钟": (Quantity.MINUTES, "15"),
    "秒": (Quantity.MINUTES, "0"),
    "秒钟": (Quantity.MINUTES, "0"),
    "个月": (Quantity.TERM, "1"),
    "个半月": (Quantity.TERM, "1"),
    "期": (Quantity.TERM, "1"),
    "年": (Quantity.TERM, "12"),
    "年半": (Quantity.TERM, "12"),
    "年期": (Quantity.TERM, "12"),
    "季度": (Quantity.TERM, "3"),
    "个季度": (Quantity.TERM, "3"),
    "天": (Quantity.DAYS, "1"),
    "日": (Quantity.DAYS, "1"),
    "工作日": (Quantity.DAYS, "1"),
    "个工作日": (Quantity.DAYS, "1"),
    "自然日": (Quantity.DAYS, "1"),
    "个自然日": (Quantity.DAYS, "1"),
    "周": (Quantity.DAYS, "7"),
    "星期": (Quantity.DAYS, "7"),
    "个星期": (Quantity.DAYS, "7"),
    "礼拜": (Quantity.DAYS, "7"),
    "个礼拜": (Quantity.DAYS, "7"),
    "元": (Quantity.MONEY, "1"),
    "元人民币": (Quantity.MONEY, "1"),
    "元钱": (Quantity.MONEY, "1"),
    "块": (Quantity.MONEY, "1"),
    "块钱": (Quantity.MONEY, "1"),
    "角": (Quantity.MONEY, "0.1"),
    "毛": (Quantity.MONEY, "0.1"),
    "角钱": (Quantity.MONEY, "0.1"),
    "毛钱": (Quantity.MONEY, "0.1"),
    "分钱": (Quantity.MONEY, "0.01"),
    "w": (Quantity.MONEY, "10000"),
    "W": (Quantity.MONEY, "10000"),
    "k": (Quantity.MONEY, "1000"),
    "K": (Quantity.MONEY, "1000"),
}
"""Unit as written → what it measures and how much one is (TERM in months, MINUTES in minutes; 60 秒 are one minute)."""
