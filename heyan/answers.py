"""What the service answers, as values; a field that this version does not know stands in `as_sent` only."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal, Self

Json = Mapping[str, Any]
Action = Literal["speak", "handoff", "do_not_call"]
Source = Literal["model", "pool", "approved", "fallback"]
RefusalType = Literal["opt_out", "wrong_number", "third_party_refused"]
VerdictAction = Literal["allow", "observe", "mask", "revise", "escalate", "block"]


def _known(kind: type[Any], sent: Json) -> dict[str, Any]:
    """Those members of a JSON object that the dataclass `kind` has fields for."""
    return {one.name: sent[one.name] for one in fields(kind) if one.name in sent}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found; `span`: code points from and to in the text that was judged."""

    rule: str
    guard: str
    action: VerdictAction
    reason: str
    span: tuple[int, int] | None = None
    replacement: str | None = None

    @classmethod
    def read(cls, sent: Json) -> Self:
        """Out of the service's JSON."""
        span = sent.get("span")
        return cls(**{**_known(cls, sent), "span": (span[0], span[1]) if span else None})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guards say of the text that is returned."""

    action: VerdictAction
    findings: tuple[Finding, ...] = ()

    @classmethod
    def read(cls, sent: Json) -> Self:
        """Out of the service's JSON."""
        return cls(sent["action"], _findings(sent, "findings"))


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece to say in one go: `tts_text` is for the voice, `text` for the eye; a `required` one is never left out.

    A text message has no `tts_text`.
    """

    stage: str
    text: str
    tts_text: str
    interruptible: bool = True
    required: bool = False

    @classmethod
    def read(cls, sent: Json) -> Self:
        """Out of the service's JSON."""
        return cls(**_known(cls, sent))


@dataclass(frozen=True, slots=True)
class Delivery:
    """How to say it: `speech_rate` 1 is the usual pace; the window is China's time, from and to, `HH:MM`.

    A text message is not spoken: it has `characters` instead, and `sms_segments` that it is charged as.
    """

    speech_rate: float | None
    repeat_key_points: bool
    estimated_seconds: float | None
    contact_window: tuple[str, str]
    characters: int | None = None
    sms_segments: int | None = None

    @classmethod
    def read(cls, sent: Json) -> Self:
        """Out of the service's JSON."""
        start, end = sent["contact_window"]
        return cls(**{**_known(cls, sent), "contact_window": (start, end)})


@dataclass(frozen=True, slots=True)
class Hint:
    """What a person who speaks is told beside the words; it is not said to the customer."""

    kind: str
    text: str

    @classmethod
    def read(cls, sent: Json) -> Self:
        """Out of the service's JSON."""
        return cls(**_known(cls, sent))


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds spent on the whole answer, waiting for the model, and in the guards."""

    total: float
    model: float
    guards: float

    @classmethod
    def read(cls, sent: Json) -> Self:
        """Out of the service's JSON."""
        return cls(**_known(cls, sent))


@dataclass(frozen=True, slots=True)
class ScriptAnswer:
    """One script, or why there is none.

    `text` and `segments` are to be said for `speak`; for `handoff` they are empty or bridge to a person; for
    `do_not_call` they are empty and the findings name the gate. `source` is None where nothing was written. `rejected`:
    findings on what was not said, where they were asked for. `events`, `ignored_tags`, `experiment` and
    `policy_digest` are empty or None from a service that does not send them yet.
    """

    script_id: str
    request_id: str
    action: Action
    verdict: Verdict
    generation: str
    policy_revision: int
    text: str | None = None
    segments: tuple[Segment, ...] = ()
    delivery: Delivery | None = None
    hints: tuple[Hint, ...] = ()
    strategy: str | None = None
    source: Source | None = None
    attempts: int = 0
    prompt_version: str | None = None
    model: str | None = None
    timing_ms: Timing | None = None
    policy_digest: str | None = None
    events: tuple[Json, ...] = ()
    ignored_tags: tuple[Any, ...] = ()
    experiment: Json | None = None
    rejected: tuple[Finding, ...] = ()
    as_sent: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def read(cls, sent: Json) -> Self:
        """Out of the service's JSON."""
        delivery, timing = sent.get("delivery"), sent.get("timing_ms")
        inner = {
            "verdict": Verdict.read(sent["verdict"]),
            "segments": tuple(Segment.read(one) for one in sent.get("segments") or ()),
            "delivery": Delivery.read(delivery) if delivery else None,
            "hints": tuple(Hint.read(one) for one in sent.get("hints") or ()),
            "timing_ms": Timing.read(timing) if timing else None,
            "events": tuple(sent.get("events") or ()),
            "ignored_tags": tuple(sent.get("ignored_tags") or ()),
            "rejected": _findings(sent, "rejected"),
            "as_sent": sent,
        }
        return cls(**{**_known(cls, sent), **inner})


@dataclass(frozen=True, slots=True)
class ReviewAnswer:
    """The verdict on a text; `checked` says which guards looked. `masked_text` is the text where nothing was masked."""

    action: VerdictAction
    findings: tuple[Finding, ...]
    masked_text: str
    checked: tuple[str, ...]
    policy_revision: int
    policy_digest: str | None = None
    as_sent: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def read(cls, sent: Json) -> Self:
        """Out of the service's JSON."""
        inner = {"findings": _findings(sent, "findings"), "checked": tuple(sent["checked"]), "as_sent": sent}
        return cls(**{**_known(cls, sent), **inner})

    @classmethod
    def read_many(cls, sent: Json) -> tuple[Self, ...]:
        """Out of the service's JSON for several, in the same order."""
        return tuple(cls.read(one) for one in sent["items"])


@dataclass(frozen=True, slots=True)
class KeptRefusal:
    """What a customer refused and when, first and last; `scope` is an opt-out's; `source`: `call`, `api`, `import`."""

    type: RefusalType
    since: datetime
    latest: datetime
    source: str
    scope: Literal["marketing", "servicing"] | None = None

    @classmethod
    def read(cls, sent: Json) -> Self:
        """Out of the service's JSON."""
        times = {name: datetime.fromisoformat(sent[name]) for name in ("since", "latest")}
        return cls(**{**_known(cls, sent), **times})


@dataclass(frozen=True, slots=True)
class ClosedCalls:
    """Calls that must not be made, or be made by a person (`handoff`). None: on every channel, to everybody."""

    scenario: str
    action: Literal["do_not_call", "handoff"]
    rule: str
    channel: str | None = None
    roles: tuple[str, ...] | None = None

    @classmethod
    def read(cls, sent: Json) -> Self:
        """Out of the service's JSON."""
        roles = sent.get("roles")
        return cls(**{**_known(cls, sent), "roles": None if roles is None else tuple(roles)})


@dataclass(frozen=True, slots=True)
class Contact:
    """What one customer refused and what follows; `asked`: who wants it opened again, as the service tells it."""

    ref: str
    events: tuple[KeptRefusal, ...]
    closed: tuple[ClosedCalls, ...]
    asked: tuple[Json, ...] = ()
    as_sent: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def read(cls, sent: Json) -> Self:
        """Out of the service's JSON."""
        events = tuple(KeptRefusal.read(one) for one in sent["events"])
        closed = tuple(ClosedCalls.read(one) for one in sent["closed"])
        return cls(sent["ref"], events, closed, tuple(sent.get("asked") or ()), sent)


def _findings(sent: Json, name: str) -> tuple[Finding, ...]:
    return tuple(Finding.read(one) for one in sent.get(name) or ())
