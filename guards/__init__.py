"""May these words be said? A pure language about scripts: no server, no store, no settings, no torch."""

__all__ = [
    "collector",
    "disclosures",
    "errors",
    "gates",
    "grounding",
    "lexicon",
    "meaning",
    "numbers",
    "panel",
    "personal_data",
    "phrases",
    "policy",
    "script",
    "shipped",
    "stream",
    "text",
    "types",
]
