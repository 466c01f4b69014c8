"""How models are sampled, the same in this process and on a server."""

from typing import Any

from app.writing.prompt import Profile

TEMPERATURE, MIN_P = 0.9, 0.3
"""Of the compact prompt's models: within a line one token is nearly certain, between lines many are equally likely."""
CONSTRAINED_MIN_P = 0.1
"""Where decoding is constrained to approved lines (`app.writing.lines`): slips are impossible, so more may be tried."""
MOST_TOKENS: dict[Profile, int] = {"compact": 200, "full": 320}
COMMON: dict[Profile, dict[str, Any]] = {
    "compact": {"temperature": TEMPERATURE},
    "full": {"temperature": 0.8, "top_p": 0.95},
}
"""What every server understands."""
WITHOUT_MIN_P = {"top_p": 0.95}
"""What comes nearest on a server that does not know `min_p`."""
