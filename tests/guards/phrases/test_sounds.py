"""Phrases by sound: homophones, pinyin and initials, at their exact places, and no accident among honest words."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guards.lexicon.reader import Lexicon
from guards.lexicon.rules import Family, Near
from guards.phrases.compiled import by_sound
from guards.phrases.heard import Heard
from guards.phrases.kinship import Disguises
from guards.phrases.sounds import SoundHit, Sounds, Worded
from guards.phrases.spelling import near_patterns
from guards.phrases.stretches import Stretches
from guards.phrases.syllables import heard_as
from guards.text.disguises import undisguised_words, undo_disguises
from guards.text.folding import Folding, fold
from guards.text.words import pinyin
from tests.guards.phrases.test_guard import rule as rule_with


def phrase(text: str, rule: int = 0, **keys: bool) -> Worded:
    """A phrase as a family with homophones and initials has it, and the others that `keys` name."""
    spelling, doubles = undisguised_words(text)
    allowed = Disguises(**{"homophones": True, "initials": True, **keys})
    return Worded(rule, allowed, [spelling], {0: doubles} if doubles else {})


def spelt(hits: Iterable[SoundHit]) -> set[tuple[int, int, int]]:
    """The rules and ranges, whether certain or not."""
    return {hit[:3] for hit in hits}


def said(sounds: Sounds, text: str) -> list[str]:
    """The original words of every hit, undisguised and looked for as the guard does it."""
    folded = fold(text, Folding.TIGHT)
    undisguised = undo_disguises(folded, lambda numeral: True)
    runs = None
    if undisguised is not None:
        folded, runs = undisguised.folded, undisguised.runs
    spans = [folded.span(hit.start, hit.end) for hit in sounds.hits(Heard(folded.text), runs)]
    return [text[span.start : span.end] for span in spans]


FAMILY = Sounds(
    map(phrase, ["百分百获批", "必下款", "包过", "秒批", "天天打给您", "app必过审", "行长担保", "绿色通道", "啊额度高"])
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # Homophones, every reading of a character among them.
        ("您百芬百获批的", "百芬百获批"),
        ("您佰芬掰货霹的", "佰芬掰货霹"),
        ("您百 芬🙂百-获批的", "百 芬🙂百-获批"),
        ("航涨担保", "航涨担保"),
        ("杭长丹宝", "杭长丹宝"),
        ("星长担保", "星长担保"),
        ("律色通道", "律色通道"),
        ("避下款", "避下款"),
        # Pinyin of some characters, or of all.
        ("您百fen百获批的", "百fen百获批"),
        ("您bai分百huo批的", "bai分百huo批"),
        ("您baifenbaihuopi的", "baifenbaihuopi"),
        ("您BAI FEN-BAI，huo🙂pi的", "BAI FEN-BAI，huo🙂pi"),
        ("您ｂａｉ分百获批的", "ｂａｉ分百获批"),
        ("您bǎi分百获批的", "bǎi分百获批"),
        ("bao过", "bao过"),
        ("包guo", "包guo"),
        ("baoguo1", "baoguo"),
        ("miaopi", "miaopi"),
        ("xingzhangdanbao", "xingzhangdanbao"),
        ("hangchang担保", "hangchang担保"),
        ("lvsetongdao", "lvsetongdao"),
        ("lüsetongdao", "lüsetongdao"),
        ("lusetongdao", "lusetongdao"),
        ("aedugao", "aedugao"),
        ("啊e度高", "啊e度高"),
        ("appbi过shen", "appbi过shen"),
        ("app比国审", "app比国审"),
        # Homophones and pinyin at once.
        ("您白fen百货批的", "白fen百货批"),
        # Initials of a whole phrase.
        ("您bfbhp的", "bfbhp"),
        ("您B F B H P的", "B F B H P"),
        ("ttdgn", "ttdgn"),
        # What is repeated, and what only looks so.
        ("天天达给您", "天天达给您"),
        ("添添打给您", "添添打给您"),
        ("百百分百货批", "百百分百货批"),
    ],
)
def test_what_sounds_like_a_phrase_is_found_where_it_stands(text: str, found: str) -> None:
    assert found in said(FAMILY, text)


@pytest.mark.parametrize(
    "text",
    [
        # Spelt as it is: that is no matter of sound.
        "百分百获批", "必下款", "包过", "app必过审",
        # English words and names beside, before, behind and around.
        "scanbaoguo", "baoguoxyz", "xbao过", "包guox", "abfbhp", "bfbhpx", "miaopin", "app", "vip",
        "pos机", "baoguan",
        # Parts of it.
        "百芬百", "芬百获批", "bai分百", "bfb", "bao", "过bao", "包g", "下款", "秒", "",
        # Other sounds.
        "百粉百获票", "白费拜会匹", "饱和过", "秒杀皮", "绿洲通道", "行人担保",
        # Too few of the doubled characters.
        "天达给您", "tian打给您", "tiandageini",
        # Short phrases: nothing of them is left, or the other characters are words in their own right.
        "毕夏宽", "苞裹", "保国", "宝锅", "渺皮", "比较下款慢", "必须下款项", "包裹", "描皮",
    ],
)  # fmt: skip
def test_what_sounds_otherwise_is_left_alone(text: str) -> None:
    assert said(FAMILY, text) == []


def test_a_family_says_which_disguises_it_is_looked_for_in() -> None:
    plain = Sounds([phrase("百分百获批", homophones=False, initials=False)])
    assert said(plain, "百芬百获批") == []
    assert said(plain, "百芬百huo批") == []
    assert said(plain, "bfbhp") == []
    assert said(plain, "百fen百获批") == ["百fen百获批"]
    assert said(plain, "baifenbaihuopi") == ["baifenbaihuopi"]
    assert said(Sounds([phrase("百分百获批", homophones=False)]), "bfbhp") == ["bfbhp"]
    assert said(Sounds([phrase("百分百获批", initials=False)]), "百芬百获批bfbhp") == ["百芬百获批"]


def test_every_rule_that_has_the_phrase_is_told() -> None:
    sounds = Sounds([phrase("百分百获批", 3), phrase("百分百获批了", 5), phrase("百分百获批", 8, homophones=False)])
    assert sorted(sounds.hits(Heard("百芬百获批了"), None)) == [SoundHit(3, 0, 5), SoundHit(5, 0, 6)]
    assert {hit.rule for hit in sounds.hits(Heard("bai分百获批"), None)} == {3, 8}
    assert [hit.rule for hit in sounds.hits(Heard("bfbhp"), None)] == [3, 8]


@pytest.mark.parametrize(
    ("text", "initials"),
    [
        ("包过", "bg"),
        ("app必过审核", "appbgsh"),
        ("𠮷𠮷𠮷𠮷", "????"),
        ("包" * 13, "b" * 13),
        ("一%二三四", "yesse"),
    ],
)
def test_initials_are_those_of_two_to_twelve_characters_and_of_short_ones_beside_credit(
    text: str, initials: str
) -> None:
    assert said(Sounds([phrase(text)]), initials) == []


def test_initials_of_characters_with_several_readings_are_all_heard() -> None:
    sounds = Sounds([phrase("行长担保")])
    for spelling in map("".join, product("xh", "zc", "d", "b")):
        assert said(sounds, f"找{spelling}。") == [spelling]


def test_a_phrase_of_many_readings_has_a_bounded_number_of_initials() -> None:
    many = max(pinyin(), key=lambda character: len({reading[0] for reading in pinyin()[character]}))
    spellings = set(map("".join, product(*[{reading[0] for reading in pinyin()[many]}] * 9)))
    sounds = Sounds([phrase(many * 9, homophones=False)])
    assert 0 < sum(bool(list(sounds.hits(Heard(spelling), None))) for spelling in spellings) <= 16 < len(spellings)


@pytest.mark.parametrize("phrases", [[], ["包"], ["app"], ["𠮷𠮷"]], ids=str)
def test_without_a_sound_there_is_nothing_to_hear(phrases: list[str]) -> None:
    sounds = Sounds(map(phrase, phrases))
    assert [hit for text in ("苞", "bao", "包", "app", "a p p", "") for hit in sounds.hits(Heard(text), None)] == []


def test_a_numeral_also_sounds_like_what_is_undisguised_as_it() -> None:
    sounds = Sounds(map(phrase, ["口碑和质量", "一定不要告诉", "绝对没路可走"]))
    assert said(sounds, "口碑和质两") == ["口碑和质两"]
    assert said(sounds, "一定不幺告诉") == ["一定不幺告诉"]
    assert said(sounds, "绝对没陆可走") == ["绝对没陆可走"]


# The shipped phrases, in every random choice of homophones.

EVERYDAY = [
    character
    for high in range(0xB0, 0xD8)
    for low in range(0xA1, 0xFF)
    if (character := bytes([high, low]).decode("gb2312", "ignore")) and fold(character, Folding.TIGHT).text == character
]
"""The characters of the first level of GB 2312 that are not taken for another."""
BY_READING: dict[str, list[str]] = {}
for one in EVERYDAY:
    for heard in pinyin()[one]:
        BY_READING.setdefault(heard, []).append(one)


def long_phrases(lexicon: Lexicon) -> Iterator[str]:
    """Phrases of four and more characters whose family allows homophones, and which are spelt only one way."""
    for family in lexicon.families:
        for rule in family.rules if family.homophones else ():
            for text in rule.phrases:
                folded = fold(text, Folding.TIGHT).text
                if len(folded) >= 4 and set(folded) <= pinyin().keys() and undisguised_words(folded) == (folded, ()):
                    yield folded


def disguised(text: str, rng: random.Random, in_letters: float) -> str:
    """Each character as one of its homophones, or as often as `in_letters` says in letters."""

    def written(character: str) -> str:
        reading = rng.choice(pinyin()[character])
        return reading if rng.random() < in_letters else rng.choice(BY_READING.get(reading, [character]))

    return "".join(map(written, text))


@pytest.fixture(scope="module")
def long(lexicon: Lexicon) -> tuple[list[str], Sounds]:
    """All long phrases, each the rule of its place."""
    texts = sorted(set(long_phrases(lexicon)))
    return texts, Sounds(phrase(text, rule, initials=False) for rule, text in enumerate(texts))


@pytest.mark.parametrize("pinyin", [0.0, 0.4, 1.0], ids=["homophones", "mixed", "pinyin"])
def test_every_long_phrase_is_heard_in_any_spelling(long: tuple[list[str], Sounds], pinyin: float) -> None:
    rng = random.Random(22)
    texts, sounds = long
    assert len(texts) > 1000
    missed = []
    for rule, text in enumerate(texts):
        spelling = disguised(text, rng, pinyin)
        if spelling != text and (rule, 1, 1 + len(spelling)) not in spelt(sounds.hits(Heard(f"嗯{spelling}！"), None)):
            missed.append((text, spelling))
    assert missed == []


def test_every_phrase_is_heard_in_pinyin_of_every_other_character(lexicon: Lexicon) -> None:
    texts = [
        folded
        for family in lexicon.families
        if family.folding is Folding.TIGHT
        for rule in family.rules
        for text in rule.phrases
        if undisguised_words(folded := fold(text, Folding.TIGHT).text) == (folded, ()) and len(folded) > 1
    ]
    sounds = Sounds(phrase(text, rule, homophones=False, initials=False) for rule, text in enumerate(texts))
    missed, tried = [], 0
    for rule, text in enumerate(texts):
        for odd in range(2):
            pieces = [pinyin().get(one, (one,))[0] if at % 2 == odd else one for at, one in enumerate(text)]
            spelling = "".join(pieces)
            if spelling != text:
                tried += 1
                if (rule, 1, 1 + len(spelling)) not in spelt(sounds.hits(Heard(f"嗯{spelling}！"), None)):
                    missed.append((text, spelling))
    assert missed == []
    assert tried > 3000


@settings(deadline=None)
@given(st.text(), st.one_of(st.none(), st.integers(1, 3)))
def test_any_text_is_heard(text: str, run: int | None) -> None:
    runs: Sequence[int] | None = None if run is None else [run] * len(text)
    for hit in FAMILY.hits(Heard(text), runs):
        assert 0 <= hit.start < hit.end <= len(text)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([*"百芬分获批包过必下款bao ", "bai", "fen", "huo", "guo", "xia", "%", "1", "𠮷"])).map(
        "".join
    )
)
def test_hits_of_mixed_texts_are_in_place_and_no_plain_spelling(text: str) -> None:
    for hit in FAMILY.hits(Heard(text), None):
        assert text[hit.start : hit.end] not in {"百分百获批", "必下款", "包过"}
        assert not re.search("[a-z]", text[hit.start - 1 : hit.start]) or not re.match("[a-z]", text[hit.start])


@pytest.mark.parametrize(("most", "width"), [(10_000, 4), (40, 3), (8, 2), (1, 2)])
def test_the_stretch_of_a_phrase_is_as_long_as_its_spellings_are_few(most: int, width: int) -> None:
    text = "还行绿色吗"
    ways = [len(heard_as(character)) for character in text]
    stretches = Stretches([text], most_ways=most)
    least = min(range(len(text) - width + 1), key=lambda start: prod(ways[start : start + width]))
    assert (stretches.widths, stretches.offsets) == ([width], [least])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("征信花了h户也能做", ["h户"]),
        ("征信花了嘿h也能做", ["嘿h"]),
        ("不看征信，bxk", ["bxk"]),
        ("a4过", []),
        ("贷款5b过", []),
        ("他闻过花香", []),
        ("贷款秒啊过", ["秒啊过"]),
    ],
)
def test_short_phrases_are_weighed_against_how_the_text_reads(text: str, found: list[str]) -> None:
    words = Sounds(
        [
            Worded(
                0,
                Disguises(homophones=True, look_alikes=True, initials=True, near_sounds=True),
                ["黑户", "必下款", "稳过", "秒过", "包过"],
                {},
            )
        ]
    )
    assert sorted({text[start:end] for _, start, end, *_ in words.hits(Heard(text), None)}) == found


def test_families_are_heard_by_their_place_as_the_guard_hears_them() -> None:
    family = Family.model_validate(
        {
            "family": "test",
            "homophones": True,
            "rules": [rule_with("test.one", phrases=["行长担保"]), rule_with(phrases=["百分百获批"])],
        }
    )
    sounds = Sounds(by_sound([family]))
    assert {hit[0] for hit in sounds.hits(Heard("航涨担保"), None)} == {0}
    assert {hit[0] for hit in sounds.hits(Heard("佰芬掰货霹"), None)} == {1}


def test_words_of_which_folding_leaves_nothing_stand_near_nothing() -> None:
    assert list(near_patterns(Near.model_validate({"words": ["……"], "with": ["办"], "within": 3}))) == []
    assert len(list(near_patterns(Near.model_validate({"words": ["包"], "with": ["办"], "within": 3})))) == 1
