"""Draw the losses of a training log as a picture."""

import json
from pathlib import Path

import matplotlib as mpl

_COLOURS = ("#2563eb", "#ea580c", "#059669", "#7c3aed")
_NOT_LOSSES = {"step", "of", "tokens", "seconds"}


def draw_curve(log: Path, picture: Path, title: str) -> None:
    """Draw every figure of `log` (a JSON object a line, each with its `step`) that is a loss, as a PNG."""
    mpl.use("Agg")
    from matplotlib import pyplot  # noqa: PLC0415  the backend must be chosen first

    rows = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    figure, axes = pyplot.subplots(figsize=(7, 4), dpi=120)
    steps = [row["step"] for row in rows]
    for colour, name in zip(_COLOURS, [name for name in rows[0] if name not in _NOT_LOSSES], strict=False):
        values = [row[name] for row in rows]
        axes.plot(steps, values, color=colour, linewidth=1.6, label=f"{name.replace('_', ' ')} ({values[-1]:.3f})")
    axes.set_xlabel("step")
    axes.set_ylabel("loss, nats a body token")
    axes.set_yscale("log")
    axes.set_title(title)
    axes.grid(visible=True, which="both", alpha=0.25)
    axes.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(picture)
    pyplot.close(figure)
