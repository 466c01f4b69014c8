"""What a refusal says to an officer, also one whose own words are for engineers."""

from app.console.frame.rendering import FieldError, in_chinese, told_of
from app.contacts.errors import NothingClosed, SamePerson
from app.errors import RequestError
from app.records import (
    ErasedDecision,
    KeyNameTaken,
    LastAdmin,
    PersonNameTaken,
    UnknownDecision,
    UnknownFinding,
    UnknownKey,
    UnknownPerson,
)

_TOLD: dict[type[RequestError], str] = {
    KeyNameTaken: "这个名称已经有密钥用过了，吊销以后也不能再用。请换一个名称。",
    PersonNameTaken: "已经有这个姓名的人。停用的人也保留姓名；请换一个写法，比如加上部门。",
    LastAdmin: "这是最后一个能用的管理员，这样做以后就没有人能管理了。请先给另一个人管理权限。",
    UnknownKey: "没有这个密钥。",
    UnknownPerson: "没有这个人。",
    UnknownDecision: "没有这个编号的决策。请核对编号，或者到“决策查询”里找。",
    ErasedDecision: "这个决策的内容已经按规定删除，不能再标注。",
    UnknownFinding: "这个决策没有这一处命中，请刷新页面再标注。",
    NothingClosed: "这个客户没有这一种拒绝，可能刚刚已经重新开放。请重新查一下。",
    SamePerson: "自己提出的申请不能由自己批准，请另一个人处理。",
}


def told_by(refused: RequestError) -> list[str]:
    """What it says: a sentence for each thing that is wrong, at least one."""
    known = next((told for kind, told in _TOLD.items() if isinstance(refused, kind)), None)
    if known is not None:
        return [known]
    return [each.told for each in told_of(refused.fields)] or [in_chinese(refused.detail)]


def errors_of(refused: RequestError, field: str) -> list[FieldError]:
    """The same beside the fields that it names, or else beside `field`."""
    return told_of(refused.fields) or [FieldError(field, told) for told in told_by(refused)]
