"""The embedded network gives the very numbers of transformers, and any other checkpoint is left to transformers."""

import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache, Qwen3Config, Qwen3ForCausalLM

from app.writing.embedded.checkpoint import read_checkpoint
from app.writing.embedded.network import Network, read_network

ROOT = Path(__file__).parents[4]
SHIPPED = ROOT / "models" / "heyan-mini"
_STEPS, _VOCABULARY = 12, 300


def save(folder: Path, **changes: object) -> Path:
    """A small random network of Qwen3's kind."""
    torch.manual_seed(7)
    sizes: dict[str, object] = {
        "vocab_size": _VOCABULARY,
        "hidden_size": 48,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 16,
        "tie_word_embeddings": False,
    }
    Qwen3ForCausalLM(Qwen3Config(**{**sizes, **changes})).save_pretrained(folder)
    return folder


KINDS: dict[str, Callable[[Path], Path]] = {
    "shipped": lambda folder: SHIPPED,
    "grouped": save,
    "not grouped": lambda folder: save(folder, num_key_value_heads=4),
    "tied": lambda folder: save(folder, tie_word_embeddings=True),
}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_every_bit_is_that_of_transformers(kind: str, seed: int, tmp_path: Path) -> None:
    """Rows of one length and of different lengths, of one token and of many at a time, and rows that end earlier."""
    folder = KINDS[kind](tmp_path)
    ours = read_network(folder)
    theirs = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, dtype=torch.float32).eval()
    assert ours is not None
    chance = random.Random(seed)
    torch.manual_seed(seed)
    rows = seed + 1
    cache, their_cache = ours.start(), DynamicCache(config=theirs.config)
    attention, read = torch.empty(rows, 0, dtype=torch.long), [0] * rows
    with torch.inference_mode():
        for step in range(_STEPS):
            counts = [chance.randint(1, 9) if step % 3 == 0 and seed > 1 else 5 - 4 * (step > 0) for _ in range(rows)]
            width = max(counts)
            ids = torch.randint(3, _VOCABULARY, (rows, width))
            real = torch.zeros(rows, width, dtype=torch.long)
            positions = torch.zeros(rows, width, dtype=torch.long)
            for row, count in enumerate(counts):
                real[row, -count:] = 1
                positions[row, -count:] = torch.arange(read[row], read[row] + count)
                read[row] += count
            attention = torch.cat([attention, real], dim=1)
            found = ours(input_ids=ids, attention_mask=attention, position_ids=positions, cache=cache)
            wanted = theirs(
                input_ids=ids, attention_mask=attention, position_ids=positions, past_key_values=their_cache,
                use_cache=True, logits_to_keep=1,
            ).logits[:, -1]  # fmt: skip
            assert torch.equal(found, wanted)
            if step == _STEPS // 2:
                kept = torch.arange(1, rows)
                cache.batch_select_indices(kept)
                their_cache.batch_select_indices(kept)
                attention, read, rows = attention[kept], read[1:], rows - 1


def test_reading_draws_no_numbers() -> None:
    torch.manual_seed(3)
    wanted = torch.rand(1)
    torch.manual_seed(3)
    read_network(SHIPPED)
    assert torch.equal(torch.rand(1), wanted)


@pytest.mark.parametrize(
    "change",
    [
        {"hidden_act": "gelu"},
        {"attention_bias": True},
        {"architectures": ["LlamaForCausalLM"]},
        {"rope_parameters": {"rope_type": "linear", "rope_theta": 10000.0, "factor": 2.0}},
        {"layer_types": ["sliding_attention", "full_attention"]},
        {"quantization_config": {}},
        {"num_hidden_layers": 3},
        {"hidden_size": 32},
    ],
)
def test_another_kind_of_network_is_none_of_ours(change: dict[str, object], tmp_path: Path) -> None:
    config = save(tmp_path) / "config.json"
    assert isinstance(read_network(tmp_path), Network)
    config.write_text(json.dumps({**json.loads(config.read_text()), **change}))
    assert read_network(tmp_path) is None


def test_the_tokenizer_is_that_of_transformers() -> None:
    tokens = read_checkpoint(SHIPPED).tokens
    theirs = AutoTokenizer.from_pretrained(SHIPPED, local_files_only=True)
    bodies = map(json.loads, (SHIPPED / "bodies.jsonl").read_text("utf-8").splitlines()[::40])
    lines = [part["texts"][0] for body in bodies for part in body["say"]]
    for text in [*lines, "<|scenario:acquisition|><|need:年化利率|>{年化利率}", " a  b。\n", ""]:
        written = tokens.encode(text)
        assert written == theirs(text, add_special_tokens=False)["input_ids"]
        for with_special in (True, False):
            assert tokens.decode(written, with_special=with_special) == theirs.decode(
                written, skip_special_tokens=not with_special
            )
    assert tokens.vocabulary() == theirs.get_vocab()
    assert (tokens.end, tokens.pad) == (theirs.eos_token_id, theirs.pad_token_id)


def test_a_checkpoint_of_another_kind_is_read_with_transformers(tmp_path: Path) -> None:
    save(tmp_path, vocab_size=Tokenizer.from_file(str(SHIPPED / "tokenizer.json")).get_vocab_size(), hidden_act="gelu")
    AutoTokenizer.from_pretrained(SHIPPED, local_files_only=True).save_pretrained(tmp_path)
    network, tokens = read_checkpoint(tmp_path)
    assert not isinstance(network, Network)
    ids = torch.tensor([tokens.encode("您好")])
    cache = network.start()
    logits = network(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        position_ids=torch.arange(ids.shape[1])[None],
        cache=cache,
    )
    assert logits.shape == (1, len(tokens.vocabulary()))
    cache.batch_select_indices(torch.tensor([0]))


def test_the_shipped_model_loads_no_transformers() -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from app.writing.embedded import EmbeddedModel\n"
        "EmbeddedModel(Path(sys.argv[1]))\n"
        "print([name for name in ('transformers', 'sympy', 'torch._dynamo', 'spacy') if name in sys.modules])"
    )
    command = [sys.executable, "-c", program, str(SHIPPED)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
