"""A call that a person plays: what was heard so far, and the request for what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

Json = dict[str, Any]
HURRIED = 7.5
"""Characters a second of somebody who is pressed; nobody measures how a person types."""
ENDING = ("end_call", "handoff", "do_not_call")
"""Actions after which nobody waits for the customer."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A call up to some moment; each step makes another one, so that a step can be taken back."""

    call_id: str
    case: Mapping[str, Any]
    transcript: tuple[Json, ...] = ()

    def body(self) -> Json:
        """The request for the next words."""
        turns = sum(each["role"] == "agent" for each in self.transcript)
        return {
            "call_id": self.call_id,
            "turn": turns,
            "case": dict(self.case),
            "transcript": [dict(each) for each in self.transcript],
        }

    def said(self, text: str, *, is_hurried: bool = False) -> "Conversation":
        """The customer says this; an empty text is his silence."""
        voice = {"voice": {"chars_per_second": HURRIED}} if is_hurried else {}
        return self._with({"role": "customer", "text": text, **voice})

    def answered(self, text: str | None) -> "Conversation":
        """The agent says this, all of which is heard; None where it says nothing."""
        return self._with({"role": "agent", "text": text}) if text else self

    def cut(self, heard: int | None = None) -> "Conversation":
        """The agent's last words were heard only as far as so many characters, else half of them."""
        last = self.last_words
        text = last[: len(last) // 2 if heard is None else max(0, heard)]
        if not last or text == last:
            return self
        own = {**self.transcript[-1], "text": text, "interrupted": True}
        return replace(self, transcript=(*self.transcript[:-1], own))

    @property
    def last_words(self) -> str:
        """What the agent said last; empty where it did not speak last."""
        own = self.transcript[-1] if self.transcript else {"role": "customer"}
        return str(own["text"]) if own["role"] == "agent" else ""

    def back(self) -> "Conversation":
        """Without the customer's last words and whatever was answered to them; the opening stays."""
        mine = [place for place, each in enumerate(self.transcript) if each["role"] == "customer"]
        return replace(self, transcript=self.transcript[: mine[-1]]) if mine else self

    def _with(self, utterance: Json) -> "Conversation":
        return replace(self, transcript=(*self.transcript, utterance))
