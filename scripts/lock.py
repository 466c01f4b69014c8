"""Write requirements.lock (what runs) and requirements-dev.lock (what tests and trains) from what is installed."""

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
    """Write both files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    running = closure(project["dependencies"])
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    beside = {name: version for name, version in closure(extras).items() if name not in running}
    for file, pins in (("requirements.lock", running), ("requirements-dev.lock", beside)):
        text = "".join(f"{name}=={version}\n" for name, version in sorted(pins.items()))
        (ROOT / file).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
