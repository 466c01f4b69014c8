"""Find the full names of persons in folded text, by the words around them."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from guards.personal_data.cues import WordsBesideCharacters, listed
from guards.personal_data.hits import Hit
from guards.personal_data.people import (
    ANY_SURNAME,
    FIRST_OF_COMPOUNDS,
    FOREIGN,
    GIVEN,
    LATIN,
    RARER_SURNAME,
    SURNAME,
    is_full_name,
    is_unlikely_a_word,
)

_NAME = f"{SURNAME}{GIVEN}{{1,2}}"
_RARER = f"{RARER_SURNAME}{GIVEN}{{1,2}}"
_AFTER = (
    r"(?=$|[^\u4e00-\u9fff\u30070-9a-z]|[0-9]|先生|女士|小姐|太太|同志|是|的|和|与|跟|在|您|你|今年|电话|手机|微信"
    r"|身份证|住|家住|来自|"
    r"本人|吗|吧|呢|已|欠|未|没|工号|接|说|他|她|因|现|于|也|就|还|之|男|女|账户|银行卡|名下|一直|有|来|去|过|打|帮"
    r"|替|给|把|会|要|想|需|将|同意|拒|签|收|留|填|作为|担保|承担|对|当|从)"
)
# A name of an institution or a place is none of a person: 收款人是易宝支付有限公司.
_NO_FIRM = (
    r"(?![^的在是,，。;；:：!！?？ ]{0,12}?(?:公司|银行(?!卡|账)|集团|中心|支付|平台|基金|商行|商店|合作社|信托|保险"
    r"|证券|财务|金融|事务所|贷|借条|街道|社区|医院|学校|小学|中学|大学|法院|市场|超市|酒店"
    r"|[省市县](?=$|[^\u4e00-\u9fff]|[的人])))"
)
_ROLES = (
    "户主|开户人|开户名|开户户名|账户名|收款人|收款方|付款人|打款人|转账人|汇款人|联系人|联络人|户名|姓名|名字|持卡人"
    "|机主|车主|业主|房东|房主|租客|法人|法定代表人|法人代表|负责人|实控人"
    "|收件人|收货人|寄件人|投保人|被保险人|受益人|借款人|贷款人|共借人|共同借款人|担保人|保证人|抵押人|申请人|代理人"
    "|代办人|委托人|受托人|继承人|监护人|债务人|欠款人|当事人|被告|原告|被执行人|本人|客户|用户|会员|机主"
    "|患者|病人|伤者|就诊人|持有人|签收人|经办人|填表人|乘机人|乘车人|旅客|考生|学员|雇主|新郎|新娘"
)
_KIN = (
    "家人|家属|爱人|老公|老婆|丈夫|妻子|先生|太太|配偶|父亲|母亲|爸爸|妈妈|爸|妈|儿子|女儿|孩子|哥哥|弟弟|姐姐|妹妹"
    "|大哥|二哥|大姐|朋友|好友|同事|同学|亲戚|亲属|邻居|室友|舅舅|叔叔|伯伯|姑姑|姑妈|姨妈|婶婶|表哥|表弟|表姐|表妹"
    "|堂哥|堂弟|堂姐|堂妹"
    "|女婿|儿媳|媳妇|岳父|岳母|公公|婆婆|爷爷|奶奶|外公|外婆|孙子|孙女|领导|老板|上司|前妻|前夫|伴侣|对象|男友|女友"
    "|男朋友|女朋友|未婚妻|未婚夫|老乡|合伙人|学生"
)
_WHO = f"(?:{_ROLES}|{_KIN})"
_NAMED = "(?:的?(?:真实)?(?:姓名|名字|名称|大名|全名|真名))?"
_IS = (
    r"(?:就?[是为叫:=]|名叫|叫[做作]|(?:[一那]?栏)?里?(?:[写填]|登记|显示|留|备注|预留|约定)(?:着|了|的?是|的?为|的"
    r"|成)|那[边里]?|有[个位]?|还?有一[个位]|是[个位]|是不是|应该|[ \"'(]){1,4}"
)
_START = r"(?:(?<![\u4e00-\u9fff0-9a-z])|(?<=[是叫找请给跟和与让到问由的部科处局队司行院校店位户系帮替]))"
_ADDRESS = "先生|女士|小姐|太太|夫人|同志"
_PROFESSION = (
    "经理|老师|医生|主任|律师|师傅|警官|叔叔|阿姨|大哥|大姐|大爷|大妈|同学|书记|校长|院长|老板|局长|科长|队长|法官"
    "|教授|护士|爷爷|奶奶|会计|主管|总监|顾问|专员"
)
_HELLO = "您好|你好|早上好|上午好|中午好|下午好|晚上好|好久不见|打扰了"
_POSSESSED = (
    "身份证|手机|电话|银行卡|卡[号里上]|借款|贷款|账单|账户|欠款|债务|住址|地址|微信|家人|家属|父亲|母亲|爱人|老婆"
    "|老公|妻子|丈夫|单位|征信|逾期|名下|名字|资料|信息|合同|号码|配偶|儿子|女儿|额度|还款|那笔|钱"
)
_DOES = (
    "接电话|接听|接一?下|回电|回[个一]?[个下]?电话|还款|还钱|来电|签收|来一趟|打个?电话|打一个电话|发[个条]?短信"
    "|发[个条]?消息|带个?话|留个?言|本人|转达|转告|联系|处理|办理"
)


_WRITTEN = (
    "联系人|联络人|收款人|收件人|收货人|寄件人|受益人|投保人|被保险人|担保人|监护人|持有人|持卡人|借款人|户名"
    "|姓名|名字|抬头"
)
_SERVING = (
    "客服|店员|服务员|护士|大夫|司机|骑手|快递员|柜员|坐席|教练|班主任|维修工|保安|业务员|中介|销售|专员"
    "|导购|收银员|小哥"
    "|姑娘|小伙子|小伙|阿姨|师傅|经理"
)
_DID = "(?:下|付|签|寄|收|订|点|转|办|拍下|买|代签|签收|代收)的(?:$|[^\u4e00-\u9fff]|[单款钱件])"


_LEAST_LATIN = 9
"""Letters of the shortest name in pinyin, the space included: shorter ones may be two other words."""


class _Pattern(NamedTuple):
    pattern: re.Pattern[str]
    score: float
    is_name: Callable[[str, int, int], bool]


def _named(pattern: str, score: float, is_name: Callable[[str, int, int], bool] = is_unlikely_a_word) -> _Pattern:
    return _Pattern(re.compile(pattern), score, is_name)


_NAMES = (
    # Who speaks of a name outright: what follows a surname is taken to be one.
    _named(
        rf"(?:我(?:的名字)?叫|名叫|名字[是叫:]|(?:姓名|联系人|户名|持卡人)[是为叫: ]{{1,3}}) ?{_NO_FIRM}"
        rf"({RARER_SURNAME}(?:{GIVEN}{{1,2}}?{_AFTER}|{GIVEN}{{2}}))",
        0.7,
        is_full_name,
    ),
    _named(
        rf"(?:{_WHO}{_NAMED}{_IS}|[\u4e00-\u9fff]{{2,3}}人{_NAMED}[是为叫:]{{1,2}} ?|[您他她你](?:姓名|大名)?[是叫]"
        rf"|姓{SURNAME},?名|改名[叫为]?){_NO_FIRM}"
        rf"({RARER_SURNAME}(?:{GIVEN}{{1,2}}?{_AFTER}|{GIVEN}{{2}}))",
        0.6,
    ),
    # The name that somebody gives as the whole one, and what is put down for a person.
    _named(
        rf"全名[是叫为: ]{{0,2}}{_NO_FIRM}({RARER_SURNAME}(?:{GIVEN}{{1,2}}?{_AFTER}|{GIVEN}{{2}}))",
        0.6,
    ),
    _named(
        rf"(?:{_WRITTEN})的?[写填留]{_NO_FIRM}({RARER_SURNAME}{GIVEN}{{1,2}}?)(?=$|[^\u4e00-\u9fff]|[吧就和可行]|都行)",
        0.6,
    ),
    # Who is called so, of whom one knows only what they do.
    _named(
        rf"(?:{_SERVING}|[我您你他她][哥弟姐妹爸妈][哥弟姐妹爸妈]?)(?:名字)?叫{_NO_FIRM}({_NAME}?)(?=$|[^\u4e00-\u9fff0-9a-z]|的|来|给|吧)",
        0.5,
    ),
    _named(
        rf"(?:转告(?:一下|给)?|转交给?|代问|转达给|问候|探望)({_NAME}?)(?=$|[^\u4e00-\u9fff0-9a-z]|一声|一下|说)", 0.5
    ),
    _named(rf"(?:[这那]?[单笔个件份]|[这那]一?[单笔个件份]|号|订单|快递|包裹|合同)是({_NAME}?)(?={_DID})", 0.5),
    _named(
        rf"(?:[找叫]|姓名|名字|拼音|全名|乘机人|联系人|收件人|我是|name is|name)[是为叫: ]{{0,2}}({LATIN})"
        "(?!里|公司|牌)",
        0.5,
        lambda text, start, end: len(text[start:end]) >= _LEAST_LATIN,
    ),
    # Weaker words: the name has to end where a name would.
    _named(rf"(?:我是|我就是|这是|{_WHO}){_NO_FIRM}({_NAME}?{_AFTER})", 0.5),
    _named(
        rf"(?:叫|请问|找一?下?|是)({_NAME}?)(?=本人|在吗|在不在|在家吗|[吗吧么](?:$|[^\u4e00-\u9fff])|对吗|没错"
        rf"|接电话|呀|是吧|{_ADDRESS})",
        0.6,
    ),
    # A form of address behind it.
    _named(rf"({RARER_SURNAME}{GIVEN}{{1,2}}?)(?= ?(?:{_ADDRESS})(?!们))", 0.6, is_full_name),
    _named(rf"{_START}({_NAME}?)(?=(?:{_PROFESSION}|本人)(?!们))", 0.5),
    _named(rf"(?<![\u4e00-\u9fff0-9a-z])(?:[喂哎嗨诶哦嘿],?)?({_NAME}?)(?=[, ]?(?:{_HELLO}))", 0.6),
    _named(
        rf"(?<![\u4e00-\u9fff0-9a-z])(?:[喂哎嗨诶哦嘿],?)?({_NAME}?)(?=(?:吗|么|吧|呢|在吗|在不在|在家吗)(?:$"
        rf"|[^\u4e00-\u9fff]))",
        0.5,
    ),
    _named(rf"(?<![\u4e00-\u9fff0-9a-z])({_NAME}?)(?=[,，、 ](?:男|女)(?:$|[^\u4e00-\u9fff]|性|,)|在不在|在吗)", 0.5),
    _named(rf"姓[{ANY_SURNAME}][, ]{{1,2}}({_NAME}?)(?=$|[^\u4e00-\u9fff])", 0.5),
    _named(rf"找(?:一?下|到)?({_NAME}?)(?=$|[^\u4e00-\u9fff]|[问拿签聊谈]一?[下个]|对接|报到|确认|核实)", 0.5),
    _named(rf"(?:{_PROFESSION})(?!傅)({_NAME}?{_AFTER})", 0.5),
    _named(rf"(?:{_HELLO})[,!。 ]{{0,2}}({_NAME}?)(?=$|[,，。!?？]|在吗|我是|我们是|这里是|是吗|对吗)", 0.5),
    _named(
        rf"[您你他她我](?:跟|和|与|认识|知道|联系)({_NAME}?)(?=$|[^\u4e00-\u9fff]|是|什么|的关系|吗|熟|一起|共同)", 0.5
    ),
    _named(rf"{_START}({_NAME}?)(?=、{_NAME}?(?:$|[,。]|[两二]|夫|都|和|的|是|先生|女士))", 0.5),
    _named(rf"(?<=、)({_NAME}?)(?=[两二]位|[两二]人|夫[妻妇])", 0.5),
    _named(rf"{_START}({_NAME}?)(?=的(?:{_POSSESSED}))", 0.5),
    _named(
        rf"(?:转告|转达给?|告诉|告知|通知|联系|联系到|联系上|打给|让|替|帮|找|给|跟|提醒|叫|请"
        rf"|代)({_NAME}?)(?=(?:{_DOES}))",
        0.5,
    ),
    _named(
        rf"(?:叫|姓名|名字|人|户名|主|是|尊敬的|[,。:])[是为叫: ]{{0,3}}({FOREIGN})(?={_ADDRESS}|{_HELLO}|$"
        rf"|[^\u4e00-\u9fff·]|[是的吗])",
        0.6,
        lambda *_: True,
    ),
    _named(rf"({FOREIGN})(?=(?:{_ADDRESS}|{_HELLO}))", 0.6, lambda *_: True),
)


_might_name = WordsBesideCharacters(
    f"{ANY_SURNAME}官宫文葛{FIRST_OF_COMPOUNDS}",
    before=[
        *listed("在吗 在不在 在家吗 吗 吧 么 呢 对吗 没错 呀 是吧 接听 接下 接一下 接电话 回电 回个 回一个 还款 还钱"),
        *listed(
            "来电 签收 来一趟 转达 转告 联系 处理 办理 本人 打电话 打一个电话 发短信 发个短信 发条短信 发消息 发个消息"
        ),
        *listed("打个电话 发条消息 带话 带个话 留言 留个言 ,男 ,女 、男 、女"),
        *f"{_ADDRESS}|{_PROFESSION}|{_HELLO}".split("|"),
        *[f"的{word}" for word in _POSSESSED.replace("卡[号里上]", "卡").split("|")],
    ],
    behind=[
        *listed(
            "我是 我就是 这是 您好 你好 早上好 上午好 中午好 下午好 晚上好 好久不见 打扰了 您是 他是 她是 你是 您叫"
        ),
        *listed(
            "全名 问候 探望 转告 转告一下 转告给 转交 转交给 代问 转达给 他叫 她叫 你叫 姓名是 姓名叫 大名 我叫 "
            "名字是 名字叫 名字: 名叫 改名 姓名 户名 尊敬的 找 找下 找到 、"
        ),
    ],
    near=[
        *listed("全名是 全名叫 全名为 单是 笔是 个是 件是 份是 号是 订单是 快递是 包裹是 合同是"),
        *[f"{word}叫" for word in (*_SERVING.split("|"), *"哥弟姐妹爸妈")],
        *listed("人是 人为 人叫 人: 名: 名是 名为 您跟 您和 你跟 你和 他跟 她跟 认识 知道 我姓 您姓 你姓 他姓 她姓"),
        *f"{_PROFESSION}|{_ROLES}|{_KIN}".split("|"),
    ],
)


_APART = re.compile("[a-z] [a-z]")
_LATIN_CUE = re.compile(rf"(?:[找叫名字音人是为]|name is)[是为叫: ]{{0,2}}{LATIN}")


def might_name(text: str) -> bool:
    """A cue: whether somebody may be named."""
    return "·" in text or _might_name(text) or (_APART.search(text) and _LATIN_CUE.search(text)) is not None


def names(text: str) -> Iterator[Hit]:
    """Full Chinese names that the words around them give away; a surname with a title is no full name."""
    for pattern, score, is_name in _NAMES:
        for found in pattern.finditer(text):
            start, end = found.span(1)
            if is_name(text, start, end):
                yield Hit("name_in_context", start, end, score)
