"""Sampling settings, the same for the embedded model and for servers."""

from typing import Any

from app.writing.prompt import Profile

TEMPERATURE, MIN_P = 0.9, 0.3
"""With the compact prompt: within a line one token is nearly certain, between lines many are equally likely."""
CONSTRAINED_MIN_P = 0.1
"""Where decoding is constrained to approved lines: as slips are impossible, less likely tokens may be sampled too."""
EVEN_TEMPERATURE = 2.5
"""Where tokens can only be those of a whole approved body: its wordings are equally good, and drawn nearly evenly."""
MOST_TOKENS: dict[Profile, int] = {"compact": 200, "full": 320}
COMMON: dict[Profile, dict[str, Any]] = {
    "compact": {"temperature": TEMPERATURE},
    "full": {"temperature": 0.8, "top_p": 0.95},
}
"""The settings that every server understands."""
WITHOUT_MIN_P = {"top_p": 0.95}
"""The nearest substitute on a server that does not know `min_p`."""
