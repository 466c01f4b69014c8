"""GET /docs: the description as a page for people, which loads nothing from anywhere."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from jinja2 import Environment
from markupsafe import Markup

_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
}
_PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>合言 Heyan 接口说明</title>
<style>
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent);
  --soft: color-mix(in srgb, currentColor 6%, transparent); }
body { font: 1rem/1.6 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif; max-width: 60rem;
  margin: 2.5rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.6rem; margin: 0 0 1rem; }
h2 { font-size: 1.25rem; margin: 3rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 2rem 0 .25rem; }
h4 { font-size: .95rem; margin: 1.25rem 0 .25rem; }
p { margin: .4rem 0; }
code, pre { font: .875rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
h2 code { font-size: 1.05rem; }
pre { background: var(--soft); padding: .75rem 1rem; overflow-x: auto; border-radius: .4rem; margin: .4rem 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .925rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; white-space: nowrap; }
td:first-child { white-space: nowrap; }
a { color: LinkText; }
summary { cursor: pointer; margin: .4rem 0; }
.about { opacity: .8; }
.need { opacity: .7; font-size: .8rem; white-space: nowrap; }
nav ul { list-style: none; padding: 0; margin: 0; }
nav li { margin: .15rem 0; }
</style>
</head>
<body>
<h1>合言 Heyan 接口说明</h1>
{% for paragraph in about %}<p class="about" lang="en">{{ paragraph | words }}</p>
{% endfor %}<p>供程序读取：<a href="openapi.json">openapi.json</a></p>
<nav aria-label="接口">
<ul>
{% for one in operations %}<li><a href="#{{ one.id }}"><code><b>{{ one.method }}</b> {{ one.path }}</code></a>
 <span class="about" lang="en">{{ one.summary }}</span></li>
{% endfor %}</ul>
</nav>
{% for one in operations %}
<h2 id="{{ one.id }}"><code><b>{{ one.method }}</b> {{ one.path }}</code></h2>
<p lang="en"><strong>{{ one.summary }}.</strong> {{ one.about | words }}</p>
<p class="about">{{ one.key }} · <code>{{ one.id }}</code></p>
{% if one.parameters %}<h4>参数</h4>
<div class="wide"><table>
<tr><th>名称</th><th>类型</th><th>说明</th></tr>
{% for name, kind, about in one.parameters %}<tr><td><code>{{ name }}</code></td><td>{{ kind }}</td>
<td lang="en">{{ about | words }}</td></tr>
{% endfor %}</table></div>
{% endif %}{% if one.body %}<h4>请求</h4>
<p>{{ one.body }}{% if one.unless %}
 <span class="need">可省略</span> <span lang="en">{{ one.unless | words }}</span>{% endif %}</p>
{% for name, text in one.examples %}<details><summary>示例 <code>{{ name }}</code></summary>
<pre>{{ text }}</pre></details>
{% endfor %}{% endif %}<h4>应答</h4>
<div class="wide"><table>
<tr><th>状态</th><th>内容</th><th>说明</th></tr>
{% for status, kind, about in one.responses %}<tr><td><code>{{ status }}</code></td><td>{{ kind }}</td>
<td lang="en">{{ about | words }}</td></tr>
{% endfor %}</table></div>
{% for name, text in one.answers %}<details><summary>应答示例 <code>{{ name }}</code></summary>
<pre>{{ text }}</pre></details>
{% endfor %}{% endfor %}
<h2 id="schemas">数据结构</h2>
{% for one in schemas %}
<h3 id="schema-{{ one.name }}"><code>{{ one.name }}</code></h3>
<p class="about" lang="en">{{ one.about | words }}</p>
{% if one.kind %}<p>{{ one.kind }}</p>
{% else %}<div class="wide"><table>
<tr><th>字段</th><th>类型</th><th>说明</th></tr>
{% for name, needed, kind, about in one.fields %}<tr><td><code>{{ name }}</code>
{% if needed %}<span class="need">必填</span>{% endif %}</td><td>{{ kind }}</td><td>{{ about }}</td></tr>
{% endfor %}</table></div>
{% endif %}{% endfor %}
</body>
</html>
"""
_LIMITS = {
    "minimum": "≥ {}",
    "maximum": "≤ {}",
    "minLength": "{} 字以上",
    "maxLength": "至多 {} 字",
    "minItems": "{} 项以上",
    "maxItems": "至多 {} 项",
    "maxProperties": "至多 {} 项",
    "pattern": "{}",
}
_KINDS = {
    "string": "文本",
    "integer": "整数",
    "number": "数字",
    "boolean": "布尔值",
    "null": "null",
    "object": "对象",
    "date": "日期",
    "date-time": "时间",
}


def router() -> APIRouter:
    """The route of this page; it needs no key and tells only what stands in the description."""
    routes = APIRouter()
    pages: dict[str, str] = {}

    @routes.get("/docs", include_in_schema=False)
    async def read(request: Request) -> Response:
        """The description of the whole interface, to be read."""
        if not pages:
            pages["docs"] = page(request.app.openapi())
        return Response(pages["docs"], media_type="text/html; charset=utf-8", headers=_HEADERS)

    return routes


def page(document: Mapping[str, Any]) -> str:
    """An OpenAPI document of ours as HTML."""
    environment = Environment(autoescape=True)
    environment.filters["words"] = _words
    return environment.from_string(_PAGE).render(
        about=document["info"]["description"].strip().split("\n\n"),
        operations=list(_operations(document)),
        schemas=[_named(name, schema) for name, schema in document["components"]["schemas"].items()],
    )


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            answer = operation["responses"]["200"]["content"].get("application/json", {})
            security = operation["security"]
            yield {
                "id": operation["operationId"],
                "method": method.upper(),
                "path": path,
                "summary": operation["summary"],
                "about": operation.get("description", ""),
                "key": "无需密钥" if not security else "本机免密钥，否则需要密钥" if {} in security else "需要密钥",
                "parameters": [
                    (one["name"], _kind(one["schema"]), one.get("description", ""))
                    for one in operation.get("parameters", [])
                ],
                "body": _kind(body["schema"]) if body else None,
                "unless": operation.get("requestBody", {}).get("description"),
                "examples": _examples(document, body),
                "answers": _examples(document, answer),
                "responses": [
                    (status, _contents(response["content"]), response["description"])
                    for status, response in sorted(operation["responses"].items())
                ],
            }


def _examples(document: Mapping[str, Any], content: Mapping[str, Any]) -> list[tuple[str, str]]:
    named = document["components"]["examples"]
    return [
        (name, json.dumps(named[one["$ref"].rsplit("/", 1)[-1]]["value"], ensure_ascii=False, indent=2))
        for name, one in content.get("examples", {}).items()
    ]


def _words(text: str) -> Markup:
    """A text with what stands in backticks as code."""
    code = Markup("<code>{}</code>")
    return Markup("").join(code.format(part) if odd % 2 else part for odd, part in enumerate(text.split("`")))


def _contents(content: Mapping[str, Any]) -> Markup:
    """What a response holds, in each of its formats."""
    kinds = [
        _kind(one["schema"]) if name == "application/json" else Markup("<code>{}</code>").format(name)
        for name, one in content.items()
    ]
    return Markup("，或 ").join(kinds)


def _named(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    needed = schema.get("required", ())
    return {
        "name": name,
        "about": schema.get("description", ""),
        "kind": None if "properties" in schema else _kind(schema),
        "fields": [
            (field, field in needed, _kind(one), one.get("description", ""))
            for field, one in schema.get("properties", {}).items()
        ],
    }


def _kind(schema: Mapping[str, Any]) -> Markup:
    """The type of a value in a few words, with links to named schemas."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return Markup('<a href="#schema-{0}"><code>{0}</code></a>').format(name)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return Markup("，或 ").join(_kind(one) for one in schema[choice])
    if "const" in schema:
        return Markup("<code>{}</code>").format(json.dumps(schema["const"], ensure_ascii=False))
    if "enum" in schema:
        return Markup(" · ").join(Markup("<code>{}</code>").format(one) for one in schema["enum"])
    if schema.get("type") == "array":
        each = [schema["items"]] if "items" in schema else schema.get("prefixItems", [])
        return Markup("列表：{}").format(Markup("，").join(_kind(one) for one in each)) + _limits(schema)
    if isinstance(values := schema.get("additionalProperties"), Mapping):
        return Markup("对象，各值为{}").format(_kind(values)) + _limits(schema)
    kind = _KINDS.get(schema.get("format") or schema.get("type", ""), "任意值")
    return Markup("{}").format(kind) + _limits(schema)


def _limits(schema: Mapping[str, Any]) -> Markup:
    told = [
        Markup("<code>{}</code>").format(value) if name == "pattern" else Markup("{}").format(words.format(value))
        for name, words in _LIMITS.items()
        if (value := schema.get(name)) is not None
    ]
    return Markup("（{}）").format(Markup("，").join(told)) if told else Markup("")
