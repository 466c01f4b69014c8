"""Render rows for the trainer: exactly the prompt that serving sends, then the body and the end token."""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from app.approved.brief import Brief
from app.approved.vocabulary import Vocabulary
from app.approved.wording import read_wording, worked_examples
from app.writing.full_prompt import FullPrompt
from app.writing.prompt import Message, Profile, compact_messages
from finetune.dataset.rows import DpoRow, KtoRow, Row, SftRow

Examples = Callable[[Brief], Sequence[str]]
"""The approved bodies that serving shows an instruct model for a brief."""
_CONTROL = re.compile(r"<\|[^|]*\|>")


class Renderer:
    """Renders briefs for one tokenizer as serving does: the same messages through the same chat template."""

    def __init__(self, profile: Profile, prompt: FullPrompt, examples: Examples, tokenizer: Any) -> None:
        """`prompt` and `examples` are used by the profile `full` alone; `tokenizer` must have a chat template."""
        self._profile = profile
        self._prompt = prompt
        self._examples = examples
        self._tokenizer = tokenizer
        self._known = set(tokenizer.get_vocab()) if profile == "compact" else set()

    def messages(self, brief: Brief) -> list[Message]:
        """What serving sends for a first draft."""
        if self._profile == "compact":
            return compact_messages(brief)
        return self._prompt.render(brief, (), self._examples(brief))

    def prompt(self, brief: Brief) -> str:
        """The text before the body.

        A beginning that the tokenizer adds by itself is left out, so that it stands there once.
        """
        text = str(self._applied(brief, tokenize=False))
        begin = self._tokenizer.bos_token
        adds_begin = bool(begin) and self._tokenizer("")["input_ids"][:1] == [self._tokenizer.bos_token_id]
        return text.removeprefix(begin) if adds_begin else text

    def prompt_ids(self, brief: Brief) -> list[int]:
        """The tokens before the body, as a server computes them."""
        return list(self._applied(brief, tokenize=True)["input_ids"])

    def strangers(self, brief: Brief) -> list[str]:
        """Control tokens of the compact prompt that the tokenizer does not know as one token."""
        if self._profile != "compact":
            return []
        return [token for token in _CONTROL.findall(self.prompt(brief)) if token not in self._known]

    def length(self, brief: Brief, body: str) -> int:
        """Tokens of prompt, body and end."""
        return len(self.prompt_ids(brief)) + len(self._tokenizer(body, add_special_tokens=False)["input_ids"]) + 1

    def trainer_rows(self, rows: Iterable[Row]) -> list[dict[str, Any]]:
        """Rows with the columns of TRL: texts, each body with its end."""
        return [{"prompt": self.prompt(row.brief), **self._columns(row)} for row in rows]

    def _columns(self, row: Row) -> dict[str, Any]:
        end = self._tokenizer.eos_token
        match row:
            case SftRow():
                return {"completion": row.body + end}
            case DpoRow():
                return {"chosen": row.chosen + end, "rejected": row.rejected + end}
            case KtoRow():
                return {"completion": row.body + end, "label": row.label}

    def _applied(self, brief: Brief, *, tokenize: bool) -> Any:
        return self._tokenizer.apply_chat_template(
            self.messages(brief),
            tokenize=tokenize,
            return_dict=tokenize,
            add_generation_prompt=True,
            **({"enable_thinking": False} if self._profile == "full" else {}),
        )


def shipped_renderer(root: Path, vocabulary: Vocabulary, profile: Profile, tokenizer: Any) -> Renderer:
    """The renderer of the templates and the approved wording below `root`, as serving composes it.

    Raises:
        DocumentError: naming file and line of every problem.
    """
    wording = read_wording(root / "prompts", vocabulary)
    prompt = FullPrompt(root / "prompts" / "templates", vocabulary)
    return Renderer(profile, prompt, lambda brief: worked_examples(brief, wording), tokenizer)


def bodies_of(row: Row) -> tuple[str, ...]:
    """Every body of a row."""
    return (row.chosen, row.rejected) if isinstance(row, DpoRow) else (row.body,)


def taught_by(rows: Iterable[Row]) -> list[tuple[Brief, str]]:
    """Briefs with the bodies that a model is to write for them."""
    return [(row.brief, bodies_of(row)[0]) for row in rows if not isinstance(row, KtoRow) or row.label]


def row_problems(row: Row, renderer: Renderer, max_length: int) -> list[str]:
    """Why a tokenizer cannot take a row: control tokens that it does not know, or too many tokens."""
    if strangers := renderer.strangers(row.brief):
        return [f"the model's tokenizer knows no {' '.join(strangers)}"]
    longest = max(renderer.length(row.brief, body) for body in bodies_of(row))
    if longest > max_length:
        return [f"{longest} tokens, more than data.max_length {max_length}; no row is ever cut"]
    return []
