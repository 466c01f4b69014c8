"""How long a lexicon takes to compile, from nothing and beside a running one, and a bare automaton of its phrases."""

import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from time import perf_counter

from rich.console import Console
from rich.table import Table

from bench.yardsticks import bare_bytes_automaton
from guards.collector import resting_collector
from guards.lexicon.reader import Lexicon
from guards.lexicon.rules import Family
from guards.phrases.guard import Phrases
from guards.text.folding import Folding

_SIZES = (20_000, 100_000)


def bench_compiling(console: Console, lexicon: Lexicon) -> None:
    """Print the seconds for each size: all of it, and beside the running rules what an officer changes."""
    table = Table(title="compiling phrases, made up and padded, with every folding", title_justify="left")
    for name in ("phrases", "what", "seconds", "÷ yardstick"):
        table.add_column(name, justify="left" if name == "what" else "right")
    Phrases(lexicon.families)  # the dictionaries are read
    for size in _SIZES:
        first, *others = padded(lexicon, size).families
        words = [phrase for family in (first, *others) for rule in family.rules for phrase in rule.phrases]
        running = Phrases([first, *others])
        works: dict[str, Callable[[], object]] = {
            "bare pyahocorasick, UTF-8 as latin-1": partial(bare_bytes_automaton, words, ""),
            "all, from nothing": partial(Phrases, [first, *others]),
            "beside it: nothing changed": partial(Phrases, [first, *others], running),
            "beside it: one phrase more in a shipped rule": partial(Phrases, [_longer(first), *others], running),
            "beside it: a new family of a hundred": partial(
                Phrases, [first, *others, _family(first, [f"请{word}" for word in words[-100:]], "added")], running
            ),
        }
        taken = {name: _seconds(work) for name, work in works.items()}
        yardstick, *_ = taken.values()
        for name, seconds in taken.items():
            table.add_row(f"{len(words):,}", name, f"{seconds:.3f}", f"{seconds / yardstick:.2f}")
        table.add_section()
    console.print(table)


def _seconds(work: Callable[[], object]) -> float:
    """How long the work takes, with the collector resting as it does when a policy is compiled."""
    with resting_collector():
        started = perf_counter()
        work()
        return perf_counter() - started


def _longer(family: Family) -> Family:
    """The family with one phrase more in its first rule."""
    first, *others = family.rules
    more = first.model_copy(update={"phrases": [*first.phrases, "一定能办下来的"]})
    return family.model_copy(update={"rules": [more, *others]})


def _family(like: Family, phrases: list[str], name: str) -> Family:
    """A family of one rule, with every folding."""
    changed = {"id": f"bench.{name}", "phrases": phrases, "patterns": [], "near": [], "exceptions": []}
    folded = {"homophones": True, "look_alikes": True, "initials": True}
    rule = like.rules[0].model_copy(update=changed)
    return like.model_copy(update={"family": f"bench_{name}", "rules": [rule], **folded})


def padded(lexicon: Lexicon, phrases: int) -> Lexicon:
    """The lexicon with made-up phrases in one more rule, until there are `phrases`; the seed is fixed."""
    own = {phrase for rule in lexicon.phrase_rules() for phrase in rule.phrases}
    alphabet = sorted({character for phrase in own for character in phrase if "\u4e00" <= character <= "\u9fff"})
    draw = random.Random(20)
    made: set[str] = set()
    while len(own) + len(made) < phrases:
        made.add("".join(draw.choices(alphabet, k=draw.choice((3, 4, 4, 5, 6)))))
    made -= own
    if not made:
        return lexicon
    family = next(family for family in lexicon.families if family.folding is Folding.TIGHT)
    return replace(lexicon, families=(*lexicon.families, _family(family, sorted(made), "padding")))
