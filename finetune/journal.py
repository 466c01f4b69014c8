"""Writes every figure of a training down as it comes, and tells the telling ones."""

from typing import Any

from transformers import TrainerCallback

from finetune.runs import Run, write_log


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
        told = {name: value for name, value in newest.items() if name.endswith(("loss", "margins", "accuracies"))}
        if told:
            figures = ", ".join(f"{name} {value:.4g}" for name, value in told.items())
            print(f"step {newest['step']} of {state.max_steps}: {figures}", flush=True)
