"""What officers call platforms and kinds of notices, and why one did not arrive."""

from app.records import Delivery, NoticeKind, Platform

PLATFORMS = (
    (Platform.WECOM.value, "企业微信群机器人"),
    (Platform.DINGTALK.value, "钉钉群机器人"),
    (Platform.FEISHU.value, "飞书群机器人"),
    (Platform.JSON.value, "自己的系统（JSON）"),
)
KINDS = (
    (NoticeKind.WAITING.value, "待审批：有变更、申请等人处理"),
    (NoticeKind.DECIDED.value, "有结果：驳回、过期、撤回、定时生效"),
    (NoticeKind.PUBLISHED.value, "已生效：新版本发布，停用、冻结"),
    (NoticeKind.CONFLICTING.value, "有冲突：没发布的变更和新版本改了同一处"),
    (NoticeKind.FAILING.value, "出问题：发布失败，进程没用上新版本，从备份恢复"),
    (NoticeKind.ACCESS.value, "人员与密钥：谁的权限、密码、密钥变了"),
)
_SHORT = {
    NoticeKind.WAITING: "待审批",
    NoticeKind.DECIDED: "有结果",
    NoticeKind.PUBLISHED: "已生效",
    NoticeKind.CONFLICTING: "有冲突",
    NoticeKind.FAILING: "出问题",
    NoticeKind.ACCESS: "人员与密钥",
}
_FAILURES = {
    "timeout": "对方太久没有答复",
    "unreachable": "连不上这个地址",
    "no JSON": "对方的答复不像这个平台的，请核对平台和地址",
    "no code": "对方的答复不像这个平台的，请核对平台和地址",
}
_CODES = {
    "code 93000": "企业微信说地址无效（93000），请重新复制",
    "code 45009": "企业微信说发得太快（45009）",
    "code 300001": "钉钉说地址里的 access_token 不对（300001）",
    "code 310000": "钉钉不收（310000）：请核对签名密钥；用关键词的，请把“合言”设成关键词；限 IP 的，请加上服务器的地址",
    "code 130101": "钉钉说发得太快（130101）",
    "code 19001": "飞书说地址无效（19001），请重新复制",
    "code 19021": "飞书说签名不对（19021），请核对签名密钥和服务器时间",
    "code 19022": "飞书不收这个 IP（19022），请在机器人设置里加上服务器的地址",
    "code 19024": "飞书说没有关键词（19024），请把“合言”设成关键词",
    "code 11232": "飞书说发得太快（11232）",
}
"""From the platforms' own lists of codes."""


def short(kind: NoticeKind) -> str:
    """What a kind is called in a list."""
    return _SHORT[kind]


def platform(value: Platform) -> str:
    """What a platform is called."""
    return dict(PLATFORMS)[value.value]


def why(failure: str) -> str:
    """Why a notice did not arrive."""
    if failure.startswith("HTTP "):
        return f"对方答复 {failure}，请核对地址"
    if failure.startswith("code "):
        return _CODES.get(failure, f"平台不收，错误码 {failure.removeprefix('code ')}")
    return _FAILURES.get(failure, failure)


def state(delivery: Delivery) -> tuple[str, str]:
    """Where a notice stands, and which colour that has."""
    if delivery.delivered_at is not None:
        return "已送达", "go"
    if delivery.due_at is None:
        return "没有送到，不再试", "stop"
    return ("还没送到，会再试", "ask") if delivery.attempts else ("马上送", "")
