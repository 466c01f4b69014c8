"""A model, rows and recipes small enough to be trained in seconds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

from app.approved.vocabulary import Vocabulary
from app.writing.prompt import END, render_compact
from finetune.dataset.rows import DpoRow, KtoRow, Meta, Row, SftRow, Stage, segment_of, template_of
from finetune.lines.composer import Composer, Sample
from finetune.lines.reader import Line
from finetune.recipe.reader import read_recipe
from finetune.recipe.schema import Recipe

ROWS, _BATCH = 60, 16
QWEN3 = (
    "{% for message in messages %}{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}"
    "{% if enable_thinking is defined and enable_thinking is false %}{{ '<think>\\n\\n</think>\\n\\n' }}{% endif %}"
    "{% endif %}"
)
"""The part of Qwen3's chat template that these prompts reach."""
_RECIPE = """\
stage: {stage}
model: {{path: {base}, profile: compact}}
adapter: null
data: {{path: {data}, max_length: 320}}
lora: {{r: 8, alpha: 16}}
train:
  max_steps: 8
  per_device_train_batch_size: 4
  learning_rate: 5.0e-3
  seed: 3
  use_cpu: true
  logging_steps: 4
  eval_strategy: steps
  eval_steps: 8
  save_steps: 4
output: var/runs/tiny
"""


def save_tiny(folder: Path, tokenizer: Any, samples: Sequence[Sample] = ()) -> None:
    """A checkpoint of random weights for a tokenizer, which then begins to learn the bodies of some samples."""
    torch.manual_seed(11)
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        intermediate_size=64,
        head_dim=16,
        tie_word_embeddings=True,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    network = Qwen3ForCausalLM(config)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-2)
    texts = [render_compact(sample.brief) + sample.body + END for sample in samples]
    for at in range(0, len(texts), _BATCH):
        batch = tokenizer(texts[at : at + _BATCH], padding=True, padding_side="right", return_tensors="pt")
        labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
        loss = network(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def save_instruct(folder: Path, text: str, *, head_dim: int = 16) -> PreTrainedTokenizerFast:
    """A random Qwen3 with a chat template like Qwen3's; its tokenizer has one token for each character of `text`."""
    words = {"<|im_end|>": 0, "<|im_start|>": 1, "<unk>": 2}
    words |= {character: len(words) + place for place, character in enumerate(sorted({*text}))}
    inner = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    inner.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    inner.decoder = decoders.Fuse()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner, eos_token="<|im_end|>", pad_token="<|im_end|>", unk_token="<unk>",
        extra_special_tokens=["<|im_start|>"], chat_template=QWEN3,
    )  # fmt: skip
    torch.manual_seed(5)
    config = Qwen3Config(
        vocab_size=len(words), hidden_size=2 * head_dim, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=1, intermediate_size=4 * head_dim, head_dim=head_dim, tie_word_embeddings=True,
        eos_token_id=0, pad_token_id=0, bos_token_id=None,
    )  # fmt: skip
    Qwen3ForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return tokenizer


def teach(folder: Path, prompt: str, body: str, steps: int) -> None:
    """Train a checkpoint, all of it, until it writes one body, ended by its end token, after one prompt."""
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    network = Qwen3ForCausalLM.from_pretrained(folder, dtype=torch.float32)
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    asked = len(tokenizer(prompt)["input_ids"])
    ids = tokenizer(prompt + body + tokenizer.eos_token, return_tensors="pt")["input_ids"]
    labels = ids.clone()
    labels[:, :asked] = -100
    for _ in range(steps):
        loss = network(input_ids=ids, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    network.save_pretrained(folder)


def tiny_rows(corpus: list[Line], vocabulary: Vocabulary) -> dict[Stage, list[Row]]:
    """Rows of each stage over the same briefs."""
    found: dict[Stage, list[Row]] = {"sft": [], "dpo": [], "kto": []}
    for number, sample in enumerate(Composer(corpus, vocabulary, 21).samples(ROWS)):
        brief, body = sample.brief, sample.body
        split = "validation" if number % 5 == 0 else "train"
        meta = Meta(f"tiny.csv:{number}", template_of(body), split, brief.strategy, segment_of(brief))  # type: ignore[arg-type]
        found["sft"].append(SftRow(brief, body, meta))
        found["dpo"].append(DpoRow(brief, body, body + "我保证您一定能批。", meta))
        found["kto"].append(KtoRow(brief, body, number % 3 == 0, meta))
    return found


def recipe_text(stage: Stage, base: Path, data: Path) -> str:
    """A recipe of eight steps."""
    return _RECIPE.format(stage=stage, base=base, data=data)


def tiny_recipe(folder: Path, stage: Stage, base: Path, data: Path, *changes: str) -> Recipe:
    """The same, written to a file of `folder` and read back, with changes as of `--set`."""
    file = folder / f"tiny-{stage}.yaml"
    file.write_text(recipe_text(stage, base, data), "utf-8")
    return read_recipe(file, stage, changes)
