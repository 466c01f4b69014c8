"""A sitting, with a scripted agent and somebody who types."""

import io
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from app.commands.playing import Offer, Sitting
from app.errors import HeyanError
from app.talks.conversation import HURRIED, Conversation
from tests.app.talks.test_notes import ANSWER

OPENING, ASKS = "您好，请问您是王先生本人吗？", "您大概什么时候能还？"


class Agent:
    """Says its lines one after the other; an error among them is raised. `asked`: the requests."""

    def __init__(self, *lines: str | HeyanError | dict[str, Any]) -> None:
        self._lines = list(lines)
        self.asked: list[dict[str, Any]] = []

    def __call__(self, body: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(body)
        line = self._lines.pop(0) if len(self._lines) > 1 else self._lines[0]
        if isinstance(line, HeyanError):
            raise line
        return {**ANSWER, **({"text": line} if isinstance(line, str) else line)}

    @property
    def heard(self) -> list[dict[str, Any]]:
        """The transcript of the last request."""
        transcript: list[dict[str, Any]] = self.asked[-1]["transcript"]
        return transcript


class Played:
    """What a sitting left behind."""

    def __init__(self, agent: Agent, *lines: str, is_terminal: bool = False, chooses: bool = False) -> None:
        typed: Iterator[str] = iter(lines)
        self.prompts: list[str] = []
        out = io.StringIO()

        def ask(prompt: str) -> str:
            self.prompts.append(prompt)
            line = next(typed, None)
            if line is None:
                raise EOFError
            if line == "^C":
                raise KeyboardInterrupt
            return line

        offers = [Offer(name, "应还 3460 元", partial(Conversation, name, {"scenario": name})) for name in ("m1", "m2")]
        console = Console(file=out, width=400)
        sitting = Sitting(agent, ask, console, offers, {"no_money": "没钱"}, is_terminal=is_terminal)
        sitting.play(None if chooses else offers[0])
        self.failures = sitting.failures
        self.out = out.getvalue()


def test_the_agent_opens_and_what_is_typed_is_answered_with_notes_beneath() -> None:
    agent = Agent(OPENING, ASKS)
    played = Played(agent, "是我")
    assert [each["transcript"] for each in agent.asked] == [
        [],
        [{"role": "agent", "text": OPENING}, {"role": "customer", "text": "是我"}],
    ]
    assert f"机器人：{OPENING}\n" in played.out
    assert f"客户：是我\n机器人：{ASKS}\n  听懂：没钱 0.99、new_one 0.60；情绪：着急\n" in played.out
    assert played.failures == 0


@pytest.mark.parametrize(
    ("line", "heard"),
    [("/interrupt 3", "您好，"), ("/打断", OPENING[:7]), ("/打断 一半", OPENING[:7]), ("/打断 0", "")],
)
def test_an_interruption_says_how_far_the_agent_was_heard(line: str, heard: str) -> None:
    agent = Agent(OPENING, ASKS)
    Played(agent, line, "你谁啊")
    assert agent.heard[0] == {"role": "agent", "text": heard, "interrupted": True}


def test_at_a_terminal_it_is_asked_how_many_characters_were_heard() -> None:
    agent = Agent(OPENING, ASKS)
    played = Played(agent, "/打断", "3", "你谁啊", is_terminal=True)
    assert agent.heard[0]["text"] == "您好，"
    assert any("14 个字" in prompt for prompt in played.prompts)


@pytest.mark.parametrize("lines", [("/fast", "没钱还"), ("/说快 没钱还",)])
def test_haste_counts_for_one_utterance(lines: tuple[str, ...]) -> None:
    agent = Agent(OPENING, ASKS)
    Played(agent, *lines, "没工作了")
    assert [each.get("voice") for each in agent.heard if each["role"] == "customer"] == [
        {"chars_per_second": HURRIED},
        None,
    ]


def test_silence_is_a_turn() -> None:
    agent = Agent(OPENING, ASKS)
    played = Played(agent, "/沉默")
    assert agent.heard[-1] == {"role": "customer", "text": ""}
    assert "客户：（没有出声）" in played.out


def test_a_step_back_brings_the_whole_words_again() -> None:
    agent = Agent(OPENING, ASKS)
    Played(agent, "/打断 3", "你谁啊", "/退回", "/back", "是我")
    assert agent.heard[-1]["text"] == "是我"
    assert len(agent.heard) == 2
    assert "没有可以退回的了" in Played(Agent(OPENING), "/退回").out


def test_after_the_end_nothing_is_said_until_a_step_back_or_another_call() -> None:
    agent = Agent(OPENING, {"text": "再见。", "action": "end_call"}, ASKS)
    played = Played(agent, "打错了", "喂？", "/退回", "是我")
    assert "通话到这里结束" in played.out
    assert "通话已经结束。/退回" in played.out
    assert [each["text"] for each in agent.heard if each["role"] == "customer"] == ["是我"]


def test_a_call_that_may_not_be_made_is_over_at_once() -> None:
    played = Played(Agent({"text": None, "action": "do_not_call"}), "喂")
    assert "机器人：（什么都不说）" in played.out
    assert "通话已经结束" in played.out


def test_an_error_is_one_line_and_the_conversation_goes_on_where_it_was() -> None:
    agent = Agent(OPENING, HeyanError("服务现在答不上来：\nthe store does not answer"), ASKS)
    played = Played(agent, "是我", "就是我")
    assert "没有答上：服务现在答不上来： the store does not answer\n" in played.out
    assert [each["text"] for each in agent.heard] == [OPENING, "就是我"]
    assert played.failures == 1


def test_where_the_opening_got_no_answer_an_empty_line_asks_again() -> None:
    agent = Agent(HeyanError("连不上"), OPENING)
    played = Played(agent, "", "")
    assert len(agent.asked) == 2
    assert f"机器人：{OPENING}" in played.out


def test_another_call_is_chosen_by_its_number() -> None:
    agent = Agent(OPENING)
    Played(agent, "/换人 2")
    assert agent.asked[-1]["call_id"] == "m2"
    played = Played(agent, "/case", "/case 7")
    assert "  1  m1" in played.out
    assert "请填 1 到 2 的号码" in played.out
    assert agent.asked[-1]["call_id"] == "m1"


def test_at_a_terminal_the_list_comes_first() -> None:
    agent = Agent(OPENING)
    played = Played(agent, "x", "2", is_terminal=True, chooses=True)
    assert agent.asked[-1]["call_id"] == "m2"
    assert played.prompts[0].startswith("打给哪一位")
    Played(agent, "/退出", is_terminal=True, chooses=True)


def test_the_request_that_was_answered_is_kept_for_a_report(tmp_path: Path) -> None:
    file, agent = tmp_path / "bug.json", Agent(OPENING, ASKS)
    played = Played(agent, "是我", f"/save {file}", "/save", f"/save {tmp_path}")
    assert json.loads(file.read_text("utf-8")) == agent.asked[-1]
    assert "请写上文件名" in played.out
    assert "没有存成" in played.out


@pytest.mark.parametrize("ends", ["/quit", "/退出", "^C"])
def test_the_ends_are_quiet(ends: str) -> None:
    agent = Agent(OPENING)
    played = Played(agent, ends, "还在吗")
    assert len(agent.asked) == 1
    assert "Traceback" not in played.out


def test_what_is_no_command_is_said_and_help_lists_those_that_are() -> None:
    played = Played(Agent(OPENING), "/nonsense", "/help", "/打断 很多")
    assert "没有 /nonsense 这个命令" in played.out
    for name in ("/打断", "/说快", "/沉默", "/退回", "/换人", "/保存", "/退出", "/帮助"):
        assert name in played.out
    assert "请填字数" in played.out


def test_markup_and_control_characters_of_a_service_do_nothing_to_the_terminal() -> None:
    assert "机器人：[red]您好 [2J\n" in Played(Agent("[red]您好\x1b[2J")).out
