"""What the guards are measured against: the bare libraries, used the plain way."""

from collections.abc import Iterable

import ahocorasick
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

from bench.timing import Work
from guards.personal_data.presidio import GROUPS, LANGUAGE, FinderRecognizer, NullNlpEngine


def bare_automaton(phrases: Iterable[str], text: str) -> Work:
    """pyahocorasick on the characters of a text: no folding, no exceptions, no scope."""
    automaton = ahocorasick.Automaton()
    for phrase in phrases:
        automaton.add_word(phrase, phrase)
    automaton.make_automaton()
    return lambda: list(automaton.iter(text))


def bare_bytes_automaton(phrases: Iterable[str], text: str) -> Work:
    """pyahocorasick on the UTF-8 bytes of a text read as latin-1, conversion included: its fastest way with Chinese."""
    automaton = ahocorasick.Automaton()
    for phrase in phrases:
        automaton.add_word(_bytes(phrase), phrase)
    automaton.make_automaton()
    return lambda: list(automaton.iter(_bytes(text)))


def bare_presidio(text: str) -> Work:
    """Presidio with our recognisers and no language model, as its documentation builds it."""
    engine = AnalyzerEngine(
        registry=RecognizerRegistry(
            recognizers=[FinderRecognizer(name, group) for name, group in GROUPS.items()],
            supported_languages=[LANGUAGE],
        ),
        nlp_engine=NullNlpEngine(),
        supported_languages=[LANGUAGE],
    )
    return lambda: engine.analyze(text, LANGUAGE)


def _bytes(text: str) -> str:
    return text.encode("utf-8").decode("latin-1")
