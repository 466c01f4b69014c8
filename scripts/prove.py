"""`python -m scripts.prove`: prove rules and approved wording as a start does, whatever was proven before."""

import sys

from app.data import read_data
from app.errors import HeyanError
from app.metrics import Metrics
from app.settings import read_settings


def main() -> int:
    """Prove what the settings name; exit status 2, and a line of `file:line: what` for each problem, where it fails."""
    try:
        data = read_data(read_settings().model_copy(update={"cache_dir": None}), Metrics())
    except HeyanError as unproven:
        print(unproven, file=sys.stderr)
        return 2
    bodies = sum(len(each) for each in data.wording.fallbacks.values())
    rules = len(data.policy.lexicon.places)
    print(f"{rules} rules hold on their own examples, and {bodies} approved bodies pass all of them")
    return 0


if __name__ == "__main__":
    sys.exit(main())
