"""The patterns by which `guards.numbers.scan` finds numbers in folded Chinese text.

One alternation, tried from left to right at each place. A word that only looks like a number is listed as an idiom and
stepped over as a whole. Every repetition is over single characters or bounded, so that the search stays linear.
"""

import re

from guards.numbers.units import UNIT
from guards.text.numerals import DIGIT_NAMES

DIGIT = DIGIT_NAMES[1:]

WORD_IDIOMS = (
    r"(?<=[多大过])半|半(?:天|点(?![前后以之到至])|夜|路|信半疑|途)"
    r"|(?:耽误|占用|打扰|耽搁|花)[您你]?(?:大概|大约|宝贵的|就)?(?:一两|两三|一|两|三|半|几)(?:小)?分钟"
)
"""Alternatives that begin with 半 or with one of 耽占打花."""

# 不收一分钱 is an idiom; where an amount is told (应还一分钱。), it is one.
_NOT_A_PENNY = "一毛钱|(?<![款额为是计共欠惠月])(?<![应要待]还)(?<![款还][,，])一分钱|一分钱(?![，。！？；、,.!?;: ]|$)"
NUMERAL_IDIOMS = (
    r"(?<=[每这那哪某另同统唯单专逐头首末])一(?![百千万亿十点])|(?<=[上下前后])(?<![早晚]上)一(?=[个期次笔天年周位步点])|(?<=最近)一[期次笔]"
    r"|(?<=[这前过那头])(?:一两|两三|三五|两|几)(?=个?[天年月周次期])"
    rf"|(?<=第)[{DIGIT}两十](?![{DIGIT}十百千万点])|(?<=之)一|(?<=不)三不四|(?<=乱)七八糟|(?<=接)二连三|(?<=成)千上万"
    r"|一(?:会|起|共|定|直|些|样|旦|般|并|律|切|致|下|向|流|齐|系列|心|路|概|贯|再|经|方面|度|半会|举|应|时|来)"
    rf"|一步一步|一点一[点滴]|一点(?<![午晨]一点)(?<![早晚]上一点)(?<!夜[里间]一点)(?![零{DIGIT}0-9钟整半前后之以])|(?<=[早晚快慢多少好高低大小近远有])一点(?=[前后之以])"
    r"|一笔一笔|一[期月]一[期月]|一个月一个月|一天一天|一五一十|一清二楚|一来二去|一成不变|一年(?:一度|四季|到头|又一年)|一日三餐|一天算一天|一天一[算结]"
    r"|一[天日]到晚|一家人|一卡通|一二线|一分一[秒厘]"
    rf"|{_NOT_A_PENNY}"
    rf"|一块(?=[^钱零{DIGIT}0-9，。！？；、,.!?:; 左上多每])"
    r"|(?<=分)[两三][笔次](?=[还付交存])|一千道一万|万一|万分(?!之)|万(?:事|能|家|众|物|万|千|般|无|不|难|里|户)|千万(?![元块额资级人亿0-9])|千千万万|千(?:里|家|方百计|辛)"
    r"|一?[百千万]个(?=不?放心|不?愿意|不?赞成|不?同意|没问题|心)|百(?:忙|姓|货|度|年|科|善|般|里|家|事|合|搭)|十分(?![之钟])|十(?:足|全十美|字|拿九稳|之八九)"
    r"|几(?:乎|时|何)|三三两两|三天两头|三言两语|三番[两五]次|三心二意|三餐|三方|三农|(?<=货比)三家"
    r"|两(?:边|头|口子|样|清|难|旁|侧|者|全|[笔项](?=相差|之间|加起来|合计|一共|总共|共计|总计))|(?<=[后末])(?<!最后)[四六]位"
    r"|(?<=双)十[一二]|十一(?=国庆|黄金|长假|假期|期间)|五险一金|五一(?=劳动|假|期间|长假)|四川|四面八方|四平八稳|七[上嘴]八[下舌]"
    r"|九牛一毛|三七二十一(?=[^，。]{0,3}[就都先])|一回生二回熟|(?<=[忙累等跑站坐聊劳碌]了)一天(?!之?内)|四个?角(?=都|全|不|要|也)"
    r"|八成(?=是|就是|忘|没)|二维码|二手|[一二三四]线(?=城)"
)
"""Alternatives that begin with a numeral."""


ARABIC = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,5}(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
_SCALED = rf"{ARABIC}(?: ?[百千万亿]++(?:零?[0-9]+(?![0-9.%年天期个月日号周折成笔位次人])[百千万]*+){{0,3}})?"
# After a unit of size a digit is colloquial (一千二) unless it begins the next word: 二十万|三年, 一万|一天.
_NEXT_WORD = "年天期个月日号周折成笔位次人倍分小秒"
_CHINESE = (
    rf"[{DIGIT}零两十百千万亿廿卅卌几幺]"
    rf"(?:[零十百千万亿廿卅卌几幺]|[二三四五六七八九](?:(?<![百千万亿].)|(?![{_NEXT_WORD}]))"
    rf"|一(?:(?<=[十零点].)|(?![{_NEXT_WORD}]))(?![起共定直些样旦般并律切])"
    rf"|两(?=[百千万亿])|(?<=一)两|点(?=[零{DIGIT}0-9])|(?<=点)[0-9]++)*+"
)
RUN = rf"(?:{_SCALED}|{_CHINESE})"
_SMALL = rf"(?:[0-9]{{1,2}}(?![0-9.])|[二三]?十[{DIGIT}]?|廿[{DIGIT}]?|卅一?|零?[{DIGIT}])"
# The first days of a lunar month are 初一 to 初十; 8月初 and 最初一期 are none.
_FIRST_TEN = rf"初(?:十|[{DIGIT}])(?![次个天年期月些定直起共般时名位份季度笔件条步级中高块元%万千百十点])"
_LUNAR = (
    rf"(?P<lunar>[农阴旧]历的?(?:(?:[今明去]|[0-9{DIGIT}零]{{4}})年)?(?:闰?(?:[正腊冬]|{_SMALL})月(?:的?初?{_SMALL}[日号]?)?|初?{_SMALL}[日号]?)"
    rf"|闰{_SMALL}月(?:初?{_SMALL})?|[正腊冬]月初?{_SMALL}[日号]?|年三十|年初[{DIGIT}](?![{_NEXT_WORD}])|(?<![月最当起年季周上读念]){_FIRST_TEN})"
)
# 11月25前 is a day as well; 11月3期 is none.
_DAY_ENDS = "(?=[前到之以截止为是，,。！!？?；;)]|还[清上款]|$)"
_DATES = (
    r"(?P<iso>(?P<iso_year>(?:19|20)[0-9]{2})[-/.](?P<iso_month>[0-9]{1,2})[-/.](?P<iso_day>[0-9]{1,2}))(?![0-9.])"
    r"|(?P<slash>(?P<slash_month>0?[1-9]|1[0-2])/(?P<slash_day>0?[1-9]|[12][0-9]|3[01]))(?![0-9/.%])"
    rf"|(?P<lunar_day>{_SMALL}月{_FIRST_TEN})"
    rf"|(?P<date>(?:(?P<year>[0-9]{{4}}|[0-9]{{2}}|[{DIGIT}零]{{4}})年 ?)?"
    rf"(?P<month>{_SMALL}) ?月(?!利|息|供|费|均|薪|结)(?:份)?(?:的?(?P<day>{_SMALL}|零)(?: ?[日号]|{_DAY_ENDS}))?)"
    rf"|(?P<year_alone>(?P<full_year>(?:19|20)[0-9]{{2}}|[一二][{DIGIT}零]{{3}})年)"
    rf"|(?P<lone_day>(?P<only_day>{_SMALL}) ?"
    r"(?:日(?![内后利息均费还供常期历元币罚]|[之以][内后])|号(?![码称线楼店召])))"
)
_RELATIVE_DATES = (
    rf"(?P<monthly>月的?(?P<monthly_day>{_SMALL}) ?[日号])"
    r"|(?P<week>(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天](?!月)|(?:(?<=[期拜])|(?<=[上下本这]周))[七八九零](?![天折年月个次十百千万点成期块元号日])))"
    rf"|(?P<near>[今明昨](?:[天日]|晚(?!{_SMALL}[点时:]))|(?<=[后前])天(?<![以之然今]后天)(?![天气]))"
)
_MINUTES = rf"[0-5]?[0-9]|[二三四五]?十[{DIGIT}]?|零[{DIGIT}]"
_NO_DECIMAL = rf"(?![0-9.%元块角厘个成期天年万亿千百十零{DIGIT}])"
# After 晚上 every 三点 is an hour; without, it may be three points of a talk (有三点要说明).
_HOUR = f"(?:{_SMALL}|两)"
_HALF_DAY_BEFORE = (
    "(?:(?<=[午晨夜])|(?<=[早晚])(?=[0-9])|(?<=[今明昨当傍][早晚])|(?<=[早晚]上)|(?<=夜[里间])|(?<=午后)"
    "|(?<=[点半整钟分刻][到至~-]))"
)
_CLOCK = (
    rf"(?P<clock>(?P<hour>{_HOUR})(?::(?P<minutes>[0-9]{{2}})(?::[0-9]{{2}})?"
    rf"|[点时](?:钟|整|(?P<quarter>半(?!点)|[一三]刻)|(?P<minute>{_MINUTES})分|(?<=点)(?P<bare_minute>{_MINUTES}){_NO_DECIMAL}"
    r"|(?P<past>多)(?![少余次])|(?<=点)(?=之?[前后]|以[前后]|左右|[到至~-][一二三四五六七八九十0-9晚下早中])))"
    rf"|{_HALF_DAY_BEFORE}(?P<hour_alone>{_HOUR})[点时])"
)
_READ_OUT = f"[{DIGIT}零幺0-9]"
_FOUR = rf"(?:[0-9]{{4}}(?![0-9.])|(?:{_READ_OUT}[ -]?){{3}}{_READ_OUT}(?![0-9十百千万亿点]))"
# A telephone number as one reads it out, in groups of three or four: 四零零，八零零，一二三四.
_BREATHS = (
    rf"[{DIGIT}零幺]{{3,4}}(?:[,，][{DIGIT}零幺]{{3,4}}){{1,3}}(?![{DIGIT}零幺0-9十百千万亿点{_NEXT_WORD}元块角毛厘%])"
)
_SAID_GROUPS = f"(?P<said_groups>(?<![{DIGIT}零幺0-9十百千万亿两点]){_BREATHS})"
_NAMED_DIGITS = (
    rf"尾(?:号|(?<=末尾))(?:数字)?[是为:]? ?(?P<tail>{_FOUR})"
    r"|(?:线(?<=[热专]线)|电话|拨打|致电|码(?<=号码))[是为:]? ?(?P<line>"
    r"(?:[0-9]{3,4}(?:[ -][0-9]{3,4}){1,3}|[0-9]{3,13})(?![0-9.])"
    rf"|{_BREATHS}|[{DIGIT}零幺]{{5,13}}(?![十百千万亿点]))"
)
_LAST_FOUR = rf"四位(?<=[末后]四位)(?:数字)?[是为:]? ?(?P<last_four>{_FOUR})"
_GROUPS = r"(?P<groups>(?<![0-9])[0-9]{3,4}(?:-[0-9]{3,8}){1,3}(?![0-9.%年天期元块个月日号万千百]))"
_FRACTION = rf"(?P<fraction>(?P<parts>{ARABIC}|百|千|万|[{DIGIT}十百]{{1,4}})分之(?P<share>{RUN}))|(?P<whole>百分百)"
_SLANG_RATE = rf"(?<=[息率])(?P<slang>(?P<slang_parts>[百千万])(?P<slang_share>[{DIGIT}]))(?![{DIGIT}十百千万亿元块点])"
# Sizes as people wave them about. 万把 alone would also be found in 千万把密码收好.
_ROUGH = r"(?P<rough>[百千](?:把|来)[元块]钱?|(?<!千)万把[元块]钱?|一[块毛][把来]钱|[一两三]个来月)"
_ROUGH_WORD = (
    r"(?P<rough_word>[块毛][把来]钱|(?<=个)把(?:月|礼拜|星期|年|钟头|小时)|半拉月"
    r"|(?P<pair>[俩仨])个?(?P<pair_unit>月|年|礼拜|星期|钟头|小时))"
)
_SOME_PER_CENT = rf"(?P<some_per_cent>(?:[{DIGIT}十]{{1,3}}|[0-9]{{1,2}})点几)"
_HALF_PRICE = "(?P<half_price>对折)"
_HALF_A_UNIT = r"(?P<half>半个?(?P<half_unit>年|月|小时|钟头|分钟|价|日|周|季度)(?!利|薪|经))"
_LAST_DIGIT = rf"(?![0-9{_NEXT_WORD}元块十百千万亿%‰厘.点起共定直些样旦般张名件条份家户台遍种句套项美港欧英韩澳])"
_CHANGE = (
    rf"(?:(?<=[元块钱])零?(?P<jiao>[0-9{DIGIT}两])[角毛](?:(?P<fen>[0-9{DIGIT}])(?:分|{_LAST_DIGIT}))?钱?"
    rf"|(?<=[元块钱])零?(?P<only_fen>[0-9{DIGIT}])分(?![期钟之利])钱?"
    rf"|(?<=[元块])零(?P<zero_fen>[0-9{DIGIT}]){_LAST_DIGIT}"
    rf"|(?<=[元块])(?P<tail_jiao>[0-9{DIGIT}]){_LAST_DIGIT}"
    rf"|(?<=[厘成])(?P<tenth>[0-9{DIGIT}半]){_LAST_DIGIT}|(?<=分)(?P<tenth_of_fen>[{DIGIT}半]){_LAST_DIGIT}"
    rf"|(?<=[角毛])(?P<last_fen>[0-9{DIGIT}])(?:分(?![期钟之利])钱?|{_LAST_DIGIT}))?"
)
_NUMBER = (
    rf"(?P<number>(?P<run>{RUN})(?P<loose>多(?![次少家项数样久种])|[来余](?=[万亿]|[元块天个期年人名位]|分钟|小时))?(?P<scale>(?<=[多来余])[万亿])?"
    rf"(?: ?(?P<unit>{UNIT}){_CHANGE})?)"
)
_WORDS = "半对俩仨块毛把今明昨天月周星礼尾线电拨致码耽占打花农阴旧正腊冬闰年初"
_NUMERALS = f"{DIGIT}零两十百千万亿廿卅卌几幺0-9"

# What begins with a word; with a Chinese numeral; what is a time; the rest. The looks ahead spare most of the attempts.
TOKEN = re.compile(
    f"(?=[{_WORDS}{_NUMERALS}])(?:"
    f"(?=[{_WORDS}])(?:{_RELATIVE_DATES}|{_NAMED_DIGITS}|{_LUNAR}|{_ROUGH_WORD}|(?P<word_idiom>{WORD_IDIOMS})|{_HALF_PRICE}|{_HALF_A_UNIT})"
    f"|(?=[{_NUMERALS}])(?:"
    f"(?![0-9])(?:{_ROUGH}|{_LAST_FOUR}|{_SAID_GROUPS}|(?P<idiom>{NUMERAL_IDIOMS})|{_SLANG_RATE}|(?P<one_half>一半))"
    f"|(?=[{DIGIT}零十廿卅两0-9]{{1,4}} ?[年月日号点时:]|[0-9]{{4}}[-/.]|[0-9]{{1,2}}/[0-9])"
    f"(?:{_SOME_PER_CENT}|{_CLOCK}|{_DATES})"
    f"|(?P<tail_length>(?<=[后末])(?<!最后)[46]位)|{_GROUPS}|(?=.{{1,5}}分[之百])(?:{_FRACTION})|{_NUMBER}))"
)
