"""The compact prompt for a brief: control tokens, for models that were tuned on them."""

from typing import Literal

from app.approved.brief import Brief

Profile = Literal["compact", "full"]
Message = dict[str, str]
PROMPT_VERSION = "compact.v1"
START = "<|heyan|>"
BODY = "<|body|>"
END = "<|end|>"
PAD = "<|pad|>"
OFFER_NAMES = {"deferral": "延期还款", "instalment": "分期还款", "waiver": "减免一部分息费"}
OFFERS = tuple(OFFER_NAMES)


def profile_for(model: str, chosen: str) -> Profile:
    """The chosen profile; otherwise compact for models named `heyan-…`, which are tuned, and full for all others."""
    if chosen in ("compact", "full"):
        return "compact" if chosen == "compact" else "full"
    return "compact" if model.rsplit("/", 1)[-1].startswith("heyan-") else "full"


def control(kind: str, name: str) -> str:
    """The control token of one attribute of a brief, such as `<|tag:first_loan|>`."""
    return f"<|{kind}:{name}|>"


def slot_token(name: str) -> str:
    """A slot as models write it: its name in braces."""
    return "{" + name + "}"


def render_compact(brief: Brief) -> str:
    """The compact prompt: the brief's attributes in a fixed order, up to where the body begins."""
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


def compact_messages(brief: Brief) -> list[Message]:
    """The compact prompt as a single user message, which the shipped chat template passes on unchanged."""
    return [{"role": "user", "content": render_compact(brief)}]
