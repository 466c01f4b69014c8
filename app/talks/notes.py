"""What a person is shown beneath a turn: what was understood, where the call stands, what is kept, what was found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.lexicon.labels import ACTIONS
from app.talks.words import EMOTIONS, EVENTS, EXPECTED, STATES, TURN_ACTIONS, VERIFIED
from app.turns.book import SILENCE

_SCOPES = {"marketing": "营销电话", "servicing": "所有机器语音电话"}
_EVENT_LABELS = {each.value: label for each, label in EVENTS.items()}


@dataclass(frozen=True, slots=True)
class Note:
    """One thing about a turn, and what it is called."""

    label: str
    told: str


def notes_of(answer: Mapping[str, Any], intents: Mapping[str, str]) -> list[list[Note]]:
    """The notes on an answer, those that belong together in one row; `intents`: what officers call each intent."""
    understood = answer["understood"]
    delivery, timing = answer["delivery"], answer["timing_ms"]
    heard = [Note("听懂", "、".join(_meant(understood["intents"], intents)))] if understood["intents"] else []
    felt = [Note("情绪", EMOTIONS.get(understood["emotion"], understood["emotion"]))] if understood["emotion"] else []
    expects = answer["expects"]
    rows = [
        [*heard, *felt],
        [
            *([Note("对方", VERIFIED[understood["verified"]])] if understood["verified"] in VERIFIED else []),
            Note("阶段", STATES.get(answer["state"], answer["state"])),
            Note("接下来", TURN_ACTIONS.get(answer["action"], answer["action"])),
            *([Note("等客户说", EXPECTED.get(expects, expects))] if expects else []),
            *([Note("用的话", answer["act"])] if answer["act"] else []),
        ],
        [Note("记下", "、".join(_events(answer["events"])))] if answer["events"] else [],
        *([Note("检查", each)] for each in _findings(answer["verdict"]["findings"])),
        [
            *([Note("说多久", f"约 {delivery['estimated_seconds']:g} 秒")] if delivery else []),
            Note("用时", f"{timing['total']:.0f} 毫秒"),
        ],
    ]
    return [row for row in rows if row]


def _meant(found: Sequence[Mapping[str, Any]], intents: Mapping[str, str]) -> Iterator[str]:
    known = {SILENCE: "没有出声", **intents}
    for each in found:
        yield f"{known.get(each['id'], each['id'])} {each['score']:.2f}"


def _events(events: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for event in events:
        scope, amount, at = event.get("scope"), event.get("amount"), event.get("at")
        more = [
            *([_SCOPES.get(scope, scope)] if scope else []),
            *([event["date"]] if event.get("date") else []),
            *([f"{amount} 元"] if amount else []),
            *([at[:16].replace("T", " ")] if at else []),
            *(["没有客户编号，记不住"] if event.get("remembered") is False else []),
        ]
        label = _EVENT_LABELS.get(event["type"], event["type"])
        yield f"{label}（{'，'.join(more)}）" if more else label


def _findings(findings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for each in findings:
        yield f"{ACTIONS.get(each['action'], each['action'])}：{each['reason']}（{each['rule']}）"
