"""Presidio recognisers for Chinese personal data; Presidio ships none, and no language model is loaded."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from guards.personal_data import accounts, addresses, births, documents, employers, names, platforms, workplaces
from guards.personal_data.cues import AnyOf, Cue, WordsAndPattern
from guards.personal_data.digit_runs import DIGIT, SIGN
from guards.personal_data.hits import Finder
from guards.personal_data.interrupted import DIGIT_OR_LIKE, GAP, SPELT
from guards.personal_data.lean_imports import lean_imports
from guards.personal_data.numbers import SHORTEST, numbers

with lean_imports():
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
    from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
    from presidio_analyzer.nlp_engine import NlpArtifacts, NoOpNlpEngine

LANGUAGE = "zh"

_DOCUMENTS: tuple[Finder, ...] = (
    documents.credit_codes,
    documents.passports,
    documents.hk_macao_permits,
    documents.taiwan_permits,
)


class Group(NamedTuple):
    """Kinds that are found together. A text of which `cue` says no has of them."""

    cue: Cue
    kinds: tuple[str, ...]
    finders: tuple[Finder, ...]


GROUPS = {
    "numbers": Group(
        re.compile(rf"{DIGIT_OR_LIKE}(?:(?:{GAP}|{SIGN}{{0,3}})(?:{DIGIT_OR_LIKE}|{SPELT})){{{SHORTEST - 1}}}").search,
        ("mobile", "landline", "id_card", "bank_card"),
        (numbers,),
    ),
    "documents": Group(
        re.compile(rf"{DIGIT}(?:[ \-]?{DIGIT}){{6}}").search,
        ("uscc", "passport", "hk_macao_permit", "taiwan_permit"),
        _DOCUMENTS,
    ),
    "emails": Group(accounts.ADDRESS.search, ("email",), (accounts.emails,)),
    "handles": Group(accounts.ACCOUNT, ("wechat", "qq", "alipay", "online_account"), (accounts.accounts, accounts.qqs)),
    "platforms": Group(platforms.HANDLE, ("online_account",), (platforms.handles,)),
    "licence_plates": Group(documents.PLATE.search, ("licence_plate",), (documents.licence_plates,)),
    "certificates": Group(documents.CERTIFICATE, ("certificate",), (documents.certificates,)),
    "addresses": Group(addresses.PLACE, ("address",), (addresses.addresses,)),
    "births": Group(births.BIRTH, ("date_of_birth",), (births.births,)),
    "employers": Group(employers.EMPLOYER, ("workplace",), (employers.employers,)),
    "workplaces": Group(workplaces.WORKPLACE, ("workplace",), (workplaces.workplaces,)),
    "names": Group(names.might_name, ("name_in_context",), (names.names,)),
}

_BY_WORDS = [group.cue for group in GROUPS.values() if isinstance(group.cue, WordsAndPattern)]
_CUES: tuple[Cue, ...] = (
    *(group.cue for group in GROUPS.values() if not isinstance(group.cue, WordsAndPattern)),
    AnyOf(_BY_WORDS),
)


class FinderRecognizer(EntityRecognizer):  # type: ignore[misc]  # read as untyped
    """A group of kinds. Not a PatternRecognizer: that one drops a pattern which times out, silently."""

    def __init__(self, name: str, group: Group) -> None:
        self._cue = group.cue
        self._finders = group.finders
        super().__init__(supported_entities=list(group.kinds), name=name, supported_language=LANGUAGE)

    def load(self) -> None:
        """Nothing to load."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """All hits of the group in a folded text."""
        if not self._cue(text):
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


class NullNlpEngine(NoOpNlpEngine):  # type: ignore[misc]  # read as untyped
    """No language processing: the recognisers read characters."""

    def __init__(self) -> None:
        super().__init__([{"lang_code": LANGUAGE, "model_name": ""}])


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
        nlp.load()
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
        if not any(cue(folded) for cue in _CUES):
            return ()
        results = self._engine.analyze(folded, LANGUAGE, nlp_artifacts=self._artifacts)
        kept: list[RecognizerResult] = []
        for result in sorted(results, key=lambda hit: (hit.start, -hit.end, -hit.score, hit.entity_type)):
            if not (kept and result.end <= kept[-1].end):
                kept.append(result)
        return kept
