"""The judge of whole sets of rules: they compile, pass their own examples, and stop no approved wording."""

import re
from collections.abc import Iterator
from pathlib import Path

from app.approved.vocabulary import Vocabulary
from app.approved.wording import Wording
from app.data import agree
from app.lexicon.files import RuleFiles
from app.lexicon.problems import Problem, shown
from app.scripts.proof import prove_wording
from guards.lexicon.documents import DocumentError
from guards.meaning import read_weights
from guards.policy import Institution, compile_policy

_STOPPED = re.compile(r"(?P<place>[^\n]*?:\d+): (?P<rule>[a-z0-9_]+(?:\.[a-z0-9_]+)+): (?P<reason>.*)", re.DOTALL)


class WordingJudge:
    """Compiles rules as the service does, and holds every approved wording against them."""

    def __init__(self, vocabulary: Vocabulary, wording: Wording, institution: Institution, meaning_file: Path) -> None:
        self._vocabulary = vocabulary
        self._wording = wording
        self._institution = institution
        self._meaning_file = meaning_file
        self._texts = {
            place: wording.fallbacks[scenario, generation][index].text
            for (scenario, generation, index), place in wording.places.items()
        }

    def __call__(self, files: RuleFiles) -> list[Problem]:
        """What is wrong with these rules, by rule, word and wording; it takes seconds."""
        try:
            policy = compile_policy(files.lexicon(), self._institution, read_weights(self._meaning_file))
            agree(self._vocabulary, policy)
            prove_wording(policy, self._vocabulary, self._wording)
        except DocumentError as broken:
            return list(self._told(broken.problems, files))
        return []

    def _told(self, lines: list[str], files: RuleFiles) -> Iterator[Problem]:
        for line in lines:
            found = _STOPPED.fullmatch(line)
            if found is None or found["rule"] not in files.rules or not found["place"].startswith(self._places):
                yield Problem(code="unsound_rules", message=f"这样改以后规则通不过：{line}。", english=line)
                continue
            text, rule = self._texts.get(found["place"], ""), files.rules[found["rule"]]
            word = next((word for word in rule.data.get("phrases") or () if word in text), None)
            by = f"的“{shown(word)}”" if word else ""
            wording = f"“{text}”" if text else ""
            yield Problem(
                code="stops_wording",
                rule=rule.id,
                word=word,
                message=f"规则“{rule.id}”{by}会拦住已批准的话术{wording}（{found['place']}）：{found['reason']}。"
                "请改规则，或者先换掉这句话术。",
                english=f"{rule.id} stops approved wording at {found['place']}",
            )

    @property
    def _places(self) -> tuple[str, ...]:
        return tuple({place.rpartition("/")[0] + "/" for place in self._texts} | {"prompts/"})
