"""Log-likelihoods of given bodies, and bodies sampled from a model; base and adapter are treated alike."""

from collections.abc import Sequence
from typing import Any

import torch

from app.approved.brief import Brief
from app.approved.skeleton import said_once, tidy
from app.writing.lines.tokens import LineConstraint, LineConstraints
from app.writing.prompt import Profile
from app.writing.sampling import COMMON, CONSTRAINED_MIN_P, MIN_P, MOST_TOKENS
from finetune.training.rendering import Renderer

_BATCH = 16


@torch.inference_mode()  # type: ignore[untyped-decorator]  # torch is read as untyped
def log_likelihoods(model: Any, tokenizer: Any, renderer: Renderer, bodies: Sequence[tuple[Brief, str]]) -> list[float]:
    """The logarithm of the probability of each body and its end, given its brief, in nats."""
    rows = []
    for brief, body in bodies:
        prompt = renderer.prompt_ids(brief)
        written = tokenizer(body, add_special_tokens=False)["input_ids"] + [tokenizer.eos_token_id]
        rows.append((prompt + written, len(prompt)))
    found: list[float] = []
    for at in range(0, len(rows), _BATCH):
        found += _scored(model, rows[at : at + _BATCH], tokenizer.pad_token_id)
    return found


def _scored(model: Any, rows: Sequence[tuple[list[int], int]], pad: int) -> list[float]:
    width = max(len(ids) for ids, _ in rows)
    inputs = torch.full((len(rows), width), pad)
    attention = torch.zeros((len(rows), width), dtype=torch.long)
    for row, (ids, _) in enumerate(rows):
        inputs[row, : len(ids)] = torch.tensor(ids)
        attention[row, : len(ids)] = 1
    logits = model(input_ids=inputs.to(model.device), attention_mask=attention.to(model.device), use_cache=False).logits
    likely = torch.log_softmax(logits[:, :-1].float(), dim=-1).cpu()
    each = likely.gather(2, inputs[:, 1:].unsqueeze(2)).squeeze(2)
    return [float(each[row, prompt - 1 : len(ids) - 1].sum()) for row, (ids, prompt) in enumerate(rows)]


@torch.inference_mode()  # type: ignore[untyped-decorator]
def write_bodies(
    model: Any,
    tokenizer: Any,
    renderer: Renderer,
    briefs: Sequence[Brief],
    profile: Profile,
    *,
    samples: int,
    seed: int,
    constraints: LineConstraints | None = None,
) -> list[tuple[Brief, str]]:
    """`samples` bodies for each brief, sampled as serving does; the same seed gives the same bodies.

    With `constraints`, decoding is constrained to approved lines, and a brief without any gets an empty body.
    """
    torch.manual_seed(seed)
    bodies: list[tuple[Brief, str]] = []
    prompts = [(brief, renderer.prompt_ids(brief)) for brief in briefs for _ in range(samples)]
    for at in range(0, len(prompts), _BATCH):
        some = prompts[at : at + _BATCH]
        padded = tokenizer.pad({"input_ids": [ids for _, ids in some]}, padding_side="left", return_tensors="pt")
        written = model.generate(
            **padded.to(model.device),
            do_sample=True,
            remove_invalid_values=True,
            max_new_tokens=MOST_TOKENS[profile],
            pad_token_id=tokenizer.pad_token_id,
            eos_token_id=tokenizer.eos_token_id,
            **COMMON[profile],
            **_bounds(profile, constraints, [brief for brief, _ in some], tokenizer),
        )
        texts = tokenizer.batch_decode(written[:, padded["input_ids"].shape[1] :], skip_special_tokens=True)
        for (brief, _), text in zip(some, texts, strict=True):
            bodies.append((brief, said_once(tidy(text)) if constraints else tidy(text)))
    return bodies


def _bounds(
    profile: Profile, constraints: LineConstraints | None, briefs: Sequence[Brief], tokenizer: Any
) -> dict[str, Any]:
    """The generation settings that cut off unlikely tokens and, with `constraints`, everything but approved lines."""
    if profile != "compact":
        return {}
    if constraints is None:
        return {"min_p": MIN_P}
    prefixes = [PrefixConstraint(constraints.constraint(brief), tokenizer.eos_token_id) for brief in briefs]
    return {
        "min_p": CONSTRAINED_MIN_P,
        "prefix_allowed_tokens_fn": lambda row, ids: prefixes[row].allowed(int(ids[-1])),
    }


class PrefixConstraint:
    """A line constraint in the form that transformers asks for: which tokens may follow the one chosen last."""

    def __init__(self, constraint: LineConstraint | None, end: int) -> None:
        self._constraint = constraint
        self._end = end
        self._ahead: list[int] | None = None
        """Tokens that can only follow, the next one first; None before the body has begun."""

    def allowed(self, last: int) -> list[int]:
        """The tokens of which one must come next; after the end and without a constraint, the end."""
        if last == self._end:
            self._constraint = None
        if self._constraint is None:
            return [self._end]
        if self._ahead is None:
            self._ahead = []
        elif self._ahead:
            self._ahead.pop(0)
        else:
            self._ahead = self._constraint.take(last)[1:]
        return self._ahead[:1] or [int(token) for token in self._constraint.allowed()]
