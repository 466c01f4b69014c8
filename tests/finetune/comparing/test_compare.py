"""Comparing: what is measured is what it says, and an adapter that was trained to pieces is found out."""

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import PreTrainedTokenizerFast

from app.approved.brief import Brief
from app.approved.skeleton import sentences
from app.approved.vocabulary import Vocabulary
from app.settings import ROOT
from app.writing.lines.library import ApprovedLine, ApprovedLines, read_approved_lines
from app.writing.lines.sequence import LineSequences
from app.writing.lines.tokens import LineConstraints
from finetune.adapters.export import export
from finetune.cli import main
from finetune.comparing.compare import Plan, compare
from finetune.comparing.scoring import log_likelihoods, write_bodies
from finetune.comparing.shares import fits, shares
from finetune.comparing.verdict import Figure, judge
from finetune.dataset.rows import SftRow, read_rows
from finetune.lines.composer import Composer
from finetune.lines.reader import Line
from finetune.runs.checkpoint import read_network
from finetune.screening.judge import Judge, shipped_policy
from finetune.training.rendering import shipped_renderer
from finetune.training.tune import tune
from guards.lexicon.documents import DocumentError
from guards.types import Generation, Scenario
from tests.finetune.tiny import save_tiny, tiny_recipe

_PLAN = Plan(briefs=3, samples=2)


@pytest.fixture(scope="module")
def judging(vocabulary: Vocabulary) -> Judge:
    """The shipped rules."""
    return Judge(shipped_policy(ROOT, vocabulary), vocabulary)


@pytest.fixture(scope="module")
def taught(house: Path, vocabulary: Vocabulary) -> list[tuple[Brief, str]]:
    """Some briefs with their bodies, of different lengths."""
    rows = read_rows(house / "sft.jsonl", "sft", vocabulary)
    return [(row.brief, row.body) for row in rows[:7] if isinstance(row, SftRow)]


def test_a_log_likelihood_is_that_of_the_body_and_its_end_whatever_stands_beside_it(
    tiny_base: Path, tokenizer: PreTrainedTokenizerFast, taught: list[tuple[Brief, str]], vocabulary: Vocabulary
) -> None:
    network = read_network(tiny_base, "float32").eval()
    renderer = shipped_renderer(ROOT, vocabulary, "compact", tokenizer)
    found = log_likelihoods(network, tokenizer, renderer, taught)
    for (brief, body), likely in zip(taught, found, strict=True):
        prompt = renderer.prompt_ids(brief)
        ids = prompt + tokenizer(body)["input_ids"] + [tokenizer.eos_token_id]
        with torch.inference_mode():
            logits = torch.log_softmax(network(input_ids=torch.tensor([ids])).logits[0], -1)
        expected = sum(float(logits[place - 1, ids[place]]) for place in range(len(prompt), len(ids)))
        assert likely == pytest.approx(expected, rel=1e-4)


def test_the_same_seed_writes_the_same_bodies(
    tiny_base: Path, tokenizer: PreTrainedTokenizerFast, taught: list[tuple[Brief, str]], vocabulary: Vocabulary
) -> None:
    network = read_network(tiny_base, "float32").eval()
    renderer = shipped_renderer(ROOT, vocabulary, "compact", tokenizer)
    briefs = [brief for brief, _ in taught[:2]]
    written = [write_bodies(network, tokenizer, renderer, briefs, "full", samples=2, seed=seed) for seed in (1, 1, 2)]
    assert written[0] == written[1] != written[2]
    assert [brief for brief, _ in written[0]] == [briefs[0], briefs[0], briefs[1], briefs[1]]


def test_decoding_is_constrained_to_approved_lines_where_there_are_any(
    tiny_base: Path, tokenizer: PreTrainedTokenizerFast, taught: list[tuple[Brief, str]], vocabulary: Vocabulary
) -> None:
    network = read_network(tiny_base, "float32").eval()
    renderer = shipped_renderer(ROOT, vocabulary, "compact", tokenizer)
    known = read_approved_lines(tiny_base)
    assert known is not None
    end = tokenizer.eos_token_id
    constraints = LineConstraints(LineSequences(known), lambda text: tokenizer(text)["input_ids"], end, as_server=True)
    nowhere = replace(taught[0][0], scenario=Scenario.COLLECTION_M3_PLUS)
    briefs = [*(brief for brief, _ in taught), nowhere]
    written = write_bodies(network, tokenizer, renderer, briefs, "compact", samples=3, seed=1, constraints=constraints)
    assert {body for brief, body in written if brief == nowhere} == {""}
    answered = [(brief, body) for brief, body in written if brief != nowhere]
    complete = [known.allows(body, brief) for brief, body in answered]
    assert sum(complete) >= len(answered) / 2, "random weights seldom find the end in time"
    assert all(known.allows("".join(sentences(body)), brief) for brief, body in answered), "all they say is"


def test_the_shares_count_what_they_name(judging: Judge) -> None:
    brief = Brief(Scenario.ACQUISITION, Generation.YOUNG, "rate_first", (), ("年化利率",))
    good, base = "先跟您说成本，{年化利率}。", "您想先看哪一项？"
    bodies = [
        (brief, good + base),
        (brief, "额度最高可申请{额度上限}。"),  # a slot that was not ordered, and one that was is missing
        (brief, good + "我保证您一定能批。"),  # usable, and stopped
        (brief, good + "{没有这个}。"),
    ]
    free = {name: value for name, _, value, _ in shares(bodies, None, {good}, judging)}
    assert free == {
        "bodies usable, %": 50,
        "usable bodies that pass the guards, %": 50,
        "sentences of the taught wording, %": pytest.approx(300 / 7),
    }
    known = ApprovedLines([ApprovedLine(Scenario.ACQUISITION, each) for each in (good, base)])
    bound = {name: value for name, _, value, _ in shares(bodies, known, {good}, judging)}
    assert bound == {
        "bodies usable, %": 25,
        "usable bodies that pass the guards, %": 100,
        "sentences of the taught wording, %": pytest.approx(300 / 7),
    }
    assert [value for _, _, value, _ in shares([], known, {good}, judging)] == [0, 0, 0]
    assert fits(bodies, None, judging) == [True, False, False, False], "what the guards stop is not to be said"
    assert fits(bodies, known, judging) == [True, False, False, False]
    assert fits(bodies, ApprovedLines([ApprovedLine(Scenario.ACQUISITION, base)]), judging) == [False] * 4
    assert fits([(brief, base), (brief, base * 2)], known, judging) == [True, False], "a slot left out is complemented"


_LOSS = Figure("loss", "loss", 1.0, 0.5)
_STYLE = Figure("style", "style", 10, 90)


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        ([_LOSS], "better"),
        ([_LOSS, _STYLE, Figure("usable", "share", 90, 88)], "better"),
        ([_LOSS, _STYLE, Figure("usable", "share", 90, 87.9)], "worse"),
        ([_LOSS, Figure("usable", "share", 90, 70, 6)], "better"),  # of six bodies, chance takes as many
        ([_LOSS, Figure("usable", "share", 100, 0, 1)], "worse"),  # but not all of them
        ([Figure("style", "style", 0, 6.4, 24)], "no better"),
        ([Figure("style", "style", 0, 6.4, 2400)], "better"),
        ([_LOSS, Figure("usable", "share", 90, 70, 60)], "worse"),
        ([_LOSS, Figure("usable", "share", 99.9, 97.8, 1000)], "worse"),
        ([_LOSS, Figure("usable", "share", 50, 47.8, 1000)], "better"),
        ([_STYLE, Figure("loss", "loss", 1.0, 1.03)], "worse"),
        ([_STYLE, Figure("loss", "loss", 1.0, math.nan)], "worse"),
        ([Figure("loss", "loss", 1.0, 1.01), Figure("margin", "margin", 1, 2)], "better"),
        ([Figure("ranking", "ranking", 50, 51)], "better"),
        ([Figure("loss", "loss", 1.0, 0.99)], "no better"),
        ([Figure("usable", "share", 50, 90)], "no better"),
    ],
)
def test_the_verdict_weighs_harm_before_gain(figures: list[Figure], verdict: str) -> None:
    found, reasons = judge(figures)
    assert found == verdict
    assert reasons


def test_an_adapter_that_learnt_is_better_and_one_trained_to_pieces_is_worse(
    finished: Path,
    house: Path,
    tmp_path: Path,
    vocabulary: Vocabulary,
    judging: Judge,
    corpus: list[Line],
    tokenizer: PreTrainedTokenizerFast,
) -> None:
    measures = compare(finished, house, vocabulary, judging, _PLAN)
    figures = {row["name"]: (row["base"], row["adapter"]) for row in measures["table"]}
    base, adapter = figures["validation loss, nats a character"]
    assert adapter < base
    assert measures["verdict"] == "better"
    assert (measures["briefs"], measures["samples"], measures["rows"]) == (3, 2, 36)
    assert "margin of pairs, nats" in figures
    assert "margin of wanted over unwanted, nats" in figures
    assert "orders of the service with a body to say, %" in figures

    learnt = tmp_path / "heyan-learnt"
    save_tiny(learnt, tokenizer, list(Composer(corpus, vocabulary, 77).samples(320)))
    absurd = tiny_recipe(tmp_path, "sft", learnt, house, "train.learning_rate=2.0", "train.max_grad_norm=1000")
    tune(absurd, tmp_path / "absurd", vocabulary, resume=False)
    measures = compare(tmp_path / "absurd", house, vocabulary, judging, _PLAN)
    assert measures["verdict"] == "worse"
    assert any(reason.startswith("validation loss, nats a character rose") for reason in measures["reasons"])


def test_preferences_are_measured_as_learnt(
    tiny_base: Path, house: Path, tmp_path: Path, vocabulary: Vocabulary, judging: Judge
) -> None:
    recipe = tiny_recipe(tmp_path, "dpo", tiny_base, house, "train.max_steps=16")
    tune(recipe, tmp_path / "run", vocabulary, resume=False)
    table = compare(tmp_path / "run", house, vocabulary, judging, _PLAN)["table"]
    figures = {row["name"]: (row["base"], row["adapter"]) for row in table}
    assert figures["margin of pairs, nats"][1] > figures["margin of pairs, nats"][0]


def test_the_command_prints_a_table_and_leaves_it_for_the_card(
    finished: Path, house: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    shutil.copytree(finished, run)
    assert main(["card", str(run)]) == 0
    assert "Nothing yet: `python -m finetune compare` measures it" in (run / "README.md").read_text("utf-8")
    given = ["compare", str(run), "--data", str(house), "--briefs", "2", "--samples", "1"]
    assert main(given) == 0
    reported = capsys.readouterr().out
    assert "| | base | adapter |" in reported
    assert "Verdict: **better**" in reported
    measures = json.loads((run / "measures.json").read_text("utf-8"))
    assert main(["card", str(run)]) == 0
    card = (run / "README.md").read_text("utf-8")
    for part in ("| rows to learn from | 48 |", measures["base"], "Verdict: **better**", "| learning_rate | 0.005 |"):
        assert part in card
    assert "More Information Needed" not in card


def test_an_exported_adapter_is_measured_and_not_changed(
    finished: Path, tiny_base: Path, house: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = export(finished, "house-style", tmp_path)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    given = ["compare", str(folder), "--data", str(house), "--briefs", "2", "--samples", "1"]
    assert main([*given, "--base", str(tiny_base)]) == 0
    assert "Verdict: **better**" in capsys.readouterr().out
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert main(given) == 2
    assert "models/heyan-tiny: holds no weights" in capsys.readouterr().err


def test_what_cannot_be_compared_is_reported(
    finished: Path, tiny_base: Path, house: Path, tmp_path: Path, vocabulary: Vocabulary, judging: Judge
) -> None:
    with pytest.raises(DocumentError, match="no data set; build one"):
        compare(finished, tmp_path, vocabulary, judging, _PLAN)
    other = tmp_path / "other"
    shutil.copytree(tiny_base, other)
    with (other / "model.safetensors").open("r+b") as weights:
        weights.seek(-1, 2)
        weights.write(b"\x01")
    with pytest.raises(DocumentError, match="belongs to the base"):
        compare(finished, house, vocabulary, judging, _PLAN, other)
    (tmp_path / "only").mkdir()
    rows = (house / "sft.jsonl").read_text("utf-8").splitlines()
    taught_only = [row for row in rows if '"split": "train"' in row]
    (tmp_path / "only" / "sft.jsonl").write_text("\n".join(taught_only), "utf-8")
    with pytest.raises(DocumentError, match="no row was kept out of training"):
        compare(finished, tmp_path / "only", vocabulary, judging, _PLAN)
    spoilt = tmp_path / "spoilt"
    shutil.copytree(tiny_base, spoilt)
    (spoilt / "sentences.jsonl").write_text("none\n", "utf-8")
    with pytest.raises(DocumentError, match=r"sentences.jsonl:1: not an approved line"):
        compare(finished, house, vocabulary, judging, _PLAN, spoilt)


@pytest.mark.parametrize("option", ["--briefs", "--samples"])
@pytest.mark.parametrize("count", ["0", "-1"])
def test_without_bodies_there_is_no_verdict(
    option: str, count: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", str(tmp_path), "--data", str(tmp_path), f"{option}={count}"]) == 2
    assert f"'{option}': at least 1 is expected" in capsys.readouterr().err
    with pytest.raises(ValueError, match="there is no verdict without bodies"):
        Plan(**{option.removeprefix("--"): int(count)})


def test_a_card_or_measures_that_cannot_be_written_are_one_line(
    finished: Path, house: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    shutil.copytree(finished, run)
    (run / "README.md").mkdir()
    (run / "measures.json").mkdir()
    assert main(["compare", str(run), "--data", str(house), "--briefs", "1", "--samples", "1"]) == 1
    assert f"{run / 'measures.json'}: cannot be written: Is a directory\n" in capsys.readouterr().err
    (run / "measures.json").rmdir()
    assert main(["card", str(run)]) == 1
    assert capsys.readouterr().err == f"{run}: cannot be written: Is a directory\n"


def test_the_card_of_what_is_no_run_is_not_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["card", str(tmp_path)]) == 2
    assert "neither a run nor an exported adapter" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
