"""Where the project keeps what training reads and writes."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROMPTS = ROOT / "prompts"
CORPUS = ROOT / "finetune" / "corpus"
RECIPES = ROOT / "finetune" / "recipes"
PARAPHRASES = ROOT / "finetune" / "paraphrases"
MINI = ROOT / "models" / "heyan-mini"


def located(path: str) -> Path:
    """A path of a recipe: relative ones start at the project's root, wherever the command is run."""
    return ROOT / path
