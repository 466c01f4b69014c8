"""Every approved text of a wording and of the models, under a stable id, with the places where it may be said."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.approved.holds import LineKind, line_id
from app.approved.replies import SPOKEN
from app.approved.wording import Wording
from app.writing.lines.library import ApprovedLine
from guards.types import Channel, Generation, Group, Scenario, Stage


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text may be said; what is empty or None does not matter there. `model`: the folder of the model."""

    kind: LineKind
    scenarios: tuple[Scenario, ...] = ()
    channels: tuple[Channel, ...] = ()
    generations: tuple[Generation, ...] = ()
    stage: Stage | None = None
    tags: tuple[str, ...] = ()
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An approved text. `places` is empty where it is suspended and no longer approved."""

    id: str
    kind: LineKind
    text: str
    places: tuple[Place, ...]

    def fits(self, words: str, kind: LineKind | None, scenario: Scenario | None) -> bool:
        """Whether it holds these words, is (also) of this kind and may be said in this scenario."""
        is_named = not words or words in self.text.casefold() or words in self.id
        return is_named and any(
            (kind is None or place.kind is kind)
            and (scenario is None or not place.scenarios or scenario in place.scenarios)
            for place in self.places or (Place(self.kind),)
        )


class Catalogue:
    """The approved texts; listed once for each wording. `lines`: those of each model, by its folder's name."""

    def __init__(self, lines: Mapping[str, Sequence[ApprovedLine]]) -> None:
        self._lines = lines
        self._listed: tuple[str, Mapping[str, Line]] | None = None

    def of(self, wording: Wording) -> Mapping[str, Line]:
        """The texts by their ids, in the order of their kinds. It may take a tenth of a second."""
        known = self._listed
        if known is None or known[0] != wording.digest:
            known = self._listed = wording.digest, self._list(wording)
        return known[1]

    def _list(self, wording: Wording) -> Mapping[str, Line]:
        places: dict[str, list[Place]] = {}
        for text, place in (*_of_wording(wording), *self._of_models()):
            places.setdefault(text, []).append(place)
        kinds = list(LineKind)
        lines = []
        for text, found in places.items():
            kind = min((place.kind for place in found), key=kinds.index)
            lines.append(Line(line_id(kind, text), kind, text, tuple(dict.fromkeys(found))))
        return {line.id: line for line in sorted(lines, key=lambda line: kinds.index(line.kind))}

    def _of_models(self) -> Iterator[tuple[str, Place]]:
        for model, approved in self._lines.items():
            for line in approved:
                tags, generations = tuple(sorted(line.tags)), tuple(sorted(line.generations))
                yield (
                    line.text,
                    Place(LineKind.LINE, (line.scenario,), generations=generations, tags=tags, model=model),
                )


def _of_wording(wording: Wording) -> Iterator[tuple[str, Place]]:
    for (scenario, generation), bodies in wording.fallbacks.items():
        for body in bodies:
            channels = (Channel.SMS,) if body.message else SPOKEN
            yield body.text, Place(LineKind.FALLBACK, (scenario,), channels, (generation,), Stage.BODY)
    for reply in wording.replies.replies:
        place = Place(
            LineKind.REPLY,
            tuple(reply.scenarios),
            tuple(reply.channels),
            tuple(reply.generations),
            Stage.OPEN if reply.unverified else Stage.BODY,
            (reply.tag,),
        )
        for text in reply.texts:
            yield text, place
    for generation, text in wording.replies.bridges.items():
        yield text, Place(LineKind.BRIDGE, (), (Channel.AI_VOICE,), (generation,), Stage.CLOSE)
    for (group, channel), frame in wording.frames.items():
        for piece in frame.segments:
            if piece.text is not None:
                generations = tuple(piece.when.generation)
                yield piece.text, Place(LineKind.SEGMENT, _scenarios([group]), (channel,), generations, piece.stage)
    for complement in wording.complements:
        for text in filter(None, (complement.text, complement.rider)):
            yield text, Place(LineKind.COMPLEMENT, _scenarios(complement.groups), stage=Stage.BODY)


def _scenarios(groups: Sequence[Group]) -> tuple[Scenario, ...]:
    return tuple(scenario for scenario in Scenario if scenario.group in groups)
