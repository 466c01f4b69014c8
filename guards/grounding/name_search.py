"""Find the names of figures of one quantity: the words ahead of a figure and behind it, by which roles know it.

What was found in a stretch of text is remembered, since the same approved sentences come back with other figures. The
text itself is not: it is known again by a digest under a key of this process.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from secrets import token_bytes
from typing import Generic, NamedTuple, TypeVar

from guards.lexicon.roles import FigureRole
from guards.text.folding import Folding, fold
from guards.text.numerals import normalise_digits

_DETACHED = re.compile("[之以]?[后外](?!面|边)|除外|以[前内]|之[前内]")
_COMPARED = re.compile("(?:比|除了?|不算|不含|不包括|超过|高于|低于|多于|少于|不足)(?:您的|这期的?|本期的?)?$")
_LEAD = 8
"""Code points before a stretch that decide whether a name at its beginning is one."""
_REACH = 40
"""Code points behind a figure in which its names end."""
_REMEMBERED = 4096
_KEY = token_bytes(16)
T = TypeVar("T")


class Name(NamedTuple):
    """A name in a text. `is_loose`: it counts only where no other does."""

    start: int
    end: int
    role: FigureRole
    is_loose: bool


_Known = dict[str, list[tuple[FigureRole, bool]]]


class _Remembered(Generic[T]):
    """What was worked out of the last stretches, none of which is kept itself."""

    def __init__(self) -> None:
        self._known: dict[tuple[bytes, int], T] = {}

    def get(self, stretch: str, since: int, work: Callable[[str, int], T]) -> T:
        """What `work` makes of the stretch, or made of it before."""
        key = blake2b(stretch.encode("utf-8", "surrogatepass"), digest_size=16, key=_KEY).digest(), since
        if (known := self._known.get(key)) is not None:
            return known
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        made = self._known[key] = work(stretch, since)
        return made


class Names:
    """All names of one quantity, compiled; what it remembers changes no answer."""

    def __init__(self, roles: Iterable[FigureRole], *, with_loose: bool) -> None:
        self._words: _Known = {}
        self._patterns: list[tuple[re.Pattern[str], FigureRole, bool]] = []
        self._behind: list[tuple[re.Pattern[str], FigureRole]] = []
        for role in roles:
            listed = [(role.before, role.before_patterns, False)]
            listed += [(role.loose, role.loose_patterns, True)] if with_loose else []
            for words, patterns, is_loose in listed:
                for word in map(_folded, words):
                    self._words.setdefault(word, []).append((role, is_loose))
                self._patterns += [(re.compile(pattern), role, is_loose) for pattern in patterns]
            after = [re.escape(word) for word in sorted(map(_folded, role.after), key=len, reverse=True)]
            self._behind += [(re.compile(pattern), role) for pattern in (*after, *role.after_patterns)]
        # One search for all words: the longest at each place, as a shorter one would lie within it.
        longest = sorted(self._words, key=len, reverse=True)
        self._any_word = re.compile("|".join(map(re.escape, longest))) if longest else None
        self._known_ahead: _Remembered[Sequence[Name]] = _Remembered()
        self._known_behind: _Remembered[Sequence[tuple[FigureRole, int]]] = _Remembered()

    def ahead(self, stretch: str, since: int) -> Sequence[Name]:
        """The names in a stretch that begin at `since` or later and lie within no longer one, in order of their ends.

        What is compared or set apart (比最低还款多, 优惠后) is no name of what follows.
        """
        return self._known_ahead.get(stretch, since, self._ahead)

    def behind(self, text: str, end: int) -> Sequence[tuple[FigureRole, int]]:
        """The roles that what follows a figure gives it, and how many code points each name takes."""
        return self._known_behind.get(text[end : end + _REACH], 0, self._behind_of)

    def _ahead(self, stretch: str, since: int) -> Sequence[Name]:
        names = [
            name
            for name in (*self._worded(stretch, since), *self._patterned(stretch, since))
            if not (name.end < len(stretch) and _DETACHED.match(stretch, name.end))
            and not _COMPARED.search(stretch, max(0, name.start - _LEAD), name.start)
        ]
        apart = [name for name in names if not any(_is_within(name, other) for other in names)]
        return sorted(apart, key=lambda name: name.end)

    def _worded(self, stretch: str, since: int) -> Iterator[Name]:
        at = since
        while self._any_word and (match := self._any_word.search(stretch, at)):
            at = match.start() + 1
            for role, is_loose in self._words[match[0]]:
                yield Name(*match.span(), role, is_loose)

    def _patterned(self, stretch: str, since: int) -> Iterator[Name]:
        for pattern, role, is_loose in self._patterns:
            for match in pattern.finditer(stretch, since):
                if match.end() > match.start():
                    yield Name(*match.span(), role, is_loose)

    def _behind_of(self, stretch: str, _since: int) -> Sequence[tuple[FigureRole, int]]:
        matches = ((pattern.match(stretch), role) for pattern, role in self._behind)
        return [(role, match.end()) for match, role in matches if match and not _COMPARED.search(match[0])]


def stretch_before(text: str, since: int, until: int) -> tuple[str, int]:
    """The part of a text that decides the names between two places, and where in it the first place is."""
    lead = max(0, since - _LEAD)
    return text[lead:until], since - lead


def _folded(word: str) -> str:
    return normalise_digits(fold(word, Folding.PLAIN).text)


def _is_within(name: Name, other: Name) -> bool:
    return other.start <= name.start and name.end <= other.end and other.end - other.start > name.end - name.start
