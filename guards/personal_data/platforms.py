"""Find the names under which a person is known on social platforms and in games, in folded text."""

import re
from collections.abc import Iterator

from guards.personal_data.accounts import WORDS
from guards.personal_data.cues import WordsAndPattern
from guards.personal_data.hits import Hit

_PLATFORMS = (
    "微博|b站|哔哩哔哩|抖音|快手|小红书|知乎|豆瓣|视频号|推特|脸书|领英|贴吧|虎牙|斗鱼|闲鱼|淘宝|旺旺"
    "|陌陌|探探|电报|微信|qq"
    "|telegram|instagram|twitter|facebook|tiktok|youtube|discord|linkedin|github|gitee|gitlab|steam|csdn"
    "|(?<![a-z])(?:ins|ig|fb|tg|x|soul)(?![a-z])"
    "|游戏|王者荣耀|王者|原神|和平精英|吃鸡|英雄联盟"
)
_CALLED = (
    r"(?:的 ?)?(?:账号|帐号|账户|昵称|用户名|网名|(?:u|user)?id(?![a-z])|(?:u|user)?id(?=[a-z0-9]*[._\-0-9])"
    r"|(?<!视频)号|会员名|主页|(?<!游戏)名字|角色名?)(?:名称?|id)?"
)
_SAYS = r"(?:就?[是为:=]|叫[做作]?|改成了?|[ \"'(]){0,3}"
_CHINESE = r"\u4e00-\u9fff丶灬"
# A value in Latin letters ends where they end; one in Chinese characters where the clause does.
_LATIN = r"[a-z0-9](?:[a-z0-9_]|[.\-](?=[a-z0-9])){2,29}(?![a-z0-9_@:/])"
_MIXED = rf"(?=[{_CHINESE}])[{_CHINESE}a-z0-9_\-.·]{{2,20}}"
_END = r"(?=$|[,。;!?、)\"' ]|\[|(?<=[a-z0-9_])[\u4e00-\u9fff])"
_VALUE = rf"({_MIXED}{_END}|{_LATIN})"
_LABELLED = re.compile(rf"({_PLATFORMS}) ?((?:[上里]|搜(?:一下|索)?|找(?:一下)?)?{_CALLED} ?{_SAYS}){_VALUE}")
_NAMED = re.compile(rf"(?:[我您你他她](?:的|那个)? ?)({_PLATFORMS})(?:账?号|里面?)?(叫[做作]?|名叫|昵称叫?|:){_VALUE}")
_AT = re.compile(rf"({_PLATFORMS})((?:[^@。;!?]{{0,8}})) ?(@[{_CHINESE}a-z0-9_\-.]{{2,24}})(?=$|[,。;!?、)\"' :]|\[)")
HANDLE = WordsAndPattern(
    [word for word in _PLATFORMS.replace("(?<![a-z])(?:", "").replace(")(?![a-z])", "").split("|") if word != "x"],
    re.compile(rf"(?:{_PLATFORMS}) ?(?:.{{0,3}}{_CALLED}|里?面?名?叫|:|[^@。;!?]{{0,8}}@)"),
)
"""A cue: without it, nobody's name on a platform is told."""

_NO_FIRST = frozenset(
    "登被怎能可不没无什只每一最限要必需在有和与跟注绑解封违异找忘密改换申认实安等达满到都也还已会里上下涨粉多太很这那哪谁"
    "我你您他她是的用搜叫名称写填为或以由从向对给让把及未请官如若出丢卖买租借几第名加关点发看交处主显突老是今昨明"
) - frozenset("月明一老小点")
"""What a name seldom begins with, and what is said of an account often does."""
_SHARED = re.compile("官方|官号|蓝v|企业号|公众号|服务号|订阅号|我[们司]|本[公店]|公司|旗舰店|平台|品牌|客服|店铺")
"""An account of a firm is nobody's."""
_FIRM = re.compile(
    "官方|客服|公司|集团|旗舰店|银行|金融|日报|晚报|新闻|电视台|法院|公安|警方|发布|中心|服务|小助手|专卖|账号|昵称|"
    "密码|异常|登录|注销|实名|认证|直播间"
)
_OWNED = re.compile("[我您你他她]")
_SIGN = re.compile(r"[a-z0-9_丶灬]$|_")
_OUTRIGHT = re.compile("叫|昵称[是为:]|网名[是为:]?|用户名[是为:]|名字[是为:]")
_OWN_PART = re.compile(r".*[a-z0-9_](?=[这那被是吧呢啊的了怎给我你您他她在说就也没不已又登突])")
"""What is said behind a letter or a digit is no part of the name: 猫2010被冒用."""
_REACH = 8


def handles(text: str) -> Iterator[Hit]:
    """Accounts and nicknames on platforms by name or number, as they are called, and what follows an @ there."""
    for pattern in (_LABELLED, _NAMED, _AT):
        for found in pattern.finditer(text):
            platform, says, value = found.groups()
            if own := _OWN_PART.match(value):
                value = own[0]
            before = text[max(0, found.start() - _REACH) : found.start()]
            if _SHARED.search(before) or _SHARED.search(says) or _FIRM.search(value):
                continue
            is_name = _is_after_at(before + platform + says, value) if pattern is _AT else _is_name(says, value)
            if is_name:
                yield Hit("online_account", found.start(3), found.start(3) + len(value), 0.6)


def _is_after_at(before: str, value: str) -> bool:
    """Whether an @ names a person: it holds a letter or a digit, or somebody says that it is theirs."""
    return value[1:].isascii() or _SIGN.search(value) is not None or _OWNED.search(before) is not None


def _is_name(says: str, value: str) -> bool:
    """Whether what stands behind a platform is the name of an account and no word about it."""
    if value.isascii():
        return value not in WORDS and (not value.isdigit() or len(value) >= 5)
    if value[0] in _NO_FIRST:
        return False
    return _OUTRIGHT.search(says) is not None or _SIGN.search(value) is not None
