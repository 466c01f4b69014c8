"""Approved wording as files that leave the service and come back, byte for byte."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.approved.replies import BRIDGES_FILE, REPLIES_FILE
from app.approved.wording import COMPLEMENTS_FILE, FALLBACKS_FILE, STITCH_FILE, WORDING_FILES
from app.lexicon.problems import ChangeRefused, Problem, nearest
from app.lexicon.rewording import Rewording
from app.lexicon.transfer import archived, unpacked
from app.lexicon.uploads import syntax_problems
from guards.lexicon.documents import DocumentError, parse_document

_KEYS = {
    "bodies": FALLBACKS_FILE,
    "texts": REPLIES_FILE,
    "segments": STITCH_FILE,
    "slot": COMPLEMENTS_FILE,
    "text": BRIDGES_FILE,
}
"""What only the entries of one of the files have, the rarest first."""


def exported_wording(wording: Mapping[str, bytes]) -> bytes:
    """All files of approved wording as one ZIP archive."""
    return archived({name: wording[name] for name in WORDING_FILES if name in wording})


def imported_wording(wording: Mapping[str, bytes], content: bytes, title: str = "") -> Rewording:
    """The change that one YAML file, or a ZIP archive of several, asks for. Raises ChangeRefused."""
    return imported_wording_files(wording, unpacked(content) or {_name(content): content}, title)


def imported_wording_files(wording: Mapping[str, bytes], sent: Mapping[str, bytes], title: str = "") -> Rewording:
    """The same for files by their names; those that are not sent stay.

    Raises:
        ChangeRefused: naming everything that is wrong with them, or that they differ in nothing.
    """
    problems = [_unknown(name) for name in sent if name not in WORDING_FILES]
    problems += [found for name in sent if name in WORDING_FILES for found in syntax_problems(name, sent[name])]
    if problems:
        raise ChangeRefused(problems)
    files = {name: text.decode() for name, text in sent.items() if wording.get(name) != text}
    if not files:
        told = "文件里的话术和现行话术一样，没有要改的。"
        raise ChangeRefused([Problem(code="no_change", message=told, english="the files are those in force")])
    return Rewording.parse({"title": title, "files": files})


def _unknown(name: str) -> Problem:
    meant = nearest(name, WORDING_FILES)
    hint = f"是不是“{meant}”？" if meant else f"可以导入的有：{'、'.join(WORDING_FILES)}。"
    told = f"“{name}”不是话术文件。{hint}"
    return Problem(code="unknown_file", file=name, message=told, english=f"{name} is no file of approved wording")


def _name(content: bytes) -> str:
    """The name of the file that one YAML text is to take the place of."""
    try:
        data: Any = parse_document(Path("wording.yaml"), content).data
    except DocumentError:
        data = None
    first = data[0] if isinstance(data, list) and data else None
    if not isinstance(first, dict):
        problems = syntax_problems("wording.yaml", content)
        told = "看不出是哪个话术文件，请连同文件名打成 ZIP 再导入。"
        other = Problem(code="unknown_file", message=told, english="no file of approved wording")
        raise ChangeRefused(problems or [other])
    return next((file for key, file in _KEYS.items() if key in first), BRIDGES_FILE)
