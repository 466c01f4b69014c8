"""Training the second opinion: repeatable, measured on lines it never saw, and what is shipped is what it gives."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.approved.skeleton import SLOT, sentences
from app.settings import ROOT
from finetune.cli import main
from finetune.lines.reader import Line
from finetune.meaning.lessons import (
    FINE,
    HANDS,
    HELD_OUT,
    HONEST,
    LIFE,
    Lessons,
    Utterance,
    read_lessons,
    read_utterances,
)
from finetune.meaning.measuring import Measured, Share, measure, read_everyday, read_hands
from finetune.meaning.training import save, train
from guards.lexicon.documents import DocumentError
from guards.meaning.guard import Meaning
from guards.meaning.kinds import REASONS
from guards.meaning.reading import pieces
from guards.meaning.weights import Weights, read_weights

LINES = ROOT / "finetune" / "paraphrases"
SHIPPED = ROOT / "models" / "meaning" / "weights.npz"
STOPPED, STOPPED_OF_HANDS = 48, 16
"""Per cent of the violations held out, at least: of one author of the old kinds, and of four hands of all kinds."""
FALSELY_STOPPED, EVERYDAY_STOPPED = 1, 0.5
"""Per cent of the honest neighbours held out and of the everyday sentences held out, at most."""


@pytest.fixture(scope="module")
def lessons() -> Lessons:
    """All that the shipped weights were learnt from."""
    return read_lessons(LINES)


@pytest.fixture(scope="module")
def authors(lessons: Lessons) -> Sequence[Sequence[Utterance]]:
    """The shipped lines, by author."""
    return lessons.authors


@pytest.fixture(scope="module")
def held_out() -> list[Utterance]:
    """The lines of the author whom training never saw."""
    return read_utterances(LINES / HELD_OUT)


@pytest.fixture(scope="module")
def honest(corpus: list[Line]) -> list[str]:
    """The corpus' sentences as training takes them."""
    return sorted({SLOT.sub("某某", sentence) for line in corpus for sentence in sentences(line.text)})


@pytest.fixture(scope="module")
def retrained(lessons: Lessons) -> Weights:
    """Weights learnt anew from what is shipped."""
    return train(lessons)


@pytest.fixture(scope="module")
def shipped() -> Weights:
    """The weights as they are shipped."""
    return read_weights(SHIPPED)


def scores(weights: Weights, lines: Sequence[Utterance]) -> list[float]:
    """The score of every piece of every line."""
    return list(Meaning(weights).scores([piece.read for line in lines for piece in pieces(line.text)]))


def written(path: Path, *rows: str) -> Path:
    """A file of these rows."""
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


FEW = [
    [
        Utterance(FINE, "a", "额度以审批结果为准"),
        Utterance("guarantee", "b", "钱肯定到您手上"),
        Utterance("threat", "c", "等着人去找你"),
        Utterance("insult", "h", "没见过你这样的"),
        Utterance(FINE, "d", "您有空再看看"),
    ],
    [
        Utterance(FINE, "e", "我们不承诺结果"),
        Utterance("guarantee", "f", "这单稳了"),
        Utterance("threat", "g", "让你不好过"),
    ],
]


def test_the_shipped_weights_are_those_that_training_gives(
    retrained: Weights, shipped: Weights, authors: Sequence[Sequence[Utterance]], held_out: list[Utterance]
) -> None:
    drifted = "run: python -m finetune meaning"
    assert shipped.labels == retrained.labels, drifted
    assert shipped.bias == pytest.approx(retrained.bias, abs=1e-6), drifted
    assert (shipped.revise, shipped.observe) == pytest.approx((retrained.revise, retrained.observe), abs=1e-6), drifted
    # Each weight is off by half a step of its eight bits at most, and by far less on average.
    step = float(np.abs(retrained.alarm).max()) / 127
    assert np.abs(shipped.alarm - retrained.alarm).max() <= 0.51 * step, drifted
    assert np.abs(shipped.kinds - retrained.kinds).max() <= 0.51 * float(np.abs(retrained.kinds).max()) / 127, drifted
    lines = [*authors[0], *held_out]
    assert np.abs(np.subtract(scores(shipped, lines), scores(retrained, lines))).max() < 0.1, drifted


def test_saving_the_retrained_weights_gives_the_shipped_ones_back(
    retrained: Weights, shipped: Weights, held_out: list[Utterance], tmp_path: Path
) -> None:
    save(retrained, tmp_path / "new" / "w.npz")
    read = read_weights(tmp_path / "new" / "w.npz")
    assert measure(read, held_out) == measure(shipped, held_out)


def test_training_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        save(train(Lessons(FEW, ["您好", "再见"], ["吃了吗"])), tmp_path / f"{name}.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_what_is_saved_is_what_was_learnt_but_for_its_last_bits(tmp_path: Path) -> None:
    weights = train(Lessons(FEW, ["您好"]))
    save(weights, tmp_path / "w.npz")
    read = read_weights(tmp_path / "w.npz")
    assert (read.labels, read.bias, read.revise, read.observe) == (
        weights.labels,
        weights.bias,
        weights.revise,
        weights.observe,
    )
    assert np.abs(read.alarm - weights.alarm).max() <= 0.51 * np.abs(weights.alarm).max() / 127


def test_weights_of_nothing_but_zeros_can_be_saved(tmp_path: Path) -> None:
    weights = train(Lessons(FEW))
    nothing = replace(weights, alarm=np.zeros_like(weights.alarm), kinds=np.zeros_like(weights.kinds))
    save(nothing, tmp_path / "w.npz")
    assert not read_weights(tmp_path / "w.npz").alarm.any()


def test_it_does_on_lines_held_out_what_we_say_it_does(shipped: Weights, held_out: list[Utterance]) -> None:
    found = measure(shipped, [line for line in held_out if line.label != FINE])
    falsely = measure(shipped, [line for line in held_out if line.label == FINE])
    assert found.stopped.per_cent >= STOPPED
    assert found.noted.count >= found.stopped.count
    assert falsely.stopped.per_cent <= FALSELY_STOPPED
    assert min(found.stopped.of, falsely.stopped.of) >= 150


def test_hands_that_never_took_part_find_what_we_say_they_find(shipped: Weights, held_out: list[Utterance]) -> None:
    hands = read_hands(LINES)
    assert {line.label for line in hands} == {FINE, *REASONS}
    found = measure(shipped, [line for line in hands if line.label != FINE])
    falsely = measure(shipped, [line for line in [*hands, *held_out] if line.label == FINE])
    everyday = measure(shipped, [Utterance(FINE, "", text) for text in read_everyday(LINES)])
    assert found.stopped.per_cent >= STOPPED_OF_HANDS
    assert falsely.stopped.per_cent <= FALSELY_STOPPED
    assert everyday.stopped.per_cent <= EVERYDAY_STOPPED
    assert min(found.stopped.of, everyday.stopped.of) >= 400


def test_the_corpus_that_may_be_spoken_is_not_stopped(shipped: Weights, honest: list[str]) -> None:
    opinion = Meaning(shipped)
    stopped = [text for text in honest for piece in pieces(text) if opinion.scores([piece.read])[0] > shipped.revise]
    assert stopped == []


def bare(text: str) -> str:
    """What the model reads of a text."""
    return "".join(piece.read for piece in pieces(text))


def test_no_line_held_out_was_learnt_from(
    lessons: Lessons, held_out: list[Utterance], honest: list[str], corpus: list[Line]
) -> None:
    unseen = {bare(line.text) for line in held_out}
    assert len(unseen) == len(held_out)
    unseen |= {bare(line.text) for line in read_hands(LINES)} | set(map(bare, read_everyday(LINES)))
    assert unseen.isdisjoint(bare(line.text) for author in lessons.authors for line in author)
    assert unseen.isdisjoint(map(bare, [*lessons.honest, *lessons.life, *lessons.money]))
    assert unseen.isdisjoint(map(bare, honest))
    assert unseen.isdisjoint(bare(line.text) for line in corpus)


def texts_in(value: object) -> Iterator[str]:
    """Every string in a JSON value."""
    if isinstance(value, dict):
        for each in value.values():
            yield from texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_in(each)
    elif isinstance(value, str):
        yield value


def test_no_case_of_the_evaluation_was_learnt_from(authors: Sequence[Sequence[Utterance]]) -> None:
    cases = [
        json.loads(line)
        for path in sorted((ROOT / "evals" / "cases").glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    said = {"".join(piece.read for piece in pieces(case["request"].get("text", ""))) for case in cases} - {""}
    assert said
    learnt = ["".join(piece.read for piece in pieces(line.text)) for author in authors for line in author]
    assert said.isdisjoint(learnt)
    assert [text for text in said if len(text) >= 8 and any(text in line for line in learnt)] == []


def test_lines_are_read_as_they_stand(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tsv", 'fine\tgreeting\t您"好"', "guarantee\tsure\t稳了")
    assert read_utterances(path) == [Utterance(FINE, "greeting", '您"好"'), Utterance("guarantee", "sure", "稳了")]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (["fine\t您好"], ":1: needs label, idea and text, separated by tabs"),
        (["fine\ta\t您好\t再见"], ":1: needs label, idea and text"),
        (["fine\ta\t"], ":1: needs label, idea and text"),
        (["fine\ta\t您好", ""], ":2: needs label, idea and text"),
        (["fine\ta\t您好", "bad\tb\t好"], ":2: unknown label 'bad'"),
        (["fine\ta\t您好", "fine\tb\t再见", "threat\tc\t您好"], ":3: says the same as line 1"),
    ],
)
def test_a_wrong_line_is_reported_with_file_and_line(rows: list[str], problem: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a.tsv", *rows)
    with pytest.raises(DocumentError) as reported:
        read_utterances(path)
    assert f"{path}{problem}" in str(reported.value)


def test_all_wrong_lines_are_reported_at_once(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as reported:
        read_utterances(written(tmp_path / "a.tsv", "x", "bad\ta\t好"))
    assert len(reported.value.problems) == 2


def test_the_measure_counts_what_it_says() -> None:
    weights = replace(train(Lessons(FEW, ["您好"])), revise=1.0, observe=0.5)
    lines = [line for author in FEW for line in author if line.label != FINE]
    deaf = replace(weights, alarm=weights.alarm * 0, bias=0.0)
    assert measure(deaf, lines) == Measured(Share(0, 5), Share(0, 5), Share(0, 0))
    shrill = replace(weights, alarm=weights.alarm * 0, bias=2.0)
    assert measure(shrill, lines) == Measured(Share(5, 5), Share(5, 5), Share(5, 5)), "it was trained on these"
    assert measure(shrill, []) == Measured(Share(0, 0), Share(0, 0), Share(0, 0))


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (Share(0, 0), "  0.0 % (0.0–100.0)"),
        (Share(0, 100), "  0.0 % (0.0–3.7)"),
        (Share(50, 100), " 50.0 % (40.4–59.6)"),
        (Share(100, 100), "100.0 % (96.3–100.0)"),
    ],
)
def test_a_share_is_told_with_how_sure_it_is(share: Share, told: str) -> None:
    assert str(share) == told


def test_a_line_of_nothing_but_signs_scores_lowest() -> None:
    found = measure(replace(train(Lessons(FEW)), bias=9.0), [Utterance("threat", "a", "！！")])
    assert found.noted == Share(0, 1)


def test_thresholds_keep_to_what_is_promised_on_what_was_left_out(lessons: Lessons, shipped: Weights) -> None:
    """The weights have learnt from these, so that they do better here than on what they never saw."""
    for texts, most in ((lessons.life, 0.5), (lessons.money, 1.5)):
        assert measure(shipped, [Utterance(FINE, "", text) for text in texts]).stopped.per_cent <= most


def test_the_command_trains_measures_and_saves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, author in enumerate(FEW):
        rows = [f"{line.label}\t{line.idea}\t{line.text}" for line in author]
        written(tmp_path / f"lines_{number}.tsv", *rows)
    written(tmp_path / HELD_OUT, "fine\ta\t请您核对", "guarantee\tb\t这单稳稳的")
    written(tmp_path / HONEST, "某某您好")
    written(tmp_path / LIFE, "吃了吗", "下雨了")
    (tmp_path / HANDS).mkdir()
    written(tmp_path / HANDS / "hand_1.tsv", "threat\ta\t你等着")
    written(tmp_path / HANDS / "everyday.txt", "好香啊")
    output = tmp_path / "models" / "w.npz"
    assert main(["meaning", "--lines", str(tmp_path), "--output", str(output)]) == 0
    assert read_weights(output).labels == ("guarantee", "insult", "threat")
    reported = capsys.readouterr().out
    assert "learnt from 2 authors and 3 further sentences" in reported
    assert "measured on heldout/hand_*.tsv" in reported
    assert "everyday " in reported
    assert "guarantee" in reported
    assert "all " in reported
    assert "honest " in reported


def test_the_command_reports_what_is_wrong_with_the_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path / "lines_1.tsv", "nonsense")
    assert main(["meaning", "--lines", str(tmp_path), "--output", str(tmp_path / "w.npz")]) == 2
    assert "lines_1.tsv:1: needs label" in capsys.readouterr().err
    assert not (tmp_path / "w.npz").exists()
