"""Changes of the approved wording, and of what of it is held: what their life cycle asks about them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from app.approved.holds import HOLDS_FILE, Holds, content_of, holds_of
from app.approved.vocabulary import Vocabulary
from app.approved.wording import WORDING_FILES
from app.lexicon.conflicts import Moved
from app.lexicon.matter import Proposal
from app.lexicon.problems import ChangeRefused, Problem, shown
from app.lexicon.refused import HeldAnew
from app.lexicon.rewording import Resumed, Rewording
from app.lexicon.shelf import Edition
from app.lexicon.wording_faults import fault_problem
from app.lexicon.wording_files import EntangledTextError, WordingFiles
from app.lexicon.wording_lint import changed, wording_problems
from app.records import ChangeRecord
from guards.lexicon.documents import DocumentError

_NOUN = "话术"


class WordingMatter:
    """See `app.lexicon.matter.Matter`."""

    subject = "wording"
    noun = _NOUN
    parts = frozenset({"adds", "edits", "retires", "files", "resumes", "unfreezes", "was"})

    def __init__(self, vocabulary: Vocabulary, prompts: Mapping[str, bytes]) -> None:
        """`prompts`: the files that stand beside the approved wording and have no life cycle."""
        self._vocabulary = vocabulary
        self._prompts = prompts

    def parse(self, body: object) -> Rewording:
        """See `Rewording.parse`."""
        return body if isinstance(body, Rewording) else Rewording.parse(body)

    def completed(self, change: Rewording, edition: Edition) -> Rewording:
        """With the texts that it touches, as they read now."""
        if not change.changes_texts:
            return replace(change, was={})
        lines = _files(edition).lines
        return replace(change, was={name: lines[name].text for name in change.touches if name in lines})

    def problems(self, edition: Edition, change: Rewording, day: date, *, is_judged: bool = True) -> list[Problem]:
        """See `app.lexicon.wording_lint.wording_problems`; and whether what it lets go of reads as it says."""
        problems = list(_misquoted(edition, change))
        if change.changes_texts:
            problems += wording_problems(_files(edition), change, self._vocabulary, self._prompts)
        return problems

    def proposal(self, edition: Edition, change: Rewording, day: date) -> Proposal:
        """The files with the change in them, and what is held from then on.

        Raises:
            ChangeRefused: if it cannot be written.
            HeldAnew: if what it lets go of is not held since then.
        """
        wording = dict(edition.wording)
        if change.changes_texts:
            try:
                wording |= changed(_files(edition), change)
            except EntangledTextError as tangled:
                told = Problem(code="entangled", message=f"话术改不了：{tangled}", english=str(tangled))
                raise ChangeRefused([told]) from None
        if change.resumes or change.unfreezes:
            wording.pop(HOLDS_FILE, None)
            if (content := content_of(_let_go(_holds(edition), change))) is not None:
                wording[HOLDS_FILE] = content
        return Proposal(edition.files, wording)

    def restored(self, edition: Edition, wanted: Edition) -> Proposal:
        """The texts of the one edition with all that is held in the other: no suspension is lifted by it."""
        held = {name: text for name, text in edition.wording.items() if name == HOLDS_FILE}
        return Proposal(edition.files, {**_own(wanted), **held})

    def between(self, before: Edition, after: Edition, title: str) -> Rewording:
        """The files that differ."""
        old, new = _own(before), _own(after)
        return Rewording(title, files={name: new[name].decode() for name in new if old.get(name) != new[name]})

    def is_same(self, one: Edition, other: Edition) -> bool:
        """Whether their texts are the same, byte for byte."""
        return _own(one) == _own(other)

    def moved(self, change: Rewording, then: Edition, now: Edition) -> list[Moved]:
        """Texts that read otherwise, or are said elsewhere."""
        if not change.changes_texts or self.is_same(then, now):
            return []
        return self.all_moved(then, now) if change.files else list(_moved(change, then, now))

    def all_moved(self, then: Edition, now: Edition) -> list[Moved]:
        """Every text that is no longer said, or newly is."""
        old, new, by = _files(then).lines, _files(now).lines, _by(now)
        gone = [Moved(name, by, stored.text, None, None, _NOUN) for name, stored in old.items() if name not in new]
        return gone + [
            Moved(name, by, None, stored.text, None, _NOUN) for name, stored in new.items() if name not in old
        ]

    def also_waiting(
        self, change: Rewording, others: Iterable[tuple[ChangeRecord, Rewording]], now: Edition
    ) -> list[Moved]:
        """Texts that another change touches too; one that exchanges files touches all of them."""
        lines = _files(now).lines if change.changes_texts else {}
        found = []
        for record, other in others:
            names = set(change.touches) & set(other.touches)
            if (change.files and other.changes_texts) or (other.files and change.changes_texts):
                names |= {*change.touches, *other.touches} or set(other.files)
            by = f"在已批准、待生效的变更 {record.id}（{record.title}）"
            for name in sorted(names):
                then = lines[name].text if name in lines else None
                found.append(Moved(name, by, then, _wanted(other, name), _wanted(change, name), _NOUN))
        return found

    def only_tightens(self, before: Edition, after: Edition) -> bool:
        """Never: who tightens alone suspends."""
        return False

    def events(self, change: Rewording) -> Iterator[tuple[str, str | None]]:
        """What is said again."""
        yield from (("line.resumed", one.id) for one in change.resumes)
        if change.unfreezes:
            yield "lexicon.unfrozen", None


def _own(edition: Edition) -> dict[str, bytes]:
    return {name: text for name, text in edition.wording.items() if name in WORDING_FILES}


def _files(edition: Edition) -> WordingFiles:
    try:
        return WordingFiles(edition.wording)
    except DocumentError as broken:
        raise ChangeRefused(map(fault_problem, broken.problems)) from None


def _holds(edition: Edition) -> Holds:
    return holds_of(edition.wording.get(HOLDS_FILE))


def _by(edition: Edition) -> str:
    return f"到第 {edition.revision.number} 版"


def _moved(change: Rewording, then: Edition, now: Edition) -> Iterator[Moved]:
    old, new = _files(then), _files(now)
    for name in change.touches:
        stored, left = old.lines.get(name), new.lines.get(name)
        if stored is None or (left is not None and len(stored.spots) == len(left.spots)):
            continue
        first = stored.spots[0]
        text = left.text if left is not None else new.at(first.file, first.path)
        yield Moved(name, _by(now), stored.text, text, _wanted(change, name), _NOUN)


def _wanted(change: Rewording, name: str) -> str | None:
    return next((one.text for one in change.edits if one.id == name), None)


def _misquoted(edition: Edition, change: Rewording) -> Iterator[Problem]:
    """Suspended texts that read otherwise than the change tells whoever decides on it."""
    holds = _holds(edition) if change.resumes else Holds()
    for index, one in enumerate(change.resumes):
        held = holds.get(one.id)
        if held is not None and held.text != one.text:
            told = f"停用的是“{shown(held.text)}”，不是“{shown(one.text)}”。"
            english = "the suspended text reads otherwise"
            yield Problem(code="other_text", field=f"resumes.{index}.text", message=told, english=english)


def _let_go(holds: Holds, change: Rewording) -> Holds:
    """Raises HeldAnew."""
    for one in change.resumes:
        held = holds.get(one.id)
        _require_same(one, None if held is None else held.at.isoformat())
        holds = holds.without(one.id)
    if change.unfreezes:
        frozen = holds.freeze
        _require_same(Resumed("", "", change.unfreezes), None if frozen is None else frozen.at.isoformat())
        holds = holds.frozen(None)
    return holds


def _require_same(asked: Resumed, since: str | None) -> None:
    if since is None:
        raise HeldAnew("已经恢复了，不用再批。(it is held no longer)")
    if since != asked.since:
        raise HeldAnew("申请之后又重新停用过，请重新申请。(it was held anew since this was asked for)")
