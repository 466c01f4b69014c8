"""Find the addresses under which a person is reached online in folded text, in linear time."""

import re
from collections.abc import Iterator

from guards.personal_data.cues import WordsAndPattern, listed
from guards.personal_data.digit_runs import DIGIT
from guards.personal_data.hits import Hit
from guards.text.digits import DIGIT_FORMS

_SAID = "点(?=[a-z0-9])|下划线|中?[横划]?杠|减号"
_SPELT = rf"(?<![a-z0-9._+\-])[a-z0-9](?: (?:[a-z._\-]|{DIGIT})){{2,30}}"
"""Letters read out one by one."""
# A Chinese digit at the beginning may belong to the sentence (第一wang@…), unless there are more of them.
_LOCAL = re.compile(
    rf"(?:[a-z0-9._%+\-](?:[a-z._%+{''.join(DIGIT_FORMS)}\-]|{_SAID}){{0,63}}|{DIGIT}{{5,64}}|{_SPELT}) {{0,2}}$"
)
_AT = re.compile(
    rf"@|艾特|爱特|圈a|小老鼠|[(\[{{] ?at ?[)\]}}]|(?:(?<=[a-z] )|(?<={DIGIT} ))at(?= [a-z0-9])"
    r"|(?<=[a-z0-9_][a-z0-9_])#(?=(?:[a-z0-9\-]{1,30}\.){1,3}(?:com|cn|net|org)(?![a-z0-9]))"
)
ADDRESS = re.compile("@|艾特|爱特|圈a|小老鼠|at[)\\]} ]|[a-z0-9]#[a-z0-9]")
"""A cue: without it, there is no e-mail address."""
_LABEL = rf"(?:[a-z0-9][a-z0-9\-]{{0,62}}|q q|扣扣|网易|新浪|{DIGIT}{{3}})"
_DOT = "(?: ?(?:[.·]|dot|点) ?|。(?=com|cn|net|org))"
_DOMAIN = re.compile(rf" {{0,2}}{_LABEL}(?:{_DOT}(?:[康抗][姆母]|西恩|[a-z0-9][a-z0-9\-]{{0,62}})){{1,5}}")
_LOCAL_REACH = 160

_WECHAT_NAMES = (
    "微[ .-]?信|薇信|威信|徽信|维信|嶶信|溦信|微❤|微心|微x|薇x|绿泡泡|卫星号|wechat|weixin|vx|wx(?!id_)|v信|w信"
    r"|加(?:我|个|一下)? ?(?:v(?!ip|i[vs])|微|薇|徽)信?|\+(?:我|个|一下)?(?:v(?!ip)|微|薇|徽)信?"
)
_QQ_NAMES = r"qq|q q|q号|扣扣|叩叩|球球|企鹅|加(?:我|个|一下)?q|\+(?:我|个|一下)?q"
_ALIPAY_NAMES = "支付宝|支付寶|zfb|alipay"
_OTHER_NAMES = "抖音|快手|小红书|陌陌|钉钉|微博|飞书|旺旺|电报|纸飞机|telegram|whatsapp|skype"

_OUTRIGHT = re.compile("号|id|户|名|[是为叫:=搜]|[改换]成")
_SAYS = (
    "(?:号码?|[账帐][号户]|id|名字?|昵称|用户名|就?[是为叫:=]|[改换]成了?|收款|个人|登录|绑定|私人|小号|大号"
    "|[填写]的?|我?[念报说]一?[下遍]|[您你]?[记听搜加]一?[下好索]?了?|不?是|[您你我]的?|同号|[ ,、\"'(]){0,7}+"
)
_CHINESE_DIGIT = f"[{''.join(form for form in ''.join(DIGIT_FORMS) if not form.isascii())}]"
# One Chinese digit at the end may belong to the sentence (abc一共); several, or one within, do not.
_MORE = (
    rf"(?:[a-z0-9_\-]|\.(?=[a-z0-9])|{_CHINESE_DIGIT}(?:(?=[a-z0-9_])|{_CHINESE_DIGIT}+)|下划线|[中短]?横?杠|横线"
    rf"|减号|点(?=[a-z0-9]))"
)
_OTHER_LABEL = "(?:qq|vx|wx|wechat|weixin|tel|phone|mobile|email|and|or)(?![a-z0-9])"
_LATIN = (
    rf"[a-z]{_MORE}{{2,24}}(?: (?!{_OTHER_LABEL})(?:[0-9]{{1,6}}|[a-z][a-z0-9_]{{0,11}})(?![a-z0-9_\-@:.])){{0,3}}"
    rf"|[a-z]{{1,2}}(?:[ \-]{{1,2}}(?:[a-z]|[0-9]{{1,8}}|{_CHINESE_DIGIT}{{2,8}})(?![a-z0-9])){{2,19}}"
)
_DIGITS = rf"(?![48]00){DIGIT}(?:[ \-]?{DIGIT}){{5,19}}(?![0-9]| ?[元块万笔次人])"
WORDS = frozenset(
    listed(
        "app apps pay vip svip ios android web sdk api http https www com pos ok id hello hi mini qq vx wx"
        " wechat weixin"
        " max plus pro"
        " openid open_id unionid union_id pdf word excel wifi pc mac ipad iphone email e-mail mail online offline logo"
        " bye nfc crm bug url"
        " link sms and or not the is my me for login logout bot server client version password error"
        " code name number null none true false token key"
    )
)
"""What follows the name of an application and is no account."""
_LEAST_UNLABELLED = 6
_WORDLIKE = re.compile(r"[a-z]{2,12}(?:[_\-][a-z]{1,12})?[_\-]?[0-9]{2,8}")
_FIRST_WORD = re.compile(r"^([a-z]*)([a-z0-9_\-]*)")


def _account(names: str) -> re.Pattern[str]:
    return re.compile(rf"({names})({_SAYS})({_LATIN}|{_DIGITS})")


_WXID = re.compile("wxid_[a-z0-9]{5,}")
_KINDS = (
    ("wechat", _account(_WECHAT_NAMES)),
    # Further away, only what cannot be a word: 加下微信吗，我的号是lucy2020.
    (
        "wechat",
        re.compile(
            rf"({_WECHAT_NAMES})((?![^a-z0-9]{{0,4}}(?:公众|小程序|支付|群|企业|官方|服务号|订阅号|里|打开|版|扫"
            rf"|付))[^a-z0-9。;!?]{{1,12}})((?:[a-z]{{2,19}}[0-9_\-][a-z0-9_\-]{{1,19}}"
            rf"|(?<=拼音)[a-z]{{4,20}})(?![a-z0-9_\-%.]))"
        ),
    ),
    ("alipay", _account(_ALIPAY_NAMES)),
    ("online_account", _account(_OTHER_NAMES)),
)
_QQ = re.compile(rf"({_QQ_NAMES}){_SAYS}((?![0零〇洞]){DIGIT}(?:[ \-]?{DIGIT}){{4,10}})(?![0-9]| ?[元块万笔次人])")
ACCOUNT = WordsAndPattern(
    [
        *("wxid_", "q q", "微 信", "加 v", "加我 v", "加个 v", *_ALIPAY_NAMES.split("|"), *_OTHER_NAMES.split("|")),
        *listed("微信 微.信 微-信 薇 威信 徽信 维信 嶶信 溦信 微❤ 微心 微x 绿泡泡 卫星号 wechat weixin vx wx v信 w信"),
        *listed("加v 加我v 加个v 加一下v +v +我v +个v +一下v 加微 加我微 加个微 加一下微 加徽 加我徽 加个徽"),
        *listed("+微 +我微 +个微 +一下微 +徽 qq q号 扣扣 叩叩 球球 企鹅 加q 加我q 加个q 加一下q +q +我q +个q"),
    ],
    re.compile(
        rf"wxid_|(?:{_WECHAT_NAMES}|{_QQ_NAMES}|{_ALIPAY_NAMES}|{_OTHER_NAMES}){_SAYS}(?:[a-z]|{DIGIT})"
        rf"|(?:{_WECHAT_NAMES})[^a-z0-9。;!?]{{1,12}}[a-z]{{2}}"
    ),
)
"""A cue: without it, no account is named."""


def emails(text: str) -> Iterator[Hit]:
    """Addresses with an @, written or read aloud (艾特, at; 点, dot)."""
    for sign in _AT.finditer(text):
        domain = _DOMAIN.match(text, sign.end())
        floor = max(0, sign.start() - _LOCAL_REACH)
        if domain and (local := _LOCAL.search(text[floor : sign.start()])):
            yield Hit("email", floor + local.start(), domain.end(), 0.9)


def accounts(text: str) -> Iterator[Hit]:
    """Names and numbers of accounts at WeChat, also in its disguises (薇信, V信, vx), at Alipay and elsewhere."""
    for found in _WXID.finditer(text):
        yield Hit("wechat", *found.span(), 0.8)
    for kind, pattern in _KINDS:
        for found in pattern.finditer(text):
            if _is_account(found, is_outright=kind == "online_account"):
                yield Hit(kind, *found.span(3), 0.8)


def _is_account(found: re.Match[str], *, is_outright: bool) -> bool:
    """Whether no word stands behind the name of an application; `is_outright`: an account has to be called one."""
    name, says, value = found.groups()
    if _is_glued(found):
        return False
    if name.isascii() and name.isalpha() and not says and value[0].isalpha():
        # No word begins with vx, and no code of an order is letters with digits behind them alone: VXlan-lan88.
        return name == "vx" and _WORDLIKE.fullmatch(value) is not None
    letters, word = _FIRST_WORD.findall(value)[0]
    if _OUTRIGHT.search(says):
        return letters + word not in WORDS
    return not is_outright and letters not in WORDS and (not value.isalpha() or len(value) >= _LEAST_UNLABELLED)


def _is_glued(found: re.Match[str]) -> bool:
    """Whether a Latin letter or digit stands before what begins with one: no vx in a longer word."""
    before = found.string[max(0, found.start() - 1) : found.start()]
    return found[0][0].isascii() and found[0][0].isalpha() and before.isascii() and before.isalnum()


def qqs(text: str) -> Iterator[Hit]:
    """Numbers of accounts that are called QQ's."""
    for found in _QQ.finditer(text):
        if not _is_glued(found):
            yield Hit("qq", *found.span(2), 0.8)
