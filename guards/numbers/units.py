"""The units that may follow a number: what each measures, and how much one is."""

from decimal import Decimal

from guards.types import Quantity

FOREIGN = frozenset(
    [
        "美元",
        "美金",
        "美刀",
        "刀",
        "港币",
        "港元",
        "港纸",
        "日元",
        "日币",
        "韩元",
        "韩币",
        "欧元",
        "英镑",
        "澳元",
        "澳币",
        "加元",
        "加币",
        "新币",
        "新元",
        "台币",
        "新台币",
        "澳门币",
        "泰铢",
        "卢布",
        "卢比",
        "法郎",
        "越南盾",
        "比索",
        "外币",
        "比特币",
        "以太币",
        "以太坊",
        "泰达币",
        "usdt",
        "usdc",
        "usd",
        "hkd",
        "eur",
        "gbp",
        "jpy",
        "krw",
        "sgd",
        "aud",
        "cad",
        "twd",
        "btc",
        "eth",
        "$",
        "€",
        "£",
        "₩",
        "₽",
        "₹",
        "฿",
        "₿",
    ]
)
"""Money other than yuan, folded: never equal to an amount in yuan."""

COUNTERS = (
    r"名额|席位|户头|人次|用户|客户(?!经理|服务|端)|会员|家庭|学生|粉丝|商户|商家|企业|名(?![字下单称义片牌])"
    r"|个(?!人(?:贷|信|消|征|账|中心|资|用)|体|性|别)|位(?![于置])"
    r"|人(?![工民员生气品际])|次(?![日月年要级序])|笔(?![记者试])|张(?![罗口])|家(?![里长乡属中具电装居])|户(?![口名主])|件|项(?!目)"
    r"|条(?![件款例])|台(?!风)|份(?!额)|遍|步(?!骤)|种|句|倍|周?岁|套|回(?![复来电访去款拨头家答收馈执])|声(?!明)|页|单(?![位利独日])"
    r"|通(?![过知常话电道用勤信讯])"
)
_MONEY = r"[角毛](?![度色落病利债形洲])钱?|分钱|(?:人民币|(?:rmb|cny|[wk])(?![a-z]))(?! ?[0-9])"
_FOREIGN = (
    r"美[元金刀]|(?<=[0-9百千万])刀|港[币元纸]|[日韩][元币]|欧元|英镑|[澳加新][元币]|新?台币|澳门币|泰铢|卢[布比]|法郎|越南盾|比索|外币"
    r"|比特币|以太[币坊]|泰达币"
    r"|(?:(?:usd[tc]?|hkd|eur|gbp|jpy|krw|sgd|aud|cad|twd|btc|eth)(?![a-z])|[$€£₩₽₹฿₿])(?! ?[0-9])"
)
UNIT = (
    rf"%|元(?![旦素件老])(?:人民币|钱)?|块(?!儿)钱?|‰|个?百分点|个点(?!位)|{_FOREIGN}"
    r"|厘(?!米)|成(?![员为功立本果绩交年长了都熟就])|折(?![腾合算旧叠现磨])"
    r"|分钟|小时(?!候)|个半?小时|个半?钟头?|钟头|刻钟|秒钟?(?![批到杀懂])"
    r"|个半?月|年期|年半?(?![化利息轻龄费前底初综级])|个?季度|期(?![间限待望货末初盼])"
    r"|天(?![然津猫气])|日(?=[之以]?[内后])|个?工作日|个?自然日|周(?![围转边末全年密期岁])|个?星期(?![一二三四五六日天])|个?礼拜"
    rf"|{_MONEY}|分(?![期行摊析享批类别开成文公界配手散段店部给之])|(?P<counter>{COUNTERS})"
)
"""The pattern of a unit as it follows a number in folded text."""

_SIZES = {
    Quantity.RATE: {"%": "1", "‰": "0.1", "个百分点": "1", "百分点": "1", "个点": "1", "厘": "0.1", "成": "10"},
    Quantity.MINUTES: {
        **dict.fromkeys(("小时", "个小时", "个半小时", "个钟", "个钟头", "个半钟", "个半钟头", "钟头"), "60"),
        **{"分钟": "1", "刻钟": "15", "秒": "1", "秒钟": "1"},
    },
    Quantity.TERM: {
        **dict.fromkeys(("个月", "个半月", "期"), "1"),
        **dict.fromkeys(("年", "年半", "年期"), "12"),
        **dict.fromkeys(("季度", "个季度"), "3"),
    },
    Quantity.DAYS: {
        **dict.fromkeys(("天", "日", "工作日", "个工作日", "自然日", "个自然日"), "1"),
        **dict.fromkeys(("周", "星期", "个星期", "礼拜", "个礼拜"), "7"),
    },
    Quantity.MONEY: {
        **dict.fromkeys(("元", "元人民币", "元钱", "块", "块钱", "人民币", "rmb", "cny", *FOREIGN), "1"),
        **dict.fromkeys(("角", "毛", "角钱", "毛钱"), "0.1"),
        **{"分钱": "0.01", "w": "10000", "k": "1000"},
    },
}
ONE = Decimal(1)
UNITS: dict[str, tuple[Quantity, Decimal]] = {
    unit: (quantity, ONE if size == "1" else Decimal(size))
    for quantity, sizes in _SIZES.items()
    for unit, size in sizes.items()
}
"""Unit as written → what it measures and how much one is (TERM in months, MINUTES in minutes, but 秒 in seconds)."""
RATES = frozenset({Quantity.RATE, Quantity.RATE_ANNUAL, Quantity.RATE_MONTHLY, Quantity.RATE_DAILY})
"""The quantities that are per cent."""
PRICED = RATES | {Quantity.MONEY}
"""What a customer pays, or pays by."""
