"""Replace personal data in a text by masked forms that identify nobody."""

from collections.abc import Sequence

from guards.personal_data.lean_imports import lean_imports
from guards.text.digits import MASK, NormalizedText
from guards.types import Finding, Span

with lean_imports():
    from presidio_anonymizer import AnonymizerEngine
    from presidio_anonymizer.entities import OperatorConfig, RecognizerResult


def masked_form(kind: str, value: str) -> str:
    """What a value of that kind becomes: `****1234` for a bank card, `110101********1234` for an ID card, else MASK."""
    bare = NormalizedText(value).bare.text.replace("叉", "x")
    if kind == "bank_card" and 13 <= len(bare) <= 19 and bare.isdigit():
        return "****" + bare[-4:]
    if kind == "id_card" and len(bare) in (15, 18) and bare[:-1].isdigit():
        return bare[:6] + "*" * (len(bare) - 10) + bare[-4:].upper()
    return MASK


_ENGINE = AnonymizerEngine()


def _prescribed(replacement: str) -> OperatorConfig:
    """Presidio's own `replace` would write the entity's name for an empty string."""
    return OperatorConfig("custom", {"lambda": lambda _: replacement})


def _weight(finding: Finding, span: Span) -> tuple[int, int, int, str]:
    """Worst action first, then the longest span, then the form that shows least."""
    replacement = finding.replacement or ""
    shown = sum(char.isalnum() and char not in MASK for char in replacement)
    return finding.action, span.end - span.start, -shown, replacement


def mask(text: str, findings: Sequence[Finding]) -> str:
    """The text with each span of a finding replaced; overlapping spans are one, replaced by their weightiest form.

    Findings without a span or a replacement change nothing, and neither does what lies beyond the end of the text.
    """
    spans = [
        (finding.span.start, min(finding.span.end, len(text)), _weight(finding, finding.span))
        for finding in findings
        if finding.span is not None and finding.replacement is not None and finding.span.start < len(text)
    ]
    merged: list[tuple[int, int, tuple[int, int, int, str]]] = []
    for start, end, weight in sorted(spans, key=lambda item: item[:2]):
        if merged and start < merged[-1][1]:
            first, last, heaviest = merged.pop()
            merged.append((first, max(end, last), max(weight, heaviest)))
        else:
            merged.append((start, end, weight))
    if not merged:
        return text
    names = {weight[3]: f"form_{number}" for number, (_, _, weight) in enumerate(merged)}
    masked: str = _ENGINE.anonymize(
        text,
        [RecognizerResult(names[weight[3]], start, end, 1.0) for start, end, weight in merged],
        {name: _prescribed(replacement) for replacement, name in names.items()},
        merge_entities_with_spaces=False,
    ).text
    return masked
