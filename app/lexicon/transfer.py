"""Rules as files that leave the service and come back: sheets for officers, and the YAML files, byte for byte."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePosixPath

from app.lexicon.drafts import Change
from app.lexicon.files import RuleFiles
from app.lexicon.problems import ChangeRefused, Problem
from app.lexicon.sheets import export_csv, export_xlsx, import_sheet
from app.lexicon.uploads import import_yaml
from app.lexicon.yaml_size import first_key, size_problems
from guards.lexicon.documents import DocumentError
from guards.lexicon.reader import DISCLOSURES_FILE, GATES_FILE, NUMBERS_FILE, ROLES_FILE

_ARCHIVE = b"PK\x03\x04"
_WORKBOOK = "[Content_Types].xml"
_LARGEST, _MOST_FILES = 24 * 2**20, 1000
"""Bytes of the files of an archive when unpacked, and how many they may be."""
_FAMILY = re.compile(r"[a-z0-9_]+")
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The oldest time that an archive can hold."""


class Format(StrEnum):
    """What a file of rules may be: two kinds of sheet; the YAML files, several of them in a ZIP archive."""

    CSV = "csv"
    XLSX = "xlsx"
    YAML = "yaml"

    @property
    def media_type(self) -> str:
        """What the answer is called over HTTP."""
        return _MEDIA_TYPES[self]

    @property
    def file_name(self) -> str:
        """What whoever saves it should call it."""
        return "lexicons.zip" if self is Format.YAML else f"lexicon.{self.value}"


_MEDIA_TYPES = {
    Format.CSV: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.YAML: "application/zip",
}
_SENT_AS = {
    **{media_type: form for form, media_type in _MEDIA_TYPES.items()},
    "application/yaml": Format.YAML,
    "application/x-yaml": Format.YAML,
    "text/yaml": Format.YAML,
}


def format_of(content: bytes, media_type: str = "") -> Format:
    """What a file is, by its content or by what it is sent as.

    Raises:
        ChangeRefused: if neither says it.
    """
    if content.startswith(_ARCHIVE):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return Format.XLSX if _WORKBOOK in archive.namelist() else Format.YAML
        except zipfile.BadZipFile:
            return Format.XLSX
    if (known := _SENT_AS.get(media_type.partition(";")[0].strip().lower())) is not None:
        return known
    told = "看不出文件是什么格式，请写明：csv、xlsx 或 yaml（?format=csv）。"
    raise ChangeRefused([Problem(code="unknown_format", field="format", message=told, english="say what the file is")])


def exported(files: RuleFiles, form: Format) -> bytes:
    """All rules as one file. A sheet holds the phrase rules; an archive holds every file, byte for byte."""
    if form is Format.CSV:
        return export_csv(files)
    if form is Format.XLSX:
        return export_xlsx(files)
    return archived(files.contents)


def archived(contents: Mapping[str, bytes]) -> bytes:
    """Files as one ZIP archive; the same files make the same archive."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def imported(files: RuleFiles, content: bytes, form: Format, title: str = "") -> Change:
    """The change that a file asks for.

    Raises:
        ChangeRefused: naming everything that is wrong with it, or that it differs in nothing; then nothing is taken.
    """
    if form is Format.YAML:
        sent = unpacked(content)
        if not sent:
            if problems := list(size_problems({"rules.yaml": content})):  # before anything is made of it
                raise ChangeRefused(problems)
            sent = {_name(files, content): content}
        return imported_files(files, sent, title)
    return _that_changes(import_sheet(files, content, title))


def imported_files(files: RuleFiles, sent: Mapping[str, bytes], title: str = "") -> Change:
    """The same for YAML files by their names. Raises ChangeRefused."""
    return _that_changes(import_yaml(files, sent, title))


def _that_changes(change: Change) -> Change:
    if change:
        return change
    told = "文件里的规则和现行规则一样，没有要改的。（注释和文件开头的设置不随导入改动。）"
    raise ChangeRefused([Problem(code="no_change", message=told, english="the rules of the file are those in force")])


def unpacked(content: bytes) -> dict[str, bytes]:
    """The YAML files of a ZIP archive by their names; nothing if it is none.

    Raises:
        ChangeRefused: if it cannot be opened, or holds none or too much.
    """
    if not content.startswith(_ARCHIVE):
        return {}
    problem = None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not _is_beside(entry)]
            names = [PurePosixPath(entry.filename).name for entry in entries]
            twice = next((name for name, often in Counter(names).items() if often > 1), None)
            if sum(entry.file_size for entry in entries) > _LARGEST or len(entries) > _MOST_FILES:
                problem = "too_large", "文件解开以后太大了，请分几次导入。", "the archive unpacks to too much"
            elif not entries:
                problem = "empty", "压缩包里没有 .yaml 文件。", "the archive holds no YAML file"
            elif twice:
                problem = (
                    "twice_in_archive",
                    f"压缩包里有两个“{twice}”，请只留一个。",
                    f"{twice} is in the archive twice",
                )
            else:
                return {name: archive.read(entry) for name, entry in zip(names, entries, strict=True)}
    except Exception:  # zipfile raises whatever a broken archive leads it to
        problem = "broken_archive", "压缩包打不开，可能已经损坏。", "no archive that can be opened"
    code, told, english = problem
    raise ChangeRefused([Problem(code=code, message=told, english=english)])


def _is_beside(entry: zipfile.ZipInfo) -> bool:
    """Folders, and what the systems of some senders add by themselves."""
    path = PurePosixPath(entry.filename)
    return entry.is_dir() or path.suffix != ".yaml" or path.name.startswith(".") or "__MACOSX" in path.parts


def _name(files: RuleFiles, content: bytes) -> str:
    """The name of the file that one YAML text is to take the place of."""
    known = {
        "disclosures": DISCLOSURES_FILE,
        "gates": GATES_FILE,
        "fact_sets": NUMBERS_FILE,
        "facts": ROLES_FILE,
        "family": "",
    }
    key, value = first_key(content, known)
    try:
        return files.family_file(value) if key == "family" and _FAMILY.fullmatch(value) else known[key] or "rules.yaml"
    except (DocumentError, KeyError):
        return "rules.yaml"
