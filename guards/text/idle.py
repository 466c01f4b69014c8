"""Which entries of the tables of disguises can match no text, because texts are never read so."""

from collections.abc import Callable, Iterator, Mapping

from guards.text.folding import Folding, fold
from guards.text.lookalikes import look_alikes, place_of, risky_look_alikes, split, stand_ins


def idle_entries() -> Iterator[str]:
    """The entries of the tables that no text can match, as `file:line: what`."""
    tables = {"split": split(), "risky_look_alikes": risky_look_alikes(), "stand_ins": stand_ins()}
    return idle(tables, look_alikes(), place_of)


def idle(
    tables: Mapping[str, Mapping[str, str]], alike: Mapping[str, str], place: Callable[[str, str], str]
) -> Iterator[str]:
    """The same of any tables by their names; `alike`: the one that folding itself uses. `place`: of a table's entry."""
    for name, table in tables.items():
        folding = Folding.PLAIN if name == "stand_ins" else Folding.TIGHT
        for written, meant in table.items():
            if (read := fold(written, folding).text) != written:
                yield f"{place(name, written)}: {written} would never be found; text is read as {read}"
            elif (word := fold(meant, Folding.TIGHT).text) != meant:
                yield f"{place(name, written)}: {meant} would never be found; words are read as {word}"
    for written, meant in alike.items():
        if (read := fold(written, Folding.PLAIN).text) != meant or fold(meant, Folding.PLAIN).text != meant:
            yield f"{place('look_alikes', written)}: {written} is read as {read}, not as {meant}"
