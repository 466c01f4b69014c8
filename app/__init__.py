"""How does a request become a script whose every word may be said?"""

__all__ = [
    "api",
    "application",
    "approved",
    "cli",
    "commands",
    "contacts",
    "data",
    "encoders",
    "errors",
    "lexicon",
    "main",
    "metrics",
    "parts",
    "policy",
    "records",
    "requests",
    "scripts",
    "settings",
    "turns",
    "writing",
]
