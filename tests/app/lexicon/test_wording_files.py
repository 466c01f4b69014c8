"""Files of approved wording are changed text by text: what was asked for is changed, and not a byte besides."""

import copy
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from app.approved.replies import BRIDGES_FILE, REPLIES_FILE
from app.approved.wording import FALLBACKS_FILE, STITCH_FILE
from app.lexicon.wording_files import Beside, EntangledTextError, Spot, Stored, WordingFiles, quoted
from guards.lexicon.documents import DocumentError
from tests.app.lexicon.wordings import BODY, BRIDGE, FILES, REPLY, SEGMENT, WORDS, read

NEW = "换成：“{产品名}”# 'a' \\ {年化利率}。"
SHIPPED = read(WORDS)
LISTED = [stored for stored in FILES.lines.values() if stored.spots[0].many is not None]
"""Texts beside which others may stand."""
ODD = [
    "他说：“好”，她说'不'。",
    'a "b" c',
    "键: 值",
    "一 # 不是注释",
    "{产品名}",
    "{",
    "[甲, 乙]",
    "\\n \\u0041 \\",
    "好😀𠮷。",
    "，。！？：；（）【】「」",
    "是",
    *("yes", "no", "on", "null", "~", "true", "1.5", "0x1F", "1e3", "2026-11-29", "12:30:45"),
    "- 甲",
    "? 甲",
    "! 甲",
    "& 甲",
    "* 甲",
    "| 甲",
    "> 甲",
    "% 甲",
    "@ 甲",
    "` 甲",
    "---",
    "...",
    "<<",
    "=",
    "好" * 400,
]
"""Words that mean something to YAML, or look as if they did."""
Change = Callable[[Any], Any]


def _of(name: str, content: str) -> WordingFiles:
    """The shipped files with another one in place of this one."""
    return WordingFiles({**WORDS, name: content.encode()})


def _id(files: WordingFiles, text: str) -> str:
    return next(name for name, stored in files.lines.items() if stored.text == text)


def _where(data: Any, spot: Spot) -> tuple[Any, Any]:
    """What holds a text, and under which name or number."""
    holder = data[spot.file]
    for step in spot.path[:-1]:
        holder = holder[step]
    return holder, spot.path[-1]


def _edited(stored: Stored, new: str) -> tuple[dict[str, bytes], Any]:
    """The shipped files with other words in each spot of a text, cut and pasted; and what they then say."""
    texts, data = {name: content.decode() for name, content in WORDS.items()}, copy.deepcopy(SHIPPED)
    for spot in sorted(stored.spots, key=lambda each: -each.node.start_mark.index):
        text = texts[spot.file]
        texts[spot.file] = text[: spot.node.start_mark.index] + quoted(new) + text[spot.node.end_mark.index :]
        holder, key = _where(data, spot)
        holder[key] = new
    return {name: text.encode() for name, text in texts.items()}, data


def test_every_text_of_the_files_is_known_once_and_said_where_it_stands() -> None:
    assert len(FILES.lines) == len({stored.text for stored in FILES.lines.values()}) > 200
    assert sum(len(stored.spots) for stored in FILES.lines.values()) == len(FILES.spots)
    for stored in FILES.lines.values():
        for spot in stored.spots:
            holder, key = _where(SHIPPED, spot)
            assert holder[key] == stored.text
            assert FILES.at(spot.file, spot.path) == stored.text
    assert FILES.at(BRIDGES_FILE, (99, "text")) is None


def test_an_edit_of_any_text_changes_it_in_all_its_spots_and_not_a_byte_besides() -> None:
    for stored in FILES.lines.values():
        changed = FILES.changed({stored.id: NEW}, [], [])
        expected, data = _edited(stored, NEW)
        assert changed == expected, stored.text
        own = {spot.file for spot in stored.spots}
        assert read({name: changed[name] for name in own}) == {name: data[name] for name in own}, stored.text


@pytest.mark.parametrize("is_before", [True, False])
def test_a_text_is_put_beside_any_other_under_the_same_conditions(is_before: bool) -> None:
    for stored in LISTED:
        changed = FILES.changed({}, [Beside(stored.id, NEW, is_before)], [])
        data = copy.deepcopy({name: SHIPPED[name] for name in {spot.file for spot in stored.spots}})
        for spot in reversed(stored.spots):
            many, place = _place(data, spot)
            new = NEW if spot.file == REPLIES_FILE else {**many[place], "text": NEW}
            many.insert(place if is_before else place + 1, new)
        assert read({name: changed[name] for name in data}) == data, stored.text
        _only_grew(changed, stored)


def _place(data: Any, spot: Spot) -> tuple[list[Any], int]:
    """The list in which a text stands, and its number there."""
    path = spot.path[:-1] if spot.file == FALLBACKS_FILE else spot.path
    many = data[spot.file]
    for step in path[:-1]:
        many = many[step]
    number = path[-1]
    assert isinstance(number, int)
    return many, number


def _only_grew(changed: dict[str, bytes], stored: Stored) -> None:
    """In a list of lines there is one more for each spot, and the others are as they were."""
    for name, content in changed.items():
        spots = [spot for spot in stored.spots if spot.file == name]
        if not spots:
            assert content == WORDS[name]
        elif name == FALLBACKS_FILE:
            lines = [line for line in content.splitlines(keepends=True) if NEW.encode() not in line.replace(b"\\", b"")]
            added = len(content.splitlines()) - len(WORDS[name].splitlines())
            assert added == len(spots)
            assert [line for line in lines if quoted(NEW).encode() not in line] == WORDS[name].splitlines(keepends=True)


def test_any_text_is_retired_where_more_than_one_stands() -> None:
    retired = 0
    for stored in LISTED:
        files = {spot.file for spot in stored.spots}
        data = copy.deepcopy({name: SHIPPED[name] for name in files})
        lists = []
        for spot in reversed(stored.spots):
            many, place = _place(data, spot)
            del many[place]
            lists.append(many)
        if not all(lists):
            continue
        retired += 1
        changed = FILES.changed({}, [], [stored.id])
        assert read({name: changed[name] for name in files}) == data, stored.text
        assert {name: changed[name] for name in WORDS if name not in files} == {
            name: WORDS[name] for name in WORDS if name not in files
        }
        if FALLBACKS_FILE in files:  # a list of lines: the others stay
            text = stored.spots[0].text.encode()
            gone = [line for line in WORDS[FALLBACKS_FILE].splitlines() if text in line]
            assert len(gone) == len(stored.spots)
            assert set(changed[FALLBACKS_FILE].splitlines()) <= set(WORDS[FALLBACKS_FILE].splitlines())
    assert retired > 100


@pytest.mark.parametrize("new", ODD)
def test_odd_words_are_said_as_they_are_wherever_they_stand(new: str) -> None:
    for text in (BODY, REPLY, BRIDGE, SEGMENT):
        stored = next(each for each in FILES.lines.values() if each.text == text)
        changed = FILES.changed({stored.id: new}, [Beside(stored.id, new)] if text in (BODY, REPLY) else [], [])
        name = stored.spots[0].file
        data = read({name: changed[name]})
        for spot in stored.spots:
            holder, key = _where(data, spot)
            assert holder[key] == new
        if text in (BODY, REPLY):
            many, place = _place(data, stored.spots[0])
            behind = many[place + 1]
            assert (behind if text == REPLY else behind["text"]) == new


def _cell(*lines: str) -> str:
    return "\n".join(["# 头", "- scenario: acquisition", "  generation: gen_z", "  bodies:", *lines])


BLOCK = _cell(
    "  - text: 甲 # 一", "    offers: [waiver]", "  # 二", "  - text: '乙'", "  - {text: 丙} # 三", "# 尾", ""
)
FLOW = "- tag: a\n  texts: ['甲', \"乙\" , 丙]  # 注\n  kept: true\n"


@pytest.mark.parametrize(
    ("name", "before", "edits", "adds", "retires", "after"),
    [
        (
            FALLBACKS_FILE,
            BLOCK,
            {"甲": "子"},
            [("丙", "丑", False), ("丙", "寅", True)],
            ["乙"],
            _cell('  - text: "子" # 一', "    offers: [waiver]", "  # 二", '  - {"text": "寅"}', "  - {text: 丙} # 三")
            + '\n  - {"text": "丑"}\n# 尾\n',
        ),
        (
            FALLBACKS_FILE,
            BLOCK,
            {},
            [("甲", "子", True), ("甲", "丑", True), ("甲", "寅", False), ("乙", "卯", True), ("乙", "辰", False)],
            ["甲", "乙"],
            _cell('  - {"text": "子", "offers": ["waiver"]}', '  - {"text": "丑", "offers": ["waiver"]}')
            + '\n  - {"text": "寅", "offers": ["waiver"]}\n  # 二\n  - {"text": "卯"}\n  - {"text": "辰"}'
            + "\n  - {text: 丙} # 三\n# 尾\n",
        ),
        (
            REPLIES_FILE,
            FLOW,
            {"甲": "子"},
            [("丙", "丑", True), ("丙", "寅", False)],
            ["乙"],
            '- tag: a\n  texts: ["子", "丑", 丙, "寅"]  # 注\n  kept: true\n',
        ),
        (REPLIES_FILE, FLOW, {}, [], ["甲", "丙"], '- tag: a\n  texts: ["乙"]  # 注\n  kept: true\n'),
        (
            REPLIES_FILE,
            "- texts: [甲]\n- texts: [乙, 甲, 丙]\n- texts:\n  - 甲\n  - 丁\n",
            {},
            [("甲", "子", False)],
            [],
            '- texts: [甲, "子"]\n- texts: [乙, 甲, "子", 丙]\n- texts:\n  - 甲\n  - "子"\n  - 丁\n',
        ),
        (
            FALLBACKS_FILE,
            "- {scenario: a, bodies: [{text: 甲, replies: true}, {text: 乙}]}\n",
            {"甲": "丙"},
            [("甲", "丁", False)],
            ["乙"],
            '- {scenario: a, bodies: [{"text": "丙", "replies": true}, {"text": "丁", "replies": true}]}\n',
        ),
    ],
)
def test_several_things_are_done_to_one_list_at_once(
    name: str,
    before: str,
    edits: dict[str, str],
    adds: Sequence[tuple[str, str, bool]],
    retires: Sequence[str],
    after: str,
) -> None:
    files = _of(name, before)
    changed = files.changed(
        {_id(files, old): new for old, new in edits.items()},
        [Beside(_id(files, old), new, is_before) for old, new, is_before in adds],
        [_id(files, old) for old in retires],
    )
    assert changed == {**WORDS, name: after.encode()}


@pytest.mark.parametrize(
    ("shape", "old"),
    [
        (lambda text: text.replace("\n", "\r\n"), "甲"),
        (lambda text: "\ufeff" + text, "甲"),
        (lambda text: "\ufeff---\n" + text + "...\n", "甲"),
        (lambda text: "%YAML 1.3\n---\n" + text, "甲"),  # PyYAML takes what libyaml refuses
        (lambda text: text.replace("text: 甲", "text: &a 甲"), "甲"),
        (lambda text: text.replace("text: 甲", "text: !!str 甲"), "甲"),
        (lambda text: text.replace("text: 甲", "? text\n      : 甲"), "甲"),
        (lambda text: text.replace("text: 甲", "text:   甲\n            乙"), "甲 乙"),
        (lambda text: text.replace("text: 甲", "text: |\n        甲"), "甲\n"),
        (lambda text: text.replace("text: 甲", "text: |-\n        甲\n"), "甲"),
        (lambda text: text.replace("text: 甲", "text: >-\n        甲\n        乙"), "甲 乙"),
        (lambda text: text.replace("text: 甲", "text: |+\n        甲\n\n"), "甲\n\n\n"),
        (lambda text: text.replace("# 头", "# 头\U0001f600𠮷\u2028"), "甲"),
        (lambda text: text.replace("    - ", "    -   ").replace("      r", "        r"), "甲"),
        (lambda text: text.replace("    -", "  -").replace("      r", "    r"), "甲"),
    ],
)
@pytest.mark.parametrize("act", ["edit", "before", "behind", "retire"])
def test_files_of_any_shape_are_changed_where_the_text_stands(shape: Callable[[str], str], old: str, act: str) -> None:
    plain = _cell("    - text: 首", "    - text: 甲", "      replies: true", "    # 注", "    - text: 尾 # 完", "")
    files = _of(FALLBACKS_FILE, shape(plain))
    name, text = _id(files, old), files.contents[FALLBACKS_FILE].decode()
    given: dict[str, tuple[dict[str, str], list[Beside], list[str]]] = {
        "edit": ({name: "子"}, [], []),
        "before": ({}, [Beside(name, "子", is_before=True)], []),
        "behind": ({}, [Beside(name, "子")], []),
        "retire": ({}, [], [name]),
    }
    changed = files.changed(*given[act])
    other, own = {"text": "子", "replies": True}, {"text": old, "replies": True}
    bodies = {"edit": [other], "before": [other, own], "behind": [own, other], "retire": []}[act]
    [cell] = read({FALLBACKS_FILE: changed[FALLBACKS_FILE]})[FALLBACKS_FILE]
    assert cell["bodies"] == [{"text": "首"}, *bodies, {"text": "尾"}]
    after = changed[FALLBACKS_FILE].decode()
    for kept in ("# 头", "首", "# 注", "尾 # 完"):
        assert kept in after
    assert after.startswith("\ufeff") is text.startswith("\ufeff")
    assert ("\r\n" in after) is ("\r\n" in text)
    assert after.count("\r\n") in (0, after.count("\n"))
    assert {each: changed[each] for each in WORDS if each != FALLBACKS_FILE} == {
        each: content for each, content in WORDS.items() if each != FALLBACKS_FILE
    }


@pytest.mark.parametrize(
    ("edits", "adds", "retires", "after"),
    [
        ({"乙": "子"}, [], [], ["    - text: 甲", '    - text: "子"']),
        ({}, [("乙", "子", False)], [], ["    - text: 甲", "    - text: 乙", '    - {"text": "子"}']),
        ({}, [("乙", "子", True)], [], ["    - text: 甲", '    - {"text": "子"}', "    - text: 乙"]),
        ({}, [], ["乙"], ["    - text: 甲", ""]),
    ],
)
def test_a_file_may_end_without_a_line_break(
    edits: dict[str, str], adds: Sequence[tuple[str, str, bool]], retires: Sequence[str], after: Sequence[str]
) -> None:
    files = _of(FALLBACKS_FILE, _cell("    - text: 甲", "    - text: 乙"))
    changed = files.changed(
        {_id(files, old): new for old, new in edits.items()},
        [Beside(_id(files, old), new, is_before) for old, new, is_before in adds],
        [_id(files, old) for old in retires],
    )
    assert changed[FALLBACKS_FILE].decode() == _cell(*after)


@pytest.mark.parametrize(
    "content",
    [
        _cell("    -", "      text: 甲", "    - text: 乙", ""),
        _cell("    - text: 甲 # 注\u2028    - text: 乙", "    - text: 丙", ""),
        _cell("    - text: 甲 # 注", "    - text: 乙", "").replace("\n", "\r"),
    ],
)
def test_what_cannot_be_taken_out_alone_is_refused_with_its_line_and_can_still_be_edited(content: str) -> None:
    files = _of(FALLBACKS_FILE, content)
    name = _id(files, "甲")
    for adds, retires in (([Beside(name, "子")], []), ([], [name])):
        with pytest.raises(EntangledTextError, match=r"fallbacks\.yaml:\d+: ") as tangled:
            files.changed({}, adds, retires)
        assert tangled.value.spot.text == "甲"
    changed = files.changed({name: "子"}, [], [])[FALLBACKS_FILE]
    [cell] = read({FALLBACKS_FILE: changed})[FALLBACKS_FILE]
    assert [body["text"] for body in cell["bodies"]][:2] == ["子", "乙"]


def test_a_text_that_is_also_a_fixed_one_is_added_to_where_it_stands_in_a_list() -> None:
    files = _of(BRIDGES_FILE, f"- {{generations: [senior], text: {REPLY}}}\n")
    name = _id(files, REPLY)
    changed = files.changed({}, [Beside(name, "子")], [])
    assert changed[BRIDGES_FILE] == files.contents[BRIDGES_FILE]
    assert changed[REPLIES_FILE] != files.contents[REPLIES_FILE]
    edited = files.changed({name: "子"}, [], [])
    assert all(REPLY not in edited[each].decode() for each in (BRIDGES_FILE, REPLIES_FILE))


def test_what_has_another_shape_holds_no_text() -> None:
    odd = "- 1\n- [text]\n- {segments: {text: 甲}}\n- {segments: [甲, {text: [乙]}, {1: 2}]}\n- {text: 丙}\n"
    files = _of(STITCH_FILE, odd)
    assert [spot for spot in files.spots if spot.file == STITCH_FILE] == []
    assert _of(BRIDGES_FILE, "").spots
    assert files.changed({}, [], []) == files.contents


@pytest.mark.parametrize(
    "content",
    [b"- {text: \xff}\n", b"- {text: [}\n", b"- &a {text: x}\n- *a\n", b"[" * 5_000, b"- {<<: {text: x}}\n", b"a\0b"],
)
def test_what_is_no_yaml_is_refused_with_file_and_line(content: bytes) -> None:
    with pytest.raises(DocumentError, match=r"bridges\.yaml:\d+: "):
        WordingFiles({**WORDS, BRIDGES_FILE: content})


def test_missing_files_are_named_all_at_once() -> None:
    with pytest.raises(DocumentError) as missing:
        WordingFiles({BRIDGES_FILE: b"[]"})
    assert len(missing.value.problems) == 4
