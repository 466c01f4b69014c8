"""What is in force in this process, rules and wording: how it is loaded, shared by all requests, and replaced."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import chain

from app.approved.wording import InstitutionProfile, Wording
from app.encoders.listener import Listener
from app.encoders.opening import open_hearing
from app.settings import Settings
from guards.lexicon.documents import DocumentError
from guards.lexicon.reader import read_lexicon
from guards.meaning.weights import Weights, read_weights
from guards.panel import Observer
from guards.policy import Institution, Policy, compile_policy
from guards.script import Script
from guards.types import Action, Case, Channel, Scenario

_LONGEST_BANNED, _MOST_BANNED = 6, 128
_Banned = dict[tuple[Scenario, Channel], tuple[str, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Ruling:
    """What one revision says: the rules that judge, and the words that are approved under them."""

    policy: Policy
    wording: Wording
    _banned: _Banned = field(default_factory=dict, init=False, repr=False)

    def banned(self, scenario: Scenario, channel: Channel) -> tuple[str, ...]:
        """The phrases that model servers suppress, see `banned_phrases`; worked out once for each moment."""
        known = self._banned.get((scenario, channel))
        if known is None:
            known = self._banned[scenario, channel] = banned_phrases(self.policy, scenario, channel)
        return known


class ActivePolicy:
    """Holds the ruling that all requests of this process share: a request keeps the one that it began with."""

    def __init__(self, policy: Policy, wording: Wording) -> None:
        self._ruling = Ruling(policy, wording)

    @property
    def ruling(self) -> Ruling:
        """The rules and the wording in force, which are of one revision."""
        return self._ruling

    @property
    def current(self) -> Policy:
        """The rules in force, for whoever needs no words."""
        return self._ruling.policy

    def masked(self, text: str) -> str:
        """A text without personal data, as the rules in force find it."""
        return self.current.personal_data.masked(text)

    def swap(self, ruling: Ruling) -> None:
        """Put another revision in force, for all requests that begin from now on."""
        self._ruling = ruling


def load_policy(
    settings: Settings,
    full_name: str,
    hotline: str,
    observer: Observer | None = None,
    *,
    is_proven: bool = False,
) -> Policy:
    """Read and compile the lexicon directory, with the second opinion that the settings name, as revision 1.

    `is_proven`: the same rules were proven on their own examples before, and need not be again.

    Raises:
        DocumentError: naming file and line of every problem.
        ConfigurationError: if the encoder is unusable.
    """
    institution = Institution(full_name, hotline, settings.annual_rate_cap)
    weights, hearing = load_weights(settings), open_hearing(settings)
    return compile_policy(
        read_lexicon(settings.lexicons_dir),
        institution,
        weights,
        hearing.second if hearing else None,
        observer=observer,
        is_proven=is_proven,
    )


def load_weights(settings: Settings) -> Weights:
    """The weights of the second opinion.

    Raises:
        DocumentError: if they cannot be read.
    """
    try:
        return read_weights(settings.meaning_file)
    except OSError as unread:
        raise DocumentError([f"{settings.meaning_file}:1: {unread.strerror}"]) from None
    except ValueError as broken:
        raise DocumentError([f"{settings.meaning_file}:1: {broken}"]) from None


def covering(policy: Policy, wording: Wording, settings: Settings) -> Policy:
    """The same with a digest over all that judges: rules, weights, settings, approved wording and who speaks."""
    speaker: InstitutionProfile = wording.institution
    cap = f"{settings.annual_rate_cap.normalize():f}"
    judges = f"{policy.digest} {wording.digest} {speaker.full_name} {speaker.hotline} {cap}"
    return replace(policy, digest=hashlib.sha256(judges.encode()).hexdigest())


async def listen(policy: Policy, told: Iterable[tuple[Script, Case]], seconds: float) -> None:
    """Have what the first score leaves open encoded, before the policy examines it; returns after so many seconds.

    Nobody waits for a guard: in a loop of requests it only looks up what is known by then.
    """
    second = policy.parts.meaning.second
    if second is not None and isinstance(second.encoder, Listener):
        undecided = [sentence for script, case in told for sentence in policy.undecided(script, case)]
        await second.encoder.listen(undecided, seconds)


def banned_phrases(policy: Policy, scenario: Scenario, channel: Channel) -> tuple[str, ...]:
    """Blocking phrases of a scenario, short ones first, for model servers to suppress while decoding.

    A phrase that is part of one of its rule's exceptions is not among them: the longer words must remain possible. Nor
    is one that is a hit only in disguise.
    """
    families = (family for family in policy.lexicon.families if not family.only_in_disguise)
    phrases = {
        phrase
        for rule in chain.from_iterable(family.rules for family in families)
        if rule.severity is Action.BLOCK
        and not rule.callees
        and not rule.unless_fact
        and (not rule.scenarios or scenario in rule.scenarios or scenario.group in rule.scenarios)
        and (not rule.channels or channel in rule.channels)
        for phrase in rule.phrases
        if len(phrase) <= _LONGEST_BANNED and not any(phrase in allowed for allowed in rule.exceptions)
    }
    return tuple(sorted(phrases, key=lambda phrase: (len(phrase), phrase))[:_MOST_BANNED])
