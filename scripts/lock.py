"""Write the lock files from what is installed.

requirements.lock is what a service needs, requirements-embedded.lock what the embedded model needs beside it, and
requirements-dev.lock what tests and training need beside both.
"""

import re
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent


def closure(requirements: list[str]) -> dict[str, str]:
    """Name and version of every installed distribution that the requirements need, directly or not.

    Raises:
        PackageNotFoundError: if one of them is not installed.
    """
    found: dict[str, str] = {}
    waiting = [Requirement(line) for line in requirements]
    while waiting:
        requirement = waiting.pop()
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        distribution = metadata.distribution(name)
        extras = requirement.extras or {""}
        if name not in found:
            # A local label such as +cpu names a build of the same version; which build fits is chosen when installing.
            found[name] = distribution.version.split("+")[0]
            extras = extras | {""}
        elif extras == {""}:
            continue
        for line in distribution.requires or []:
            needed = Requirement(line)
            if any(needed.marker is None or needed.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(needed)
    return found


def main() -> None:
    """Write the three files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    # An extra may name another one of the project itself; since all are locked, nothing is lost without it.
    extras = {
        extra: [line for line in lines if Requirement(line).name != project["name"]]
        for extra, lines in project["optional-dependencies"].items()
    }
    everything = [line for lines in extras.values() for line in lines]
    locked: set[str] = set()
    for file, requirements in (
        ("requirements.lock", [*project["dependencies"], *extras["postgres"]]),
        ("requirements-embedded.lock", extras["embedded"]),
        ("requirements-dev.lock", everything),
    ):
        pins = {name: version for name, version in closure(requirements).items() if name not in locked}
        locked |= set(pins)
        text = "".join(f"{name}=={version}\n" for name, version in sorted(pins.items()))
        (ROOT / file).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
