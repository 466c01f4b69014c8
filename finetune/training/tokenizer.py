"""Train the byte-level BPE of heyan-mini: control tokens are special, slots are ordinary added tokens."""

from collections.abc import Iterable

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from app.approved.vocabulary import Vocabulary
from app.writing.prompt import BODY, END, OFFERS, PAD, START, control, slot_token
from guards.types import Generation, Scenario

CHAT_TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
"""The one user message is the compact prompt itself, so that chat servers see the very tokens of training."""


def train_tokenizer(texts: Iterable[str], vocabulary: Vocabulary, pieces: int) -> PreTrainedTokenizerFast:
    """A tokenizer of about `pieces` pieces, control tokens and slots included.

    Punctuation is split off and digits stand alone, so that no piece joins two sentences or hides a number; a piece
    holds at most four Chinese characters, so that whole phrases are not memorised as one token.
    """
    specials = [PAD, END, START, BODY, *controls(vocabulary)]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\{[^{}]*\}"), "isolated"),
            pre_tokenizers.Split(Regex(r"[，。！？、：]"), "isolated"),
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    slots = [AddedToken(slot_token(name), special=False, normalized=False) for name in vocabulary.slots]
    trainer = trainers.BpeTrainer(
        vocab_size=pieces - len(slots),
        special_tokens=specials,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        max_token_length=12,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_tokens(slots)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=END,
        bos_token=START,
        extra_special_tokens=[BODY, *controls(vocabulary)],
        padding_side="left",
        chat_template=CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
    )


def controls(vocabulary: Vocabulary) -> list[str]:
    """Every control token that a compact prompt may hold."""
    return [
        *(control("scenario", scenario) for scenario in Scenario),
        *(control("generation", generation) for generation in Generation),
        *(control("strategy", strategy) for strategy in vocabulary.strategies),
        *(control("offer", offer) for offer in OFFERS),
        *(control("tag", tag.id) for tag in vocabulary.tags.values() if tag.speaks),
        *(control(kind, slot) for slot in vocabulary.slots for kind in ("need", "may")),
    ]
