"""The shipped wording, and what the tests of this folder say of its texts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.approved.wording import WORDING_FILES
from app.lexicon.lifecycle import Lifecycle
from app.lexicon.rewording import Rewording
from app.lexicon.wording_files import WordingFiles
from guards.lexicon.documents import parse_document

WordingLife = Lifecycle[Rewording]
"""The life of approved wording."""
PROMPTS = Path(__file__).parents[3] / "prompts"
WORDS = {name: (PROMPTS / name).read_bytes() for name in WORDING_FILES}
"""The shipped files of wording, by their names."""
FILES = WordingFiles(WORDS)
BODY = "就说重点，{产品名}的利息是{年化利率}。不催您，要不要用您自己定。还有什么想问的吗？"
"""The plainest body of its cell."""
OTHER = "直接说利息，{产品名}是{年化利率}。按这个算，每月还{月还款}。用不用您自己定，有想问的吗？"
"""A richer one beside it."""
LEAVING = "好的，我记下了。打扰您了，今天先说到这儿。"
"""A body beside both that replies."""
REPLY = "手里够用，比什么都强。祝您身体好。"
BRIDGE = "接下来由人工专员跟您说，请您稍等，不要挂断。"
SEGMENT = "请理性借贷。"
COMPLEMENT = "应还{应还金额}。"
RIDER = "没还的部分，照合同继续计息。"
_IDS = {stored.text: name for name, stored in FILES.lines.items()}


def named(text: str) -> str:
    """The id of a shipped text."""
    return _IDS[text]


def edit(text: str, new: str) -> dict[str, Any]:
    """A change that has other words for a shipped text."""
    return {"title": "改话术", "edits": [{"id": named(text), "text": new}]}


def add(beside: str, text: str, *, before: bool = False) -> dict[str, Any]:
    """A change that puts a text beside a shipped one."""
    return {"title": "加话术", "adds": [{"beside": named(beside), "text": text, "before": before}]}


def exchange(name: str, old: str, new: str) -> dict[str, Any]:
    """A change that sends a whole file, in which some words stand for others."""
    text = WORDS[name].decode()
    assert old in text
    return {"title": "换文件", "files": {name: text.replace(old, new)}}


def read(contents: Mapping[str, bytes]) -> dict[str, Any]:
    """What files say."""
    return {name: parse_document(Path(name), content).data for name, content in contents.items()}
