"""Where training reads and writes: what came with the program, and what it makes."""

from pathlib import Path

from guards.shipped import ROOT, WORKPLACE

_HERE = Path(__file__).resolve().parent
PROMPTS = ROOT / "prompts"
CORPUS, RECIPES, PARAPHRASES = _HERE / "corpus", _HERE / "recipes", _HERE / "paraphrases"
MINI = WORKPLACE / "models" / "heyan-mini"
"""Where a training puts the embedded model: in a checkout the one in use, else below the working directory."""


def located(path: str) -> Path:
    """A path of a recipe: relative ones start at the project's root, wherever the command is run.

    Where Heyan was installed without its project they start at the working directory, and `models/heyan-mini` is the
    one that came with it unless there is another.
    """
    here, shipped = WORKPLACE / path, ROOT / path
    return shipped if shipped.exists() and not here.exists() else here
