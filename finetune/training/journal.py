"""Writes every figure of a training to its log, prints the losses, and draws them as curves."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from transformers import TrainerCallback

from finetune.runs.run import Run, write_log


class Journal(TrainerCallback):  # type: ignore[misc]  # transformers is read as untyped
    """The log of one run."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def on_train_begin(self, _arguments: Any, state: Any, _control: Any, **_: Any) -> None:
        """Begin the log with what a resumed training had measured before."""
        write_log(self._run.log, state.log_history)

    def on_log(self, _arguments: Any, state: Any, _control: Any, **_: Any) -> None:
        """Add the newest figures."""
        write_log(self._run.log, state.log_history)
        newest = state.log_history[-1]
        printed = {name: value for name, value in newest.items() if name.endswith(("loss", "margins", "accuracies"))}
        if printed:
            figures = ", ".join(f"{name} {value:.4g}" for name, value in printed.items())
            print(f"step {newest['step']} of {state.max_steps}: {figures}", flush=True)


_PANELS = {
    "loss": {"loss": "training", "eval_loss": "validation"},
    "reward": {
        "rewards/chosen": "wanted",
        "rewards/rejected": "unwanted",
        "eval_rewards/chosen": "wanted, validation",
        "eval_rewards/rejected": "unwanted, validation",
    },
    "margin": {"rewards/margins": "training", "eval_rewards/margins": "validation"},
}
_NOT_LOSSES = {"step", "of", "tokens", "seconds"}


def draw_losses(log: Path, picture: Path, title: str) -> None:
    """Draw every figure of `log` (a JSON object a line, each with its `step`) that is a loss in nats, as PNG."""
    rows = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    figure = Figure(figsize=(7, 4), dpi=120, layout="constrained")
    axes = figure.subplots()
    for name in [name for name in rows[0] if name not in _NOT_LOSSES]:
        values = [row[name] for row in rows]
        axes.plot([row["step"] for row in rows], values, label=f"{name.replace('_', ' ')} ({values[-1]:.3f})")
    axes.set(xlabel="step", ylabel="loss, nats a body token", yscale="log", title=title)
    axes.grid(visible=True, which="both", alpha=0.25)
    axes.legend(frameon=False)
    _save(figure, picture)


def draw_curves(log: Sequence[Mapping[str, Any]], title: str, file: Path) -> None:
    """Draw the panels that a log has figures for, side by side, as PNG."""
    panels = {name: _lines(log, keys) for name, keys in _PANELS.items()}
    panels = {name: lines for name, lines in panels.items() if lines or name == "loss"}
    figure = Figure(figsize=(5 * len(panels), 3.6), layout="constrained")
    figure.suptitle(title)
    for axes, (name, lines) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True):
        for label, (steps, values) in lines.items():
            axes.plot(steps, values, label=label, marker="o" if len(steps) == 1 else None)
        axes.set_xlabel("step")
        axes.set_ylabel(name)
        if lines:
            axes.legend()
    _save(figure, file)


def _save(figure: Figure, file: Path) -> None:
    draft = file.with_name(file.name + ".draft")
    FigureCanvasAgg(figure).print_png(str(draft))
    draft.replace(file)


def _lines(log: Sequence[Mapping[str, Any]], keys: Mapping[str, str]) -> dict[str, tuple[list[int], list[float]]]:
    lines: dict[str, tuple[list[int], list[float]]] = {}
    for key, label in keys.items():
        found = [(int(entry["step"]), float(entry[key])) for entry in log if key in entry]
        if found:
            lines[label] = ([step for step, _ in found], [value for _, value in found])
    return lines
