"""The tables of disguised spellings: read line by line, broken ones named by file and line."""

from pathlib import Path

import pytest

from guards.text.lookalikes import FOLDER, read_table


def test_comments_and_empty_lines_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "table.tsv"
    file.write_text("# 征\n彳正\t征\n\n+q\t加qq\n", "utf-8")
    assert read_table(file) == {"彳正": "征", "+q": "加qq"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("彳正 征", "a tab between"),
        ("彳正\t", "a tab between"),
        ("\t征", "a tab between"),
        ("彳正\t征\t证", "a tab between"),
        ("征\t征", "a tab between"),
        ("亻言\t信", "stands already above"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, told: str) -> None:
    file = tmp_path / "table.tsv"
    file.write_text(f"亻言\t信\n{line}\n", "utf-8")
    with pytest.raises(ValueError, match=f"table.tsv:2: .*{told}"):
        read_table(file)


def test_each_table_says_in_its_first_lines_what_it_holds() -> None:
    files = sorted(FOLDER.glob("*.tsv"))
    assert [file.stem for file in files] == ["look_alikes", "risky_look_alikes", "split", "stand_ins"]
    assert all(file.read_text("utf-8").startswith("# ") for file in files)
