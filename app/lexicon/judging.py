"""May these rules be published? They compile, prove themselves on their own examples, and stop no approved wording."""

import re
from collections.abc import Mapping, Sequence
from threading import Lock

from app.data import Deployment, agree
from app.lexicon.approved import ApprovedTexts, approved_texts
from app.lexicon.files import RuleFiles
from app.lexicon.problems import Problem, errors, shown
from app.lexicon.stops import stops_wording
from app.policy import ActivePolicy
from app.writing.lines.library import ApprovedLine
from guards.lexicon.documents import DocumentError
from guards.policy import compile_policy

_LINE = re.compile(r"(?P<file>[^:\n]+):(?P<line>\d+): (?P<what>.*)", re.DOTALL)
_EXAMPLE = re.compile(
    r"(?P<rule>[a-z0-9_.]+) (?P<wrong>is not hit by its own example|hits its own near miss|"
    r"cannot be judged on its own example) (?P<text>'.*?'|\".*?\")(?:: .*)?",
    re.DOTALL,
)
_TOLD = {
    "is not hit by its own example": (
        "hit_not_found",
        "正例“{text}”没有被这条规则命中。请加上句子里该拦的词，或者改这个例句。",
    ),
    "hits its own near miss": (
        "miss_is_hit",
        "反例“{text}”被这条规则误命中了。请把词写长一点，或者把这种说法写进“例外”（except）。",
    ),
    "cannot be judged on its own example": ("unjudgeable", "例句“{text}”判断不了，请换一个例句或者联系工程师。"),
}


class PolicyJudge:
    """The judge of rules to be published. It takes seconds: not to be called in the loop.

    `active` holds rules in force, proven, which stop no approved wording: only what differs from them is compiled,
    proven and judged on it. `lines`: those of each model, by its folder's name.
    """

    def __init__(
        self, active: ActivePolicy, deployment: Deployment, lines: Mapping[str, Sequence[ApprovedLine]]
    ) -> None:
        self._active = active
        self._deployment = deployment
        self._lines = lines
        self._listing = Lock()
        self._listed: tuple[str, ApprovedTexts] | None = None

    def approved(self) -> ApprovedTexts:
        """Everything that is approved to be said now; listed once for each wording, which takes about a second."""
        ruling = self._active.ruling
        with self._listing:
            if self._listed is None or self._listed[0] != ruling.wording.digest:
                texts = approved_texts(ruling.policy, self._deployment.vocabulary, ruling.wording, self._lines)
                self._listed = ruling.wording.digest, texts
            return self._listed[1]

    def __call__(self, files: RuleFiles) -> list[Problem]:
        """Everything that stands in the way of putting these rules into force; nothing if nothing does."""
        ruling, vocabulary = self._active.ruling, self._deployment.vocabulary
        institution = self._deployment.institution(ruling.wording)
        try:
            lexicon = files.lexicon()
            compiled = compile_policy(lexicon, institution, self._deployment.weights, base=ruling.policy)
            agree(vocabulary, compiled)
        except DocumentError as broken:
            return [document_problem(line) for line in broken.problems]
        return errors(stops_wording(ruling.policy.lexicon, lexicon, self.approved(), institution, lines=False))


def document_problem(line: str) -> Problem:
    """What was said of a file of rules, or of a rule on its own examples, in words for an officer."""
    place = _LINE.fullmatch(line)
    file, number, what = (place["file"], int(place["line"]), place["what"]) if place else (None, None, line)
    if found := _EXAMPLE.fullmatch(what):
        code, told = _TOLD[found["wrong"]]
        rule, text = found["rule"], found["text"][1:-1]
        where = f"规则“{rule}”（{file} 第 {number} 行）的"
        message = where + told.format(text=shown(text))
        return Problem(code=code, rule=rule, word=text, file=file, line=number, message=message, english=line)
    where = f"{file} 第 {number} 行读不通过" if place else "规则文件读不通过"
    return Problem(code="unreadable_file", file=file, line=number, message=f"{where}：{what}", english=line)
