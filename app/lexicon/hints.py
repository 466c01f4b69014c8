"""What is worth knowing of a word before anybody writes it into a rule: is it found already, is it an everyday word?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.lexicon.coverage import Phrase, covered
from app.lexicon.everyday import everyday
from app.lexicon.problems import shown
from guards.lexicon.reader import Lexicon
from guards.lexicon.rules import Effective, Examples, Family, PhraseRule, Source
from guards.text.folding import Folding, folded_text

LONGEST = 12
"""Characters of what is taken for a word, and not for a sentence."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Something worth knowing; `is_warning`: it speaks against the word."""

    told: str
    is_warning: bool


class Hints:
    """Tells of words in the rules that were asked about last; their phrases are folded once."""

    def __init__(self) -> None:
        self._last: tuple[str, dict[str, list[Phrase]]] | None = None

    def of(self, lexicon: Lexicon, word: str, day: date, place: PhraseRule | None = None) -> list[Hint]:
        """About a word that is to be written into a rule, or anywhere. It may take a tenth of a second."""
        rule = _with(word, day, place)
        family = next((one for one in lexicon.families if place is not None and place in one.rules), None)
        family = family or Family(family="hint", rules=[rule])
        phrase = Phrase(folded_text(word, family.folding), family, rule, len(rule.phrases) - 1)
        if not phrase.folded:
            return [Hint(f"“{shown(word)}”去掉标点和空格以后什么也不剩，不能当说法用。", is_warning=True)]
        return [*self._covered(lexicon, phrase, place), *_everyday(phrase)]

    def _covered(self, lexicon: Lexicon, phrase: Phrase, place: PhraseRule | None) -> Iterable[Hint]:
        owners = self._owners(lexicon)
        text = phrase.folded
        parts = {text[start:end] for start in range(len(text)) for end in range(start + 1, len(text) + 1)}
        near = [owner for part in sorted(parts) for owner in owners.get(part, ())]
        for _, by in covered([phrase], near):
            whose = "这条规则里" if place and by.rule.id == place.id else f"规则“{by.rule.title}”里"
            same = by.folded == phrase.folded
            told = f"{whose}已经有“{shown(by.word)}”" if same else f"{whose}的“{shown(by.word)}”已经能找到它"
            yield Hint(f"“{shown(phrase.word)}”不用再写：{told}。", is_warning=False)

    def _owners(self, lexicon: Lexicon) -> dict[str, list[Phrase]]:
        if self._last is None or self._last[0] != lexicon.digest:
            owners: dict[str, list[Phrase]] = {}
            for family in lexicon.families:
                for rule in family.rules:
                    for index, word in enumerate(rule.phrases):
                        phrase = Phrase(folded_text(word, family.folding), family, rule, index)
                        owners.setdefault(phrase.folded, []).append(phrase)
            self._last = lexicon.digest, owners
        return self._last[1]


def _with(word: str, day: date, place: PhraseRule | None) -> PhraseRule:
    """The rule with the word in it, or one that asks for as little as a rule can, and applies everywhere."""
    if place is not None:
        return place.model_copy(update={"phrases": [*place.phrases, word]})
    return PhraseRule(
        id="hint.word",
        title=word,
        action="observe",
        phrases=[word],
        reason=word,
        source=Source(law=word, force="policy"),
        effective=Effective(**{"from": day}),
        examples=Examples(hits=[word], misses=[word]),
    )


def _everyday(phrase: Phrase) -> Iterable[Hint]:
    excepted = [folded_text(word, Folding.TIGHT) for word in phrase.rule.exceptions if phrase.word in word]
    if (met := everyday([phrase.folded], {phrase.folded: excepted}).get(phrase.folded)) is not None:
        words = "、".join(f"“{word}”" for word in met.words)
        told = f"是{words}这些常用词的一部分" if words else "本身就是日常用词"
        yield Hint(
            f"“{shown(phrase.word)}”{told}，写进规则会误伤正常的话。请写长一点，或者把正常的说法写进“例外”。",
            is_warning=True,
        )
