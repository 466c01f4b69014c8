"""Who may no longer be called, in and out on the command line."""

from pathlib import Path

import pytest

from tests.app.shell import Shell, is_one_clear_line

LIST = "ref,type,at\nu-1,opt_out,2026-11-01\nu-2,wrong_number,2026-11-01\nu-1,opt_out,2026-11-02\n"
COUNTS = (
    "list.csv: 3 rows, 2 customers: 2 new, 0 wider, 0 known with other dates, 0 already known, 1 duplicates in the "
    "file, 0 older than the retention\n"
)


@pytest.fixture(autouse=True)
def _list(shell: Shell) -> None:
    Path("list.csv").write_text(LIST, "utf-8")


class TestImport:
    """heyan contacts import"""

    def test_a_dry_run_counts_and_writes_nothing(self, shell: Shell) -> None:
        for _ in range(2):
            dry = shell("contacts", "import", "list.csv", "--dry-run")
            assert (dry.status, dry.err) == (0, "")
            assert dry.out == f"{COUNTS}nothing was written: this was a dry run\n"
        assert shell("audit", "head").json["number"] == 0

    def test_an_import_counts_and_a_repeated_one_says_that_nothing_changes(self, shell: Shell) -> None:
        first = shell("contacts", "import", "list.csv", "--person", "张合规")
        assert (first.status, first.out, first.err) == (0, COUNTS, "")
        again = shell("contacts", "import", "list.csv")
        assert again.status == 0
        assert "2 already known" in again.out
        assert again.out.endswith("nothing changes: all of it is known\n")
        assert shell("audit", "verify").out == "the trail is whole: 4 rows\n"

    def test_every_bad_row_has_a_line(self, shell: Shell) -> None:
        Path("bad.csv").write_text("ref,type\nu 1,opt_out\nu-2,opt_out\nu-3,nonsense\n", "utf-8")
        outcome = shell("contacts", "import", "bad.csv")
        assert (outcome.status, outcome.out) == (2, "")
        first, *others = outcome.err.splitlines()
        assert first == "bad.csv: 2 rows cannot be taken, so none was"
        assert [line.partition(": ")[0] for line in others] == ["  row 2, ref", "  row 4, type"]
        assert "u 1" not in outcome.err
        assert shell("contacts", "export", "out.csv").out == "out.csv: 0 closures of 0 customers\n"

    def test_what_cannot_be_imported_is_one_line(self, shell: Shell) -> None:
        Path("names.csv").write_text("ref,姓名\nu-1,张三\n", "utf-8")
        is_one_clear_line(shell("contacts", "import", "names.csv"), "names.csv", "姓名")
        is_one_clear_line(shell("contacts", "import", "missing.csv"), "missing.csv", "No such file")
        is_one_clear_line(shell("contacts", "import", "list.pdf"), "list.pdf", ".xlsx")
        unfit = shell("contacts", "import", "list.csv", "--person", " ")
        assert (unfit.status, unfit.out) == (2, "")
        assert "a name is 1 to 64 printable characters" in unfit.err


class TestExport:
    """heyan contacts export"""

    @pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
    def test_what_was_imported_is_exported_and_imported_again(self, shell: Shell, name: str) -> None:
        shell("contacts", "import", "list.csv")
        assert shell("contacts", "export", name).out == f"{name}: 2 closures of 2 customers\n"
        is_one_clear_line(shell("contacts", "export", name), name, "--force")
        assert shell("contacts", "export", name, "--force").status == 0
        assert shell("contacts", "import", name).out.endswith("nothing changes: all of it is known\n")

    def test_some_customers_are_exported_by_their_references(self, shell: Shell) -> None:
        shell("contacts", "import", "list.csv")
        Path("refs.txt").write_text("u-2\nu-9\n", "utf-8")
        assert (
            shell("contacts", "export", "out.csv", "--refs", "refs.txt").out == "out.csv: 1 closures of 1 customers\n"
        )
        assert Path("out.csv").read_text("utf-8").splitlines()[1].startswith("u-2,")
        is_one_clear_line(shell("contacts", "export", "x.csv", "--refs", "missing.txt"), "missing.txt")


class TestPurge:
    """heyan contacts purge"""

    def test_without_a_retention_nothing_is_deleted(self, shell: Shell) -> None:
        is_one_clear_line(shell("contacts", "purge"), "HEYAN_CONTACT_RETENTION_DAYS is not set")

    def test_what_is_older_is_deleted(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        Path("list.csv").write_text("ref,at\nold,2020-01-01\nyoung,\n", "utf-8")
        shell("contacts", "import", "list.csv")
        monkeypatch.setenv("HEYAN_CONTACT_RETENTION_DAYS", "365")
        assert shell("contacts", "purge").out == "1 closures were older than the retention and are deleted\n"
        assert shell("contacts", "purge").out == "0 closures were older than the retention and are deleted\n"
        assert shell("audit", "verify").out == "the trail is whole: 3 rows\n"


def test_a_store_that_was_keyed_otherwise_refuses(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell("contacts", "import", "list.csv")
    monkeypatch.setenv("HEYAN_REF_KEY", "k" * 32)
    is_one_clear_line(shell("contacts", "import", "list.csv"), "HEYAN_REF_KEY")
