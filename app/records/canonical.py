"""A decision as one text that is the same wherever it is written, and its digest: what seals and evidence cover."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from app.records.decisions import Decision

COVERED = (
    "script_id",
    "kind",
    "request_id",
    "body_digest",
    "created_at",
    "scenario",
    "channel",
    "generation",
    "strategy",
    "action",
    "source",
    "policy_revision",
    "policy_digest",
    "prompt_version",
    "model",
    "text",
    "tags",
    "offer",
    "body",
    "answer",
    "request",
    "findings",
    "rejected",
    "timing",
    "ref_digest",
    "events",
)
"""The fields that a digest covers, for good: a field that a later version adds is covered by another form."""


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no space, in UTF-8."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def written(decision: Decision) -> dict[str, Any]:
    """A decision in JSON's types: times in UTC, the answer as text."""
    return {name: _plain(getattr(decision, name)) for name in COVERED}


def digest_of(decision: Mapping[str, Any]) -> str:
    """SHA-256 of a decision as `written` writes it."""
    return hashlib.sha256(canonical({name: decision[name] for name in COVERED})).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(value).decode()}
    return list(value) if isinstance(value, tuple) else value
