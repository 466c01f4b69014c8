"""Print what the corpus covers: lines by part, generation, strategy, emotion and tag of each scenario."""

from collections.abc import Callable, Iterable, Sequence

from rich.console import Console
from rich.table import Table

from app.approved.vocabulary import REPLY, Vocabulary
from app.writing.lines.bodies import ApprovedBody
from finetune.lines.reader import Line
from guards.types import Generation, Scenario


def print_coverage(lines: Sequence[Line], vocabulary: Vocabulary, console: Console) -> None:
    """Print how many lines there are for what, each tag that no line takes up, and last the number of all lines."""
    scenarios = [scenario for scenario in vocabulary.scenarios if any(line.scenario is scenario for line in lines)]
    parts = [part for strategy in vocabulary.strategies.values() for part in strategy.parts]
    _print(console, "part", dict.fromkeys(parts), scenarios, lines, lambda line: (line.part,))
    everyone = tuple(Generation)
    ages = [generation.value for generation in Generation]
    _print(console, "generation", [*ages, "all of them"], scenarios, lines, lambda line: _ages(line, everyone))
    _print(
        console,
        "strategy",
        list(vocabulary.strategies),
        scenarios,
        lines,
        lambda line: tuple(
            name
            for name in vocabulary.strategies_for(line.scenario)
            if line.part in vocabulary.strategies[name].parts and (not line.strategies or name in line.strategies)
        ),
    )
    emotions = list(dict.fromkeys(tag.emotion for tag in vocabulary.tags.values() if tag.emotion))
    _print(
        console,
        "emotion",
        emotions,
        scenarios,
        lines,
        lambda line: {emotion for tag in line.tags if (emotion := vocabulary.tags[tag].emotion)},
    )
    tags = {tag.label: tag.id for tag in vocabulary.tags.values() if tag.speaks}
    labels = {tag.id: tag.label for tag in vocabulary.tags.values()}
    _print(console, "tag", list(tags), scenarios, lines, lambda line: [labels[tag] for tag in line.tags])
    for scenario in scenarios:
        if silent := _silent(scenario, lines, vocabulary):
            console.print(f"{scenario}: no line takes up {'、'.join(silent)}")
    replies = sum(line.part == REPLY for line in lines)
    taken_up = len({tag for line in lines for tag in line.tags})
    console.print(f"{taken_up} tags in {sum(bool(line.tags) for line in lines)} lines, {replies} lines that reply")
    console.print(f"{len(lines)} lines", highlight=False)


def print_bodies(bodies: Sequence[ApprovedBody], vocabulary: Vocabulary, console: Console) -> None:
    """Print how many bodies there are for each strategy and tag of each scenario, and where there is none."""
    scenarios = [scenario for scenario in vocabulary.scenarios if any(body.scenario is scenario for body in bodies)]
    counts: dict[tuple[str, Scenario], int] = {}
    for body in bodies:
        for kind in (*body.strategies, *(body.tags or ("no tag",)), *body.generations):
            counts[kind, body.scenario] = counts.get((kind, body.scenario), 0) + 1
    rows = [*Generation, *vocabulary.strategies, "no tag", *vocabulary.tags]
    table = Table("bodies", *(scenario.value for scenario in scenarios))
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        table.add_row(row, *(str(counts.get((row, scenario), "")) for scenario in scenarios))
    console.print(table)
    for scenario in scenarios:
        silent = [
            tag.label
            for tag in vocabulary.tags.values()
            if tag.speaks and scenario in tag.scenarios and not tag.needs_reply and (tag.id, scenario) not in counts
        ]
        if silent:
            console.print(f"{scenario}: no body takes up {'、'.join(silent)}")
    wordings = sum(len(sentence.texts) for body in bodies for sentence in body.sentences)
    console.print(f"{len(bodies)} bodies, {wordings} wordings", highlight=False)


def _print(
    console: Console,
    name: str,
    rows: Iterable[str],
    scenarios: Sequence[Scenario],
    lines: Sequence[Line],
    kinds: Callable[[Line], Iterable[str]],
) -> None:
    """One table: a row for each kind of line, a column for each scenario."""
    counts: dict[tuple[str, Scenario], int] = {}
    for line in lines:
        for kind in kinds(line):
            counts[kind, line.scenario] = counts.get((kind, line.scenario), 0) + 1
    table = Table(name, *(scenario.value for scenario in scenarios))
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        table.add_row(row, *(str(counts.get((row, scenario), "")) for scenario in scenarios))
    console.print(table)


def _ages(line: Line, everyone: Sequence[Generation]) -> Iterable[str]:
    return [age.value for age in everyone if age in line.generations] or ["all of them"]


def _silent(scenario: Scenario, lines: Sequence[Line], vocabulary: Vocabulary) -> list[str]:
    addressed = {tag for line in lines if line.scenario is scenario for tag in line.tags}
    return [
        tag.label
        for tag in vocabulary.tags.values()
        if tag.speaks and scenario in tag.scenarios and tag.id not in addressed
    ]
