"""The shipped vocabulary and corpus, and a tokenizer trained on the corpus, made once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from transformers import PreTrainedTokenizerFast

from app.approved.vocabulary import Vocabulary, read_vocabulary
from app.settings import ROOT
from app.writing.lines.library import write_approved_lines
from finetune.dataset.folder import Dataset, write
from finetune.folders import CORPUS
from finetune.lines.reader import Line, approved, read_lines
from finetune.screening.judge import Judge, shipped_policy
from finetune.training.tokenizer import train_tokenizer
from finetune.training.tune import tune
from tests.finetune.tiny import save_tiny, tiny_recipe, tiny_rows
from tests.shared import built_once


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """One thread for torch: networks as small as these only lose time when threads wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """The shipped vocabulary."""
    return read_vocabulary(ROOT / "prompts")


@pytest.fixture(scope="session")
def corpus(vocabulary: Vocabulary) -> list[Line]:
    """The shipped corpus; reading it checks every rule of `line_problems`."""
    return read_lines(CORPUS, vocabulary)


@pytest.fixture(scope="session")
def judging(vocabulary: Vocabulary) -> Judge:
    """A judge with the shipped rules."""
    return Judge(shipped_policy(ROOT, vocabulary), vocabulary)


@pytest.fixture(scope="session")
def tokenizer(vocabulary: Vocabulary, corpus: list[Line]) -> PreTrainedTokenizerFast:
    """A tokenizer of 1,024 pieces, trained on the corpus lines."""
    return train_tokenizer((line.text for line in corpus), vocabulary, 1024)


@pytest.fixture(scope="session")
def tiny_base(shared_folder: Path, tokenizer: PreTrainedTokenizerFast, corpus: list[Line]) -> Path:
    """A checkpoint of random weights in the shape of heyan-mini, with its sentences."""

    def build(folder: Path) -> None:
        save_tiny(folder, tokenizer)
        write_approved_lines(approved(corpus), folder)

    return built_once(shared_folder / "bases" / "heyan-tiny", build)


@pytest.fixture(scope="session")
def house(shared_folder: Path, corpus: list[Line], vocabulary: Vocabulary) -> Path:
    """A data set of all three stages, made of composed bodies; one wording in five is kept out of training."""
    rows = tiny_rows(corpus, vocabulary)
    return built_once(
        shared_folder / "datasets" / "house", lambda folder: write(Dataset(rows, [], [], 0.2, "rules"), folder)
    )


@pytest.fixture(scope="session")
def finished(shared_folder: Path, tiny_base: Path, house: Path, vocabulary: Vocabulary) -> Path:
    """A finished run of eight steps with checkpoints at four and eight; tests copy it before they change it."""

    def build(folder: Path) -> None:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        tune(tiny_recipe(folder.parent, "sft", tiny_base, house), folder, vocabulary, resume=False)
        torch.set_num_threads(threads)

    return built_once(shared_folder / "runs" / "house-sft", build)
