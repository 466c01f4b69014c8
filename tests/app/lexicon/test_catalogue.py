"""Every approved text has an id that stays, and says where it may be said."""

from dataclasses import replace

from app.approved.holds import LineKind, line_id
from app.approved.wording import Wording
from app.lexicon.catalogue import Catalogue
from app.writing.lines.library import ApprovedLine
from guards.types import Channel, Generation, Group, Scenario, Stage

CLOSING = "额度和利率以审批和合同为准。"
LINES = [
    ApprovedLine(Scenario.ACQUISITION, "您看看？", frozenset({"asked_rate"})),
    ApprovedLine(Scenario.ACTIVATION, "您看看？"),
    ApprovedLine(Scenario.ACQUISITION, CLOSING),
]


def test_every_kind_of_text_is_listed_with_where_it_may_be_said(wording: Wording) -> None:
    lines = Catalogue({"small": LINES}).of(wording)
    assert {line.kind for line in lines.values()} == set(LineKind)
    assert all(line.id == line_id(line.kind, line.text) == known for known, line in lines.items())
    texts = [line.text for line in lines.values()]
    assert len(texts) == len(set(texts))
    for (scenario, generation), bodies in wording.fallbacks.items():
        for body in bodies:
            places = lines[line_id(LineKind.FALLBACK, body.text)].places
            assert any(place.scenarios == (scenario,) and generation in place.generations for place in places)
    line = lines[line_id(LineKind.LINE, "您看看？")]
    assert [place.scenarios for place in line.places] == [(Scenario.ACQUISITION,), (Scenario.ACTIVATION,)]
    assert (line.places[0].tags, line.places[0].model) == (("asked_rate",), "small")
    bridge = lines[line_id(LineKind.BRIDGE, wording.replies.bridges[Generation.SENIOR])]
    assert (bridge.places[0].channels, bridge.places[0].stage) == ((Channel.AI_VOICE,), Stage.CLOSE)


def test_what_reads_the_same_is_one_text_with_all_its_places(wording: Wording) -> None:
    line = Catalogue({"small": LINES}).of(wording)[line_id(LineKind.SEGMENT, CLOSING)]
    assert {place.kind for place in line.places} == {LineKind.SEGMENT, LineKind.LINE}
    assert {scenario.group for place in line.places for scenario in place.scenarios} == {Group.MARKETING}


def test_texts_are_found_by_words_kind_and_scenario(wording: Wording) -> None:
    lines = Catalogue({"small": LINES}).of(wording).values()
    found = [line for line in lines if line.fits("审批和合同", LineKind.LINE, Scenario.ACQUISITION)]
    assert [line.text for line in found] == [CLOSING]
    assert not any(line.fits("审批和合同", LineKind.LINE, Scenario.COLLECTION_M1) for line in found)
    assert found[0].fits(found[0].id, None, None)


def test_they_are_listed_once_for_a_wording(wording: Wording) -> None:
    catalogue = Catalogue({})
    assert catalogue.of(wording) is catalogue.of(wording)
    assert catalogue.of(replace(wording, complements=[], digest="other")) is not catalogue.of(wording)
