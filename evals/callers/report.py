"""Played calls as tables for people, and the transcripts of those that count against a goal."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.callers.calls import Call
from evals.callers.measures import Length, Share, failed, lengths, sources
from evals.callers.readings import readable


def print_report(console: Console, calls: Sequence[Call], shares: Sequence[Share]) -> None:
    """The measures; below, which calls miss a goal; last, each of these once, in full."""
    console.print(_shares(shares), _lengths(lengths(calls)))
    console.print("words from: " + ", ".join(f"{name} {share:.1%}" for name, share in sources(calls).items()))
    missed = failed(shares)
    for share in missed:
        console.print(f"[red]{share.name}[/red]: {escape(', '.join(dict.fromkeys(share.against)))}", soft_wrap=True)
    names = {name for share in missed for name in share.against}
    for call in calls:
        if call.name in names:
            console.print(f"\n{escape(readable(call))}", soft_wrap=True, highlight=False)


def _shares(shares: Sequence[Share]) -> Table:
    table = Table("measure", "count", "of", "calls", "share", "95 % interval", "goal", "", title="calls")
    table.title_justify = "left"
    for each in shares:
        verdict = "" if not each.goal else "[green]pass[/green]" if each.holds else "[red]fail[/red]"
        share = f"{each.count / each.of:.1%}" if each.of else "—"
        interval = f"{each.low:.1%} – {each.high:.1%}" if each.of else "—"
        row = (
            each.name,
            str(each.count),
            f"{each.of} {each.what}",
            str(each.calls),
            share,
            interval,
            each.goal,
            verdict,
        )
        table.add_row(*row)
    return table


def _lengths(found: Sequence[Length]) -> Table:
    table = Table("a call", "mean", "median", "longest")
    for each in found:
        table.add_row(each.name, f"{each.mean:.1f}", f"{each.median:.1f}", f"{each.longest:.1f}")
    return table
