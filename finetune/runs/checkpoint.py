"""Read a model's checkpoint from disk: its tokenizer and network; nothing is ever fetched from a network."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

from guards.lexicon.documents import DocumentError


def read_tokenizer(folder: Path, chat_template: Path | None = None) -> Any:
    """The tokenizer of a checkpoint, with its chat template or the one of a file.

    Raises:
        DocumentError: if there is none, or it lacks a chat template, an end or a padding token.
    """
    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except Exception as unusable:  # the libraries raise whatever a broken file leads them to
        raise DocumentError([f"{folder}: no usable tokenizer: {_first_line(unusable)}"]) from None
    if chat_template:
        try:
            tokenizer.chat_template = chat_template.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as unreadable:
            raise DocumentError([f"{chat_template}:1: cannot be read: {unreadable}"]) from None
    if not tokenizer.chat_template:
        raise DocumentError([f"{folder}: the tokenizer has no chat template; name one in model.chat_template"])
    if tokenizer.eos_token_id is None:
        raise DocumentError([f"{folder}: the tokenizer names no end token"])
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    tokenizer.padding_side = "left"
    return tokenizer


def read_network(folder: Path, dtype: str) -> Any:
    """The network of a checkpoint, in `float32` or `bfloat16`.

    Raises:
        DocumentError: if there is none that can be loaded.
    """
    logging.disable_progress_bar()
    try:
        return AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, dtype=getattr(torch, dtype))
    except Exception as unusable:  # the libraries raise whatever a broken file leads them to
        raise DocumentError([f"{folder}: no usable checkpoint: {_first_line(unusable)}"]) from None


def with_adapter(network: Any, folder: Path, *, trainable: bool = False) -> Any:
    """The network with the adapter of a folder in it."""
    with suppressed_warnings():
        model = PeftModel.from_pretrained(network, folder, is_trainable=trainable)
    # The adapter knows its base by name alone; peft would look that name up on the network when it saves.
    model.peft_config["default"].base_model_name_or_path = network.name_or_path
    return model


@contextmanager
def suppressed_warnings() -> Iterator[None]:
    """Without the warning that peft uses a name which transformers will drop: only peft can mend that."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`(is_)?gradient_checkpointing", FutureWarning)
        yield


def _first_line(failure: Exception) -> str:
    return next(iter(str(failure).splitlines()), type(failure).__name__)
