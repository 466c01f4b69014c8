"""What is shown beneath a turn, in the words of officers."""

from typing import Any

from app.talks.notes import notes_of

ANSWER: dict[str, Any] = {
    "action": "speak",
    "text": "您看行吗？",
    "state": "handle",
    "act": "plan.deferral.money",
    "understood": {
        "intents": [
            {"id": "no_money", "score": 0.987, "span": [0, 3]},
            {"id": "new_one", "score": 0.6, "span": [0, 1]},
        ],
        "emotion": "anxious",
        "verified": True,
    },
    "events": [],
    "expects": "yes_no",
    "delivery": {"estimated_seconds": 9.1},
    "verdict": {"action": "allow", "findings": []},
    "timing_ms": {"total": 12.4},
}


def told(**changes: Any) -> dict[str, str]:
    """The notes on an answer with other values, by their labels."""
    return {note.label: note.told for row in notes_of({**ANSWER, **changes}, {"no_money": "没钱"}) for note in row}


def test_an_answer_reads_in_chinese_and_what_has_no_name_by_its_id() -> None:
    assert told() == {
        "听懂": "没钱 0.99、new_one 0.60",
        "情绪": "着急",
        "对方": "是本人",
        "阶段": "回应客户",
        "接下来": "继续说",
        "等客户说": "行还是不行",
        "用的话": "plan.deferral.money",
        "说多久": "约 9.1 秒",
        "用时": "12 毫秒",
    }


def test_events_say_what_is_kept_of_them() -> None:
    events = [
        {"type": "opt_out", "scope": "marketing"},
        {"type": "promise_to_pay", "date": "2026-11-25", "amount": "500"},
        {"type": "callback", "at": "2026-11-21T15:00:00+08:00"},
        {"type": "wrong_number", "remembered": False},
        {"type": "something_new"},
    ]
    assert told(events=events)["记下"] == (
        "拒绝再联系（营销电话）、答应还款（2026-11-25，500 元）、约了再打（2026-11-21 15:00）、"
        "打错了（没有客户编号，记不住）、something_new"
    )


def test_what_was_found_says_what_it_does_and_by_which_rule() -> None:
    findings = [{"rule": "gate.hours", "action": "block", "reason": "这个时间不能打"}]
    assert told(verdict={"findings": findings})["检查"] == "拦下：这个时间不能打（gate.hours）"


def test_before_the_first_word_there_is_nothing_to_have_understood() -> None:
    understood: dict[str, Any] = {"intents": [], "emotion": None, "verified": None}
    shown = told(understood=understood, expects=None, delivery=None, action="do_not_call", act=None)
    assert shown == {"阶段": "回应客户", "接下来": "这通电话不能打", "用时": "12 毫秒"}


def test_silence_has_a_name() -> None:
    understood = {"intents": [{"id": "silence", "score": 1.0, "span": [0, 0]}], "emotion": None, "verified": False}
    assert (told(understood=understood)["听懂"], told(understood=understood)["对方"]) == ("没有出声 1.00", "不是本人")
