"""What pyproject.toml cannot say: the data folders of the top level are built into the wheel as `heyan_data`."""

import os
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
PACKAGE = "heyan_data"
FOLDERS = ("lexicons", "prompts", "models")
NOT_SHIPPED = (".*", "*.draft", "gemma-*", "__pycache__")


class BuildWithData(build_py):  # type: ignore[misc]  # setuptools is read as untyped
    """Build the packages and, beside them, the data; an editable install leaves both where they are."""

    def run(self) -> None:
        """Build into a folder that holds nothing of an earlier build: what was deleted since must not be shipped."""
        if not self.editable_mode:
            for package in {name.split(".")[0] for name in self.packages or ()} | {PACKAGE}:
                shutil.rmtree(Path(self.build_lib) / package, ignore_errors=True)
        super().run()
        if not self.editable_mode:
            for folder in FOLDERS:
                shutil.copytree(ROOT / folder, self._built / folder, ignore=shutil.ignore_patterns(*NOT_SHIPPED))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """Every file that `run` writes."""
        data = [] if self.editable_mode else [str(self._built / file) for file in _data_files()]
        return [*super().get_outputs(include_bytecode), *data]

    def get_source_files(self) -> list[str]:
        """Every file that is read, so that a source distribution has it."""
        return [*super().get_source_files(), *(str(file) for file in _data_files())]

    @property
    def _built(self) -> Path:
        return Path(self.build_lib) / PACKAGE


def _data_files() -> list[Path]:
    """Every data file that is shipped, relative to the top level."""
    ignored = shutil.ignore_patterns(*NOT_SHIPPED)
    found = []
    for start in FOLDERS:
        for folder, below, names in os.walk(ROOT / start):
            left_out = ignored(folder, [*below, *names])
            below[:] = sorted(set(below) - left_out)
            found += [(Path(folder) / name).relative_to(ROOT) for name in sorted(set(names) - left_out)]
    return found


setup(cmdclass={"build_py": BuildWithData})
