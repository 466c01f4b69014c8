"""Training: a small model learns what it is told, its saved weights score alike, the shipped ones hold what is told."""

from pathlib import Path

import numpy as np
import pytest

from app.settings import ROOT
from app.turns.understanding.linear import read_linear_model
from finetune.folders import CORPUS, PROMPTS
from finetune.understanding.corpus import Utterance, read_utterances
from finetune.understanding.intents import read_intents
from finetune.understanding.measuring import f1_of
from finetune.understanding.training import meant, save, scores_of, train, understood

INTENTS = ("stop", "busy", "unknown")
SAID = [
    ("stop", ("别再打了", "不要再打给我", "再打我拉黑了", "别打了烦不烦", "以后别打了")),
    ("busy", ("我在开会", "正忙着呢", "在忙没空", "开会呢回头说", "忙着做饭呢")),
]
LEAST_F1, LEAST_RECALL = 0.91, 0.94


def lessons() -> list[Utterance]:
    """Few utterances by four hands."""
    return [
        Utterance(f"{text}{'啊' * hand}", frozenset({intent}), str(hand))
        for hand in range(4)
        for intent, texts in SAID
        for text in texts
    ]


def test_what_was_learnt_is_understood_and_survives_saving(tmp_path: Path) -> None:
    model = train(lessons(), INTENTS, {"stop"})
    save(model, tmp_path)
    saved = read_linear_model(tmp_path)
    for text, intent in (("你别再打了", "stop"), ("我正开会", "busy")):
        assert saved.intents[int(saved.scores(text).argmax())] == intent
    texts = ["别再打了", "在忙", "今天天气好"]
    assert scores_of(saved, texts) == pytest.approx(np.stack([saved.scores(text) for text in texts]), abs=1e-4)


def test_what_is_not_understood_is_unknown() -> None:
    model = train(lessons(), INTENTS, ())
    found = understood(np.array([[-2.0, -2.0, -2.0], [2.0, -2.0, 2.0]]), model)
    assert found.tolist() == [[False, False, True], [True, False, False]]


def test_the_shipped_weights_understand_hands_that_they_have_not_seen() -> None:
    intents = read_intents(PROMPTS)
    model = read_linear_model(ROOT / "models" / "turns")
    assert model.intents == tuple(intents)
    measured = read_utterances(CORPUS / "utterances" / "heldout", intents)
    found = understood(scores_of(model, [each.text for each in measured]), model)
    truth = meant(measured, model.intents)
    assert float(np.nanmean(f1_of(found, truth))) >= LEAST_F1
    grave = [model.places[name] for name, is_grave in intents.items() if is_grave]
    assert (found & truth)[:, grave].sum() / truth[:, grave].sum() >= LEAST_RECALL


def test_f1_counts_what_is_found_and_what_is_meant() -> None:
    found = np.array([[True, False], [True, False]])
    truth = np.array([[True, False], [False, False]])
    assert f1_of(found, truth)[0] == pytest.approx(2 / 3)
    assert np.isnan(f1_of(found, truth)[1])
