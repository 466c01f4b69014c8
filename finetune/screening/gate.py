"""Decides which bodies may be taught: usable skeletons that the guards let through and that hold no personal data."""

from app.approved.brief import Brief
from app.approved.skeleton import problems_of
from finetune.screening.judge import Judge
from finetune.screening.persons import personal_spans
from guards.text.digits import MASK
from guards.types import Scenario

_Asked = tuple[str, Scenario, str | None]
_UNFILLED = "skeleton.unusable: "


class Gate:
    """Judges bodies, and remembers the findings of each."""

    def __init__(self, judge: Judge) -> None:
        """`judge`: the rules that decide; see `finetune.screening.judge.shipped_policy`."""
        self._judge = judge
        self._known: dict[_Asked, list[str]] = {}

    @property
    def rules(self) -> str:
        """The digest of the rules."""
        return self._judge.policy.digest

    def problems(self, body: str, brief: Brief) -> list[str]:
        """Why a body may not be a target for a brief; none if it may."""
        found = self.flaws(body, brief) or [f"may not be said: {each}" for each in self.blocking_findings(body, brief)]
        if personal_spans(body):
            found.append("names a person, a home or an employer; leave it out, serving adds the salutation")
        return found

    def flaws(self, body: str, brief: Brief) -> list[str]:
        """Why a body is no usable skeleton for a brief, whatever it says."""
        return [f"is no usable skeleton: {problem}" for problem in problems_of(body, brief)]

    def blocking_findings(self, body: str, brief: Brief) -> list[str]:
        """Why a body may not be said: the rules that forbid it, or that it cannot be filled, each with its reason."""
        asked = body, brief.scenario, brief.offer
        if asked not in self._known:
            findings = self._judge.blocking_findings_for(body, brief)
            self._known[asked] = list(dict.fromkeys(f"{each.rule}: {each.reason}" for each in findings))
        return self._known[asked]

    def violations(self, body: str, brief: Brief) -> list[str]:
        """The rules of the guards that a body breaks; that it cannot be filled is a flaw and no violation."""
        return [each for each in self.blocking_findings(body, brief) if not each.startswith(_UNFILLED)]

    def is_personal(self, text: str) -> bool:
        """Whether a text holds personal data."""
        return self.masked(text) != text

    def masked(self, text: str) -> str:
        """The text without personal data: what the guard masks, and what points at one person besides."""
        text = self._judge.policy.personal_data.masked(text)
        end = len(text)
        for start, stop in reversed(personal_spans(text)):
            if start < end:
                text, end = text[:start] + MASK + text[min(stop, end) :], start
        return text
