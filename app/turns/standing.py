"""Where a call stands: folded from the transcript alone, since nothing is remembered between turns."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from app.approved.facts import Filling
from app.approved.skeleton import slots_in
from app.turns.book import SILENCE, Awaited, Book, bare
from app.turns.fillings import Named, named_fillings
from app.turns.understanding.heard import UNKNOWN, Heard, Meant
from guards.types import Group

_HEARD_SHARE = 0.6
"""Of an interrupted turn without figures, what must have been heard for it to count as said."""
_SHORTEST = 6
"""Characters that a text must have to be known by a part of what was said."""
_ASKS: Sequence[tuple[Awaited, re.Pattern[str]]] = (
    ("identity", re.compile("本人|请问您?是[^，。？]{1,12}(?:吗|吧)")),
    ("readback", re.compile("(?:对吗|对吧|没错吧|这样记)[？?]?$")),
    ("plan", re.compile("申请[^。？]{0,20}(?:吗|可以吗|好吗|怎么样)[？?]?$")),
    ("time", re.compile("(?:什么时候|几点|哪个时间)[^。？]{0,12}(?:打|联系|方便接|接电话)")),
    ("date", re.compile("什么时候|哪天|哪一天|几号|什么时间")),
    ("begin", re.compile("(?:方便|能)(?:听|说|占用|耽误|打扰|花)")),
)
_MISSED = frozenset({UNKNOWN, "noise"})


_OTHERS = frozenset({"identity_no", "wrong_number", "third_party", "callee_away", "deceased", "minor"})
"""Who says so is not the person himself, or is not to be told."""
_YES = re.compile(
    "[喂哦噢嗯啊呃诶]*(?:是的?|对的?|对啊|是啊|没错|对头|是滴|就是|是我|我是|就是我|我就是|是?本人|我就是本人|我?是我?本人|我本人)+"
    "[啊呀嘛噻嘞哩咯哈呢]?(?:[你您](?:请)?[说讲]|说吧|怎么了|什么事|啥事|有什么事)?"
)
"""Answers to who somebody is that prove it: a debt must not be told to anybody else, so that these are few."""
_GOES_ON = re.compile(
    "[喂哦噢嗯啊呃诶对]*(?:就是我|是我|我?是?本人)[啊呀嘛呢]?(?:[你您](?!们|的)|怎么|咋|啥|什么|有事|有啥|有什么|说|讲|快|长话|干|请).*"
)
"""The same, where somebody goes on without a pause."""
_SOMEBODY_ELSE = re.compile(
    "[他她它]|老[公婆]|爱人|媳妇|丈夫|妻子|先生的|太太|儿子|女儿|闺女|孩子|爸|妈|[父母哥姐弟妹爷奶叔婶舅姨姑伯娘爹婿嫂]|亲戚|家属|亲属|朋友|同事|室友|同学|邻居|"
    "领导|老板|经理|代接|代他|[替帮]|不是|不在|没|手机|电话|号码?|打错|谁|哪[位里个]|前台|秘书|助理|司机|护士|医生|客户|以前|原来|曾|才怪|吗|假的|骗"
)
_RELATIVE = re.compile("[他她爸妈父母爹娘爷奶公婆哥姐弟妹儿女娃孩叔婶舅姨姑伯亲媳嫂夫妻]|爱人|家里|丈人|老伴|朋友|对象")
_PASSES_ON = re.compile(
    "转告|转达|[告和跟]诉?[他她](?:一声|说)|告诉[他她]|[他她]欠|让[他她]自己|叫[他她]自己|跟我(?:弟|哥|姐|妹|儿子|女儿|闺女|爸|妈)说|我回头跟.{1,4}说"
)
"""Words of one who was taken for the person, and is somebody else."""
_WRONG_NUMBER = re.compile("打错|错了|找错|号码?|电话|不认识|没这个人|查无|不是我$")
_WHO = re.compile("[你您]们?(?:们)?是?(?:哪位|哪里|哪个|谁|哪家|干什么|干嘛|干啥)[啊呀的]?")
_PAUSE = re.compile("[，。！？、,.!?；;…\\s]+")


def proves_identity(text: str, names: Sequence[str]) -> bool:
    """Whether an answer to the identity question says, in so many words, that it is the person himself.

    One whole clause must say it; nothing beside may speak of somebody else, deny it, or ask who calls.
    """
    if text.rstrip().endswith(("?", "？")):
        return False
    clauses = [clause for each in _PAUSE.split(text) if (clause := bare(each))]
    own = "|".join(re.escape(name) for name in names)
    named = re.compile(f"(?:[喂嗯对是的]*我?就?是?)(?:{own})[啊呀]?" if own else "(?!)")
    proof = next((each for each in (*clauses, bare(text)) if _YES.fullmatch(each) or named.fullmatch(each)), None)
    if proof is not None:
        beside = "".join(each for each in clauses if each != proof) if proof in clauses else ""
        return not _SOMEBODY_ELSE.search(_WHO.sub("", beside))
    said = bare(text)
    return bool(_GOES_ON.fullmatch(said)) and not _SOMEBODY_ELSE.search(said)


@dataclass(slots=True)
class Standing:
    """What is known after the transcript.

    `said`: the acts of the agent that were heard, in their order; `awaiting`: what the last one asked for. `verified`:
    whether it is the person himself, None where nobody has said. `slots_said` were heard by the customer; `texts` is
    all that the agent said, for nothing is to be said twice. `day` and `amount` were promised and not yet confirmed.
    """

    verified: bool | None
    said: list[str] = field(default_factory=list)
    awaiting: Awaited | None = None
    slots_said: set[str] = field(default_factory=set)
    texts: str = ""
    heard: Heard | None = None
    has_missed: bool = False
    misses: int = 0
    day: date | None = None
    amount: Decimal | None = None
    at: datetime | None = None
    intents: set[str] = field(default_factory=set)

    @property
    def meant(self) -> tuple[Meant, ...]:
        """What the customer's last words mean in this call: what was understood, and what the question makes of it."""
        if self.heard is None:
            return ()
        kept = tuple(each for each in self.heard.meant if each.intent in self.intents)
        more = self.intents - {each.intent for each in kept}
        return (*kept, *(Meant(intent, 1.0, 0, len(self.heard.text)) for intent in sorted(more)))

    @property
    def last(self) -> str | None:
        """The act before this one."""
        return self.said[-1] if self.said else None


class Folding:
    """Folds a transcript utterance by utterance."""

    def __init__(
        self,
        book: Book,
        fillings: Mapping[str, Filling],
        group: Group,
        today: date,
        names: Sequence[str] = (),
        *,
        verified: bool | None,
    ) -> None:
        """`names`: of the person who is asked for, as he may answer."""
        self._book = book
        self._group = group
        self._today = today
        self._forms = _forms(fillings)
        self._names = names
        self._is_answered = False
        self.standing = Standing(verified)

    def agent(self, text: str, *, interrupted: bool) -> None:
        """What the agent said, as far as it was heard."""
        standing = self.standing
        standing.texts += text
        skeleton = self._skeleton(text)
        standing.slots_said |= set(slots_in(skeleton))
        act, is_whole = self._act(skeleton, interrupted=interrupted)
        if act is not None and is_whole:
            standing.said.append(act)
        is_cut = interrupted and not text.rstrip().endswith(("？", "?"))
        awaited = self._awaited(act, skeleton, is_cut=is_cut)
        # What interrupts a question leaves it open, but for who somebody is: that is asked anew.
        keeps = standing.awaiting if standing.awaiting != "identity" else None
        standing.awaiting, self._is_answered = awaited or keeps, False

    def customer(self, heard: Heard) -> None:
        """What the customer said, and what follows from it for what the agent had asked."""
        standing = self.standing
        intents = set(heard.intents)
        if standing.awaiting == "identity" and not self._is_answered:
            if "deny" in intents:
                intents.add("identity_no")
            if proves_identity(heard.text, self._names):
                intents = (intents - _OTHERS - {UNKNOWN}) | {"identity_yes"}
                standing.verified = True
        elif standing.awaiting == "identity":
            standing.awaiting = None
        if intents & _OTHERS and not (standing.verified and intents & _OTHERS <= {"identity_no", "deceased", "minor"}):
            standing.verified = False
        elif standing.verified and _PASSES_ON.search(heard.text):
            # Somebody else has passed himself off for the person: nothing more is told.
            standing.verified, intents = False, intents | {"third_party"}
        elif standing.verified:
            # Who has said who he is means somebody else by it: a relative who died or is held, a day that was wrong.
            instead = "family_hardship" if _RELATIVE.search(heard.text) else "self_harm"
            intents = {instead if each == "deceased" else each for each in intents}
            intents -= {"identity_no", "minor", "in_custody"}
            if "wrong_number" in intents and not _WRONG_NUMBER.search(heard.text):
                intents = {"dispute_debt" if each == "wrong_number" else each for each in intents}
        if (
            standing.awaiting == "readback"
            and "deny" not in intents
            and heard.day is not None
            and heard.day == standing.day
        ):
            intents.add("affirm")  # who says the same day again agrees to it
        self._is_answered = True
        missed = intents <= _MISSED and heard.day is None and heard.amount is None and heard.at is None
        standing.misses = standing.misses + 1 if missed else 0
        standing.has_missed = standing.misses > 1
        if heard.day is not None or heard.amount is not None:
            standing.day, standing.amount = heard.day or standing.day, heard.amount or standing.amount
        standing.at = heard.at or (standing.at if not missed else None)
        standing.heard, standing.intents = heard, intents
        named = named_fillings(Named(heard.day, heard.amount, heard.at), self._today)
        self._forms = sorted({*self._forms, *_forms(named)}, key=lambda each: -len(each[0]))

    def silence(self) -> None:
        """Nothing was said after the agent's last words."""
        self.customer(Heard((Meant(SILENCE, 1.0, 0, 0),), None))

    def _skeleton(self, text: str) -> str:
        """The text with slots in the place of what fills them."""
        for form, slot in self._forms:
            text = text.replace(form, f"{{{slot}}}")
        return text

    def _act(self, skeleton: str, *, interrupted: bool) -> tuple[str | None, bool]:
        """Which act a text of the agent is of, and whether it was heard so far that it counts as said."""
        for due in self._book.dues:
            skeleton = skeleton.replace(due.text, "")
        said, known = bare(skeleton), self._book.act_of
        if said in known:
            return known[said], True
        within = next((text for text in known if len(text) >= _SHORTEST and text in said), None)
        if within is not None:
            return known[within], True
        if not interrupted or len(said) < _SHORTEST:
            return None, False
        for text, act in known.items():
            if text.startswith(said):
                slots = set(slots_in(text))
                enough = slots <= set(slots_in(said)) if slots else len(said) >= _HEARD_SHARE * len(text)
                return act, enough
        return None, False

    def _awaited(self, act: str | None, skeleton: str, *, is_cut: bool) -> Awaited | None:
        """What the words ask for; None where they ask for nothing, or were cut off before they did."""
        if is_cut:
            return None
        if act is not None:
            group = self._book.acts.get(act)
            return group.awaits if group else None
        return next((awaited for awaited, asks in _ASKS if asks.search(skeleton)), None)


def _forms(fillings: Mapping[str, Filling]) -> list[tuple[str, str]]:
    """What slots read as when they are filled, the longest first, each with its slot."""
    forms = {(form, slot) for slot, each in fillings.items() for form in (each.spoken, each.written) if form}
    return sorted(forms, key=lambda each: -len(each[0]))
