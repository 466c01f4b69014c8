"""Undo what disguises do to words in tightly folded text: numerals, split characters, stand-ins, repetition.

The words of rules go through the same before they are looked for, so that a form which honest text has too is no loss.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial
from itertools import accumulate

from guards.text.folding import Folded, Folding, OffsetMap, fold
from guards.text.lookalikes import split, stand_ins
from guards.text.numerals import DIGIT_NAMES, EVERYDAY_NUMERALS, in_chinese

_HAS_LATIN = re.compile("[a-z]")


_FORMAL = re.compile(f"[{''.join(EVERYDAY_NUMERALS)}]")
_NUMERALS = str.maketrans(EVERYDAY_NUMERALS)
_NUMERAL = f"{DIGIT_NAMES}十百千万亿半点"
_LETTER_DIGITS = re.compile("(?<![a-z])(?=[oli]*[0-9])(?:[0-9ol]|i(?=[0o]{2})){2,}(?![a-z])")
_AS_DIGITS = str.maketrans("oli", "011")
_ARABIC = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_PER_CENT = re.compile(f"(?<![{_NUMERAL}])(?P<share>[{_NUMERAL}]++)%|百分之一?百(?![{_NUMERAL}])")
_RUN = re.compile(f"[{_NUMERAL}]+")
_HUNDRED = ("一百", "一百点零", "一百点零零")
_POINT_ZERO = re.compile("点零+$")
_REPEATED = re.compile(r"([^\x00-\x7f])\1+")
_TELLING = re.compile(f"[0-9a-z%{''.join(EVERYDAY_NUMERALS)}]|百分之|([^\x00-\x7f])\\1")

Edit = tuple[int, int, str]
"""Start and end in the text before, and what stands there afterwards."""


Doubles = tuple[tuple[int, int], ...]
"""Places in a phrase whose character must stand at least that often in a row; () where once will do."""


class _Words:
    """Words of the tables, each with what is meant."""

    def __init__(self, meant: Mapping[str, str]) -> None:
        self.meant = meant
        self.longest = max(map(len, meant), default=0)
        firsts, seconds = ({word[place] for word in meant} for place in (0, 1))
        self.beginnings = re.compile(f"(?={_one_of(firsts)}{_one_of(seconds)})")
        """Finds the places at which one of the words may begin, by its first two characters."""


def _one_of(characters: Iterable[str]) -> str:
    """A pattern for one of the characters; for none of them, one that matches nowhere."""
    listed = re.escape("".join(sorted(characters)))
    return f"[{listed}]" if listed else "(?!)"


class _Disguises:
    """The tables, sorted by how they are looked for: in tightly folded text, or where signs are still in it."""

    def __init__(self, split: Mapping[str, str], stand_ins: Mapping[str, str]) -> None:
        tight = {word: meant for word, meant in stand_ins.items() if word.isalnum()}
        self.apart = _Words({**split, **{word: meant for word, meant in tight.items() if not _HAS_LATIN.search(word)}})
        self.with_letters = _Words({word: meant for word, meant in tight.items() if _HAS_LATIN.search(word)})
        self.with_symbols = _Words({word: meant for word, meant in stand_ins.items() if word not in tight})
        self.symbol = re.compile(
            _one_of({mark for word in self.with_symbols.meant for mark in word if not mark.isalnum()})
        )
        whole = (*self.apart.meant, *self.with_letters.meant)
        self.first_parts = frozenset(word[:end] for word in whole for end in range(1, len(word)))
        self.longest = max(map(len, self.first_parts), default=0)


@cache
def _disguises() -> _Disguises:
    return _Disguises(split(), stand_ins())


@dataclass(frozen=True)
class Undisguised:
    """Text without disguises; `runs` says how often each of its characters was repeated.

    `is_joined`: characters that may have been parts of one were read as that one.
    """

    folded: Folded
    repetitions: Sequence[Edit] = ()
    is_joined: bool = False

    @cached_property
    def runs(self) -> Sequence[int]:
        """For each character of the text how often it stood in a row."""
        runs = [1] * len(self.folded.text)
        shrunk = 0
        for start, end, _ in self.repetitions:
            runs[start - shrunk] = end - start
            shrunk += end - start - 1
        return runs


def with_words_for_symbols(plain: Folded) -> Folded | None:
    """Of plainly folded text the tightly folded one, with words where symbols stand for them (加我➕微❤).

    None where none do.
    """
    disguises = _disguises()
    if not disguises.symbol.search(plain.text):
        return None
    spoken = edited(plain, list(_replaced(plain.text, disguises.with_symbols)))
    if spoken is plain:
        return None
    tight = fold(spoken.text, Folding.TIGHT)
    return Folded(tight.text, partial(composed, tight, spoken))


def is_repeated(runs: Sequence[int] | None, doubles: Iterable[tuple[int, int]]) -> bool:
    """Whether the characters at those places of a text stood in a row often enough; `runs` None: once each."""
    return all(runs is not None and runs[place] >= times for place, times in doubles)


@lru_cache(1 << 14)
def undisguised_words(words: str) -> tuple[str, Doubles]:
    """How tightly folded words of a rule are written in undisguised texts, and which of their doubles are genuine."""
    undisguised = undo_disguises(Folded(words, lambda: (range(len(words)), range(1, len(words) + 1))), None)
    if undisguised is None:
        return words, ()
    doubles = tuple((place, times) for place, times in enumerate(undisguised.runs) if times > 1)
    return undisguised.folded.text, doubles


def all_undisguised(words: Sequence[str]) -> dict[int, tuple[str, Doubles]]:
    """By place `undisguised_words` of those that are written in any disguise.

    They are looked through all at once, since few are.
    """
    text = "\n".join(words)
    starts = list(accumulate((len(word) + 1 for word in words), initial=0))
    told: dict[int, tuple[str, Doubles]] = {}
    for telling in (_disguises().apart.beginnings, _TELLING):
        for found in telling.finditer(text):
            index = bisect_right(starts, found.start()) - 1
            if index not in told:
                told[index] = undisguised_words(words[index])
    return {index: read for index, read in told.items() if read != (words[index], ())}


def unfinished(text: str) -> list[int]:
    """How many characters at the end of the text may be the first parts of one that is written apart."""
    begun, longest = _disguises().first_parts, min(_disguises().longest, len(text))
    return [length for length in range(1, longest + 1) if text[-length:] in begun]


def numerals_in(words: str) -> Iterator[str]:
    """The runs of numerals in undisguised words of a rule."""
    return (run[0] for run in _RUN.finditer(words))


def undo_disguises(folded: Folded, numerals: Callable[[str], bool] | None) -> Undisguised | None:
    """The undisguised form of tightly folded text, or None where it is no other than the text itself.

    `numerals` says of a numeral in Chinese whether some rule names it; others stay as they are. None: none stays.
    """
    disguises = _disguises()
    undisguised = edited(folded, list(_replaced(folded.text, disguises.apart)))
    if not _TELLING.search(undisguised.text):
        return None if undisguised is folded else Undisguised(undisguised, is_joined=True)
    is_joined = undisguised is not folded
    if _HAS_LATIN.search(undisguised.text):
        undisguised = edited(undisguised, list(_replaced(undisguised.text, disguises.with_letters)))
    if any(letter in undisguised.text for letter in "oli"):
        undisguised = _rewrite(undisguised, _LETTER_DIGITS, lambda match: match[0].translate(_AS_DIGITS))
    undisguised = edited(undisguised, list(_numerals(undisguised.text, numerals)))
    if _FORMAL.search(undisguised.text):
        undisguised = Folded(undisguised.text.translate(_NUMERALS), partial(_same_offsets, undisguised))
    undisguised = _rewrite(undisguised, _PER_CENT, _per_cent)
    repetitions = [(*match.span(), match[1]) for match in _REPEATED.finditer(undisguised.text)]
    undisguised = edited(undisguised, repetitions)
    return None if undisguised.text == folded.text else Undisguised(undisguised, repetitions, is_joined)


def _replaced(text: str, words: _Words) -> Iterator[Edit]:
    """The words in the text, the longest first; a letter of theirs may not belong to a longer run of letters."""
    done = 0
    for found in words.beginnings.finditer(text):
        start = found.start()
        if start < done:
            continue
        for end in range(min(len(text), start + words.longest), start + 1, -1):
            word = text[start:end]
            if word in words.meant and not (_cuts_letters(text, start) or _cuts_letters(text, end)):
                edit = _trimmed(start, word, words.meant[word])
                yield edit
                done = edit[1]
                break


def _trimmed(start: int, word: str, meant: str) -> Edit:
    """Only what changes of a word at `start`, so that 微 in ➕微❤ is read once with each of its neighbours."""
    head = _shared(word[:-1], meant)
    tail = _shared(word[:head:-1], meant[:head:-1])
    return start + head, start + len(word) - tail, meant[head : len(meant) - tail]


def _shared(one: str, other: str) -> int:
    """With how many of the same characters the two begin."""
    differing = (place for place, (left, right) in enumerate(zip(one, other, strict=False)) if left != right)
    return next(differing, min(len(one), len(other)))


def _cuts_letters(text: str, at: int) -> bool:
    return 0 < at < len(text) and "a" <= text[at - 1] <= "z" and "a" <= text[at] <= "z"


def _numerals(text: str, named: Callable[[str], bool] | None) -> Iterator[Edit]:
    for match in _ARABIC.finditer(text):
        said = in_chinese(match[0])
        if named is None or said in _HUNDRED or named(said):
            yield *match.span(), said


def _per_cent(match: re.Match[str]) -> str:
    share = _POINT_ZERO.sub("", match["share"] or "百")
    return "百分百" if share in ("百", "一百") else f"百分之{share}"


def _rewrite(folded: Folded, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str]) -> Folded:
    return edited(folded, [(*match.span(), replacement(match)) for match in pattern.finditer(folded.text)])


def edited(folded: Folded, edits: Sequence[Edit]) -> Folded:
    """The text with stretches of it, in their order, replaced."""
    if not edits:
        return folded
    pieces: list[str] = []
    position = 0
    for start, end, replacement in edits:
        pieces += folded.text[position:start], replacement
        position = end
    pieces.append(folded.text[position:])
    return Folded("".join(pieces), partial(_edited_offsets, folded, edits))


def _edited_offsets(folded: Folded, edits: Sequence[Edit]) -> OffsetMap:
    """What replaced a stretch comes, every character of it, from the whole stretch."""
    old_starts, old_ends = folded.offsets
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for start, end, replacement in edits:
        starts.extend(old_starts[position:start])
        ends.extend(old_ends[position:start])
        starts.extend([old_starts[start]] * len(replacement))
        ends.extend([old_ends[end - 1]] * len(replacement))
        position = end
    starts.extend(old_starts[position:])
    ends.extend(old_ends[position:])
    return starts, ends


def composed(outer: Folded, inner: Folded) -> OffsetMap:
    """Offsets of what was folded twice: first `inner`, and its text then `outer`."""
    starts, ends = outer.offsets
    inner_starts, inner_ends = inner.offsets
    return [inner_starts[start] for start in starts], [inner_ends[end - 1] for end in ends]


def with_chinese_numerals(text: str) -> str:
    """The text with all its numerals in everyday Chinese ones: 100% → 百分百, 壹佰 → 一百."""
    said = _ARABIC.sub(lambda match: in_chinese(match[0]), text).translate(_NUMERALS)
    return _PER_CENT.sub(_per_cent, said)


def _same_offsets(folded: Folded) -> OffsetMap:
    return folded.offsets
