"""Find the addresses under which a person is reached online in folded text, in linear time."""

import re
from collections.abc import Iterator

from guards.personal_data.digit_runs import DIGIT
from guards.personal_data.hits import Hit
from guards.text.digits import DIGIT_FORMS

_SAID = "点(?=[a-z0-9])|下划线|中?[横划]?杠|减号"
# A Chinese digit at the beginning may belong to the sentence (第一wang@…), unless there are more of them.
_LOCAL = re.compile(
    rf"(?:[a-z0-9._%+\-](?:[a-z._%+{''.join(DIGIT_FORMS)}\-]|{_SAID}){{0,63}}|{DIGIT}{{5,64}}) {{0,2}}$"
)
_AT = re.compile(rf"@|艾特|爱特|圈a|小老鼠|[(\[{{] ?at ?[)\]}}]|(?:(?<=[a-z] )|(?<={DIGIT} ))at(?= [a-z0-9])")
ADDRESS = re.compile("@|艾特|爱特|圈a|小老鼠|at[)\\]} ]")
"""A cue: without it, there is no e-mail address."""
_LABEL = rf"(?:[a-z0-9][a-z0-9\-]{{0,62}}|扣扣|网易|新浪|{DIGIT}{{3}})"
_DOT = "(?: ?(?:[.·]|dot|点) ?|。(?=com|cn|net|org))"
_DOMAIN = re.compile(rf" {{0,2}}{_LABEL}(?:{_DOT}(?:[康抗][姆母]|西恩|[a-z0-9][a-z0-9\-]{{0,62}})){{1,5}}")
_LOCAL_REACH = 160

_IS = r"(?:号码?|账号|帐号|id)?[是为叫:,、 ]{0,3}"
_HANDLE = rf"(?:[a-z](?:[a-z0-9_\-]|下划线|横杠){{5,19}}(?![a-z0-9])|{DIGIT}(?:[ \-]?{DIGIT}){{5,}}(?![0-9]))"
_WECHAT = re.compile(
    r"(wxid_[a-z0-9]{5,})|(?:(?:微信|薇信|威信|徽信|维信|嶶信|溦信|微❤|微心|微x|薇x|绿泡泡|卫星号"
    r"|wechat|weixin|vx(?<![a-z0-9]vx)|wx(?<![a-z0-9]wx)(?!id_)|v信(?<![a-z0-9]v信)|w信(?<![a-z0-9]w信)"
    r"|[加+](?:我|个|一下)?(?:v(?!ip)|微|薇|徽))"
    rf"{_IS})({_HANDLE})"
)
_QQ = re.compile(
    rf"(?:qq(?<![a-z0-9]qq)|q q|q号|扣扣|叩叩|球球|企鹅|[加+](?:我|个|一下)?q){_IS}"
    rf"((?![0零〇洞]){DIGIT}(?:[ \-]?{DIGIT}){{4,10}})(?![0-9])"
)
# All alternatives begin with a letter of their own, by which a search skips what lies between.
ACCOUNT = re.compile(
    "(?:微信|薇信|威信|徽信|维信|嶶信|溦信|微❤|微心|微x|薇x|绿泡泡|卫星号"
    "|wechat|weixin|vx|wx|v信|w信|qq|q q|q号|扣扣|叩叩|球球|企鹅"
    rf"|加(?:我|个|一下)?[v微薇徽q]|\+(?:我|个|一下)?[v微薇徽q]){_IS}(?:[a-z_]|{DIGIT})"
)
"""A cue: without it, no account is named."""


def emails(text: str) -> Iterator[Hit]:
    """Addresses with an @, written or read aloud (艾特, at; 点, dot)."""
    for sign in _AT.finditer(text):
        domain = _DOMAIN.match(text, sign.end())
        floor = max(0, sign.start() - _LOCAL_REACH)
        if domain and (local := _LOCAL.search(text[floor : sign.start()])):
            yield Hit("email", floor + local.start(), domain.end(), 0.9)


def wechats(text: str) -> Iterator[Hit]:
    """Names and numbers of accounts that are called WeChat's, also in its disguises (薇信, V信, vx, 加我微)."""
    for found in _WECHAT.finditer(text):
        yield Hit("wechat", *found.span(found.lastindex or 0), 0.8)


def qqs(text: str) -> Iterator[Hit]:
    """Numbers of accounts that are called QQ's."""
    for found in _QQ.finditer(text):
        yield Hit("qq", *found.span(1), 0.8)
