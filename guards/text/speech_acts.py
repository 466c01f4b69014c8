"""What a sentence does with words that stand in it: deny them, warn of them, ask after them, hand them on, quote them.

能不能减免请人工同事跟您确认 promises nothing, and neither do 您问的最低利率，我这边没有这个说法 and
是谁跟您说能包过的？ One place decides that for every guard. As in `negation`, the forms are closed: what fits none of
them is said by the speaker himself, and a promise in the same sentence undoes any excuse.
"""

import re
from collections.abc import Iterator

from guards.text.explaining import is_elsewhere, is_explained, is_wondered
from guards.text.hearsay import is_denied_of_us, is_set_right, is_taken_back
from guards.text.negation import Place, act_of, is_sworn, is_taunt, is_undone, place_of
from guards.types import Act, Span

EXCUSES = frozenset({Act.DENIES, Act.WARNS, Act.ADVISES, Act.ASKS})
"""What keeps words from being a claim, whatever they are; that a matter is handed on does so only for undertakings."""

_WE = "(?:我们?|咱们?|公司|本公司|这边|我这边|我们这边|我这里|我们这里|正规[^，,]{0,4}|合同里?|这款产品)?"
_THIS = "(?:这个?|这[种些件]?事?|那[个种]?)?"
_FIRMLY = "(?:绝对|一律|从来|也|都|可|就|是|真的?|一概)?"
_NO = (
    rf"{_THIS}{_WE}{_THIS}{_FIRMLY}(?:(?:没有?|不存在)(?:这|那|$|[，,]|的事|什么)|不(?:会|能|敢|可以|行|允许|支持|办|做|收|接受)(?!不)"
    r"|没法|无法|无可奉告|看不到|做不[了到](?!主|假)|办不了|禁止|拒绝)"
)
_CUSTOMER = (
    r"(?:^|[，,：:])(?:要是|如果)?[您你](?!们)(?:刚才|刚刚|之前|上次|是)?(?:刚?说起?|问|提到?|讲|约|担心|怕|听说|反映|申请|想|要|让|打算|说的|问的)"
    r"(?:我|过|了|到|起|知道)?(?:的(?:那个?)?)?[^，,]{0,14}$"
)
_ASKED_BY_CUSTOMER = re.compile(_CUSTOMER)
_ANSWERED_NO = re.compile(
    rf"^[^，,]{{0,10}}[，,](?:(?:很|真的)?(?:抱歉|对不起|不好意思)|(?:说真的|实话跟您说|您放心|您的[^，,]{{1,4}}|那)?[，,]?"
    rf"(?:{_NO}|我?们?建议(?:您)?(?:先)?不|我们?只(?:是|在|能|做|走)))"
)
"""您问能不能包过，我不敢这么说."""
_ABUSED = re.compile(
    "(?:他们?|她们?|有人|对方|谁|哪个|催收员?|同事|那个人|员工)[^，,我咱]{0,6}(?:说|骂|讲|喊|叫|让|要|把)[^，,]{0,10}$"
    "|[您你]别(?:这么|再)?说(?:自己|自个儿?)[^，,]{0,4}$"
)
_REGRETTED = re.compile(
    "^[^，,？?]{0,10}[，,？?](?:这|那)?[^，,。]{0,4}(?:话|不允许|不对|不(?:应)?该|违规|不合规|过分|绝对不|我?气得|是哪天|谁家|肯|一时|[您你]截图)"
    "|^[^，,？?]{0,10}[，,？?][^。]{0,12}(?:登记投诉|记投诉|查录音|上报|核查|赔个?不是|怪不得您)"
)
"""他说您不要脸，这话太过分了，我登记投诉 · 您别说自己没出息，谁家没个难处."""
_CANNOT_SAY = re.compile(
    "^[^，,]{0,10}[，,][^，,]{0,6}(?:看不到|不清楚|没法|不敢|不能(?:答应|承诺|保证|替|说)|要是(?:承诺|答应|说)|不由我|定不了|由系统|要看|以)"
)
"""您问征信花了能不能办，这个我看不到."""
_ANSWERED_NO_NEXT = re.compile(
    "^[^，,？?]{0,10}[？?](?:(?!但|可是|除非|只要|如果|[您你]再)[^。！!？?，,]){0,8}(?:不会|不用|不能|没有|没这|不是)(?!吗|才怪)"
)
"""您问会不会连累孩子上学？普通逾期不会的。"""
_TOPIC = re.compile(
    "^(?:那种|这种|像|关于|至于|所谓的?|用|拿这笔|想|去|替|把|还|外面的?|什么|[^，,]{1,6}、){0,3}[^，,我咱能可会保给帮您你不没说]{0,4}$"
)
_TOPIC_REFUSED = re.compile(
    rf"^(?!不)(?:(?![给帮]|就|能|可以)[^，,您你咱]){{0,8}}?(?:(?:的话|的事|这件事|这种事|的说法)?[，,])?{_NO}"
)
"""黑户我们做不了 · 上门搬东西绝不允许."""
_NOT_EVEN_ONE = re.compile("一[分点毛块丝]|半[分点毛]|[零0]")
"""一分钱利息都没有 promises just that."""
_PROMISED = re.compile(
    "错过|找我|[退赔]您|别[家人处]|包[过您]|保证(?!金)|肯定能|一定能|绝对能|但是?|不过|除非|只要|否则|不然|趁|还能|假|试试"
    "|不客气|等着|走着瞧|[不别没]还(?:的话|[，,]|就)|自己(?:看着|掂量)"
)
"""What undoes a refusal: a promise, a condition, a threat."""

_OTHERS_SAY = (
    r"(?:真?有些?人|有的人|销售|中介|业务员|员工|催收员?|骗子|卖家|外面|外头|网上|广告里?|短信里?|对方|机构|商家|店家|美容院|机器人"
    r"|学校|他们?|之前的?人|那个人|谁|哪位同事)[^，,我咱]{0,4}"
    r"(?:说|讲|答应|承诺|写着|声称|自称|让|叫|要)(?:给)?[您你]?"
)
_SAYS_SO = re.compile(
    rf"(?:^|[，,：:])(?:要是|如果|凡是|就算)?(?:您?(?:听见|听到|遇到))?(?:{_OTHERS_SAY}[^，,]{{0,16}}|(?:有人|冒充我们)[^，,我咱]{{0,10}})$"
)
_DISOWNED = re.compile(
    "(?:不对(?!劲)|不准确|不属实|不是真的|不合规|不合规定|不允许|不应该|违规|是吓|吓[您唬]|别信|别听|别理|别慌|别怕|不可能"
    "|我?(?:帮您|给您|来)?(?:登记|核实|投诉)|我们(?:会|来|去)查|追查|一定是错|要看书面|以书面|没有这|不能这么|截图|录音|留好|多问|问清楚|想想|当他[^，,]{0,2}骗|打水漂|我们的错|(?<!不)(?:是|小心|防)[^，,]{0,4}诈?骗|别开门|(?:打|拨)报警|不要给)"
)
"""有人跟您说不上征信，那个说法不准确."""
_WHO_SAYS_SO = re.compile(
    "^(?:[^，,我咱您你]{0,8}(?:说|讲|承诺|扬言|打着|宣称|自称|让[您你]|叫[您你]|要[您你]|[跟找][您你]要|能)[^，,我咱]{0,14}|[那这]些)$"
)
_AND_CHEATS = re.compile(
    "^(?:[^，,我]{0,12}的(?:人|电话|短信|广告|机构|公司|代理|中介|链接)?[，,]?|[^，,我]{0,4}[，,][这那]?)"
    "(?:那|都|就|也|全|一律|多半|基本|千万|一个都|请?您?|这){0,4}"
    "(?:是(?:在|要|想|典型的|一种)?(?:诈?骗|假|冒充|蒙|忽悠|老?套路|杀猪盘|最后|不实|夸大)|不可信|不要理|别[信理听通付上碰认点]|不要相?[信理听]"
    "|保留证据|报警|拒绝|小心|当心|不是我们|劝您)"
)
"""说百分百能过的都是骗人的."""
_CHEATS_ALL = re.compile(
    "^[^。]{0,16}?[，,](?:凡是|那些)?(?:收费|收钱|要钱|说|让您|号称|能)[^，,我不没]{0,8}的(?:广告|人|话)?(?:都|全|一律|基本|多半|千万){0,2}"
    "(?:是)?(?:在)?(?:骗|假|别信|不可信|套路|忽悠)|^[^，,我]{0,4}(?:收费|收钱|要钱)的(?:都|全)?是骗|^(?:那种|的)?(?:广告|说法|套话|话)[^，,我]{0,4}(?:[您都一]|千万|个|全){0,3}(?:别信|是骗)"
    "|^[^，,我]{0,6}(?:那套话|那种话)[^我]{0,4}(?:骗|假)"
)
"""征信不能花钱洗白，说能洗的都是骗局."""
_SPEAKER = re.compile("我(?!们?[^，,]{0,4}(?:不|没|无))|咱|本公司")
_SAYS_IT_ISNT_SO = re.compile("不|没|无|谁也|谁都|哪能|骗|别信")
_ALL_SUCH = re.compile("^的(?:人|话)?[，,]?(?:请?您?|都|一律|千万){0,3}(?:别[信理](?!别)|不要相?[信理])")
_FALSE_SAYING = re.compile(
    "^[^，,我]{0,6}[，,]?(?:这种|那种|这个|的)(?:说法|话|讲法|广告)[，,]?(?:都|就|那)?(?:是)?(?:不[实对准]|假|骗|夸大|我不|我们没|没有)"
)
"""一天一杯奶茶钱，这种说法我不爱讲."""
_NOT_SAID = re.compile("^[^，,我]{0,8}我[^，,]{0,6}(?:不能|不会|不敢|没法|不可能)(?:这么)?[讲说]")
"""保证能批这四个字我一辈子也不能讲."""
_IF_I_SAID = re.compile("我要是[^，,]{0,10}(?:说|讲|答应)[^，,]{0,10}$")
_THAT_CHEATS = re.compile("^[^，,]{0,4}[，,]那?(?:就|才|反倒)?是(?:在)?(?:糊弄|骗|哄|害|不负责)")
_NO_SUCH = re.compile("(?:没有|不存在)[^，,]{0,12}$")
_SUCH_THING = re.compile("^[^，,]{0,6}(?:这回事|这种事|这一说|这个说法|这种说法|这一项|这样的事)")
_CANNOT = re.compile(
    "^不[掉了成到动](?!解|手|得)|^[^，,都就也我]{0,4}(?:是)?不(?:行|可以|允许|安全|合适)(?:的)?(?:[，,]|$)"
)
"""逾期记录抹不掉 · 发我个人号不行，也不安全."""
_NEGATIVE = re.compile("[不没别谁哪]")
_NOT_HEEDED = re.compile("(?:别|不要|不能|千万别)(?:去)?(?:听|信|理)[^，,我咱]{0,14}$")
_AT_RISK = re.compile(
    "^[^，,我您你咱]{0,12}[，,]?(?:这)?(?:可能|都|就|也|本身|属于|是|可是|其实){0,3}"
    "(?:违[法规]的?|犯法|不合规|不合法|不现实|会让[^，,我]{0,4}(?:利息|债|窟窿|负担)|利息(?:就|也|会)?(?:越|更)多|还得也?越多|风险(?:很|非常|太|特别)?[大高]|窟窿|会越[来陷]|亏了|不许|赢不了|要担责|不该|不划算)"
)

_ACCUSING = re.compile("[您你](?!们|的)(?:这|就|是|已经|要|想)?")

_MET_WITH = re.compile(
    "(?:谁|哪位|哪家|哪一家|哪里|哪儿|有没有人|是不是有人)[^，,]{0,8}(?:说|讲|告诉|答应|承诺|让|叫|看到|听|找|给|要)"
    "|[您你](?:是(?:不是)?)?(?:在哪[儿里]?)?(?:收到|听到|听说|看到|接到|碰到|刚才提到|提到|说的)|[您你]的?(?:那个|刚才)|[您你]是(?:不是以为|否把|否已)"
)
_WHO = re.compile("^(?:请问)?是(?:谁|哪位)[^，,]{0,4}$")
_OPEN_QUESTION = re.compile(
    "是否[把已]|谁|哪[家位里儿一]|有没有|有记录|记得|方便|落款|告诉我|请(?:说|告诉|把|提供|转发|截图)|(?:吗|呢|么|没有)[？?]?$"
)
_DENIED = re.compile("(?:[不没]|别(?![人家的处]))[^，,]{0,3}$")
_TO_CUSTOMER = re.compile("[您你](?!们)")
_ECHO = re.compile("^[^，,？?]{0,6}[？?]")
_PRESSING = re.compile("我们?(?:会|要|就|将|可以|能|给|帮)|考虑|什么时候还|怎么办|想清楚|掂量|打算")

_DECIDED_ELSEWHERE = re.compile(
    "做不了主|定不了|说了不算|没有?权[限力]|不归我|不由我|不是我能|我?不能(?:答应|提前|打包票)|不(?:敢)?保证|章不在我"
    "|(?:请|转|由|让|找|跟|等)(?:给|到|您)?(?:我们)?(?:的)?(?:人工|专员|专人|同事|主管|客服|[^，,]{0,4}管[^，,]{1,4}的人)"
    "|以[^，,]{0,8}(?:书面|系统|页面|通知|审批|审核|合同|协议|短信|公告)[^，,]{0,10}为准"
    "|(?:要|需要|还得|得|看)(?:先)?(?:提交|填表|看(?:您的?)?(?:审核|审批|合同|材料|公司)|等(?:审[核批]|结果|通知)|经过|双方谈|依法)"
    "|(?:提交|递交|填写)[^，,]{0,10}(?:申请|材料|证明)|怎么(?:提交|申请)"
    "|(?:结果|审核|批没批|批不批)[^，,]{0,8}(?:还没|没出|要等|通知|短信|没办法|为准)|没有[^，,]{0,6}(?:备注|记录|信息)"
    "|专人审核|(?:没|还没|没有)批下来|不(?:是说|等于)已经"
)
_WHICH = re.compile("[您你](?:主要)?是(?:想|要)[^，,？?]{1,10}[，,]?还是")
"""您是想申请延期，还是想申请减免？"""
_UNDERTAKEN = re.compile(
    "保证(?!金)|肯定|一定(?!要)|包[过您]|绝对|我(?:就|来)?(?:给|帮|替)[您你](?:免|减|延|分|批|改|抹|办|弄|定|做主|拍板)|已经(?:给|帮|替)[您你]|马上就"
    "|我说了算|放心|没问题|好说|[不别没]还(?:的话|[，,]|就)|否则|不然"
)
_GIVEN = re.compile("(?:给|帮|替|为)[您你](?!申请|提交|登记|问|转|查|看)[^，,]{0,6}$")


def acts_of(text: str, span: Span) -> frozenset[Act]:
    """Everything that the sentence around the span does with those words; nothing: it says them of the speaker."""
    place = place_of(text, span)
    return frozenset(_acts(place))


def is_claimed(text: str, span: Span, excuses: frozenset[Act] = EXCUSES) -> bool:
    """Whether the words at the span are said of the speaker himself, and no excuse is made for them."""
    return not excuses or excuses.isdisjoint(acts_of(text, span))


def _acts(place: Place) -> Iterator[Act]:
    is_quoted = _ASKED_BY_CUSTOMER.search(place.before) is not None
    if is_quoted:
        yield Act.QUOTES
    if _is_asked(place):
        yield Act.ASKS
    if is_explained(place) or (is_quoted and _CANNOT_SAY.match(place.after)):
        yield Act.EXPLAINS
    if is_wondered(place):
        yield Act.WONDERS
    if is_elsewhere(place):
        yield Act.STRAYS
    if _ABUSED.search(place.before) and _REGRETTED.match(place.rest):
        yield Act.WARNS
    if is_quoted and _ANSWERED_NO_NEXT.match(place.rest):
        yield Act.DENIES
    if _WHICH.search(place.before):
        yield Act.REFERS
    if is_sworn(place):
        return
    if (plain := act_of(place)) is not None:
        yield plain
    elif not is_undone(place) and is_taken_back(place):
        yield Act.WARNS
    elif not is_taunt(place.clause, place.after) and not is_undone(place) and not _PROMISED.search(place.after):
        yield from _told_apart(place)
    if _is_referred(place):
        yield Act.REFERS


def _told_apart(place: Place) -> Iterator[Act]:
    if _is_refused(place):
        yield Act.DENIES
    if _is_disowned(place):
        yield Act.WARNS
    if not (_ACCUSING.search(place.clause) or _UNDERTAKEN.search(place.before)) and _AT_RISK.match(place.after):
        yield Act.ADVISES


def _is_refused(place: Place) -> bool:
    if is_set_right(place) or is_denied_of_us(place):
        return True
    if _ASKED_BY_CUSTOMER.search(place.before) and _ANSWERED_NO.match(place.after):
        return True
    if _NOT_SAID.match(place.after) or (_IF_I_SAID.search(place.clause) and _THAT_CHEATS.match(place.after)):
        return True
    if (_CANNOT.match(place.after) and not _NEGATIVE.search(place.before)) or (
        _NO_SUCH.search(place.clause) and _SUCH_THING.match(place.after)
    ):
        return True
    if _NOT_EVEN_ONE.search(place.clause + place.words):
        return False
    return _TOPIC.match(place.clause) is not None and _TOPIC_REFUSED.match(place.after) is not None


def _is_disowned(place: Place) -> bool:
    if _ALL_SUCH.match(place.after) or _FALSE_SAYING.match(place.after) or _NOT_HEEDED.search(place.clause):
        return True
    if (
        _CHEATS_ALL.match(place.after)
        and not _SPEAKER.search(place.clause)
        and _SAYS_IT_ISNT_SO.search(place.before + place.after)
    ):
        return True
    if _WHO_SAYS_SO.match(place.clause) and _AND_CHEATS.match(place.after):
        return True
    told = _SAYS_SO.search(place.before) or _ASKED_BY_CUSTOMER.search(place.before)
    return told is not None and _DISOWNED.search(place.after) is not None


def _is_asked(place: Place) -> bool:
    """Whether the customer is asked what he met with, and nothing is offered or threatened beside."""
    end = len(place.after)
    sentence = place.before + place.words + place.after + place.rest[end : end + 1]
    if _PRESSING.search(sentence) or _DENIED.search(place.clause) or _PROMISED.search(place.after):
        return False
    said = _SAYS_SO.search(place.before)
    if said is not None and _ECHO.match(place.rest) and _TO_CUSTOMER.search(said.group() + place.words):
        return True
    is_met_with = _MET_WITH.search(place.before) or _WHO.match(place.before)
    return is_met_with is not None and _OPEN_QUESTION.search(sentence) is not None


def _is_referred(place: Place) -> bool:
    sentence = place.before + place.words + place.after
    if _UNDERTAKEN.search(sentence) or _GIVEN.search(place.clause):
        return False
    return _DECIDED_ELSEWHERE.search(place.after) is not None or _DECIDED_ELSEWHERE.search(place.before) is not None
