"""GET /: what this is and where to go, for programs and for people with a browser."""

from html import escape
from importlib.metadata import PackageNotFoundError, version

from fastapi import APIRouter, Request, Response
from orjson import dumps

from app.api.operations import answers_with, ref
from app.parts import Parts

_NAME = "heyan"
_DESCRIPTION = "Writes what an outbound call says next, and proves that it may be said."
_LINKS = {
    "docs": ("/docs", "接口说明", "每个请求、应答和示例，供阅读"),
    "openapi": ("/openapi.json", "OpenAPI 文件", "同样的内容，供程序读取和生成客户端"),
    "ready": ("/health/ready", "运行状态", "规则、存储和模型是否就绪"),
    "vocabulary": ("/v1/vocabulary", "词表", "场景、事实、标签、策略；对外开放的地址上需要密钥"),
    "metrics": ("/metrics", "监控指标", "Prometheus 格式"),
}
_PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>合言 Heyan</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.7 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif; max-width: 36rem;
  margin: 4rem auto; padding: 0 1.25rem; }}
h1 {{ font-size: 1.6rem; margin: 0; }}
h1 small {{ font-size: .9rem; font-weight: normal; opacity: .7; }}
dt {{ margin-top: 1rem; }}
dd {{ margin: 0; opacity: .8; }}
a {{ color: LinkText; }}
</style>
</head>
<body>
<h1>合言 Heyan <small>{version}</small></h1>
<p>为外呼写好下一句话，并证明这句话可以说。</p>
<dl>
{links}
</dl>
</body>
</html>
"""
_HEADERS = {
    "vary": "accept",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
}


def router(parts: Parts) -> APIRouter:
    """The routes of this resource; none needs a key, and none tells anything but what stands in the description."""
    routes = APIRouter(tags=["home"])
    version = installed_version()
    links = {name: path for name, (path, _, _) in _LINKS.items()}
    data = dumps({"name": _NAME, "version": version, "description": _DESCRIPTION, "links": links})
    page = _page(version).encode()

    def answer(request: Request) -> tuple[bytes, str]:
        if prefers_html(request.headers.get("accept", "")):
            return page, "text/html; charset=utf-8"
        return data, "application/json"

    @routes.get(
        "/",
        operation_id="read_home",
        summary="Read what this is and where to go",
        responses=answers_with(
            {"application/json": {"schema": ref("HomeAnswer")}, "text/html": {"schema": {"type": "string"}}},
            "JSON, or a page for browsers.",
        ),
    )
    async def read(request: Request) -> Response:
        """What this is and where to go; a page for browsers."""
        content, kind = answer(request)
        return Response(content, media_type=kind, headers=_HEADERS)

    # HTTP gives HEAD to whatever has GET; the description would only repeat it.
    @routes.head("/", include_in_schema=False)
    async def head(request: Request) -> Response:
        content, kind = answer(request)
        return Response(media_type=kind, headers={**_HEADERS, "content-length": str(len(content))})

    return routes


def installed_version() -> str:
    """The version of the installed package; `unknown` where only the sources are there."""
    try:
        return version(_NAME)
    except PackageNotFoundError:
        return "unknown"


def prefers_html(accept: str) -> bool:
    """Whether a caller names HTML and wants it at least as much as JSON; who accepts anything gets JSON."""
    wanted = {"text/html": 0.0, "application/json": 0.0}
    for part in accept.split(","):
        kind, *parameters = (each.strip().lower() for each in part.split(";"))
        if kind in wanted:
            wanted[kind] = max(wanted[kind], _weight(parameters))
    return wanted["text/html"] > 0 and wanted["text/html"] >= wanted["application/json"]


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def _page(version: str) -> str:
    # Relative, so that the page also leads on behind a proxy that adds a prefix.
    links = "\n".join(
        f'<dt><a href="{escape(path.removeprefix("/"))}">{escape(title)}</a></dt><dd>{escape(about)}</dd>'
        for path, title, about in _LINKS.values()
    )
    return _PAGE.format(version=escape(version), links=links)
