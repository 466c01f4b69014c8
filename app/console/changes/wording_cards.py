"""Cards of a change of approved wording: what is said newly, otherwise or no more, and what is said again."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher

from app.approved.holds import HOLDS_FILE, LineKind
from app.console.changes.readings import MOST
from app.lexicon.rewording import Rewording
from app.lexicon.wording_differences import WordingDifference, wording_difference
from app.lexicon.wording_files import Stored
from guards.lexicon.scope import CHINA

KINDS = {
    LineKind.FALLBACK: "兜底话术",
    LineKind.REPLY: "答复",
    LineKind.BRIDGE: "过渡的话",
    LineKind.SEGMENT: "固定段落",
    LineKind.COMPLEMENT: "补充的话",
    LineKind.LINE: "模型的句子",
}
"""What officers call a kind of approved text."""
FILES = {
    "fallbacks.yaml": "兜底话术",
    "replies.yaml": "答复",
    "bridges.yaml": "过渡的话",
    "stitch.yaml": "固定段落",
    "complements.yaml": "补充的话",
    "institution.yaml": "机构信息",
    HOLDS_FILE: "停用和冻结",
}
"""What officers call a file of approved wording."""
_PLACES = re.compile(rf"({'|'.join(map(re.escape, FILES))})(?::| 第 )(\d+)(?: 行)?")
_Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class TextCard:
    """One text: `old` goes, `new` comes, with the stretches that differ. `about`: where it is said.

    `form`: the path of the form in which it was written, below that of the console; empty where there is none.
    """

    does: str
    shade: str
    kind: str
    about: str = ""
    old: str | None = None
    new: str | None = None
    old_spans: _Spans = ()
    new_spans: _Spans = ()
    form: str = ""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts without a card of their own, by their kind; `more`: others that are not shown."""

    shown: Sequence[tuple[str, str]] = ()
    more: int = 0

    def __bool__(self) -> bool:
        return bool(self.shown)

    def __len__(self) -> int:
        return len(self.shown) + self.more


@dataclass(frozen=True, slots=True)
class WordingCards:
    """All that a change does to approved wording. `gone`, `new`: of whole files; `held`: what is held or let go of."""

    summary: str
    cards: Sequence[TextCard] = ()
    gone: Texts = Texts()
    new: Texts = Texts()
    held: Sequence[str] = ()
    files: Sequence[str] = field(default=())

    @property
    def titles(self) -> Mapping[str, str]:
        """None: texts have no titles."""
        return {}


def wording_cards(change: Rewording, then: Mapping[str, bytes]) -> WordingCards:
    """The cards of a change that was made for the wording `then`."""
    cards, held = list(_cards(change)), []
    if change.unfreezes:
        held.append(f"解除冻结（冻结于 {_time(change.unfreezes)}）")
    if change.files:
        after = {**then, **{name: text.encode() for name, text in change.files.items()}}
        whole = cards_between(then, after)
        files = "、".join(file_name(name) for name in change.files)
        return WordingCards(f"换整个文件：{files}", cards, whole.gone, whole.new, held, whole.files)
    counts = ((change.adds, "新增"), (change.edits, "修改"), (change.retires, "删除"), (change.resumes, "恢复"))
    said = [f"{does} {len(texts)} 句" for texts, does in counts if texts]
    return WordingCards("，".join([*said, *(["解除冻结"] if change.unfreezes else [])]), cards, held=held)


def cards_between(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> WordingCards:
    """Everything that differs."""
    told = wording_difference(before, after)
    counts = ((told.gone, "不再说"), (told.new, "新说"), (told.suspended, "停用"), (told.resumed, "恢复"))
    said = [f"{does} {len(texts)} 句" for texts, does in counts if texts]
    names = [name for name in {**before, **after} if before.get(name) != after.get(name) and name != HOLDS_FILE]
    files = () if told.gone or told.new else [file_name(name) for name in sorted(names)]
    return WordingCards("，".join(said), (), texts_of(told.gone), texts_of(told.new), list(_held(told)), files)


def texts_of(stored: Sequence[Stored]) -> Texts:
    """The first of these texts."""
    return Texts([(KINDS[one.kind], one.text) for one in stored[:MOST]], max(len(stored) - MOST, 0))


def file_name(name: str) -> str:
    """What officers call a file."""
    return FILES.get(name, name)


def place(where: str) -> str:
    """Where a text stands, `file:line`, in words."""
    name, _, line = where.rpartition(":")
    return f"{file_name(name)}（第 {line} 行）" if name and line.isdigit() else where


def told(message: str) -> str:
    """A message with the places in it in words."""
    return _PLACES.sub(lambda found: f"{FILES[found[1]]}第 {found[2]} 行", message)


def _cards(change: Rewording) -> Iterator[TextCard]:
    was = change.was
    for edit in change.edits:
        old = was.get(edit.id)
        spans = _spans(old, edit.text) if old is not None else ((), ())
        yield TextCard("修改", "lead-on", _kind(edit.id), "", old, edit.text, *spans, form=f"/wording/{edit.id}/edit")
    for index, add in enumerate(change.adds):
        side = "前面" if add.is_before else "后面"
        about = f"排在“{was.get(add.beside, '…')}”{side}，在同样的情形下说"
        form = f"/wording/{add.beside}/add?entry={index}"
        yield TextCard("新增", "go", _kind(add.beside), about, None, add.text, form=form)
    for name in change.retires:
        yield TextCard("删除", "stop", _kind(name), "", was.get(name, "（这句话已经改过）"), None)
    for one in change.resumes:
        yield TextCard("恢复", "go", _kind(one.id), f"停用于 {_time(one.since)}", None, one.text)


def _held(told: WordingDifference) -> Iterator[str]:
    for one in told.suspended:
        yield f"停用“{one.text}”（{one.by}：{one.reason}）"
    for one in told.resumed:
        yield f"恢复“{one.text}”"
    before, after = told.frozen
    if after is not None and before != after:
        yield f"冻结，只说兜底话术（{after.by}：{after.reason}）"
    elif before is not None and after is None:
        yield "解除冻结"


def _kind(identity: str) -> str:
    kind = identity.partition("-")[0]
    return KINDS[LineKind(kind)] if kind in set(LineKind) else "话术"


def _time(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(CHINA):%Y-%m-%d %H:%M}"


def _spans(old: str, new: str) -> tuple[_Spans, _Spans]:
    """What differs between two texts, in each of them; nothing is marked where they have little in common."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.4:
        return (), ()
    steps = [step for step in matcher.get_opcodes() if step[0] != "equal"]
    return [(a, b) for _, a, b, _, _ in steps if b > a], [(c, d) for _, _, _, c, d in steps if d > c]
