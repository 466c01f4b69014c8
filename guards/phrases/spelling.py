"""How the words of rules are spelt in the texts in which they are looked for."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, product
from typing import NamedTuple

from guards.lexicon.rules import Near, PhraseRule
from guards.text.disguises import Doubles, all_undisguised, numerals_in, undisguised_words
from guards.text.folding import Folding, folded_text
from guards.text.lookalikes import risky_look_alikes
from guards.text.sentences import SENTENCE_MARKS

_TOGETHER = ".%<&"
"""Characters whose folding depends on others."""
_SEPARABLE = 4
_BETWEEN_PARTS = dict.fromkeys("走要丢加套洗炒判起上跑报", "个") | {"坐": "个大", "找": "那"}
"""By verb what may stand between it and its object without a change of meaning."""
GAP = "…"
"""In an exception: a few characters of the same clause, whatever they are."""
PAUSE = re.compile(f"[，,、：:!?;…\n{SENTENCE_MARKS}]")


class Spelt(NamedTuple):
    """The phrases of a rule as they are folded, and by place those that undisguised texts spell otherwise.

    With these come the doubles that are genuine.
    """

    folded: Sequence[str]
    otherwise: Mapping[int, tuple[str, Doubles]]

    @property
    def undisguised(self) -> list[str]:
        """All phrases as undisguised texts spell them."""
        spelt = list(self.folded)
        for place, (word, _) in self.otherwise.items():
            spelt[place] = word
        return spelt


def folded_phrases(rule: PhraseRule, folding: Folding) -> list[str]:
    """The phrases of a rule as they are folded.

    Raises:
        ValueError: if nothing is left of one.
    """
    changed = {
        character
        for character in set("".join(rule.phrases))
        if folded_text(f"二{character}", folding) != f"二{character}"
    } | set(_TOGETHER)
    folded = [phrase if changed.isdisjoint(phrase) else folded_text(phrase, folding) for phrase in rule.phrases]
    if not all(folded):
        empty = rule.phrases[folded.index("")]
        raise ValueError(f"{rule.id}: nothing is left of the phrase {empty!r} after folding")
    return folded


def spelt_phrases(rule: PhraseRule) -> Spelt:
    """The phrases of a rule of a tight family.

    Raises:
        ValueError: see `folded_phrases`.
    """
    folded = folded_phrases(rule, Folding.TIGHT)
    return Spelt(folded, all_undisguised(folded))


def parted(words: Iterable[str]) -> Iterator[str]:
    """Short phrases of a verb and its object, with what anybody may say between: 走个后门, 坐大牢."""
    for word in words:
        if len(word) <= _SEPARABLE:
            for place, verb in enumerate(word[:-1], 1):
                for between in _BETWEEN_PARTS.get(verb, ""):
                    yield f"{word[:place]}{between}{word[place:]}"


def ways(word: str, folding: Folding) -> tuple[str, ...]:
    """How a word of a rule is spelt in the texts of a folding; nothing where folding leaves nothing of it."""
    folded = folded_text(word, folding)
    undisguised = undisguised_words(folded)[0] if folding is Folding.TIGHT else folded
    return tuple(dict.fromkeys(filter(None, (folded, undisguised))))


def exceptions_of(words: Iterable[str], folding: Folding) -> tuple[tuple[str, bool], ...]:
    """The spellings of the exceptions, and whether each was written with a pause; `GAP` stays as it is."""
    found: dict[tuple[str, bool], None] = {}
    for word in words:
        has_pause = PAUSE.search(word.replace(GAP, "")) is not None
        parts = [spelt for part in word.split(GAP) if (spelt := ways(part, folding))]
        for said in product(*parts) if parts else ():
            found[GAP.join(said), has_pause] = None
    return tuple(found)


def numerals_of(rule: PhraseRule, phrases: Spelt) -> frozenset[str]:
    """Every numeral that stands in the words of a rule, as undisguised texts spell it, and every piece of one."""
    pairs = chain.from_iterable((*near.words, *near.with_) for near in rule.near)
    others = (undisguised_words(folded_text(word, Folding.TIGHT))[0] for word in (*pairs, *rule.exceptions))
    runs = numerals_in("\n".join(chain(phrases.undisguised, others)))
    return frozenset(chain.from_iterable(map(_pieces, runs)))


def _pieces(run: str) -> Iterator[str]:
    return (run[start:end] for start in range(len(run)) for end in range(start + 1, len(run) + 1))


@cache
def alike_characters() -> dict[int, str]:
    """What replaces a character that looks like another, for `str.translate`."""
    return str.maketrans(dict(risky_look_alikes()))


@cache
def confusable() -> frozenset[str]:
    """The characters that look like another, and those others."""
    return frozenset((*risky_look_alikes(), *risky_look_alikes().values()))


@cache
def mistaken() -> frozenset[str]:
    """The characters that look like another."""
    return frozenset(risky_look_alikes())


def near_patterns(near: Near) -> Iterator[str]:
    """Two words near each other as patterns for tightly folded text, one for each order."""
    first, second = (_any_way(words) for words in (near.words, near.with_))
    before, between = (_any_way(words) for words in (near.unless_before, near.unless_between))
    for one, other in ((first, second), (second, first))[: 1 if near.ordered else 2]:
        if one and other:
            ahead = "".join(f"(?<!{word})" for word in before)
            parting = "|".join((*other, *between))
            yield f"{ahead}(?:{'|'.join(one)})(?:(?!{parting}).){{0,{near.within}}}(?:{'|'.join(other)})"


def _any_way(words: Iterable[str]) -> list[str]:
    return [re.escape(way) for word in words for way in ways(word, Folding.TIGHT)]
