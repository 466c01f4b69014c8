"""The second opinion: the same for the same sentence, exact in place, and never the guard that lets anything pass."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.meaning.features import BITS, LABEL_BITS, SHORTEST, distinct_features, features
from guards.meaning.guard import Meaning
from guards.meaning.kinds import REASONS
from guards.meaning.reading import LONGEST, pieces
from guards.meaning.weights import Weights, read_weights
from guards.script import Guard, Script, Segment
from guards.types import Action, Callee, Case, Channel, Finding, Role, Span, Stage

BAD = "您把心放肚子里，这单我给您打包票"
GOOD = "额度以审批结果为准"


def made(**words: float) -> Weights:
    """Weights by which a sentence scores what its characters are worth; above 1 it is stopped, above 0 noted."""
    alarm, rarity = np.zeros(1 << BITS, dtype=np.float32), np.zeros(1 << BITS, dtype=np.float32)
    for word, worth in words.items():
        alarm[features([word])[0][0]], rarity[features([word])[0][0]] = worth * SHORTEST, SHORTEST
    kinds = np.zeros((2, 1 << LABEL_BITS), dtype=np.float32)
    kinds[1, features(["威"], LABEL_BITS)[0]] = 5
    biases = np.zeros(2, dtype=np.float32)
    return Weights(alarm, rarity, 0.0, ("guarantee", "threat"), kinds, biases, revise=1.0, observe=0.0)


def found(weights: Weights, text: str, case: Case = Case(), *more: str) -> list[Finding]:  # noqa: B008  immutable
    """What the guard says of segments."""
    segments = tuple(Segment(Stage.BODY, each, each) for each in (text, *more))
    return list(Meaning(weights)(Script(segments), case))


def only(label: str) -> Weights:
    """Weights by which every sentence is a clear violation of that kind."""
    kinds = np.zeros((1, 1 << LABEL_BITS), dtype=np.float32)
    alarm = np.zeros(1 << BITS, dtype=np.float32)
    return Weights(alarm, alarm.copy(), 9.0, (label,), kinds, np.zeros(1, dtype=np.float32), revise=1.0, observe=0.0)


def test_it_is_a_guard_and_says_what_it_hears_and_where() -> None:
    guard: Guard = Meaning(made(坏=2.0))
    text = "您好。这个坏极了！再见。"
    assert guard(Script((Segment(Stage.BODY, text, text),)), Case()) == [
        Finding(
            "meaning.guarantee",
            "meaning",
            Action.REVISE,
            "听起来像是在保证审批、放款或额度，请换一种说法",
            Span(3, 8),
        )
    ]


@pytest.mark.parametrize(
    ("worth", "actions"),
    [(2.0, [Action.REVISE]), (1.0, [Action.OBSERVE]), (0.5, [Action.OBSERVE]), (0.0, []), (-1.0, [])],
)
def test_the_score_decides_between_stopping_noting_and_silence(worth: float, actions: list[Action]) -> None:
    assert [finding.action for finding in found(made(坏=worth), "坏。")] == actions


def test_what_hurts_people_goes_to_a_person() -> None:
    assert [finding.action for finding in found(made(威=2.0), "威。")] == [Action.ESCALATE]
    assert [finding.action for finding in found(made(威=1.0), "威。")] == [Action.OBSERVE]


@pytest.mark.parametrize("label", REASONS)
def test_every_kind_has_a_reason_in_chinese_and_a_scope(label: str) -> None:
    (finding,) = found(only(label), "好", Case(channel=Channel.AI_VOICE))
    assert finding.rule == f"meaning.{label}"
    assert REASONS[label] in finding.reason
    assert finding.action in (Action.REVISE, Action.ESCALATE)


@pytest.mark.parametrize(
    ("label", "case", "is_heard"),
    [
        ("concession", Case(), True),
        ("concession", Case(offers=frozenset({"waiver"})), False),
        ("human_pretence", Case(), True),
        ("human_pretence", Case(channel=Channel.AI_VOICE), True),
        ("human_pretence", Case(channel=Channel.HUMAN_AGENT), False),
        ("human_pretence", Case(channel=Channel.SMS), False),
        ("guarantee", Case(channel=Channel.HUMAN_AGENT, offers=frozenset({"waiver"})), True),
        ("debt_hint", Case(), True),
        ("debt_hint", Case(callee=Callee(Role.CONTACT)), True),
        ("debt_hint", Case(callee=Callee(Role.DEBTOR, identity_verified=False)), True),
        ("debt_hint", Case(callee=Callee(Role.DEBTOR)), False),
    ],
)
def test_it_keeps_to_what_the_case_leaves_in_question(label: str, case: Case, is_heard: bool) -> None:
    assert bool(found(only(label), "好", case)) is is_heard


@pytest.mark.parametrize("text", ["", "。", "。！？；\n", "🙂", "\u200b", "，、 ", "<b></b>", "\ud800", "\0"])
def test_nothing_to_read_is_no_finding(text: str) -> None:
    assert found(only("guarantee"), text) == []
    assert pieces(text) == []


def test_no_segment_is_no_finding() -> None:
    assert list(Meaning(only("guarantee"))(Script(()), Case())) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("🙂坏。", "坏"),
        ("您好。🙂🙂这<b>很</b>坏，真的！好", "这<b>很</b>坏"),
        ("<i>坏</i>！", "坏"),
        ("好。壞\u200b人。", "壞\u200b人"),
        ("ﷺ。坏", "坏"),
        ("坏１２３。", "坏１２３"),
    ],
)
def test_spans_are_those_of_the_original(text: str, words: str) -> None:
    (finding,) = found(made(坏=2.0), text)
    assert finding.span
    assert words in text[finding.span.start : finding.span.end]
    around = text[finding.span.start : finding.span.end]
    assert not set(around) & set("。！？；")


def test_a_sentence_runs_on_into_the_next_segment() -> None:
    (finding,) = found(made(坏=2.0), "好。这", Case(), "坏。好")
    assert finding.span == Span(2, 4)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("您好。在吗？", ["您好", "在吗"]),
        ("甲！乙；丙｡丁\n戊", ["甲", "乙", "丙", "丁", "戊"]),
        ("保!证?通;过…", ["保证通过"]),
        ("Ａpp里３.6％，十二期", ["app里00期"]),
        ("一定给您", ["一定给您"]),
        ("額度", ["额度"]),
        ("12 34", ["00"]),
    ],
)
def test_what_the_model_reads(text: str, read: list[str]) -> None:
    assert [piece.read for piece in pieces(text)] == read


@pytest.mark.parametrize("pause", "，,、：:")
def test_a_long_sentence_is_read_in_parts_that_end_at_pauses(pause: str) -> None:
    text = pause.join(["好" * 20] * 10)
    parts = pieces(text)
    assert "".join(piece.read for piece in parts) == "好" * 200
    assert [len(piece.read) for piece in parts] == [60, 60, 60, 20]
    assert all(piece.high - piece.low <= LONGEST for piece in parts)


def test_a_sentence_without_any_pause_is_cut_where_it_must_be() -> None:
    text = "好" * 150
    spans = [piece.span(text) for piece in pieces(text)]
    assert [(span.start, span.end) for span in spans] == [(0, 64), (64, 128), (128, 150)]


TEXTS = st.text(st.sampled_from("坏威好您，。！？；\n🙂<b>１2三\u200b額:… ") | st.characters(), max_size=90)


@given(TEXTS)
def test_any_text_is_read_in_order_without_overlap(text: str) -> None:
    spans = [piece.span(text) for piece in pieces(text)]
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert all(span.end <= len(text) for span in spans)
    for finding in found(only("threat"), text):
        assert finding.action in (Action.OBSERVE, Action.REVISE, Action.ESCALATE)


@given(st.lists(st.text(st.sampled_from("坏威好您一百a1"), min_size=1, max_size=20), min_size=1, max_size=6))
def test_no_sentence_changes_how_another_is_scored(weights: Weights, sentences: list[str]) -> None:
    guard = Meaning(weights)
    together = guard.scores(sentences)
    assert together.tolist() == [guard.scores([sentence])[0] for sentence in sentences]
    assert guard.scores(sentences[::-1]).tolist() == together[::-1].tolist()
    alone = [finding.rule for each in sentences for finding in found(weights, f"{each}。")]
    assert [finding.rule for finding in found(weights, "。".join(sentences))] == alone


@given(TEXTS)
def test_it_never_allows_masks_or_blocks(weights: Weights, text: str) -> None:
    for finding in found(weights, text):
        assert finding.action in (Action.OBSERVE, Action.REVISE, Action.ESCALATE)
        assert finding.replacement is None
        assert finding.guard == "meaning"


@given(st.lists(st.text(max_size=10), max_size=5), st.sampled_from([BITS, LABEL_BITS]))
def test_features_stay_in_their_buckets_and_pieces(read: list[str], bits: int) -> None:
    buckets, owners = features(read, bits)
    assert len(buckets) == len(owners)
    assert not len(buckets) or (buckets.min() >= 0 and buckets.max() < 1 << bits)
    assert set(owners.tolist()) == {place for place, piece in enumerate(read) if piece.strip("\0")}


def test_a_piece_of_n_characters_has_5n_minus_8_features() -> None:
    for length in range(4, 10):
        assert len(features(["甲乙丙丁戊己庚辛壬癸"[:length]])[0]) == 5 * length - 8
    assert len(features(["甲"])[0]) == 1
    assert len(features([])[0]) == 0


def test_features_tell_order_and_gaps() -> None:
    buckets = {text: frozenset(features([text])[0].tolist()) for text in ("甲乙丙丁", "甲丙乙丁", "丁丙乙甲")}
    assert len(set(buckets.values())) == 3


def phrase(**words: float) -> Weights:
    """Weights by which each word of two or three characters says so much for a violation, and every one is heard."""
    alarm = np.zeros(1 << BITS, dtype=np.float32)
    for word, worth in words.items():
        buckets, _ = features([word])
        alarm[buckets[-1] if len(word) == 2 else buckets[-2]] = worth
    kinds, nothing = np.zeros((1, 1 << LABEL_BITS), dtype=np.float32), np.zeros(1 << BITS, dtype=np.float32)
    return Weights(alarm, nothing, 9.0, ("guarantee",), kinds, np.zeros(1, dtype=np.float32), revise=1.0, observe=0.0)


@pytest.mark.parametrize(
    ("worth", "text", "words"),
    [
        ({"打包": 1.0}, "这单给您打包票", ["打包"]),
        ({"打包": 1.0, "包票": 0.9}, "这单给您打包票", ["打包票"]),
        ({"打包": 1.0, "票这": 0.9}, "给您打包，票这", ["打包票这"]),
        ({"这单": 0.8, "给您": 0.7, "打包": 1.0, "票了": 0.6}, "这单我给您我打包，我票了", ["这单", "给您", "打包"]),
        ({"这单": 1.0, "给您": 0.1}, "这单我给您", ["这单"]),
        ({"这单": 0.0}, "这单我给您", []),
        ({"打包": 1.0}, "打包还是打包", ["打包"]),
    ],
)
def test_a_finding_names_the_words_that_tipped_the_scales(worth: dict[str, float], text: str, words: list[str]) -> None:
    weights = phrase(**worth)
    (piece,) = pieces(text)
    assert Meaning(weights).words(piece.read) == words
    (finding,) = found(weights, text)
    because = f"（主要因为{''.join(f'“{word}”' for word in words)}）" if words else ""
    assert finding.reason == f"{REASONS['guarantee']}{because}，请换一种说法"


@pytest.mark.parametrize(
    "text", ["王小明给您打包", "尾号6789打包", "尾号六七八九打包", "联系abc打包", "请王小女士打包"]
)
def test_no_finding_repeats_a_number_a_name_or_a_known_value(text: str) -> None:
    (piece,) = pieces(text)
    worth = {piece.read[place : place + 2]: 1.0 for place in range(len(piece.read) - 1)}
    (finding,) = found(phrase(**worth), text, Case(known_personal_data={"name": "王小明"}))
    assert "打包" in finding.reason
    assert not any(each in finding.reason for each in ("王", "小", "0", "6", "六", "a", "c"))


def test_a_character_said_twice_counts_once() -> None:
    buckets, owners = distinct_features(["坏坏坏坏", "坏"])
    assert len(set(zip(buckets.tolist(), owners.tolist(), strict=True))) == len(buckets)
    assert owners.tolist() == sorted(owners.tolist())
    assert Meaning(made(坏=2.0)).scores(["坏坏", "坏"]).tolist() == [2.0, 2.0]


@pytest.mark.parametrize("text", ["您", "你", "您好", "喂", "嗯", "好的", "可以", "请讲", "对不起", "不用了", "再见"])
def test_a_word_by_itself_is_no_violation(weights: Weights, text: str) -> None:
    assert found(weights, text) == []


def test_the_shipped_weights_are_whole_and_hear_what_they_learnt(weights: Weights) -> None:
    assert set(weights.labels) == set(REASONS)
    assert weights.observe < weights.revise
    assert len(weights.digest) == 64
    (finding,) = found(weights, f"您好。{BAD}。")
    assert finding.action > Action.MASK
    assert finding.span == Span(3, 3 + len(BAD))
    assert found(weights, f"{GOOD}。") == []


def _saved(weights: Weights, path: Path, **changes: object) -> Path:
    parts = {
        "alarm": np.zeros(1 << BITS, dtype=np.int8),
        "alarm_scale": np.float32(1),
        "rarity": np.ones(1 << BITS, dtype=np.int8),
        "rarity_scale": np.float32(1),
        "bias": np.float64(0),
        "labels": np.array(weights.labels),
        "kinds": np.zeros((len(weights.labels), 1 << LABEL_BITS), dtype=np.int8),
        "kinds_scale": np.float32(1),
        "kind_biases": np.zeros(len(weights.labels), dtype=np.float32),
        "revise": np.float64(1),
        "observe": np.float64(0),
    }
    parts |= changes  # type: ignore[arg-type]
    np.savez_compressed(path, **{name: part for name, part in parts.items() if part is not None})  # type: ignore[arg-type]
    return path


def test_a_saved_file_is_read_back(weights: Weights, tmp_path: Path) -> None:
    read = read_weights(_saved(weights, tmp_path / "w.npz", bias=np.float64(0.25)))
    assert (read.bias, read.revise, read.observe, read.labels) == (0.25, 1.0, 0.0, weights.labels)


@pytest.mark.parametrize(
    "part",
    [
        "alarm", "alarm_scale", "rarity", "rarity_scale", "bias",
        "labels", "kinds", "kinds_scale", "kind_biases", "revise", "observe",
    ],
)  # fmt: skip
def test_a_file_that_lacks_a_part_is_refused_by_name(part: str, weights: Weights, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=rf"w\.npz .*it lacks {part}\); train it anew"):
        read_weights(_saved(weights, tmp_path / "w.npz", **{part: None}))


@pytest.mark.parametrize(
    "changes",
    [
        {"alarm": np.zeros(1 << (BITS - 1), dtype=np.int8)},
        {"rarity": np.zeros(1 << (BITS - 1), dtype=np.int8)},
        {"kinds": np.zeros((2, 1 << LABEL_BITS), dtype=np.int8)},
        {"kind_biases": np.zeros(3, dtype=np.float32)},
        {"labels": np.array(["guarantee"])},
        {"labels": np.array([f"unheard_{place}" for place in range(len(REASONS))])},
    ],
)
def test_a_file_of_another_shape_is_refused(changes: dict[str, object], weights: Weights, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"w\.npz was made for other features or labels"):
        read_weights(_saved(weights, tmp_path / "w.npz", **changes))


def test_a_file_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_weights(tmp_path / "w.npz")


@pytest.mark.parametrize("content", [b"", b"PK", b"hello world, no weights here", b"PK\x03\x04" + b"\0" * 40])
def test_a_file_of_no_weights_is_a_clear_error(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"w\.npz holds no weights"):
        read_weights(path)


def test_a_truncated_file_is_a_clear_error(weights: Weights, tmp_path: Path) -> None:
    path = _saved(weights, tmp_path / "w.npz")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ValueError, match=r"w\.npz holds no weights"):
        read_weights(path)


def test_a_single_array_is_a_clear_error(tmp_path: Path) -> None:
    with (tmp_path / "w.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(ValueError, match=r"w\.npz holds no weights"):
        read_weights(tmp_path / "w.npz")


def test_a_file_that_would_run_code_is_refused(weights: Weights, tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    _saved(weights, path, labels=np.array([{"a": 1}] * len(REASONS), dtype=object))
    with pytest.raises(ValueError, match=r"w\.npz holds no weights"):
        read_weights(path)
