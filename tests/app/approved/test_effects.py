"""Tags mean what they say: in a hundred bodies for each nothing contradicts it, and what it asks for is there."""

import random
from pathlib import Path

import pytest

from app.approved.brief import Brief
from app.approved.replies import cells
from app.approved.vocabulary import REPLY, Vocabulary, read_vocabulary
from app.approved.wording import Wording
from app.scripts.candidate import read_body
from app.writing.lines.bodies import ApprovedBodies, ApprovedBody
from finetune.folders import CORPUS, PROMPTS
from finetune.lines.bodies import read_corpus_of_bodies
from guards.types import Channel

_BODIES = 100
_TAGS = sorted(read_vocabulary(PROMPTS).tags)


@pytest.fixture(scope="module")
def bodies(vocabulary: Vocabulary) -> ApprovedBodies:
    """Those that are shipped."""
    return read_corpus_of_bodies(CORPUS, vocabulary)


def _drawn(fitting: list[ApprovedBody], chance: random.Random) -> str:
    body = chance.choice(fitting)
    offers = sorted({sentence.offer for sentence in body.sentences if sentence.offer})
    offer = chance.choice(offers) if offers else None
    said = [sentence for sentence in body.sentences if sentence.offer in (None, offer)]
    return "".join(chance.choice(sentence.texts) for sentence in said)


@pytest.mark.parametrize("name", _TAGS)
def test_a_hundred_answers_show_what_the_tag_means_and_nothing_contradicts_it(
    name: str, bodies: ApprovedBodies, wording: Wording, vocabulary: Vocabulary
) -> None:
    chance, tag, effect = random.Random(name), vocabulary.tags[name], vocabulary.effects[name]
    if tag.needs_reply:
        alone = [text for cell in cells([tag]) for text in wording.replies.texts(cell, "")]
        answers = [chance.choice(alone) for _ in range(_BODIES)]
    else:
        own = [body for body in bodies.approved if body.tags == {name}]
        assert own, "nobody wrote a body for it"
        answers = [_drawn(own, chance) for _ in range(_BODIES)]
    pairs = [body for body in bodies.approved if name in body.tags and len(body.tags) > 1]
    for text in [*answers, *([_drawn(pairs, chance) for _ in range(_BODIES)] if pairs else [])]:
        assert not [word for word in effect.never if word in text], text
    if effect.says:
        assert not [text for text in answers if not any(word in text for word in effect.says)]


def test_a_body_that_contradicts_a_tag_is_not_said(vocabulary: Vocabulary) -> None:
    for name in _TAGS:
        tag, effect = vocabulary.tags[name], vocabulary.effects[name]
        brief = Brief(tag.scenarios[0], next(iter(vocabulary.generations)), REPLY)
        for word in effect.never:
            body = f"您好，{word}，您看。"
            assert not read_body(body, brief, Channel.AI_VOICE, effect.never).is_usable, (name, word)
        assert read_body("您好。", brief, Channel.AI_VOICE, effect.never).is_usable


def test_every_tag_has_an_effect_in_words(vocabulary: Vocabulary) -> None:
    assert set(vocabulary.effects) == set(vocabulary.tags)
    assert Path(PROMPTS / "effects.yaml").exists()
