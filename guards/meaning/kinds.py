"""The kinds of violation that the second opinion tells apart, and what officers read of each."""

from guards.types import Action, Callee, Case, Channel

REASONS = {
    "guarantee": "听起来像是在保证审批、放款或额度",
    "credit_blind": "听起来像是说征信好坏都没关系",
    "threat": "听起来像是在威胁客户",
    "exposure": "听起来像是要把欠款的事告诉别人",
    "impersonation": "听起来像是冒充公检法、监管部门或律师",
    "legal_exaggeration": "听起来像是夸大法律或征信后果",
    "insult": "听起来像是在贬损客户",
    "off_channel_payment": "听起来像是让客户走非官方渠道付款",
    "credentials": "听起来像是在索要密码、验证码或卡号",
    "over_borrowing": "听起来像是在劝客户多借",
    "borrow_to_repay": "听起来像是劝客户借钱还钱",
    "forbidden_purpose": "听起来像是建议把借款用于不允许的用途",
    "urgency": "听起来像是制造紧迫感，催客户做决定",
    "hidden_cost": "听起来像是淡化利息或费用",
    "endorsement": "听起来像是拿政府或监管部门作背书",
    "human_pretence": "听起来像是机器人冒充真人",
    "concession": "听起来像是没有授权就许诺减免",
    "elderly_secrecy": "听起来像是劝客户瞒着家人",
    "disparagement": "听起来像是在贬低同行",
    "disguised_loan": "听起来像是换个名目，不承认这是借款",
    "upfront_fee": "听起来像是放款前先让客户交钱",
    "misstatement_coaching": "听起来像是教客户填假信息、说假话",
    "debt_hint": "听起来像是向旁人透露客户欠款",
    "third_party": "听起来像是找客户以外的人要钱或打听",
    "humiliation": "听起来像是在羞辱、挖苦客户",
    "harassment": "听起来像是用反复打扰给客户施压",
    "false_undertaking": "听起来像是许下没人授权的承诺",
    "preapproval": "听起来像是还没审批就说额度批好了",
    "credit_probing": "听起来像是在打探客户在别家的借款和额度",
    "pushing_on": "听起来像是客户已经拒绝还在推销",
    "off_channel_contact": "听起来像是让客户用私人方式联系",
    "beyond_law": "听起来像是拿法律没有规定的后果吓唬客户",
}
"""What a finding says of each kind of violation; the keys are the labels of the training lines."""

UNHEARD = "unheard"
"""No kind: the end of the rule of a finding that says that a sentence got no second score in time."""
UNHEARD_TITLE = "没有听到第二道打分"
ADVICE = {Action.OBSERVE: "仅供留意", Action.REVISE: "请换一种说法", Action.ESCALATE: "请人工复核"}
"""What a finding asks for."""

_FOR_A_PERSON = frozenset(
    {
        "threat", "exposure", "impersonation", "insult", "off_channel_payment", "credentials",
        "upfront_fee", "debt_hint", "third_party", "humiliation", "harassment",
    }
)  # fmt: skip


def stopping(kind: str) -> Action:
    """What a sentence of that kind asks for if it is stopped: what hurts people goes to a person."""
    return Action.ESCALATE if kind in _FOR_A_PERSON else Action.REVISE


def is_in_scope(kind: str, case: Case) -> bool:
    """Whether the case leaves the words in question.

    Offers may be made where there are some, persons are persons, and whoever owes the debt may be told of it.
    """
    if kind == "concession":
        return not case.offers
    if kind == "debt_hint":
        return not (isinstance(case.callee, Callee) and case.is_verified)
    return kind != "human_pretence" or case.channel in (None, Channel.AI_VOICE)
