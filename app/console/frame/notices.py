"""What a page says once after something was done there: a word in a cookie that only this session can have sealed."""

import hashlib
import hmac
from urllib.parse import unquote, urlsplit

from fastapi import Request, Response

from app.console.frame.visitors import COOKIE, is_secure

_NOTICE = "heyan_said"
_SECONDS = 60
_SAID = {
    "saved": "已保存。",
    "submitted": "已提交，等另一个人审批。",
    "published": "已发布，几秒内全部生效。",
    "approved": "已批准，到时间自动生效。",
    "rejected": "已驳回。",
    "withdrawn": "已撤回，现在是草稿。",
    "dropped": "草稿已删除。",
    "suspended": "已停用，马上全部生效。",
    "asked": "已提交申请，等另一个人审批。",
    "frozen": "已冻结，现在只说已批准的兜底话术。",
    "commented": "已发表。",
    "reviewers-asked": "已请他们审批。",
    "marked": "已标注。",
    "drafted": "已存成草稿，提交以后由另一个人审批。",
    "created": "已建好。",
    "changed": "已改好。",
    "closed": "已登记，马上生效。",
    "webhook-made": "已建好。请先“试发一条”，看那边收不收得到。",
    "webhook-removed": "已删除，以后不再通知那里。",
    "opened": "已重新开放，马上可以按规则联系。",
    "revoked": "已吊销，马上不能用了。",
    "password-changed": "密码已改好，其他设备上都要重新登录。",
}


def leave(response: Response, request: Request, path: str, said: str, session: str | None = None) -> None:
    """Let the page at `path` below /console say what was done; `session`: of which one, where it is just begun."""
    token = session or request.cookies.get(COOKIE, "")
    value = f"{said}.{_seal(token, unquote(urlsplit(path).path), said)}"
    response.set_cookie(
        _NOTICE, value, _SECONDS, path=_base(request), secure=is_secure(request), httponly=True, samesite="lax"
    )


def left(request: Request) -> str | None:
    """What the page that is asked for says of what was done, if anything."""
    said, _, seal = request.cookies.get(_NOTICE, "").partition(".")
    if request.method != "GET" or "hx-request" in request.headers or said not in _SAID:
        return None
    path = request.scope["path"].removeprefix(_base(request))
    own = _seal(request.cookies.get(COOKIE, ""), path, said)
    return _SAID[said] if hmac.compare_digest(own.encode(), seal.encode("utf-8", "replace")) else None


def take_away(response: Response, request: Request) -> None:
    """Let it be said no second time."""
    response.delete_cookie(_NOTICE, path=_base(request))


def _base(request: Request) -> str:
    return f"{request.scope.get('root_path', '')}/console"


def _seal(session: str, path: str, said: str) -> str:
    return hmac.new(session.encode(), f"said on a page {said} {path}".encode(), hashlib.sha256).hexdigest()
