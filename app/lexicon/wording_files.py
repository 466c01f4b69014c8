"""The files of approved wording, text by text: each under its id, and changed where it stands, byte for byte."""

import codecs
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from app.approved.holds import LineKind, line_id
from app.approved.replies import BRIDGES_FILE, REPLIES_FILE
from app.approved.wording import COMPLEMENTS_FILE, FALLBACKS_FILE, STITCH_FILE, WORDING_FILES
from guards.lexicon.documents import DocumentError, composed, parse_document

Path_ = tuple[str | int, ...]
_KINDS = list(LineKind)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a text stands. `many`: others may stand beside it, in the list to which `item` belongs."""

    file: str
    kind: LineKind
    path: Path_
    node: yaml.ScalarNode
    item: yaml.Node
    many: yaml.SequenceNode | None

    @property
    def text(self) -> str:
        """What stands there."""
        return str(self.node.value)

    @property
    def line(self) -> int:
        """Its line, from 1."""
        return int(self.node.start_mark.line) + 1


@dataclass(frozen=True, slots=True)
class Stored:
    """An approved text and every spot where it stands."""

    id: str
    kind: LineKind
    text: str
    spots: Sequence[Spot]


@dataclass(frozen=True, slots=True)
class Beside:
    """A text that is said under the same conditions as the text of the id `beside`, before or behind it."""

    beside: str
    text: str
    is_before: bool = False


@dataclass(frozen=True, slots=True)
class _Splice:
    """Characters of a file that give way to others."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Order:
    """What becomes of one spot."""

    edited: str | None
    before: Sequence[str]
    behind: Sequence[str]
    is_retired: bool

    @property
    def is_of_list(self) -> bool:
        return bool(self.before or self.behind or self.is_retired)


class EntangledTextError(Exception):
    """A text stands so among others that it cannot be taken out, or another put beside it."""

    def __init__(self, spot: Spot) -> None:
        super().__init__(f"{spot.file}:{spot.line}: stands on one line with others")
        self.spot = spot


class WordingFiles:
    """Files by their names. Immutable.

    Raises:
        DocumentError: if one is missing or is no YAML, naming file and line.
    """

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        if missing := [name for name in WORDING_FILES if name not in contents]:
            raise DocumentError([f"{name}:1: is missing" for name in missing])
        self.contents = {name: contents[name] for name in WORDING_FILES}
        self.data = {name: parse_document(Path(name), self.contents[name]).data for name in WORDING_FILES}
        # Marks within a file are counted from behind a byte order mark.
        self._texts = {name: content.decode().removeprefix("\ufeff") for name, content in self.contents.items()}

    @cached_property
    def spots(self) -> Sequence[Spot]:
        """Every text where it stands, in the order of files and lines; what has another shape is left out."""
        return [spot for name in WORDING_FILES for spot in _spots(name, composed(self._texts[name]))]

    @cached_property
    def lines(self) -> Mapping[str, Stored]:
        """Every text by its id."""
        found: dict[str, list[Spot]] = {}
        for spot in self.spots:
            found.setdefault(spot.text, []).append(spot)
        stored = []
        for text, spots in found.items():
            kind = min((spot.kind for spot in spots), key=_KINDS.index)
            stored.append(Stored(line_id(kind, text), kind, text, spots))
        return {one.id: one for one in stored}

    def at(self, file: str, path: Path_) -> str | None:
        """The text that stands there."""
        return next((spot.text for spot in self.spots if (spot.file, spot.path) == (file, path)), None)

    def changed(self, edits: Mapping[str, str], adds: Sequence[Beside], retires: Collection[str]) -> dict[str, bytes]:
        """The files with other texts in them, wherever they stand: new ones by id, added ones, and some taken out.

        Raises:
            EntangledTextError: if a text stands so among others that it cannot be taken out, or another put beside it.
        """
        files = dict(self.contents)
        for name in files:
            splices = self._splices([spot for spot in self.spots if spot.file == name], edits, adds, retires)
            text = self._texts[name]
            for splice in sorted(splices, key=lambda one: (one.start, one.end))[::-1]:
                text = text[: splice.start] + splice.text + text[splice.end :]
            mark = codecs.BOM_UTF8 if self.contents[name].startswith(codecs.BOM_UTF8) else b""
            files[name] = mark + text.encode()
        return files

    def _splices(
        self, spots: Sequence[Spot], edits: Mapping[str, str], adds: Sequence[Beside], retires: Collection[str]
    ) -> Iterator[_Splice]:
        names = {stored.text: stored.id for stored in self.lines.values()}
        flows: dict[int, list[tuple[Spot, _Order]]] = {}
        for spot in spots:
            name = names[spot.text]
            beside = [add for add in adds if add.beside == name]
            order = _Order(
                edits.get(name),
                [add.text for add in beside if add.is_before],
                [add.text for add in beside if not add.is_before],
                name in retires,
            )
            if spot.many is not None and spot.many.flow_style:
                flows.setdefault(spot.many.start_mark.index, []).append((spot, order))
                continue
            if spot.many is not None and order.is_of_list:
                yield from self._in_block(spot, spot.many, order)
            if order.edited is not None:
                end = _end(spot.node, self._texts[spot.file])
                yield _Splice(spot.node.start_mark.index, end, quoted(order.edited))
        for together in flows.values():
            if any(order.is_of_list or order.edited is not None for _, order in together):
                yield self._flow(together)

    def _in_block(self, spot: Spot, many: yaml.SequenceNode, order: _Order) -> Iterator[_Splice]:
        begin, end = self._block(spot, many)
        text, dash = self._texts[spot.file], f"{' ' * many.start_mark.column}- "
        turn = "\r\n" if "\r\n" in text[begin:end] else "\n"
        for new in order.before:
            yield _Splice(begin, begin, f"{dash}{self._entry(spot, new)}{turn}")
        for new in order.behind:
            line = f"{dash}{self._entry(spot, new)}"
            yield _Splice(end, end, f"{line}{turn}" if text[:end].endswith("\n") else f"{turn}{line}")
        if order.is_retired:
            yield _Splice(begin, end, "")

    def _flow(self, together: Sequence[tuple[Spot, _Order]]) -> _Splice:
        """A list on one line, written anew of what stands in it."""
        whole = together[0][0].many
        assert whole is not None
        entries = []
        for spot, order in together:
            entries += [self._entry(spot, text) for text in order.before]
            if order.edited is not None:
                entries.append(self._entry(spot, order.edited))
            elif not order.is_retired:
                entries.append(self._texts[spot.file][spot.item.start_mark.index : spot.item.end_mark.index])
            entries += [self._entry(spot, text) for text in order.behind]
        return _Splice(whole.start_mark.index, whole.end_mark.index, f"[{', '.join(entries)}]")

    def _entry(self, spot: Spot, text: str) -> str:
        """The entry of a list that says a text as its neighbour is said."""
        if spot.item is spot.node:
            return quoted(text)
        own = _value(self.data[spot.file], spot.path[:-1])
        return json.dumps({**own, spot.path[-1]: text}, ensure_ascii=False)

    def _block(self, spot: Spot, many: yaml.SequenceNode) -> tuple[int, int]:
        """Where the lines of an entry of a block list begin, and where the next lines do."""
        text, column = self._texts[spot.file], many.start_mark.column
        begin = text.rfind("\n", 0, spot.item.start_mark.index) + 1
        last = _end(spot.item, text)
        end = text.find("\n", last) + 1 or len(text)
        rest = text[last:end].strip()
        is_own = text[begin : begin + column + 1] == " " * column + "-"
        # YAML has more line breaks than one.
        if not is_own or (rest and not rest.startswith("#")) or len(rest.splitlines()) > 1:
            raise EntangledTextError(spot)
        return begin, end


def quoted(text: str) -> str:
    """A text as YAML that says just it, wherever it stands."""
    return json.dumps(text, ensure_ascii=False)


def _value(data: Any, path: Path_) -> Any:
    for step in path:
        data = data[step]
    return data


def _spots(name: str, root: yaml.Node | None) -> Iterator[Spot]:
    for index, entry in enumerate(_items(root)):
        if name == FALLBACKS_FILE:
            bodies = _field(entry, "bodies")
            for b, body in enumerate(_items(bodies)):
                yield from _spot(name, LineKind.FALLBACK, (index, "bodies", b, "text"), body, bodies)
        elif name == REPLIES_FILE:
            texts = _field(entry, "texts")
            for t, text in enumerate(_items(texts)):
                if isinstance(text, yaml.ScalarNode) and isinstance(texts, yaml.SequenceNode):
                    yield Spot(name, LineKind.REPLY, (index, "texts", t), text, text, texts)
        elif name == BRIDGES_FILE:
            yield from _spot(name, LineKind.BRIDGE, (index, "text"), entry, None)
        elif name == STITCH_FILE:
            for p, piece in enumerate(_items(_field(entry, "segments"))):
                yield from _spot(name, LineKind.SEGMENT, (index, "segments", p, "text"), piece, None)
        elif name == COMPLEMENTS_FILE:
            for field in ("text", "rider"):
                yield from _spot(name, LineKind.COMPLEMENT, (index, field), entry, None)


def _spot(name: str, kind: LineKind, path: Path_, item: yaml.Node, many: yaml.Node | None) -> Iterator[Spot]:
    node = _field(item, str(path[-1]))
    if isinstance(node, yaml.ScalarNode):
        yield Spot(name, kind, path, node, item, many if isinstance(many, yaml.SequenceNode) else None)


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _field(node: yaml.Node, name: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _end(node: yaml.Node, text: str) -> int:
    """Behind the last character of a node: one in block style reaches to the next one by its own account."""
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        parts = [part for each in node.value for part in (each if isinstance(each, tuple) else (each,))]
        return max((_end(part, text) for part in parts), default=end)
    is_block = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
    return start + len(text[start:end].rstrip()) if is_block else end
