"""How an answer looks on a terminal, for `heyan write` and `heyan review`."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

_STAGES = {"open": "开场", "verify": "核实", "body": "正文", "disclose": "告知", "close": "结束"}
_ACTIONS = {"speak": "可以说", "handoff": "转人工", "do_not_call": "不得拨打"}


def show_script(answer: Mapping[str, Any]) -> None:
    """Draw the answer to a script request."""
    console = Console()
    title = f"{_ACTIONS[answer['action']]} · {answer['generation']} · {answer['source'] or '—'}"
    table = Table(show_header=False, box=None, padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for segment in answer["segments"]:
        table.add_row(f"[dim]{_STAGES[segment['stage']]}[/dim]", escape(segment["text"]))
    for finding in answer["verdict"]["findings"]:
        table.add_row(f"[dim]{finding['action']}[/dim]", escape(f"{finding['reason']}（{finding['rule']}）"))
    for finding in answer.get("rejected", []):
        table.add_row("[dim]rejected[/dim]", escape(f"{finding['reason']}（{finding['rule']}）"))
    console.print(Panel(table, title=title, subtitle=_delivery(answer), expand=False))


def _delivery(answer: Mapping[str, Any]) -> str:
    delivery = answer["delivery"]
    timing = f"{answer['timing_ms']['total']:.0f} ms"
    if delivery is None:
        return timing
    if "sms_segments" in delivery:
        return f"{delivery['characters']} 字 · {delivery['sms_segments']} 条短信 · {timing}"
    return f"语速 {delivery['speech_rate']} · 约 {delivery['estimated_seconds']} 秒 · {timing}"


def show_review(answer: Mapping[str, Any], text: str) -> None:
    """Draw the verdict on a text."""
    console = Console()
    colour = "green" if answer["action"] in ("allow", "observe") else "red"
    console.print(f"[{colour}]{answer['action']}[/{colour}]  {escape(answer['masked_text'])}", soft_wrap=True)
    for finding in answer["findings"]:
        span = finding["span"]
        # A hit on personal data is shown as what it becomes: the screen is no place for it either.
        quote = (finding["replacement"] or text[span[0] : span[1]]) if span else "—"
        line = f"  {finding['action']:8} {finding['rule']}  “{escape(quote)}”  {escape(finding['reason'])}"
        console.print(line, soft_wrap=True)
