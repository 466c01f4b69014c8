"""How does a request become a script whose every word may be said?"""

__all__ = [
    "api",
    "approved",
    "cli",
    "commands",
    "contacts",
    "data",
    "errors",
    "main",
    "metrics",
    "policy",
    "records",
    "requests",
    "scripts",
    "settings",
    "writing",
]
