"""What is wrong with the words of a rule, beyond its shape: empty, everyday, covered, without an example, joined."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.lexicon import patterns
from app.lexicon.coverage import Phrase, covered, held
from app.lexicon.everyday import everyday
from app.lexicon.problems import Problem, Severity, shown
from guards.lexicon.rules import Family, PhraseRule
from guards.text.folding import folded_text

_JOINED = re.compile(r"[，、；;,|\t\n]")
_SHOWN = 5


@dataclass(frozen=True)
class Written:
    """A phrase rule of a change: where it stands there (`adds.0`), and which phrases are new."""

    place: str
    family: Family
    rule: PhraseRule
    new: Sequence[int]

    @cached_property
    def phrases(self) -> Sequence[Phrase]:
        """Its phrases of which folding leaves something."""
        folded = enumerate(folded_text(word, self.family.folding) for word in self.rule.phrases)
        return [Phrase(text, self.family, self.rule, index) for index, text in folded if text]

    @cached_property
    def new_phrases(self) -> Sequence[Phrase]:
        """Those of them that are new."""
        new = frozenset(self.new)
        return [phrase for phrase in self.phrases if phrase.index in new]


def word_problems(written: Sequence[Written], in_force: Iterable[Phrase]) -> Iterator[Problem]:
    """Everything about the words of these rules; `in_force` are the phrases of all others."""
    for one in written:
        yield from _empty(one)
        yield from _joined(one)
        yield from _patterns(one)
        if not one.family.only_in_disguise:  # its hits hold no word as it is written
            yield from _without_hit(one)
    # Everyday words are what families that look for nothing but disguises are for.
    yield from _everyday([one for one in written if not one.family.only_in_disguise])
    yield from _covered(written, in_force)


def _empty(one: Written) -> Iterator[Problem]:
    left = {phrase.index for phrase in one.phrases}
    empty = [("phrases", index, word) for index, word in enumerate(one.rule.phrases) if index not in left]
    empty += [
        ("except", index, word)
        for index, word in enumerate(one.rule.exceptions)
        if not folded_text(word, one.family.folding)
    ]
    for field, index, word in empty:
        yield Problem(
            code="empty_words",
            rule=one.rule.id,
            field=f"{one.place}.{field}.{index}",
            word=word,
            message=f"“{shown(word)}”去掉标点和空格以后什么也不剩，请写上字或数字，或者删掉它。",
            english=f"nothing is left of {word!r}",
        )


def _joined(one: Written) -> Iterator[Problem]:
    for index in one.new:
        word = one.rule.phrases[index]
        if found := _JOINED.search(word):
            yield _warning(
                one.place,
                one.rule,
                index,
                "joined_words",
                f"“{shown(word)}”里有“{found[0].strip() or '换行'}”，会当成一个长的说法。如果是几个说法，请分开写。",
                "a separator within a phrase",
            )


def _patterns(one: Written) -> Iterator[Problem]:
    for index, pattern in enumerate(one.rule.patterns):
        field = f"{one.place}.patterns.{index}"
        ways = patterns.ways(pattern)
        if ways >= patterns.SLOW:
            is_refused = ways >= patterns.FAR_TOO_SLOW
            yield Problem(
                code="slow_pattern",
                severity=Severity.ERROR if is_refused else Severity.WARNING,
                rule=one.rule.id,
                field=field,
                word=pattern,
                message=f"正则“{shown(pattern)}”里的重复套着重复，或者可长可短的地方太多，遇到特别的句子会算很久。"
                "请缩小 {0,n} 里的数，或者拆成几条。",
                english=f"up to {ways} ways to match from one place",
            )
        for character, is_needed in patterns.never_met(pattern, one.family.folding):
            what = "，所以整条正则永远不会命中" if is_needed else "，这一部分永远不会命中"
            yield Problem(
                code="impossible_pattern",
                severity=Severity.ERROR if is_needed else Severity.WARNING,
                rule=one.rule.id,
                field=field,
                word=pattern,
                message=f"正则“{shown(pattern)}”里的“{character}”在比较之前会被去掉或换成别的写法{what}。"
                "请去掉它（标点、空格不用写，字母用小写，汉字用简体）。",
                english=f"no folded text holds {character!r}",
            )
            break


def _without_hit(one: Written) -> Iterator[Problem]:
    hits = (folded_text(hit, one.family.folding) for hit in one.rule.examples.hits)
    said = {phrase for phrase, _ in held({phrase.folded for phrase in one.new_phrases}, hits)}
    lacking = [phrase for phrase in one.new_phrases if phrase.folded not in said]
    if lacking:
        words = "、".join(f"“{shown(phrase.word)}”" for phrase in lacking[:_SHOWN])
        more = f"等 {len(lacking)} 个说法" if len(lacking) > _SHOWN else ""
        yield Problem(
            code="no_hit_example",
            severity=Severity.WARNING,
            rule=one.rule.id,
            field=f"{one.place}.phrases.{lacking[0].index}",
            word=lacking[0].word,
            message=f"{words}{more}没有应当命中的例句。请给每个说法写一句会被拦的话，以后改规则时才能发现它失灵。",
            english=f"{len(lacking)} phrases without a hit of their own",
        )


def _everyday(written: Sequence[Written]) -> Iterator[Problem]:
    phrases = [(one, phrase) for one in written for phrase in one.new_phrases]
    exceptions: dict[str, list[str]] = {}
    excepted = {one.place: _excepted(one) for one in written}
    for one, phrase in phrases:
        exceptions.setdefault(phrase.folded, []).extend(excepted[one.place].get(phrase.word, ()))
    found = everyday((phrase.folded for _, phrase in phrases), exceptions)
    for one, phrase in phrases:
        if (met := found.get(phrase.folded)) is not None:
            words = "、".join(f"“{word}”" for word in met.words)
            told = f"是{words}这些常用词的一部分" if words else "本身就是日常用词"
            yield _warning(
                one.place,
                one.rule,
                phrase.index,
                "everyday_word",
                f"“{phrase.word}”{told}，会误伤正常的话。请写长一点，或者把正常的说法写进“例外”（except）。",
                f"{phrase.word} is part of everyday words: {', '.join(met.words) or 'itself'}",
            )


def _excepted(one: Written) -> Mapping[str, Sequence[str]]:
    """The folded exceptions that hold each of the new phrases, as it is written."""
    found: dict[str, list[str]] = {}
    for word, exception in held({phrase.word for phrase in one.new_phrases}, one.rule.exceptions):
        found.setdefault(word, []).append(folded_text(exception, one.family.folding))
    return found


def _covered(written: Sequence[Written], in_force: Iterable[Phrase]) -> Iterator[Problem]:
    places: Mapping[str, str] = {one.rule.id: one.place for one in written}
    new = [phrase for one in written for phrase in one.new_phrases]
    own = [phrase for one in written for phrase in one.phrases]
    for phrase, by in covered(new, [*own, *in_force]):
        is_own = by.rule.id == phrase.rule.id
        whose = "同一条规则里" if is_own else f"规则“{by.rule.id}”（{by.rule.title}）里"
        code, told = "covered", f"“{shown(phrase.word)}”不用写：{whose}的“{shown(by.word)}”已经能拦住它。"
        if phrase.folded == by.folded:
            code, told = "duplicate_phrase", f"“{shown(phrase.word)}”重复了：{whose}已经有“{shown(by.word)}”。"
        english = f"{phrase.word} is covered by {by.word} of {by.rule.id}"
        yield _warning(places[phrase.rule.id], phrase.rule, phrase.index, code, told, english)


def _warning(place: str, rule: PhraseRule, index: int, code: str, message: str, english: str) -> Problem:
    return Problem(
        code=code,
        severity=Severity.WARNING,
        rule=rule.id,
        field=f"{place}.phrases.{index}",
        word=rule.phrases[index],
        message=message,
        english=english,
    )
