"""Presidio recognisers for Chinese personal data; Presidio ships none, and no language model is loaded."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from guards import identifiers, mentions
from guards.identity_numbers import DIGIT, Finder, numbers

LANGUAGE = "zh"

_RUN = rf"{DIGIT}(?:[^0-9a-z\u4e00-\u9fff]{{0,3}}{DIGIT}){{6}}"
_DOCUMENTS: tuple[Finder, ...] = (
    identifiers.credit_codes,
    identifiers.passports,
    identifiers.hk_macao_permits,
    identifiers.taiwan_permits,
)


class Group(NamedTuple):
    """Kinds that are found together. Without a match of `cue` none of them can be there."""

    cue: str
    kinds: tuple[str, ...]
    finders: tuple[Finder, ...]


GROUPS = {
    "numbers": Group(_RUN, ("mobile", "landline", "id_card", "bank_card"), (numbers,)),
    "documents": Group(_RUN, ("uscc", "passport", "hk_macao_permit", "taiwan_permit"), _DOCUMENTS),
    "emails": Group(r"@|艾特|\(at\)", ("email",), (identifiers.emails,)),
    "handles": Group(
        r"[微薇威]信|wechat|weixin|[vw]x|v信|加.{0,2}v|qq|扣扣|企鹅号",
        ("wechat", "qq"),
        (identifiers.wechats, identifiers.qqs),
    ),
    "licence_plates": Group(r"[0-9]{2}", ("licence_plate",), (identifiers.licence_plates,)),
    "addresses": Group(rf"(?:{DIGIT}|[十百]) ?[号弄栋幢座单室组]", ("address",), (mentions.addresses,)),
    "names": Group(
        r"我是|叫|姓名|名字|联系人|户名|持卡人|本人|先生|女士|小姐", ("name_in_context",), (mentions.names,)
    ),
}

_CUE = re.compile("|".join(group.cue for group in GROUPS.values()))


class FinderRecognizer(EntityRecognizer):  # type: ignore[misc]  # read as untyped
    """A group of kinds. Not a PatternRecognizer: that one drops a pattern which times out, silently."""

    def __init__(self, name: str, group: Group) -> None:
        self._cue = re.compile(group.cue)
        self._finders = group.finders
        super().__init__(supported_entities=list(group.kinds), name=name, supported_language=LANGUAGE)

    def load(self) -> None:
        """Nothing to load."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """All hits of the group in a folded text."""
        if self._cue.search(text) is None:
            return []
        return [
            RecognizerResult(*hit, recognition_metadata=self._metadata())
            for find in self._finders
            for hit in find(text)
        ]

    def _metadata(self) -> dict[str, str]:
        return {
            RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
            RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
        }


class NullNlpEngine(NlpEngine):  # type: ignore[misc]  # read as untyped
    """No language processing: the recognisers read characters."""

    def load(self) -> None:
        """Nothing to load."""

    def is_loaded(self) -> bool:
        """Always."""
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Empty artifacts."""
        return NlpArtifacts([], [], [], [], self, language)

    def process_batch(
        self, texts: Iterable[str], language: str, batch_size: int = 1, n_process: int = 1, **kwargs: Any
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        """Empty artifacts for each text."""
        return ((text, self.process_text(text, language)) for text in texts)

    def is_stopword(self, word: str, language: str) -> bool:
        """Never: there is no vocabulary."""
        return False

    def is_punct(self, word: str, language: str) -> bool:
        """Never: there is no vocabulary."""
        return False

    def get_supported_entities(self) -> list[str]:
        """None."""
        return []

    def get_supported_languages(self) -> list[str]:
        """Chinese only."""
        return [LANGUAGE]


class NoEnhancer(ContextAwareEnhancer):  # type: ignore[misc]  # read as untyped
    """Leaves scores alone: the finders look at the context themselves."""

    def __init__(self) -> None:
        super().__init__(0, 0, 0, 0)

    def enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        recognizers: list[EntityRecognizer],
        context: list[str] | None = None,
    ) -> list[RecognizerResult]:
        """The same results."""
        return raw_results


class Recognisers:
    """All recognisers behind one Presidio engine. Built once, only read afterwards, shared by all threads."""

    def __init__(self) -> None:
        nlp = NullNlpEngine()
        self._artifacts = nlp.process_text("", LANGUAGE)
        self._engine = AnalyzerEngine(
            registry=RecognizerRegistry(
                recognizers=[FinderRecognizer(name, group) for name, group in GROUPS.items()],
                supported_languages=[LANGUAGE],
            ),
            nlp_engine=nlp,
            supported_languages=[LANGUAGE],
            context_aware_enhancer=NoEnhancer(),
        )

    def __call__(self, folded: str) -> Sequence[RecognizerResult]:
        """What a folded text gives away; none of the results lies within another of at least its score."""
        if _CUE.search(folded) is None:
            return ()
        results = self._engine.analyze(folded, LANGUAGE, nlp_artifacts=self._artifacts)
        kept: list[RecognizerResult] = []
        for result in sorted(results, key=lambda hit: (hit.start, -hit.end, -hit.score, hit.entity_type)):
            if not (kept and result.end <= kept[-1].end):
                kept.append(result)
        return kept
