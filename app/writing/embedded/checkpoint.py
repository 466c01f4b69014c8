"""A checkpoint's tokenizer and network, ready to write: of the shipped kind without transformers, else with it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import torch
from tokenizers import Tokenizer
from torch import nn

from app.errors import ConfigurationError
from app.writing.embedded.network import read_network

_PLAIN_TOKENIZERS = ("PreTrainedTokenizerFast", "TokenizersBackend")
"""What `tokenizer.json` says is all there is to them."""


class Tokens(Protocol):
    """From text to tokens and back. `end` and `pad` are the tokens that end a text and fill a row."""

    end: int
    pad: int

    def encode(self, text: str) -> list[int]:
        """The tokens of a text, without any that a tokenizer would put around it."""
        ...

    def decode(self, tokens: Sequence[int], *, with_special: bool) -> str:
        """The text of tokens; `with_special`: also of those that are no text, such as the end."""
        ...

    def vocabulary(self) -> dict[str, int]:
        """Every token by its piece."""
        ...


class Checkpoint(NamedTuple):
    """What writes. `network` is called as `app.writing.embedded.network.Network` is."""

    network: Any
    tokens: Tokens


def read_checkpoint(folder: Path) -> Checkpoint:
    """Read tokenizer and weights.

    Raises:
        ConfigurationError: if the folder holds no checkpoint that can write.
    """
    tokens = _read_tokens(folder)
    network = read_network(folder) if tokens else None
    if tokens is None or network is None:
        return _read_with_transformers(folder)
    return Checkpoint(network, tokens)


class _PlainTokens:
    def __init__(self, tokenizer: Tokenizer, end: int, pad: int) -> None:
        self._tokenizer, self.end, self.pad = tokenizer, end, pad

    def encode(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def decode(self, tokens: Sequence[int], *, with_special: bool) -> str:
        text: str = self._tokenizer.decode(list(tokens), skip_special_tokens=not with_special)
        return text

    def vocabulary(self) -> dict[str, int]:
        pieces: dict[str, int] = self._tokenizer.get_vocab(with_added_tokens=True)
        return pieces


class _ForeignTokens:
    """A tokenizer of transformers."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer, self.end, self.pad = tokenizer, tokenizer.eos_token_id, tokenizer.pad_token_id

    def encode(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    def decode(self, tokens: Sequence[int], *, with_special: bool) -> str:
        text: str = self._tokenizer.decode(list(tokens), skip_special_tokens=not with_special)
        return text

    def vocabulary(self) -> dict[str, int]:
        pieces: dict[str, int] = self._tokenizer.get_vocab()
        return pieces


def _read_tokens(folder: Path) -> Tokens | None:
    """The tokenizer; None for one that transformers makes more of, or a broken one."""
    try:
        config = json.loads((folder / "tokenizer_config.json").read_text("utf-8"))
        if config["tokenizer_class"] not in _PLAIN_TOKENIZERS or config["clean_up_tokenization_spaces"]:
            return None
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        end, pad = tokenizer.token_to_id(config["eos_token"]), tokenizer.token_to_id(config["pad_token"])
        special = map(tokenizer.token_to_id, config.get("extra_special_tokens", []))
        if end is None or pad is None or None in special:
            return None
    except Exception:  # the library raises bare exceptions; transformers will tell what is wrong
        return None
    return _PlainTokens(tokenizer, end, pad)


class _ForeignNetwork(nn.Module):  # type: ignore[misc]  # torch is read as untyped
    """A network of transformers, called as ours is."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self._network = network

    def start(self) -> Any:
        from transformers import DynamicCache  # noqa: PLC0415

        return DynamicCache(config=self._network.config)

    def forward(
        self, *, input_ids: torch.Tensor, attention_mask: torch.Tensor, position_ids: torch.Tensor, cache: Any
    ) -> torch.Tensor:
        return self._network(
            input_ids=input_ids,
            attention_mask=attention_mask,
            position_ids=position_ids,
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        ).logits[:, -1]


def _read_with_transformers(folder: Path) -> Checkpoint:
    from transformers import AutoModelForCausalLM, AutoTokenizer, logging  # noqa: PLC0415  seconds, rarely needed

    logging.disable_progress_bar()
    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        network = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, dtype=torch.float32).eval()
    except Exception as unusable:  # the libraries raise whatever a broken file leads them to
        reason = next(iter(str(unusable).splitlines()), type(unusable).__name__)
        raise ConfigurationError(f"{folder}: no usable checkpoint: {reason}") from None
    if tokenizer.eos_token_id is None or tokenizer.pad_token_id is None:
        raise ConfigurationError(f"{folder}: the tokenizer names no end or no padding token")
    return Checkpoint(_ForeignNetwork(network), _ForeignTokens(tokenizer))
