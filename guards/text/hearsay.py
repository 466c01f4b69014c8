"""What others said or what was said before, and is not stood by: taken back, set right, reported, or never done.

上次客服打包票说能过，这个说法不妥 · 您以为是政府贴息，不是的 · 我们没有让员工用个人号联系过客户 promise, praise and
ask for nothing. As in `speech_acts` the forms are closed, and each asks for two things: who else it was, and that the
speaker keeps away from it.
"""

import re

from guards.text.negation import Place

_ELSEWHERE = re.compile(
    "(?:上回|上次|之前|先前|早先|前一位|前面那位|刚才(?=那|的?(?:同事|客服|通话|短信))|外面|外头|网上|有人|有的人|别人|谁(?![叫让])|哪位|对方|被告知"
    "|短信|广告|文案|宣传|来电|离职(?:的)?员工|中介|代理|让[您你](?:以为|觉得|误会)|[您你](?:要是|如果|是不是)?(?:碰到|收到|遇到|听到|听说|看到)过?)"
    "[^。！!？?]{0,20}$"
)
_KEPT_AWAY = re.compile(
    "抱歉|对不起|致歉|道歉|不太?妥|不合适|很?不应该|(?<!应)不该|误导|让[您人]误会|容易误会|我会反馈|没说清楚|没讲清楚|(?<!别)不(?:能|要|可)当真"
    "|登记投诉|不是我们(?:的|安排|发|让)|(?:请|可以|赶紧|马上|直接)(?:您)?[^，,]{0,6}(?:报警|举报(?!我)|挂断|留意|小心|当心|留心)|多个心眼|保留证据|别[信点理听]|不可信|风险(?:很|非常|太)?大"
    "|违反合同|违规|核实真假|(?:其实|实际)[^，,]{0,2}(?:还没|没有)|[并请]把号码"
)
"""上次客服打包票说能过，这个说法不妥."""
_OWN_CLAIM = re.compile(
    "我(?:们|这边|这里|司)?(?:现在|今天|确实|真的|也|就|可以|能|会|肯定|保证)"
    "(?![^，,]{0,3}(?:反馈|登记|核|查|报|道歉|致歉|帮您(?:登|核|反|报)))|咱"
    "|[是倒]真的|(?<![都就])是真的?[，,。]|没有?(?:骗|错)[您你了]?|不假"
)
"""What the speaker says of himself, or that it is true."""

_OF_CUSTOMER = re.compile(
    "(?:^|[，,。])(?:要是|如果)?[您你](?!们)(?:刚才|刚刚|刚|之前|上次|主要)?(?:是(?:不是)?)?(?:说|问|提到的?|以为|觉得|担心|听说|让我|想|把)[^，,？?]{0,18}$"
)
_SET_RIGHT = re.compile(
    "^[^，,？?]{0,16}[，,？?](?:[^，,。]{0,6}[，,])?[^，,。]{0,8}?(?:不是的|不是[，,。]|不会[，,。]|没有[，,。]|没有这回事|不能当真|不评价|不好评[论价]|不了解|不清楚情况|我不建议"
    "|不一样|不是一回事|不适合|不太适合|不能(?:这样|这么)?(?:答应|说|当真)|其实(?:不|没)|不是我们|不是这样|没有这个|您不必|您别紧张)"
)
"""您以为是政府贴息，不是的 · 您说额度不用白不用，其实不用也没有损失."""

_WE = "(?:我们?|咱们?|公司|客服|本公司|我这边|我们这边|员工)"
_DENIED_OF_US = re.compile(
    rf"{_WE}(?:[^，,不没]{{0,6}})?(?:从来|从|绝|一律|都|也|并|不管怎样)?"
    "(?:没有?(?:安排|推荐|让|叫|要求|派|说|讲|承诺|授权|允许|建议|教|联系|打|发|催|找)过?"
    "|不(?:会|能|可能|允许|可以)(?:再)?(?:要求|让|叫|去|管|联系|安排|派|把|向|给|跟|找|对|通知|告诉|打|用|通过|动|拿|往)"
    "|不(?:加|要求|联系|打给))[^，,不没但就]{0,12}$"
)
"""我们没有让员工用个人手机号联系过客户."""
_NOT_FOR = re.compile("不(?:能|可以|得|要|允许|许)(?:用来|用于|用在|拿去|拿来)[^，,不没]{0,10}$")
_STILL = re.compile(
    "[，,][^，,]{0,4}(?:但|不过|除非|只要|否则|不然|可是)|(?:[您你]再(?:不|拖|赖)|[不别没]还(?:的话|[，,]|就))|才怪|暂时|目前先"
)


def is_taken_back(place: Place) -> bool:
    """Whether somebody else said so, or it was said before, and the speaker keeps away from it."""
    return (
        _ELSEWHERE.search(place.before) is not None
        and _KEPT_AWAY.search(place.after) is not None
        and not (_OWN_CLAIM.search(place.before) or _OWN_CLAIM.search(place.after))
    )


def is_set_right(place: Place) -> bool:
    """Whether the customer said, thinks or wishes so, and is told that it is not so."""
    return (
        _OF_CUSTOMER.search(place.before) is not None
        and _SET_RIGHT.match(place.rest) is not None
        and not (_STILL.search(place.after) or _OWN_CLAIM.search(place.before))
    )


def is_denied_of_us(place: Place) -> bool:
    """Whether the speaker says that nobody on his side does it, or that it is no use that is allowed."""
    if _STILL.search(place.after):
        return False
    return _DENIED_OF_US.search(place.clause) is not None or _NOT_FOR.search(place.clause) is not None
