"""The guards' policy in force in this process: how it is loaded, shared by all requests, and replaced."""

import hashlib
from dataclasses import replace

from app.settings import Settings
from guards.lexicon.documents import DocumentError
from guards.lexicon.reader import read_lexicon
from guards.meaning import read_weights
from guards.panel import Observer
from guards.policy import Institution, Policy, compile_policy
from guards.types import Action, Channel, Scenario

_LONGEST_BANNED, _MOST_BANNED = 6, 128


class ActivePolicy:
    """Holds the policy that all requests of this process share."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    @property
    def current(self) -> Policy:
        """The policy in force; a request keeps the one that it began with."""
        return self._policy

    def swap(self, policy: Policy) -> None:
        """Put another policy in force."""
        self._policy = policy


def load_policy(
    settings: Settings,
    full_name: str,
    hotline: str,
    observer: Observer | None = None,
    *,
    wording_digest: str = "",
    is_proven: bool = False,
) -> Policy:
    """Read and compile the lexicon directory, with the weights of the second opinion, as revision 1.

    The policy's digest covers all that judges: rules, weights, settings, and approved wording by `wording_digest`.
    `is_proven`: the same rules were proven on their own examples before, and need not be again.

    Raises:
        DocumentError: naming file and line of every problem.
    """
    institution = Institution(full_name, hotline, settings.annual_rate_cap)
    try:
        weights = read_weights(settings.meaning_file)
    except OSError as unread:
        raise DocumentError([f"{settings.meaning_file}:1: {unread.strerror}"]) from None
    except ValueError as broken:
        raise DocumentError([f"{settings.meaning_file}:1: {broken}"]) from None
    lexicon = read_lexicon(settings.lexicons_dir)
    policy = compile_policy(lexicon, institution, weights, observer=observer, is_proven=is_proven)
    judges = f"{policy.digest} {wording_digest} {full_name} {hotline} {settings.annual_rate_cap.normalize():f}"
    return replace(policy, digest=hashlib.sha256(judges.encode()).hexdigest())


def banned_phrases(policy: Policy, scenario: Scenario, channel: Channel) -> tuple[str, ...]:
    """Blocking phrases of a scenario, short ones first, for model servers to suppress while decoding.

    A phrase that is part of one of its rule's exceptions is not among them: the longer words must remain possible.
    """
    phrases = {
        phrase
        for rule in policy.lexicon.phrase_rules()
        if rule.severity is Action.BLOCK
        and not rule.callees
        and not rule.unless_fact
        and (not rule.scenarios or scenario in rule.scenarios or scenario.group in rule.scenarios)
        and (not rule.channels or channel in rule.channels)
        for phrase in rule.phrases
        if len(phrase) <= _LONGEST_BANNED and not any(phrase in allowed for allowed in rule.exceptions)
    }
    return tuple(sorted(phrases, key=lambda phrase: (len(phrase), phrase))[:_MOST_BANNED])
