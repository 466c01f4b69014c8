"""Disguises undone: what was meant, where it stood, and that honest words are written the same way on both sides."""

import os
import shutil
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guards.lexicon.reader import Lexicon
from guards.text.disguises import (
    Undisguised,
    is_repeated,
    numerals_in,
    undisguised_words,
    undo_disguises,
    with_chinese_numerals,
    with_words_for_symbols,
)
from guards.text.folding import Folded, Folding, fold
from guards.text.idle import idle, idle_entries
from guards.text.lookalikes import split, stand_ins
from guards.text.numerals import in_chinese, read
from guards.types import Span

ROOT = Path(__file__).parents[3]
SPLIT = split()
STAND_INS = stand_ins()

NAMED = frozenset({"一", "二", "三", "十", "二十", "三十六", "三点六", "三点零", "零"})
"""Numerals that the rules of these tests name."""


def undisguised(text: str, named: Collection[str] = NAMED) -> Undisguised | None:
    """The undisguised form of a text as a customer may get it."""
    return undo_disguises(fold(text, Folding.TIGHT), frozenset(named).__contains__)


def folded(text: str) -> Folded:
    """The undisguised form, or the folded one where there is no other."""
    found = undisguised(text)
    return found.folded if found else fold(text, Folding.TIGHT)


# The text, words of its undisguised form, and the original that they came from.
COVERED = [
    # A hundred per cent, however it is written.
    ("您100％获批", "百分百", "100％"),
    ("您100%获批", "百分百获批", "100%获批"),
    ("您1 0 0 %获批", "百分百获", "1 0 0 %获"),
    ("您100.0%获批", "百分百获", "100.0%获"),
    ("您100.00%获批", "百分百获", "100.00%获"),
    ("您①⓪⓪%获批", "百分百获", "①⓪⓪%获"),
    ("您l00%获批", "百分百获", "l00%获"),
    ("您1oO%获批", "百分百获", "1oO%获"),
    ("您百分之百获批", "百分百", "百分之百"),
    ("您百分之一百获批", "百分百", "百分之一百"),
    ("您百分之100获批", "百分百", "百分之100"),
    ("您百 分🙂之-百获批", "百分百", "百 分🙂之-百"),
    ("您壹佰%获批", "百分百", "壹佰%"),
    ("您佰分之佰获批", "百分百", "佰分之佰"),
    ("您百%获批", "百分百", "百%"),
    ("您一百%获批", "百分百获批", "一百%获批"),
    ("您1&#48;0%获批", "百分百", "1&#48;0%"),
    ("您百百分百获批", "百分百", "百百分百"),
    ("您百分分分百百获批", "百分百获", "百分分分百百获"),
    ("年化3.6%起", "百分之三点六起", "3.6%起"),
    ("年化三点六零%起", "百分之三点六零", "三点六零%"),
    ("年化3.0%起", "百分之三起", "3.0%起"),
    # Other numerals.
    ("1定能过", "一定", "1定"),
    ("壹定能过", "一定", "壹定"),
    ("幺定能过", "一定", "幺定"),
    ("还20天", "二十天", "20天"),
    ("还2o天", "二十天", "2o天"),
    ("还贰拾天", "二十天", "贰拾天"),
    ("还两天", "二天", "两天"),
    ("还０利息", "零利", "０利"),
    ("还〇利息", "零利", "〇利"),
    ("要36期", "三十六期", "36期"),
    # Characters taken apart.
    ("看彳正信吗", "征信", "彳正信"),
    ("看 彳-正🙂信吗", "征信", "彳-正🙂信"),
    ("看彳正亻言吗", "征信", "彳正亻言"),
    ("看彳正亻言吗", "征", "彳正"),
    ("看征亻言吗", "征信", "征亻言"),
    ("就是马扁子", "骗", "马扁"),
    ("马马扁子", "骗", "马扁"),
    # Stand-ins.
    ("加V信吧", "微信", "V信"),
    ("加v x吧", "加微信", "加v x"),
    ("加我vx123", "微信", "vx"),
    ("用zfb付", "支付宝", "zfb"),
    ("用支f宝付", "支付宝", "支f宝"),
    ("把S F Z发来", "身份证", "S F Z"),
    ("弄s你", "弄死", "弄s"),
    ("加V信转", "加微信转", "加V信转"),
    ("加我V吧", "微信", "V"),
    ("支f宝", "付", "f"),
    # Said again and again.
    ("包包包过", "包过", "包包包过"),
    ("包过过过", "包过", "包过过过"),
    ("包 包—包🙂过", "包过", "包 包—包🙂过"),
    ("天天天上班", "天上", "天天天上"),
]


@pytest.mark.parametrize(("text", "words", "original"), COVERED)
def test_what_is_meant_is_found_where_the_disguise_stands(text: str, words: str, original: str) -> None:
    spelling = folded(text)
    at = spelling.text.find(words)
    assert at >= 0, spelling.text
    span = spelling.span(at, at + len(words))
    assert text[span.start : span.end] == original


@pytest.mark.parametrize(
    "text",
    [
        "", "包过", "征信", "微信", "7.20", "9.9", "2026", "4000000000", "app", "vip客户", "scan", "waxy", "vxworks",
        "加vxworks", "world", "ol", "lol", "oo", "百分", "百分之五", "百分之一百二", "百分之百二", "二百",
        "天地", "aabb", "loo获批",
    ],
)  # fmt: skip
def test_what_means_itself_stays_as_it_is(text: str) -> None:
    assert undisguised(text) is None


@pytest.mark.parametrize(
    ("text", "named", "spelling"),
    [
        ("7.20起", (), None),
        ("7.20起", ("七点二零",), "七点二零起"),
        ("还7天", (), None),
        ("还7天", ("七",), "还七天"),
        ("还7天", ("七十七",), None),
        ("还77天", ("七",), None),
        ("第1名", ("一",), "第一名"),
        ("满100", (), "满一百"),
        ("满100.5", (), None),
        ("2%", (), None),
        ("2%", ("二",), "百分之二"),
        ("二%", (), "百分之二"),
    ],
)
def test_only_numerals_that_a_rule_names_are_written_in_chinese(
    text: str, named: Collection[str], spelling: str | None
) -> None:
    found = undisguised(text, named)
    assert (found.folded.text if found else None) == spelling


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("0", "零"), ("1", "一"), ("10", "十"), ("11", "十一"), ("20", "二十"), ("100", "一百"), ("101", "一百零一"),
        ("110", "一百一十"), ("115", "一百一十五"), ("1000", "一千"), ("1001", "一千零一"), ("1010", "一千零一十"),
        ("1100", "一千一百"), ("10000", "一万"), ("10001", "一万零一"), ("12000", "一万二千"), ("10500", "一万零五百"),
        ("100000", "十万"), ("120000", "十二万"), ("10000000", "一千万"), ("99990000", "九千九百九十九万"),
        ("123456789", "一二三四五六七八九"), ("007", "零零七"), ("00", "零零"), ("3.6", "三点六"), ("7.20", "七点二零"),
        ("0.05", "零点零五"), ("00.5", "零零点五"), ("1234567890.12", "一二三四五六七八九零点一二"),
    ],
)  # fmt: skip
def test_a_numeral_is_said_in_chinese(written: str, said: str) -> None:
    assert in_chinese(written) == said


@settings(deadline=None)
@given(st.integers(0, 99_999_999))
def test_a_numeral_said_in_chinese_is_read_back(value: int) -> None:
    reading = read(in_chinese(str(value)))
    assert reading is not None
    assert (int(reading.value), reading.vague) == (value, False)


@pytest.mark.parametrize(
    ("words", "spelling", "doubles"),
    [
        ("包过", "包过", ()),
        ("天天催", "天催", ((0, 2),)),
        ("多多多看看", "多看", ((0, 3), (1, 2))),
        ("等一等", "等一等", ()),
        ("100%", "百分百", ()),
        ("100%%天天", "百分百%天", ((4, 2),)),
        ("两万", "二万", ()),
        ("app", "app", ()),
        ("7.20起", "七点二零起", ()),
        ("微信", "微信", ()),
    ],
)
def test_words_of_a_rule_are_undisguised_like_texts(
    words: str, spelling: str, doubles: tuple[tuple[int, int], ...]
) -> None:
    assert undisguised_words(words) == (spelling, doubles)


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("包过", None),
        ("包包过", [2, 1]),
        ("包包包过过", [3, 2]),
        ("一包包", [1, 2]),
        ("20天天", [1, 1, 2]),
        ("彳正信", [1, 1]),
    ],
)
def test_it_is_known_how_often_a_character_was_repeated(text: str, runs: list[int] | None) -> None:
    found = undisguised(text)
    assert (list(found.runs) if found else None) == runs


def test_a_double_asks_for_as_many_or_more() -> None:
    assert is_repeated(None, ())
    assert not is_repeated(None, [(0, 2)])
    assert is_repeated([3, 1, 2], [(0, 2), (2, 2)])
    assert not is_repeated([3, 1, 2], [(0, 2), (1, 2)])


def test_the_numerals_of_a_word_are_its_runs() -> None:
    assert list(numerals_in("一定三十六期百分百app万")) == ["一", "三十六", "百", "百", "万"]
    assert list(numerals_in("包过")) == []


@pytest.mark.parametrize(
    ("text", "spoken", "words", "original"),
    [
        ("加我➕微❤吧", "加我加微信吧", "加微信", "➕微❤"),
        ("+vx", "加微信", "加微信", "+vx"),
        ("请 +V信", "请加微信", "加微信", "+V信"),
        ("看征❤吗", "看征信吗", "征信", "征❤"),
        ("看征❤️吗", "看征信吗", "征信", "征❤"),
    ],
)
def test_words_are_read_where_symbols_stand_for_them(text: str, spoken: str, words: str, original: str) -> None:
    found = with_words_for_symbols(fold(text, Folding.PLAIN))
    assert found is not None
    assert found.text == spoken
    at = found.text.rindex(words)
    span = found.span(at, at + len(words))
    assert text[span.start : span.end] == original


@pytest.mark.parametrize("text", ["", "微信", "爱❤你", "1+1", "加vx", "❤微", "c++"])
def test_symbols_that_stand_for_no_word_are_left_alone(text: str) -> None:
    assert with_words_for_symbols(fold(text, Folding.PLAIN)) is None


def test_every_split_and_every_stand_in_is_undone() -> None:
    missed = [parts for parts, whole in SPLIT.items() if folded(whole).text != folded(f"，{parts}，").text]
    words = {word: meant for word, meant in STAND_INS.items() if word.isalnum()}
    missed += [word for word, meant in words.items() if folded(f"，{word}，").text != folded(meant).text]
    assert missed == []


PIECES = st.sampled_from(
    [
        *"百分之一二两壹佰%％.1０ol包过天征信 -🙂，\u200b\ue000𠮷",
        "100%",
        "彳正",
        "v信",
        "vx",
        "<b>",
        "&#49;",
        "7.20",
        "马扁",
        "力口我",
        "+vx",
        "❤",
    ]
)


@settings(deadline=None)
@given(st.one_of(st.lists(PIECES).map("".join), st.text()), st.booleans())
def test_places_rise_within_the_text(text: str, is_every: bool) -> None:
    for found in (
        undisguised(text, NAMED | {in_chinese("7.20")} if is_every else ()),
        with_words_for_symbols(fold(text, Folding.PLAIN)),
    ):
        if found is None:
            continue
        spelling = found.folded if isinstance(found, Undisguised) else found
        starts, ends = map(list, spelling.offsets)
        assert len(starts) == len(ends) == len(spelling.text)
        assert starts == sorted(starts)
        assert ends == sorted(ends)
        assert all(0 <= start < end <= len(text) for start, end in zip(starts, ends, strict=True))
        if isinstance(found, Undisguised):
            assert len(found.runs) == len(spelling.text)
            assert min(found.runs, default=1) >= 1


def test_words_of_the_rules_are_found_in_undisguised_texts(lexicon: Lexicon) -> None:
    tried, missed = 0, []
    for family in lexicon.families:
        for rule in family.rules if family.folding is Folding.TIGHT else ():
            for phrase in rule.phrases:
                spelling, doubles = undisguised_words(fold(phrase, Folding.TIGHT).text)
                named = frozenset(numerals_in(spelling))
                found = undisguised(phrase, named)
                tried += found is not None
                text = found.folded.text if found else fold(phrase, Folding.TIGHT).text
                if text != spelling or not is_repeated(found.runs if found else None, doubles):
                    missed.append(phrase)
    assert missed == []
    assert tried > 60


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("100%获批", "百分百获批"),
        ("壹佰块", "一百块"),
        ("两万", "二万"),
        ("3.6%", "百分之三点六"),
        ("还20天", "还二十天"),
        ("", ""),
    ],
)
def test_all_numerals_of_a_text_are_written_in_chinese(text: str, said: str) -> None:
    assert with_chinese_numerals(text) == said


@pytest.mark.parametrize("character", ["一", "百", "o", "1", "彳", "v", "包", "%", "."])
def test_a_long_text_of_one_character_is_read_once(character: str) -> None:
    text = character * 50_000
    assert folded(f"{text}满100").text.endswith("满一百")


def test_the_span_of_one_numeral_is_indivisible() -> None:
    spelling = folded("还20天")
    assert spelling.text == "还二十天"
    assert [spelling.is_within(place) for place in range(5)] == [False, False, True, False, False]
    assert spelling.span(1, 2) == spelling.span(2, 3) == Span(1, 3)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A copy of the guards and their tables, to be broken: tables are read once in a process."""
    shutil.copytree(ROOT / "guards", tmp_path / "guards", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "lexicons", tmp_path / "lexicons")
    return tmp_path


def said_by(program: str, folder: Path) -> list[str]:
    """The lines that a program prints when it runs in a folder."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_entries_that_no_text_can_match_are_named(elsewhere: Path) -> None:
    assert list(idle_entries()) == []
    added = {"split": "亻Z\t信", "risky_look_alikes": "貨\t贷", "stand_ins": "VX號\t微信号", "look_alikes": "☎\t貸"}
    last = {}
    for name, line in added.items():
        file = elsewhere / "lexicons" / "_spelling" / f"{name}.tsv"
        file.write_text(file.read_text("utf-8") + f"{line}\n", "utf-8")
        last[name] = f"{file}:{len(file.read_text('utf-8').splitlines())}"
    assert said_by("from guards.text.idle import idle_entries\nprint(*idle_entries(), sep='\\n')", elsewhere) == [
        f"{last['split']}: 亻Z would never be found; text is read as 亻z",
        f"{last['risky_look_alikes']}: 貨 would never be found; text is read as 货",
        f"{last['stand_ins']}: VX號 would never be found; text is read as vx号",
        f"{last['look_alikes']}: ☎ is read as 贷, not as 貸",
    ]


def test_idle_entries_of_any_tables_are_told_with_their_place() -> None:
    tables = {"split": {"亻Z": "信", "亻言": "信"}, "stand_ins": {"vx": "微信", "VX號": "微信号", "yhk": "银行卡。"}}
    assert list(idle(tables, {"☎": "貸", "Ａ": "a"}, lambda name, written: f"{name}/{written}")) == [
        "split/亻Z: 亻Z would never be found; text is read as 亻z",
        "stand_ins/VX號: VX號 would never be found; text is read as vx号",
        "stand_ins/yhk: 银行卡。 would never be found; words are read as 银行卡",
        "look_alikes/☎: ☎ is read as ☎, not as 貸",
    ]


def test_no_import_reads_a_table_and_no_text_is_read_without_them(elsewhere: Path) -> None:
    shutil.rmtree(elsewhere / "lexicons")
    program = (
        "import importlib, pkgutil, guards\n"
        "for found in pkgutil.walk_packages(guards.__path__, 'guards.'): importlib.import_module(found.name)\n"
        "from guards.text.folding import Folding, fold\n"
        "from guards.errors import DataFileError\n"
        "try: fold('好', Folding.PLAIN)\n"
        "except DataFileError as missing: print(missing)"
    )
    (told,) = said_by(program, elsewhere)
    assert told.startswith(f"{elsewhere}/lexicons/_spelling/look_alikes.tsv:1: cannot be read")
