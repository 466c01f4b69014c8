"""The tables of disguises: each entry leads to one plain character or word, and none occurs in honest writing."""

import re
import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from guards.errors import DataFileError
from guards.lexicon.reader import Lexicon
from guards.text.lookalikes import (
    FOLDER,
    SHAPES,
    Shape,
    broken_lines,
    look_alikes,
    place_of,
    read_table,
    risky_look_alikes,
    split,
    stand_ins,
)

LOOK_ALIKES = look_alikes()
RISKY_LOOK_ALIKES = risky_look_alikes()
SPLIT = split()
STAND_INS = stand_ins()

ROOT = Path(__file__).parents[3]
HONEST_FILES = [
    *sorted((ROOT / "finetune/corpus").rglob("*.yaml")),
    *sorted(path for path in (ROOT / "prompts").rglob("*") if path.is_file()),
    *sorted((ROOT / "evals/cases").glob("*.jsonl")),
    *sorted((ROOT / "tests/guards").glob("benign*.t*")),
]


def pairs(arrows: str) -> dict[str, str]:
    """What is written and what is meant, from `曰→日 …`."""
    return {written: meant for written, _, meant in (arrow.partition("→") for arrow in arrows.split())}


# Keys that must never be lost, and what they stand for.
KNOWN_SPLITS = pairs(
    "彳正→征 亻言→信 讠正→证 氵去→法 亻崔→催 亻责→债 代贝→贷 马扁→骗 扌比→批 亻呆→保 钅戋→钱 忄白→怕 "
    "禾刂→利 贝者→赌 石马→码 白勺→的 辶寸→过 言正→证 金戋→钱 次贝→资 彳亍→行"
)
KNOWN_LOOK_ALIKES = pairs(
    "曰→日 囗→口 兔→免 冼→洗 帐→账 銭→钱 図→图 気→气 価→价 済→济 経→经 対→对 応→应 売→卖 両→两 戸→户 "
    "а→a е→e о→o р→p с→c х→x ν→v ι→i ᴠ→v ニ→二 ハ→八 カ→力 タ→夕 ト→卜 エ→工"
)
KNOWN_STAND_INS = {
    "v信": "微信", "vx": "微信", "wx": "微信", "微❤": "微信", "zfb": "支付宝", "支f宝": "支付宝", "yhk": "银行卡",
    "sfz": "身份证", "yzm": "验证码", "hmd": "黑名单", "bzj": "保证金", "dk": "贷款", "yq": "逾期", "fy": "法院",
    "加v": "加微信", "+vx": "加微信", "力口我": "加我", "弄s": "弄死",
}  # fmt: skip


def is_han(character: str) -> bool:
    """Whether it is a Chinese character, a radical on its own included."""
    return unicodedata.name(character, "").startswith("CJK UNIFIED IDEOGRAPH") or character == "〇"


def honest_texts(lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """Each line that is meant to be said, and where it stands."""
    for path in HONEST_FILES:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            yield f"{path.relative_to(ROOT)}:{number}", line.lower()
    for rule in lexicon.phrase_rules():
        for miss in rule.examples.misses:
            yield rule.id, miss.lower()


def rule_words(lexicon: Lexicon) -> Iterator[str]:
    """Every phrase, exception and pattern of every rule."""
    for rule in lexicon.phrase_rules():
        yield from (*rule.phrases, *rule.exceptions, *rule.patterns)
    for disclosure in lexicon.disclosures:
        yield from (*disclosure.phrases, *disclosure.patterns)


def stands_alone(key: str) -> re.Pattern[str]:
    """Finds a stand-in beside whose letters no further ASCII letter stands."""
    before = "(?<![a-z])" if key[0].isascii() and key[0].isalpha() else ""
    after = "(?![a-z])" if key[-1].isascii() and key[-1].isalpha() else ""
    return re.compile(before + re.escape(key) + after)


@pytest.mark.parametrize(
    ("table", "known"),
    [(SPLIT, KNOWN_SPLITS), (LOOK_ALIKES, KNOWN_LOOK_ALIKES), (STAND_INS, KNOWN_STAND_INS)],
    ids=["split", "look-alikes", "stand-ins"],
)
def test_the_usual_disguises_are_known(table: dict[str, str], known: dict[str, str]) -> None:
    assert {key: table.get(key) for key in known} == known


def test_a_split_is_two_to_four_characters_that_form_one() -> None:
    assert len(SPLIT) > 400
    for parts, whole in SPLIT.items():
        assert 2 <= len(parts) <= 4, parts
        assert all(map(is_han, parts)), parts
        assert len(whole) == 1, parts
        assert is_han(whole), parts
        assert whole not in parts, parts


@pytest.mark.parametrize("table", [LOOK_ALIKES, RISKY_LOOK_ALIKES], ids=["safe", "risky"])
def test_a_look_alike_is_one_character_for_one_plain_character(table: dict[str, str]) -> None:
    for written, meant in table.items():
        assert len(written) == 1
        assert len(meant) == 1, written
        assert re.fullmatch("[a-z0-9]", meant) or is_han(meant), written
        assert not re.fullmatch("[a-z0-9]", written), written


def test_nothing_is_read_twice() -> None:
    canonical = {**LOOK_ALIKES, **RISKY_LOOK_ALIKES}
    assert not LOOK_ALIKES.keys() & RISKY_LOOK_ALIKES.keys()
    assert [key for key, meant in canonical.items() if meant in canonical] == []
    assert [key for key, whole in SPLIT.items() if whole in LOOK_ALIKES] == []
    alone = [stands_alone(key) for key in STAND_INS]
    assert [word for word in STAND_INS.values() if any(pattern.search(word) for pattern in alone)] == []
    assert [key for key, word in STAND_INS.items() if any(parts in word for parts in SPLIT)] == []


def test_parts_are_written_as_look_alikes_are_read() -> None:
    assert [parts for parts in SPLIT if any(part in LOOK_ALIKES for part in parts)] == []
    assert [key for key in STAND_INS if any(character in LOOK_ALIKES for character in key)] == []


def test_no_split_and_no_safe_look_alike_stands_in_honest_text(lexicon: Lexicon) -> None:
    assert {"finetune", "prompts", "evals", "tests"} == {path.relative_to(ROOT).parts[0] for path in HONEST_FILES}
    seen = 0
    found = []
    for place, line in honest_texts(lexicon):
        tight = re.sub(r"[\W_]+", "", line)
        seen += bool(tight)
        found += [f"{place}: {parts} for {SPLIT[parts]}" for parts in SPLIT if parts in tight]
        found += [f"{place}: {character}" for character in line if character in LOOK_ALIKES]
    assert seen > 3000
    assert found == []


def test_no_split_and_no_safe_look_alike_stands_in_the_words_of_a_rule(lexicon: Lexicon) -> None:
    words = list(rule_words(lexicon))
    assert words
    assert [(key, word) for word in words for key in SPLIT if key in word] == []
    assert [(character, word) for word in words for character in word if character in LOOK_ALIKES] == []


def test_no_stand_in_stands_in_honest_text_or_in_a_rule(lexicon: Lexicon) -> None:
    texts = [*(line for _, line in honest_texts(lexicon)), *(word.lower() for word in rule_words(lexicon))]
    patterns = {key: stands_alone(key) for key in STAND_INS}
    assert [(key, text) for text in texts for key in STAND_INS if key in text and patterns[key].search(text)] == []


def test_a_stand_in_mixes_signs_with_letters_or_characters_and_means_a_word() -> None:
    for written, meant in STAND_INS.items():
        assert written == written.lower()
        assert len(written) >= 2
        assert written != meant
        assert sum(map(is_han, meant)) >= 2 or meant.endswith("qq"), written


@pytest.mark.parametrize(
    "honest",
    [
        "请在app里操作", "vip客户专线", "etc信用卡办理", "到atm取现", "otp不要告诉别人", "kyc审核", "hr打来的电话",
        "公司的ceo", "pos机刷卡", "短信sms通知", "apr按年计算", "lpr利率", "qq邮箱", "我的vip权益", "加vip群",
        "wechatpay", "cs:go", "sb社保", "sg地区", "txline", "dkny", "我们v2.0版本", "下载xykey", "ai语音助手",
        "2026fyear", "nfc支付", "pdf合同", "3c数码", "5g网络", "usb接口", "wifi密码", "irr测算", "zx",
    ],
)  # fmt: skip
def test_honest_abbreviations_are_no_stand_ins(honest: str) -> None:
    assert [key for key in STAND_INS if stands_alone(key).search(honest)] == []


ANY = Shape(range(1, 9), range(1, 9))


def test_comments_and_empty_lines_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "table.tsv"
    file.write_text("# 征\n彳正\t征\n\n+q\t加qq\n", "utf-8")
    assert read_table(file, ANY) == {"彳正": "征", "+q": "加qq"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("彳正 征", "a tab between"),
        ("彳正\t", "a tab between"),
        ("\t征", "a tab between"),
        ("彳正\t征\t证", "a tab between"),
        ("征\t征", "a tab between"),
        ("亻言\t信", "stands already above"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, told: str) -> None:
    file = tmp_path / "table.tsv"
    file.write_text(f"亻言\t信\n{line}\n", "utf-8")
    with pytest.raises(DataFileError, match=f"^{file}:2: .*{told}"):
        read_table(file, ANY)


@pytest.mark.parametrize(
    ("name", "line", "problem"),
    [
        ("split", "Z\t信", "Z must have 2 to 4 characters"),
        ("split", "亻言\t信用", "信用 must have 1 characters"),
        ("stand_ins", "Z\t微信", "Z must have 2 to 12 characters"),
        ("stand_ins", "v信\t信", "信 must have 2 to 12 characters"),
        ("look_alikes", "ab\tc", "ab must have 1 characters"),
        ("risky_look_alikes", "货\t贷款", "贷款 must have 1 characters"),
    ],
)
def test_an_entry_of_another_length_than_its_table_has_is_named(
    tmp_path: Path, name: str, line: str, problem: str
) -> None:
    file = tmp_path / f"{name}.tsv"
    file.write_text(f"# none\n{line}\n", "utf-8")
    with pytest.raises(DataFileError) as raised:
        read_table(file, SHAPES[name])
    assert raised.value.problems == [f"{file}:2: {problem}"]


def test_all_problems_of_all_tables_are_named_at_once(tmp_path: Path) -> None:
    copy = shutil.copytree(FOLDER, tmp_path / "_spelling")
    assert list(broken_lines(copy)) == []
    (copy / "split.tsv").unlink()
    (copy / "look_alikes.tsv").write_bytes(b"\xff")
    (copy / "risky_look_alikes.tsv").write_text("# empty\n", "utf-8")
    (copy / "stand_ins.tsv").write_text("Z\nvx\t微信\nvx\t微信\n", "utf-8")
    found = [problem.removeprefix(f"{copy}/") for problem in broken_lines(copy)]
    assert [": ".join(problem.split(": ")[:2]) for problem in found] == [
        "split.tsv:1: cannot be read",
        "look_alikes.tsv:1: cannot be read",
        "risky_look_alikes.tsv:1: holds no entry",
        "stand_ins.tsv:1: two different spellings with a tab between them are expected",
        "stand_ins.tsv:3: vx stands already above",
    ]


def test_each_table_says_in_its_first_lines_what_it_holds() -> None:
    files = sorted(FOLDER.glob("*.tsv"))
    assert [file.stem for file in files] == [
        "abbreviations",
        "emoji",
        "look_alikes",
        "risky_look_alikes",
        "similar",
        "split",
        "stand_ins",
    ]
    assert all(file.read_text("utf-8").startswith("# ") for file in files)


def test_an_entry_is_found_on_its_line() -> None:
    written = next(iter(SPLIT))
    file, _, line = place_of("split", written).rpartition(":")
    assert Path(file).read_text("utf-8").splitlines()[int(line) - 1].startswith(f"{written}\t")
