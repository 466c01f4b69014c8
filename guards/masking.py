"""Replace personal data in a text by masked forms that tell nobody who is meant."""

from collections.abc import Sequence
from typing import Any

from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import OperatorConfig, RecognizerResult
from presidio_anonymizer.operators import Operator, OperatorType

from guards.spelling import MASK, digits_of, fold
from guards.types import Finding, Span


def masked_form(kind: str, value: str) -> str:
    """What a value of that kind becomes: `****1234` for a bank card, `110101********1234` for an ID card, else MASK."""
    bare = digits_of(fold(value)).replace("叉", "x")
    if kind == "bank_card" and 13 <= len(bare) <= 19 and bare.isdigit():
        return "****" + bare[-4:]
    if kind == "id_card" and len(bare) in (15, 18) and bare[:-1].isdigit():
        return bare[:6] + "*" * (len(bare) - 10) + bare[-4:].upper()
    return MASK


class Prescribed(Operator):  # type: ignore[misc]  # read as untyped
    """Puts in what the finding prescribes. Presidio's own `replace` writes the entity's name for an empty string."""

    def operate(self, text: str | None = None, params: dict[str, Any] | None = None) -> str:
        """The prescribed replacement."""
        return str((params or {})["replacement"])

    def validate(self, params: dict[str, Any] | None = None) -> None:
        """Nothing to check: the parameters are ours."""

    def operator_name(self) -> str:
        """As the operator is called in a configuration."""
        return "prescribed"

    def operator_type(self) -> OperatorType:
        """Presidio's word for replacing."""
        return OperatorType.Anonymize


def _engine() -> AnonymizerEngine:
    engine = AnonymizerEngine()
    engine.add_anonymizer(Prescribed)
    return engine


_ENGINE = _engine()


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
        {name: OperatorConfig("prescribed", {"replacement": replacement}) for replacement, name in names.items()},
        merge_entities_with_spaces=False,
    ).text
    return masked
