"""Rules as files: what they are is seen, and they come back as they went out."""

import io
import zipfile
from collections.abc import Mapping

import pytest

from app.lexicon.problems import ChangeRefused
from app.lexicon.transfer import Format, exported, format_of, imported
from tests.app.lexicon.rules import SMALL

CHANGED = SMALL.contents["promise.yaml"].replace(b"title: ", "title: 改".encode(), 1)


def _archive(entries: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, entry in entries.items():
            archive.writestr(name, entry)
    return content.getvalue()


@pytest.mark.parametrize("form", Format)
def test_what_goes_out_is_known_again_and_the_same_every_time(form: Format) -> None:
    content = exported(SMALL, form)
    assert format_of(content, form.media_type) is form
    if form is not Format.XLSX:
        assert exported(SMALL, form) == content


@pytest.mark.parametrize(
    ("media_type", "form"),
    [("text/csv; charset=utf-8", Format.CSV), ("application/yaml", Format.YAML), ("Text/YAML", Format.YAML)],
)
def test_a_text_is_what_it_is_sent_as(media_type: str, form: Format) -> None:
    assert format_of(b"x", media_type) is form


def test_a_file_that_nothing_is_known_of_is_refused() -> None:
    with pytest.raises(ChangeRefused, match="不能这样采用"):
        format_of(b"x", "application/octet-stream")


@pytest.mark.parametrize(
    "content",
    [
        CHANGED,
        _archive({"promise.yaml": CHANGED}),
        _archive({"lexicons/promise.yaml": CHANGED, "__MACOSX/lexicons/._promise.yaml": b"\0", "lexicons/a.txt": b""}),
    ],
)
def test_yaml_comes_in_alone_or_in_an_archive(content: bytes) -> None:
    change = imported(SMALL, content, Format.YAML, "改名")
    assert (change.title, len(change.edits), change.adds, change.retires) == ("改名", 1, (), ())


def test_each_kind_of_file_takes_the_place_of_its_own() -> None:
    for name in ("disclosures.yaml", "gates.yaml", "numbers.yaml", "roles.yaml"):
        changed = SMALL.contents[name].replace(b"title: ", "title: 改".encode(), 1)
        assert len(imported(SMALL, changed, Format.YAML).edits) == 1, name


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (_archive({"readme.txt": b"x"}), "empty"),
        (b"PK\x03\x04rubbish", "broken_archive"),
        (SMALL.contents["promise.yaml"], "no_change"),
        (_archive(SMALL.contents), "no_change"),
        (b"rules: [", "unreadable_file"),
    ],
)
def test_what_cannot_be_taken_is_named(content: bytes, code: str) -> None:
    with pytest.raises(ChangeRefused) as refused:
        imported(SMALL, content, Format.YAML)
    assert refused.value.problems[0].code == code
