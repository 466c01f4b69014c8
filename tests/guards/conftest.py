"""What the tests of the guards share: the shipped rules, read and compiled once; both are immutable."""

from pathlib import Path

import pytest

from guards.lexicon.reader import Lexicon, read_lexicon
from guards.meaning.weights import Weights, read_weights
from guards.policy import Institution, Policy, compile_policy

LEXICONS = Path(__file__).parents[2] / "lexicons"
WEIGHTS = Path(__file__).parents[2] / "models" / "meaning" / "weights.npz"


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """The shipped lexicon."""
    return read_lexicon(LEXICONS)


@pytest.fixture(scope="session")
def institution() -> Institution:
    """The fictional institution whose rules these are."""
    return Institution("示例消费金融有限公司", "4000000000")


@pytest.fixture(scope="session")
def weights() -> Weights:
    """The shipped weights of the second opinion."""
    return read_weights(WEIGHTS)


@pytest.fixture(scope="session")
def policy(lexicon: Lexicon, institution: Institution, weights: Weights) -> Policy:
    """The shipped lexicon, compiled; that its examples hold is for test_policy.py to show."""
    return compile_policy(lexicon, institution, weights, is_proven=True)
