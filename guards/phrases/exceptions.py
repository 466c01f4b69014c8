"""Is a hit part of longer words that mean something else: 绿色通道 in 老年人绿色通道, 不收费 in 放款前…不收费?"""

import re
from collections.abc import Sequence
from functools import lru_cache

from guards.phrases.spelling import GAP, PAUSE
from guards.text.folding import Folded
from guards.types import Span

_GAP_AT_MOST = 10
"""How many characters a gap in an exception may hold."""


def is_excepted(folded: Folded, hit: Span, exceptions: Sequence[tuple[str, bool]], text: str) -> bool:
    """Whether the hit, a place in the folded text, lies wholly inside an occurrence of one of the exceptions.

    It must be said without a pause around the hit, unless the exception has one itself: 难不？必过！ is no 不必过.
    """
    said = folded.span(hit.start, hit.end)
    for exception, has_pause in exceptions:
        held = _around(exception, folded.text, hit) if GAP in exception else _held(exception, folded.text, hit)
        if held is None:
            continue
        place = folded.span(held.start, held.end)
        before, after = text[place.start : said.start], text[said.end : place.end]
        if has_pause or not (PAUSE.search(before) or PAUSE.search(after)):
            return True
    return False


def _held(exception: str, text: str, hit: Span) -> Span | None:
    """Where the exception stands around the hit."""
    reach = len(exception) - (hit.end - hit.start)
    at = text.find(exception, max(0, hit.start - reach), hit.end + reach) if reach >= 0 else -1
    return Span(at, at + len(exception)) if at >= 0 else None


def _around(exception: str, text: str, hit: Span) -> Span | None:
    """Where an exception with gaps stands around the hit."""
    form = _gapped(exception)
    reach = len(exception) + _GAP_AT_MOST * exception.count(GAP)
    for start in range(max(0, hit.start - reach), hit.start + 1):
        match = form.match(text, start)
        if match is not None and match.end() >= hit.end:
            return Span(*match.span())
    return None


@lru_cache(4096)
def _gapped(exception: str) -> re.Pattern[str]:
    return re.compile(f".{{0,{_GAP_AT_MOST}}}".join(map(re.escape, exception.split(GAP))))
