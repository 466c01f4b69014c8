"""Whether a sentence explains how things go for anybody, tells of others, asks how they go, or strays to other matters.

由法院依法决定 · 您有权请律师 · 某地法院判决住户道歉 · 起诉的话要坐牢吗 announce nothing to whoever is called. As in
`speech_acts` the forms are closed, and what presses him in the same sentence undoes them.
"""

import re

from guards.text.negation import Place

_WE = "(?:我们?(?![爸妈哥姐弟妹叔舅姨姑爷奶表堂老家村班朋])|我司|我方|公司|本公司|咱们?|这边|单位|平台)"
_PRESSED = re.compile(
    "再不|再拖|再这样|再逾期|(?<!提前)还不(?:还|处理)|[您你]不还|要是不还|不还(?:钱|款|的话|就|[，,])|拖(?:着|下去|欠)|躲"
    "|(?:今天|今晚|明天|马上|立刻|立即|尽快|赶紧|下午|后天|这周|三天)[^，,]{0,6}(?:还(?!能|可)|处理|结清|给个)"
    "|看[您你]的?(?:态度|表现|今天|自己)|[您你]等着|就看|还不还(?!得)|[您你](?:现在|今天)(?:就)?还"
    "|最后(?:一次|期限|通知|警告)|否则|不然|小心(?!电话|骗|陌)|别怪|掂量|想清楚|考虑清楚|[您你](?:自己)?想想|看着办|别逼|就晚|就完|等着|走着瞧"
    "|后果(?:自|您|你|很|由)|承担后果|自己承担|可别|可就|由不得|别想|休想|一辈子(?!跟着您[，,。]?$)[^，,]{0,4}(?:别|不|都|抬|背)|难道|信不信"
    "|(?<!不要)(?<!不用)(?<!别)怕不怕|[您你](?:就)?不怕|想[^，,]{0,6}吗|不给面子|由不了"
)
"""Conditions, dates and threats: with one of them nothing is merely explained."""
_OUR_MOVE = re.compile(
    rf"{_WE}(?:[^，,不没无可是也]{{0,4}}(?:会|要|就|将|已经|马上|准备|打算|决定|只能|只好|正在)(?!先|请您|不会|尽量)"
    "|(?:去|申请|向|委托|起诉|让律师|请律师|这就|上报|报送|走))"
)
_OF_CUSTOMER = re.compile(
    "[您你](?!们)(?:的(?:案|账户|欠|逾期|事|情况|材料)?|这(?:笔|个|种|是|样)?)?[^，,问说是可想有先请要收看查自]{0,4}"
    "(?:已经|会被|要被|就要|就会|将会?|会(?!不会)|马上|肯定|必)|[您你](?:的|这)(?:案子|案件|事得|征信)"
    "|(?:会|要|就|将|直接)(?!不)[^，,不没]{0,6}[您你]的(?:账户|房|车|工资|卡|财产|存款|征信)"
)
"""Something is announced to whoever is called."""

_DECIDED_BY_COURT = re.compile(
    "(?:只有|由|[得要看听以经凭归]|属于|不经|没有)[^，,]{0,4}法院|法院[^，,]{0,10}(?:才能|才可能|才会|依法|说了算|决定|认定|裁定|裁决|为准|的?(?:手续|章|判决书|调取函))"
    "|(?:那|这)(?:是|得|要|都是|都得)法院|是否[^，,]{0,4}起诉|起诉[^，,]{0,6}由[^，,]{1,8}(?:决定|定)|有没有起诉"
    "|(?:只有|不是)[^，,]{0,6}(?:能决定|才能做)|没有(?:这个)?权[力限]"
)
_RECOURSE = re.compile(
    "(?:[您你](?!们)[^，,我]{0,6}?(?:可以|有权|能|想|要是|如果|得|应该|不妨)|建议|请[您你]?|必要时|可以|最好|也能|直接|赶快|不如)"
    "[^，,我]{0,14}$"
)
"""Before the words, in their clause: what the customer may do himself."""
_RECOURSE_TO = re.compile("律师|报警|报案|仲裁|法院|法律|公安|警|诉讼|出庭|应诉|传票|信用报告|征信|立案|调解")
_GOES_THERE = re.compile(
    "^[^，,给找跟您你]{0,4}(?:官网|官方|热线|网站|电话|窗口|援助|咨询|核实|网点|服务台)"
    "|^[^，,我]{0,6}(?:核实|查询?|提异议|起诉|投诉|申请)"
)
_OF_OTHERS = re.compile(
    "某[^些]|一[名位伙家起部批桩][^，,]{0,10}|[两三几]名|被告|原告|当事人|检察|男子|女子|嫌疑人|法官(?!找|会|让)|庭审|案件[中里宣]|涉案|新闻|电视|报纸|报道"
    "|小说|书里|剧[里中情]|游戏|(?<!表)演|民法典|公诉|案例|律师在|集体诉讼|讲堂|普法|班去|当(?:书记|保安|法官|陪审)|一审|判决书|读《"
    "|反派|角色|我(?:[爸妈姐弟妹叔舅姨姑爷奶]|哥(?!们)|表|堂|朋友|同学|老家|们班|家)|[表堂][姐哥弟妹叔]|二姨|姐夫"
)
_LIKE_HIM = re.compile("没还|不还|欠(?:钱|债|款)|拖着")
"""Whoever tells a debtor of another one means him."""
_NAMED_PERSON = re.compile("[您你](?!们)|" + _WE)
_NEUTRALLY = re.compile(
    "不是终身|(?:报送|上报)[^，,]{0,4}前会?(?:先|事先|提前)告知|记在[您你]本人|看综合(?:审批|评估|审核)|满[^，,]{0,6}(?:删除|消除)|清(?:之|以)?后[^，,]{0,8}保留[五5]年|保留[五5]年[，,][^，,]{0,8}(?:自动|消|不再|不是)|不再展示|自动消|才会消除|以[^，,]{1,10}为准|由[您你](?:自己)?(?:定|决定|做主)|看不[到见][您你]?的?(?:评分|标签|通讯录)|我们看不到"
)
_UNHARMED = re.compile(
    "(?:注销|销户|拒绝|不申请|不办|不买|不注销|查(?:询|自己|一次)|挂断|投诉|不参加)[^，,]{0,12}不(?:会)?(?:影响|扣分)"
    "|不会?因为?[您你]?(?:们)?(?:拒绝|不(?!还|处理)|查|投诉|注销)"
)
_OF_PRODUCT = re.compile(
    "产品|放款(?:以后|之后|前)?|借了|[这每]笔(?:贷款|借款|消费贷|分期)|(?:贷款|借款|借的?|还款)记录|消费贷|授权|同意|申请(?:的时候|后|时)|按时还|还清|结清|还款后|审批时|分期也|每借"
)
_RECORD = re.compile("征信|信用报告|报送")
_AT_FAULT = re.compile("逾期|晚还|不还|没还|欠|拖|不良|黑|花|受损|污|坏|毁|影响|难看|洗|删|终身|一辈子|消不掉|跟着")
_CHEATING = re.compile(
    "(?:填|写|编|提供|用)[^，,]{0,4}(?:虚?假|不实)|虚假|伪造|冒名|借名|借给(?:陌生人|别人|人家)|出租|出借|跑分|洗钱|作假|造假"
)
_QUESTION = re.compile(
    "(?:吗|么|不|没|没有|谁[出付管]|多少|咋样|咋办|怎么[^，,]{0,8}|什么[^，,]{0,6}|哪(?![^，,]{0,2}[都也])[^，,]{0,8}|几[^，,]{0,4}|真的假的)[？?]?$"
    "|能不能|会不会|该不该|是不是|有没有|可不可以|行不行|中不中|影不影响|要不要(?!我)|好不好|算不算|上不上|报不报|为什么|为啥|怎么(?!这)"
)
_PRESSING_QUESTION = re.compile(
    "[您你](?!们)|怕|信不信|难道|非要|还想|真要|后果|明白|听见|还不还|什么时候还|几[号时点]还|想[^，,]{0,8}吗|考虑"
)
_REASSURED = re.compile(
    "(?:不会(?:因)?|一般不|并不)[^，,]{0,12}(?:坐牢|抓|影响)"
    "|[，,][^，,]{0,4}(?:别怕|不用(?:太)?(?:害怕|怕|慌)|别听|别慌)|正常(?:协商|的逾期)"
)


_OF_CREDIT = re.compile(
    "活动|福利|政策|截止|到期|额度|利率|利息|费率|[贷借息欠债款]|年化|申请|名额|审批|资格|优惠|低息|下款|提额|还[钱清上款]|逾期|账(?!号)|客户|办理|办(?!卡)|领[取了]|产品|平台|征信|照片"
    "|[您你]|手慢|赶紧的|赶快|我们|我司|公司|咱们?这|本人|老板娘?(?!好)|村委|单位|看谁|放心|风控|信赖|服务|团队|机构|找我|跟我|听我|我[给帮这]|系统|屏幕|合同|减|作废|这行|赶紧点|错过|到点|转给|银行|名字|脸|传开|笑话|大兄弟|大妹子|老妹|美女|帅哥"
)
"""Of what is the speaker's business, or of whoever is called."""
_A_MATTER = 8
"""So many characters beside the words name a matter of their own."""


def is_elsewhere(place: Place) -> bool:
    """Whether the sentence speaks of other matters than the speaker's business, and to nobody who is called."""
    beside, sentence = place.before + place.after, place.before + place.words + place.after
    return len(beside) >= _A_MATTER and not (_OF_CREDIT.search(sentence) or _PRESSED.search(sentence))


def is_wondered(place: Place) -> bool:
    """Whether the sentence asks how a thing goes, as customers do, and asks nothing of whoever is called."""
    sentence = place.before + place.words + place.after
    if _PRESSED.search(sentence) or _PRESSING_QUESTION.search(sentence):
        return False
    return place.rest[len(place.after) :][:1] in ("？", "?") or _QUESTION.search(sentence) is not None


def is_explained(place: Place) -> bool:
    """Whether the sentence explains or tells of others, and presses nobody."""
    sentence = place.before + place.words + place.after
    if _PRESSED.search(sentence):
        return False
    if _OUR_MOVE.search(sentence):
        return False
    if _is_recourse(place) or _is_of_others(sentence):
        return True
    if _UNHARMED.search(sentence):
        return True
    if _OF_CUSTOMER.search(sentence):
        return False
    if _RECORD.search(place.words) and _OF_PRODUCT.search(sentence) and not _AT_FAULT.search(sentence):
        return True
    return any(form.search(sentence) for form in (_DECIDED_BY_COURT, _NEUTRALLY, _CHEATING, _REASSURED))


def _is_recourse(place: Place) -> bool:
    if not _RECOURSE_TO.search(place.words + place.after[:4]):
        return False
    return _RECOURSE.search(place.clause) is not None or (
        _GOES_THERE.match(place.after) is not None and not _OF_CUSTOMER.search(place.before)
    )


def _is_of_others(sentence: str) -> bool:
    if _OF_OTHERS.search(sentence) is None or _LIKE_HIM.search(sentence):
        return False
    return _NAMED_PERSON.search(_without_kin(sentence)) is None


def _without_kin(sentence: str) -> str:
    return re.sub("我(?:[爸妈哥姐弟妹叔舅姨姑爷奶]|表|堂|朋友|同学|同事|老家|们班|家)|单位|平台", "", sentence)
