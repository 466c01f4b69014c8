"""Whether words are plainly negated (我们不承诺包过), quoted in a warning (说包过的都是骗子) or condemned.

我们不承诺百分百获批 and 凡是说包过的都是骗子 say the opposite of what the banned words in them promise. The forms are
few and closed: what fits none of them (不只包过, 谁说不能包过, 别家骗人，我们包过) is taken for a claim.
"""

import re
from typing import NamedTuple

from guards.text.sentences import SENTENCE_MARKS
from guards.types import Act, Span

_REACH = 48
"""How far around the words their sentence is read, in code points."""
_END = re.compile(f"[{SENTENCE_MARKS}!?\n…]")
"""In doubt a sentence is over, so that nothing of the one before excuses the next."""
_PAUSE = re.compile("[，,：:]")
_CUT_OFF = "\0"
"""Stands for what is out of reach, so that no form is taken to begin there."""

# Negation: a negator right before the words, with nothing between but the fillers that it governs.
_YOU = r"[您你](?!们)"
_TO_YOU = rf"(?:[给向对跟让帮替]{_YOU})"
_YOURS = (
    rf"(?:把{_YOU}的?(?:欠款)?(?:信息|照片|资料|情况|事情?)?"
    rf"|把[您你]?的?(?:钱|存款)|在(?:电话里|网上|微信上)|要求{_YOU})"
)
_SUCH = "(?:任何形式的?|任何机构|任何人?|所谓的?|什么|这种|这样的?|这些|那种|某些)"
_BECAUSE = "(?:(?:因为|为了)[^，,：:]{1,12}?(?:就|而)?)"
_MEANS = "(?:通过|进行|使用|出现|宣传|拿去|拿来|用于|用来|[拿用刷](?:信用卡|贷款|借款|借来的钱|这笔钱)?(?:去|来)?)"
_SENT = "(?:有人|安排人|安排|派人|派员)"
_DOES = (
    rf"(?:{_TO_YOU}|{_YOURS}|{_YOU}|{_SUCH}|{_BECAUSE}|{_MEANS}|{_SENT}|再|去|来|加|跟|要|能|会|可以|被|说|一定|肯定|必然"
    r"|承诺|保证)"
)
_MAY = "(?:并|也|都|更|一律|绝对|肯定|从来?|绝|决)?"
_SPEAKS = rf"(?:{_TO_YOU}?(?:说|保证|承诺|答应|打包票说?){_TO_YOU}?)"
_POLITE = "(?:请|您|你|大家|千万|可|那|也|先|以后|平时|所以|因此|建议|提醒|我们|咱们?|就|真的?|绝对|一定|在电话里)"
_ASKED = re.compile(
    rf"^[、“\"「]?{_POLITE}{{0,3}}(?P<no>别|不要|不用|不必|不需要|没必要|切勿|请勿|勿)"
    rf"(?:{_TO_YOU}|{_YOURS}|{_YOU}|{_SUCH}|{_BECAUSE}|{_MEANS}|再|去|来|急着|先|把|在|加|发给?|转给?|指望){{0,4}}[“\"「『‘]?$"
)
"""Asks the customer not to; where the thing not needed comes first (材料都不用), a promise may follow."""
_NEGATED = [
    _ASKED,
    *(
        re.compile(rf"(?P<no>{no}){fillers}[“\"「『‘]?$")
        for no, fillers in (
            (rf"(?<![能会要可]){_MAY}不(?:会|能|可能|可以?|准|应该|应|该|允许)", rf"{_DOES}{{0,4}}"),
            (rf"(?<![舍巴恨怪由少顾了值]){_MAY}不得", rf"{_DOES}{{0,4}}"),
            (
                rf"{_MAY}不(?:接受|提倡|鼓励|支持|建议|存在|提供|属于|评价|做|办)|[看查]不[到了]|不(?:用|需要|必|要求|会让)[您你]",
                rf"{_DOES}{{0,3}}",
            ),
            (r"不会有(?:任何)?(?:一个)?(?:人|谁|警察|法官|同事)(?:因为[^，,]{1,10})?", "[来去]?"),
            (rf"{_MAY}不(?:代表|等于|意味着)", rf"(?:{_DOES}|我们){{0,3}}"),
            (rf"{_MAY}不(?:能|会|敢|可能|想|便)?{_SPEAKS}", rf"(?:{_DOES}|以后|自己|我们|是){{0,3}}"),
            (rf"(?:没有?办?法|无法|没有?权力|没有?权限){_SPEAKS}?", rf"(?:{_TO_YOU}|{_YOU}|能|会|申请|办理?){{0,3}}"),
            (r"不一定|未必|不见得", "[是能会]?"),
            (
                rf"(?<!有)没有?(?:任何)?(?:人|谁|哪[家个位](?:机构|公司|平台|银行)?)(?:[能会敢]|可以)?{_SPEAKS}?",
                rf"(?:{_DOES}|花钱){{0,3}}",
            ),
            (rf"谁[也都](?:不|没(?:有|法|办法)?|无法)(?:[能会敢要]|可以)?{_SPEAKS}?", rf"{_DOES}{{0,3}}"),
            (
                r"(?<!有)(?:没有|没得)(?:必要|资格|义务|权[力限])?",
                rf"(?:{_SUCH}|{_SPEAKS}|{_SENT}|{_TO_YOU}|会|能|去|来|到|发|给|进入|启动){{0,2}}",
            ),
            (rf"(?<!有)没{_SPEAKS}", ""),
            (r"(?<!有)没有?(?:派|安排|委托|叫|请)过?(?:谁|任何人|人)", r"[去来上]?"),
            (r"(?<![要能会可是好差了得对想来还从绝只不思])[也都并又]?不", "(?:加|发给?|收|走)?"),
            (r"(?<![是可还岂何莫要])(?:并)?不是|并非", rf"(?:{_SUCH}|{_SPEAKS}|让{_YOU}|要|一定|{_YOU}){{0,2}}"),
            (r"严禁|禁止|杜绝|无权", rf"{_DOES}{{0,3}}"),
        )
    ),
]
_PROMISE = re.compile(
    "一定|肯定|必|百分|100|保证|保您|包(?!装)|稳|铁|绝对|秒|马上|立[刻即]|轻松|直接|快速|当天|全[额部程]"
)

_MISSED = re.compile("错过|浪费|放着|闲置|犹豫|还?等")
"""Words that press the customer when they are negated."""

_HARMLESS = re.compile(
    "还不[上了起清完]|不仅仅?|不但|不光|不只|不管|不论|不过|不好意思|不方便|不着急|没关系|没事|没问题|没错|没钱"
    "|没还|没有?逾期|没有?通过|没有?审批"
)
_TWICE = re.compile("(?:[不没无别未非勿]|拒绝|禁止|严禁|杜绝)(?:(?!也|更)[^，,]){0,6}$")
_RHETORICAL = re.compile(
    "谁(?![也都])|难道|(?<!不管)(?<!无论)怎|(?<!不管)(?<!无论)(?<!没有)哪|岂|何尝|何必|凭什么|为什么|为啥|干嘛"
    "|还能|(?<!您)还$|不得$|无$|莫$|难保|保不[齐准]"
    "|(?:什么|啥|样样|全|材料|资料|条件|抵押|担保|流水|征信)[都也]$"
    "|(?:如果|要是|若是?|万一|假如|假设|除非|哪怕|倘若|一旦)(?:我们?|咱们?|您|你|这次|真的?|系统|平台|最后"
    "|到时候?|今天)?$"
    "|(?:担心|怕|怀疑|以为|误会|愁|当(?:成|我们?))[^，,]{0,4}$|[您你](?:还|是)?(?:觉得|认为)[^，,]{0,4}$"
    "|(?:凡|人|他们?|她们?|那些|网上|外面|同行|别家|之前|刚才|上次|嘴上|都)[^，,]{0,6}(?:说|讲|称|传"
    "|告诉)[^，,]{0,4}$|(?<![我您])(?:说|讲)(?:的|过|你|您|我们?|了)?$"
    "|以前|从前|过去|原先|原来|上次|那会儿|^[您你我]?们?之前|(?:^|[^我])[才就]$|暂时$|眼下$|(?:交|付|还|转"
    "|打)(?:完|了|上|清)?(?:钱|款|费|保证金)$"
)
_ON_CONDITION = re.compile(
    "(?:还了|还上|还清|结清|还完|交了|付了|处理了|转了|转过来|打过来|配合)(?:的话|款|钱)?[，,]|除非|只要|要不是"
)
_TALK = (
    "说法|说词|话术|话(?![，,：:])|字眼|承诺|方式|办法|服务|业务(?![，,]?我)|行为|做法|手段|事|意思|情况|要求"
    "|规定|资格|习惯|广告|一说|道理|可能|项目|催收|产品(?!吗|能)|渠道|通道|权限|字样"
)
_UNSAID = re.compile(
    f"[，,][您你]再(?:不|拖|赖)|^(?:(?![别其他她])[^，,]){{0,4}}的(?!{_TALK}|[啊呀哈哦，,、]|$)|^[^，,]{{0,3}}不[了到成下上过起掉]"
    f"|^[^，,]{{0,12}}[吗么嘛呢吧](?:[，,]|$)"
    "|^[^，,]{0,6}[，,]?(?:就是(?!要|得|看)|也是(?!要|得|看)|才怪|就怪|那?不可能|那?都?是(?:假|骗|瞎|别|以前|从前"
    "|过去|给|哄|怕|看您|客气))"
    "|^[^，,]{0,4}[，,]?也(?:差不多|[八九]|几乎|没跑|跑不)|[，,](?:而)?是(?:板上|铁|稳|肯定|绝对|十拿|妥|必)"
    "|^[^，,]{0,2}都(?:不行|难|不可能|不知道|没听)"
    "|^[^，,]{0,4}(?:我(?!们)|您(?:就|也|都)?[不别])|我(?:们?)(?:[也就都才]|根本)?不(?:会|敢)?(?:给您打|打给您"
    "|打这|找您|联系您|浪费)"
    "|前提是?|只要[您你]|除非|否则|不然|[如要][果是][您你](?:今天|现在|马上|再)?[^，,]{0,3}还|谁(?:还)?[能敢会行]"
    "|那[^，,]{0,2}没人|明天|下次|不好说|难说(?!话)|说不定|不代表以后|别逼|您懂|心里有数|差不[离多]|没跑|跑不|我说的是"
    "|(?:今天|现在|这次)[^，,]{0,4}(?:还[能有可]|办[^，,]{0,2}还|就[能有])|趁"
)
_ONLY_US = re.compile(
    "(?:只有|除了|唯独|除开)(?:我|咱|本|这)|我(?:今天|敢|偏)?(?:就)?(?:跟您说|告诉您)(?!实话|清楚|明白)"
)
_NO_ONE = re.compile("没有?(?:任何)?[人谁哪]|谁")
_AFTER_NO_ONE = re.compile("^(?:(?!也|都|更)[^，,]){0,8}[不没]|^[^，,]{0,6}(?:比[我咱这]|比得[上过]|像[我咱这])")
_QUESTION = re.compile(f"^[^{SENTENCE_MARKS}，,!\n…]{{0,16}}[？?]")

# Who denies it of others, or takes it back, means to say it of himself.
_OTHERS = re.compile("别[家人的处]|其[他它]|银行|人家|[他她]们?|同行|外面|中介|市面|那[家边]|没有?(?:任何)?[人谁哪]|谁")
_CONTRAST = re.compile(
    "(?:只有|除了|就|唯独)(?:我|咱|本|这)|(?:(?:听|信|到|来)(?:我|咱|这[里儿边])|[跟找](?:我"
    "|咱)(?!们?[说讲联反登核])|我说的)|说不(?:[行能会是]|可能)|不[信懂]的"
    "|(?:我们?|咱们?|本公司|我司|这[里儿边次回款]|今天)(?:家|这[里儿边]|公司|平台|说的?|的|跟您"
    "|产品)?[就却都可才则是偏]{0,2}"
    "(?:[能敢行包真]|会(?!依|按|及|为|严|一律|认真|核|处|登|查|上报|追|反馈|记)|可以(?!帮您(?:登|核|查|反|投))|保证?(?!护|存|留)"
    "|给您(?:包|保|批|办|弄|搞|做)|不一样|不同|没问题|说到做到|不骗|不会骗|没骗|绝不骗)"
    "|(?:但|可|不过|其实|然而|偏偏)(?:是)?[^，,]{0,4}(?:真的?|不骗|确实|例外)|试试|没找对|找对|那是(?:别|他|她"
    "|以前|从前|您|没)|我说(?:的|一定|就|行|能|可)|有(?:办法|路子|渠道|关系)"
)
_OATH = re.compile(
    "[骂打抽砸][我公]|找我算|跟您姓|我不姓|不姓|我不干|辞职|是小?狗|是孙子|倒贴|[退赔]您|我赔|剁|提头|脑袋|招牌"
    "|天打|不收您|分文不取|(?<!都是)(?<!就是)(?<!是要)(?<!是想)(?<!是在)骗[您你]"
    "|^[^，,]{0,6}[您你](?:就|尽管|只管|直接)?来?(?:找|投诉|举报)我|没用|白搭|不管用|没人管|晚了"
)

# A quotation: somebody else says so, and what follows warns of it.
_SELF = re.compile("我(?!的)|咱|本[公平行人]|这[边里儿]|官方|直营|自家|小[王李张刘陈]")
_BORROWED_NAME = re.compile(
    "(?:打着|以|用|借|冒充|冒用|假冒)(?:我们|咱们?|本公司|我司)(?:公司|平台|客服|员工|工作人员|的人)?的?(?:旗号"
    "|名义|名头|身份)?"
)
_SAY = (
    "(?:声称|宣称|号称|谎称|自称|承诺|保证|答应|吹嘘?|喊|催|劝|教|写着?|打着|冒充|假冒|称|[说讲]"
    "|[让叫要](?=[您你])|[拿用以])"
)
_NOBODY = (
    "(?:有些?人|有的人|[他她]们?|别人|人家|对方|骗子们?|(?:诈骗|不法|犯罪)分子|黑?中介|陌生人|谁要是|哪[家个]要?是?|谁)"
)
_QUOTED = re.compile(
    rf"(?:{_NOBODY}(?:要是|如果|跟您|给您|对您|向您|打来?电话|会|就|都|总|常|最?爱|喜欢|往往|经常|专门|一般"
    rf"|在电话里|打着我们|冒充[^，,]{{0,6}}){{0,3}}{_SAY}"
    rf"|凡是?(?:[^，,]{{0,10}}?(?:{_SAY}|跟您)|$)(?=[^，,]*$)|(?:自称|声称|宣称|号称|谎称|冒充|冒用|假冒|打着"
    r"|所谓的?)"
    "|(?:网上|外面|外头|短信里?|电话里|朋友圈)[^，,]{0,4}(?:说|传|写着|广告|那[种些])"
    "|(?:您|你)?(?:收到|接到|听到|看到|碰到|遇到)(?:的|有人|别人|那[种些]|这[种类])[^，,]{0,2})"
    "(?:[，,：:](?=[^，,]{0,8}$))?[^，,]{0,14}$"
)
_CHEATS = re.compile("骗子|(?:诈骗|不法|犯罪)分子")
_TOLD = re.compile(
    "(?:(?:如果|要是|若是?|万一|一旦|遇到)有(?:陌生)?人|有陌生人|[您你](?:说|反映|提到|讲)的?有人)[^，,]{0,14}$"
)
_LURED = "(?!错|[^，,]{0,8}(?:错过|名额|机会|过期|来不及|赶不上|涨))"
_IS = (
    "(?:[都全也就]|全都|多半|基本|基本上|往往|其实|一律|本身就?|纯){0,3}(?<![不没非])(?:是|属于|属)(?:在|一种"
    "|典型的?|老|有人)?"
)
_BAD = "(?:骗[局人子术钱]|诈骗|蒙|忽悠|圈套|套路|陷阱|谣言|虚假|假的|冒牌|违法|违规|不法|不合规|不可取|不允许|不可信)"
_WARNED = re.compile(
    rf"{_IS}{_BAD}(?!吗|么|的?[吗么])|^[^，,]{{0,6}}骗局"
    "|(?:别|不要|不能|不可|切勿|请勿)(?:轻易|再)?(?:轻信|相信|信(?!不)|当真|理会?|上当|照做|安装|点[开击]"
    "|转[账钱]|操作|碰|搭理|听|往里跳|答应|给钱|交钱|付[钱款]|下载)"
    rf"{_LURED}|问号|心眼|(?:小心|当心|警惕|提防|防范|谨防|留心|留神){_LURED}"
    "|(?<![我们别甭])(?<!不[要用])(?:报警|挂断|举报|投诉|反映|拉黑)(?!您|你|抓)|不可[信靠]|信不得|靠不住|不靠谱"
    "|(?:没有|从未|并未)授权|不是我们(?:的|安排|派|授权)"
    "|(?:与|跟|和)我们(?:无关|没有?关系)|不要理会"
)
_FIRST_WARNED = re.compile(
    "(?:轻信|相信|听信|(?:小心|当心|警惕|提防|防范|谨防|识别|抵制)(?=任何|所谓|网上|各种|那|这种|有人|别人|他人"
    "|以|打着))"
    f"(?:任何|所谓的?|网上(?:的|说的|传的)?|什么|各种|那[种些]|这种|有人|别人|他人|以|打着|用|{_SAY}|、|“|「"
    f'|"){{0,5}}$'
)
_NOT_BELIEVED = re.compile(
    "(?:别|不要|不能|切勿|请勿|勿|不可|莫)轻?易?(?:轻信|相信|听信)|小心|当心|警惕|提防|防范|谨防|识别|抵制"
)
_HELPED = re.compile(
    "(?<![别甭])(?<!不[要用])(?:报警|打一一零|打110|投诉|举报|截图)|违[法规]的|不是我们(?:的|安排|派|授权)"
)

_TAUNT = re.compile("小心|当心|警惕|留心|留神")
_OF_DEBTORS = re.compile("不还|再不|拖")
"""有人说不还就要坐牢，您留心 warns of no cheat, it threatens."""

# Condemned in the same breath.
_CONDEMNED = re.compile(
    rf"^(?:(?![不没别能会才怎难如若假您你我吗]|还(?!款|钱|债)|要(?!求))[^，,、：:]){{0,10}}?(?:[这那](?:种|样"
    rf"|个)?)?{_IS}(?:严重)?{_BAD}的?(?![吗么嘛]|我)"
)
_OF_CHEATS = re.compile("(?<!不是)(?<!不)(?<!没有)(?<!没)(?:骗[局人子术钱]|诈骗|假的|谣言|吓唬)")
_FALSE = re.compile("骗[局人子术钱]|假的|冒牌|谣言|虚假|忽悠|圈套|套路|陷阱")
"""Of what is only condemned (违法, 违规) it is not said that nobody will do it."""
_ACCUSED = re.compile(
    "(?:^|[^跟让叫要给向诉对劝教骗请求帮为替问催逼找把])[您你](?!收到|听到|看到|接到|遇到|碰到|的(?:信息|照片|家))"
)


class Place(NamedTuple):
    """Words in their sentence: what stands before them, in their clause alone too, and what follows, beyond it too."""

    before: str
    clause: str
    words: str
    after: str
    rest: str


def place_of(text: str, span: Span) -> Place:
    """The sentence around the span, as far as it is read."""
    start = max(0, span.start - _REACH)
    before = _END.split((_CUT_OFF if start else "") + text[start : span.start])[-1].rstrip()
    rest = text[span.end : span.end + _REACH]
    after = _END.split(rest, maxsplit=1)[0]
    return Place(before, _PAUSE.split(before)[-1], text[span.start : span.end], after, rest)


def is_sworn(place: Place) -> bool:
    """Whether what follows swears to the words or asks after them at once: nothing before them excuses that."""
    return _OATH.search(place.after) is not None or _QUESTION.match(place.rest) is not None


def is_undone(place: Place) -> bool:
    """Whether a negation stands before the words in their clause, or a claim of one's own behind them.

    Then nothing but `act_of` tells what the sentence does: 有人说不能包过，您别信 promises it.
    """
    return _negation(place.clause) is not None or _CONTRAST.search(place.after) is not None


def act_of(place: Place) -> Act | None:
    """Whether the sentence denies the words, or warns of them or of who says them; None where it does neither."""
    before, clause, words, after, _ = place
    negated = _negation(clause)
    if negated is not None:
        return Act.DENIES if _is_negated(negated, before, words, after) else None
    if _CONTRAST.search(after):
        return None
    if _is_quoted(clause, _BORROWED_NAME.sub("冒充", before), after):
        return Act.WARNS
    condemned = _CONDEMNED.match(after)
    if condemned is None or _ACCUSED.search(clause) or _SELF.search(clause):
        return None
    return Act.WARNS if _FALSE.search(condemned.group()) else Act.ADVISES


def _negation(clause: str) -> re.Match[str] | None:
    return min(filter(None, (form.search(clause) for form in _NEGATED)), key=re.Match.start, default=None)


def _is_negated(found: re.Match[str], before: str, words: str, after: str) -> bool:
    if _MISSED.match(words) or _UNSAID.search(after) or _ONLY_US.search(after):
        return False
    if found.re is _ASKED:
        return not _PROMISE.match(words)
    ahead = _HARMLESS.sub("", found.string[: found.start("no")])
    if _RHETORICAL.search(ahead) or _TWICE.search(ahead) or _ON_CONDITION.search(before):
        return False
    if _NO_ONE.match(found["no"]) and _AFTER_NO_ONE.match(after):
        return False
    return not (_OTHERS.search(found.string) and (_CONTRAST.search(after) or _CONTRAST.search(before)))


def is_taunt(clause: str, after: str) -> bool:
    """Whether somebody who does not pay is told to look out, and not for cheats."""
    warned = _WARNED.search(after)
    if warned is None or not _TAUNT.match(warned.group()):
        return False
    return _OF_DEBTORS.search(clause) is not None and _OF_CHEATS.search(after) is None


def _is_quoted(clause: str, before: str, after: str) -> bool:
    if _FIRST_WARNED.search(clause):
        return _NOT_BELIEVED.search(clause) is not None
    quoted = _QUOTED.search(before)
    if quoted is not None and not _SELF.search(before, quoted.start()):
        return not is_taunt(clause, after) and (
            _CHEATS.match(before, quoted.start()) is not None or _WARNED.search(after) is not None
        )
    return _TOLD.search(before) is not None and _HELPED.search(after) is not None
