"""The vocabulary of the guards: cases, findings and verdicts, in the standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum


class Action(IntEnum):
    """What a finding asks for, mildest first: of several, the worst one wins."""

    OBSERVE = 0
    ALLOW = 1
    MASK = 2
    REVISE = 3
    ESCALATE = 4
    BLOCK = 5

    @property
    def label(self) -> str:
        """The name used in rules, answers and records: `observe`, `mask`, …"""
        return self.name.lower()


class Group(StrEnum):
    """Families of scenarios that share rules."""

    MARKETING = "marketing"
    SERVICING = "servicing"
    COLLECTION = "collection"


class Scenario(StrEnum):
    """Why the customer is called."""

    ACQUISITION = "acquisition"
    ACTIVATION = "activation"
    BILL_REMINDER = "bill_reminder"
    COLLECTION_M1 = "collection_m1"
    COLLECTION_M2 = "collection_m2"
    COLLECTION_M3_PLUS = "collection_m3_plus"

    @property
    def group(self) -> Group:
        """The family whose rules apply."""
        if self in (Scenario.ACQUISITION, Scenario.ACTIVATION):
            return Group.MARKETING
        return Group.SERVICING if self is Scenario.BILL_REMINDER else Group.COLLECTION


class Act(StrEnum):
    """What a sentence does with words that stand in it, other than say them of the speaker himself."""

    DENIES = "denies"
    """我们不承诺包过 · 您问能不能包过，我不敢这么说。"""
    WARNS = "warns"
    """Of who says so: 说包过的都是骗子 · 律师函这种短信都是假的。"""
    ADVISES = "advises"
    """Against the thing itself: 借钱炒股风险很大 · 以贷养贷是违规的。"""
    ASKS = "asks"
    """What the customer met with: 是谁跟您说能包过的？"""
    REFERS = "refers"
    """To somebody, or to a paper, that decides: 减免请人工同事跟您确认 · 延期我做不了主。"""
    EXPLAINS = "explains"
    """How things go for anybody or went for others: 由法院依法决定 · 您有权请律师 · 某地法院判决住户道歉。"""
    WONDERS = "wonders"
    """How a thing goes, as customers do: 起诉的话要坐牢吗？ · 征信上什么时候更新？"""
    STRAYS = "strays"
    """Of other matters, neither of credit nor to whoever is called: 展览今天最后一天，队伍排到了马路对面。"""
    QUOTES = "quotes"
    """What the customer said or asked: 您问的减免……"""
    MUSES = "muses"
    """Of one's own affairs, addressing nobody: 宽限那两天收利息不 · 我想申请停息挂账。"""
    TELLS = "tells"
    """Of others who are not on the line, as news and books do: 被告人制作假流水，法院判了刑。"""


class Generation(StrEnum):
    """Customer generations, by age in completed years: 18–27, 28–39, 40–59, 60 and over."""

    GEN_Z = "gen_z"
    YOUNG = "young"
    MIDDLE_AGED = "middle_aged"
    SENIOR = "senior"


class Channel(StrEnum):
    """How the words reach the customer."""

    AI_VOICE = "ai_voice"
    HUMAN_AGENT = "human_agent"
    SMS = "sms"


class Role(StrEnum):
    """Who answers the call, as seen from the debt or the application."""

    APPLICANT = "applicant"
    DEBTOR = "debtor"
    GUARANTOR = "guarantor"
    CONTACT = "contact"
    UNRELATED = "unrelated"
    UNKNOWN = "unknown"


class Stage(StrEnum):
    """The part of a call that a segment belongs to, in speaking order."""

    OPEN = "open"
    VERIFY = "verify"
    BODY = "body"
    DISCLOSE = "disclose"
    CLOSE = "close"


class Quantity(StrEnum):
    """What a number measures; two numbers are comparable only within one quantity."""

    MONEY = "money"
    """yuan"""
    RATE_ANNUAL = "rate_annual"
    """per cent a year"""
    RATE_MONTHLY = "rate_monthly"
    """per cent a month"""
    RATE_DAILY = "rate_daily"
    """per cent a day"""
    RATE = "rate"
    """per cent, period not said"""
    DISCOUNT = "discount"
    """tenths of the price that remain to be paid (八折 is 8)"""
    DATE = "date"
    """a calendar day"""
    TERM = "term"
    """monthly instalments or months"""
    DAYS = "days"
    """calendar days"""
    MINUTES = "minutes"
    """minutes of waiting or working time"""
    COUNT = "count"
    """countable things or persons"""
    DIGITS = "digits"
    """a run of digits without a size: card tail, hotline"""
    TEXT = "text"
    """wording without a size: product or channel name"""


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points of the original text, never empty: any other raises ValueError."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, not {self.start}:{self.end}")

    def covers(self, other: "Span") -> bool:
        """Whether every code point of `other` is in this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Span") -> bool:
        """Whether the two spans share a code point."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a guard saw. `replacement` is what a masked span becomes."""

    rule: str
    guard: str
    action: Action
    reason: str
    span: Span | None = None
    replacement: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """All findings on one text; the action follows from them, so the two cannot disagree."""

    findings: tuple[Finding, ...] = ()

    @property
    def action(self) -> Action:
        """The worst action found, and at least `ALLOW`."""
        return max((finding.action for finding in self.findings), default=Action.ALLOW) or Action.ALLOW

    @property
    def may_be_said(self) -> bool:
        """Whether the text may reach a caller as it is."""
        return self.action <= Action.ALLOW


@dataclass(frozen=True, slots=True)
class Fact:
    """A verified value: a Decimal in the unit of its `Quantity`, a date for DATE, a string for DIGITS and TEXT."""

    name: str
    quantity: Quantity
    value: Decimal | date | str


@dataclass(frozen=True, slots=True)
class Callee:
    """Who is on the line, and whether that is proven."""

    role: Role = Role.UNKNOWN
    identity_verified: bool = True


@dataclass(frozen=True, slots=True)
class Call:
    """What the gates must know of a planned call. `None` means that the caller did not say.

    `opted_out`, `asked_for_person`, `wrong_number` and `third_party_refused` were said before, by the customer or by
    whoever answered. `said_on_telephone`: the words would answer what was said in a call (a refusal, that it is paid).
    """

    time: datetime
    age: int | None = None
    generation: Generation | None = None
    is_student: bool | None = None
    marketing_consent: bool | None = None
    opted_out: bool = False
    asked_for_person: bool = False
    wrong_number: bool = False
    third_party_refused: bool = False
    said_on_telephone: bool = False
    connected_calls_today: int = 0
    attempts_today: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """What the guards may know beside the words. `None` means unknown: what depends on it is then not checked.

    `stage` is None for a whole script. `known_personal_data` maps a kind (`name`, `mobile`, …) to the customer's value.
    """

    scenario: Scenario | None = None
    channel: Channel | None = None
    callee: Callee | None = None
    stage: Stage | None = None
    call: Call | None = None
    facts: tuple[Fact, ...] | None = None
    offers: frozenset[str] = frozenset()
    known_personal_data: Mapping[str, str] = field(default_factory=dict)
    today: date | None = None

    @property
    def is_verified(self) -> bool:
        """Whether debt facts may be spoken: an absent callee is taken as the verified person."""
        callee, own = self.callee, (Role.APPLICANT, Role.DEBTOR, Role.GUARANTOR)
        return callee is None or (callee.identity_verified and callee.role in own)

    @property
    def continues_call(self) -> bool:
        """Whether a call goes on after whoever answers was asked who he is: what opens a call was said before.

        Marketing asks nobody, a short message is no call, and of a callee who is not named nothing is known.
        """
        group = self.scenario.group if self.scenario else None
        is_call = self.channel in (Channel.AI_VOICE, Channel.HUMAN_AGENT)
        return self.callee is not None and self.is_verified and is_call and group not in (None, Group.MARKETING)

    def fact(self, name: str) -> Fact | None:
        """The first fact of that name, or None."""
        return next((fact for fact in self.facts or () if fact.name == name), None)
