"""One sitting of a person who plays the customer: what he types, what is said back, and what is shown beneath it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from app.commands.answering import Answering
from app.errors import HeyanError
from app.talks.conversation import ENDING, Conversation
from app.talks.notes import notes_of
from app.talks.words import SILENT

Ask = Callable[[str], str]
"""Shows what is asked for, and gives the line that is typed. Raises EOFError where there is no more."""
_COMMANDS = (
    ("interrupt", "打断", "上一句没听完就被打断：/打断 12 是只听到前 12 个字，/打断 一半"),
    ("fast", "说快", "下一句说得很急；也可以 /说快 没钱还"),
    ("silence", "沉默", "客户没有出声"),
    ("back", "退回", "退回一轮，换句话说"),
    ("case", "换人", "另打一通"),
    ("save", "保存", "把刚才的请求存成 JSON，报告问题时附上：/保存 文件名"),
    ("quit", "退出", "不打了（也可以按 Ctrl-D）"),
    ("help", "帮助", "列出这些命令"),
)
_NAMES = {name: command for command, *names in ((each[0], each[0], each[1]) for each in _COMMANDS) for name in names}
_HELP = ("直接打字，就是客户说的话。", *(f"/{chinese}（/{name}）　{about}" for name, chinese, about in _COMMANDS))


class Quit(Exception):  # noqa: N818  a way out, and no failure
    """The person has had enough."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A call that can be played. `opens` begins it, each time as somebody else."""

    label: str
    about: str
    opens: Callable[[], Conversation]


class Sitting:
    """Plays calls until there is no more to read. `failures`: how often there was no answer."""

    def __init__(
        self,
        answer: Answering,
        ask: Ask,
        console: Console,
        offers: Sequence[Offer],
        intents: Mapping[str, str],
        *,
        is_terminal: bool,
    ) -> None:
        """Someone at a terminal is asked for what is missing; a script has to say it in its line."""
        self._answer = answer
        self._ask = ask
        self._console = console
        self._offers = offers
        self._intents = intents
        self._is_terminal = is_terminal
        self._past: list[Conversation] = []
        self._now: Conversation | None = None
        self._sent: dict[str, Any] | None = None
        self._is_over = self._is_hurried = False
        self.failures = 0

    def play(self, offer: Offer | None) -> None:
        """The whole sitting, from this call on; None: the person chooses one."""
        try:
            self._begin(offer or self._chosen(""))
            while True:
                line = self._ask("客户> ").strip()
                if line.startswith("/"):
                    self._command(*line.removeprefix("/").partition(" ")[::2])
                elif line:
                    self._say(line)
                elif self._now is None or not self._now.transcript:
                    self._go_on()
        except (EOFError, KeyboardInterrupt, Quit):
            if self._is_terminal:
                self._console.print()

    def _command(self, name: str, rest: str) -> None:
        rest = rest.strip()
        match _NAMES.get(name):
            case "interrupt":
                self._interrupt(rest)
            case "fast":
                self._is_hurried = True
                self._say(rest) if rest else self._tell("好，下一句算作说得很急。")
            case "silence":
                self._say("")
            case "back":
                self._back()
            case "case":
                self._begin(self._chosen(rest))
            case "save":
                self._save(rest)
            case "quit":
                raise Quit
            case "help":
                for line in _HELP:
                    self._tell(line)
            case _:
                self._tell(f"没有 /{name} 这个命令，/帮助 看有哪些。")

    def _begin(self, offer: Offer | None) -> None:
        if offer is None:
            return
        self._console.print(Text(f"—— {offer.label} ——", style="bold"))
        if offer.about:
            self._tell(offer.about)
        self._now, self._past, self._is_over, self._is_hurried = offer.opens(), [], False, False
        for each in self._now.transcript:
            self._show(each["role"], each["text"])
        if not self._now.last_words:
            self._go_on()

    def _chosen(self, typed: str) -> Offer | None:
        """The call that was chosen, by its number; None where there is none of this number."""
        if not typed:
            for number, offer in enumerate(self._offers, 1):
                self._tell(f"{number:>3}  {offer.label}")
            if not self._is_terminal:
                self._tell("请写上号码，例如 /换人 1。")
                return None
        while True:
            typed = typed or self._ask("打给哪一位（号码）> ").strip()
            if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(self._offers):
                return self._offers[int(typed) - 1]
            if typed.startswith("/") and _NAMES.get(typed[1:]) == "quit":
                raise Quit
            self._tell(f"请填 1 到 {len(self._offers)} 的号码。")
            if not self._is_terminal:
                return None
            typed = ""

    def _say(self, text: str) -> None:
        if self._is_over or self._now is None:
            self._tell("通话已经结束。/退回 退回一轮，/换人 另打一通，/退出 不打了。")
            return
        before, self._past = self._now, [*self._past, self._now]
        self._now = before.said(text, is_hurried=self._is_hurried)
        if not self._is_terminal or not text:
            self._show("customer", text)
        if self._go_on():
            self._is_hurried = False
        else:
            self._now = self._past.pop()

    def _go_on(self) -> bool:
        """Whether the next words came."""
        if self._now is None:
            return False
        body = self._now.body()
        self._sent = body
        try:
            answer = self._answer(body)
        except HeyanError as refused:
            self.failures += 1
            self._tell(f"没有答上：{' '.join(str(refused).split())}", style="red")
            if not self._now.transcript:
                self._tell("按回车再试一次。")
            return False
        self._now = self._now.answered(answer["text"])
        self._show("agent", answer["text"] or "（什么都不说）")
        for row in notes_of(answer, self._intents):
            self._tell("；".join(f"{note.label}：{note.told}" for note in row))
        self._is_over = answer["action"] in ENDING
        if self._is_over:
            self._tell("通话到这里结束。")
        return True

    def _interrupt(self, typed: str) -> None:
        words = "" if self._now is None else self._now.last_words
        if not words or self._now is None:
            self._tell("现在没有可以打断的话。")
            return
        if not typed and self._is_terminal:
            typed = self._ask(f"一共 {len(words)} 个字，客户只听到前几个（直接回车是一半）> ").strip()
        if typed not in ("", "一半") and not (typed.isascii() and typed.isdigit()):
            self._tell("请填字数，例如 /打断 12。")
            return
        heard = int(typed[:6]) if typed.isdigit() else None
        self._now = self._now.cut(heard)
        self._tell(f"客户只听到：{self._now.last_words or '（什么都没听到）'}")

    def _back(self) -> None:
        if not self._past:
            self._tell("没有可以退回的了。")
            return
        self._now, self._is_over, self._is_hurried = self._past.pop(), False, False
        self._tell("退回了一轮，上一句是：")
        self._show("agent", self._now.last_words)

    def _save(self, name: str) -> None:
        if not name and self._is_terminal:
            name = self._ask("存到哪个文件> ").strip()
        if not name or self._sent is None:
            self._tell("请写上文件名，例如 /保存 通话.json。")
            return
        try:
            Path(name).write_text(f"{json.dumps(self._sent, ensure_ascii=False, indent=2)}\n", "utf-8")
        except OSError as failure:
            self._tell(f"没有存成：{failure.strerror or failure}", style="red")
            return
        self._tell(f"存好了：{name}。heyan talk --case {name} 可以接着打。")

    def _show(self, role: str, text: str) -> None:
        who, style = ("机器人", "bold") if role == "agent" else ("客户", "")
        self._console.print(Text(f"{who}：{_legible(text) or SILENT}", style=style), soft_wrap=True)

    def _tell(self, told: str, *, style: str = "dim") -> None:
        self._console.print(Text(f"  {_legible(told)}", style=style), soft_wrap=True)


def _legible(text: str) -> str:
    """What a terminal shows and does not obey."""
    return "".join(each if each.isprintable() else " " for each in text)
