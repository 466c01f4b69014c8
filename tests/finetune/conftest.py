"""The shipped vocabulary and corpus, and a tokenizer trained on the corpus, made once."""

from collections.abc import Iterator

import pytest
import torch
from transformers import PreTrainedTokenizerFast

from app.settings import ROOT
from app.vocabulary import Vocabulary, read_vocabulary
from finetune.__main__ import CORPUS
from finetune.lines import Line, read_lines
from finetune.tokenizer import train_tokenizer


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
def tokenizer(vocabulary: Vocabulary, corpus: list[Line]) -> PreTrainedTokenizerFast:
    """A tokenizer of 1,024 pieces, trained on the corpus lines."""
    return train_tokenizer((line.text for line in corpus), vocabulary, 1024)
