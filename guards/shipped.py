"""Where rules, prompts and models stand that came with the program: beside the packages, or in an installed wheel."""

from pathlib import Path

_BESIDE = Path(__file__).resolve().parent.parent
_INSTALLED = _BESIDE / "heyan_data"
"""What a wheel makes of the data folders, see setup.py; a checkout has no such folder."""

ROOT = _INSTALLED if _INSTALLED.is_dir() else _BESIDE
"""The folder that holds `lexicons`, `prompts` and `models`."""
WORKPLACE = Path() if _INSTALLED.is_dir() else _BESIDE
"""Where relative paths of trainings start: at the checkout, or at the working directory of an installed program."""
