"""The compact prompt: control tokens for tuned models, the same in training and in serving."""

from app.writing.brief import Brief

PROMPT_VERSION = "compact.v1"
START = "<|heyan|>"
BODY = "<|body|>"
END = "<|end|>"
PAD = "<|pad|>"
OFFERS = ("deferral", "instalment", "waiver")


def control(kind: str, name: str) -> str:
    """The control token of one attribute, such as `<|tag:first_loan|>`."""
    return f"<|{kind}:{name}|>"


def slot_token(name: str) -> str:
    """A slot as the model writes it."""
    return "{" + name + "}"


def render_compact(brief: Brief) -> str:
    """The prompt of a brief, ending where the body begins. Attributes stand in a fixed order."""
    parts = [
        START,
        control("scenario", brief.scenario.value),
        control("generation", brief.generation.value),
        control("strategy", brief.strategy),
        *(control("tag", tag) for tag in brief.tags),
        *((control("offer", brief.offer),) if brief.offer else ()),
        *(control("need", slot) for slot in sorted(brief.slots)),
        *(control("may", slot) for slot in sorted(brief.optional_slots)),
        BODY,
    ]
    return "".join(parts)
