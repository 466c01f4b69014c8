"""What does the service answer over HTTP, one module a resource?"""

__all__ = [
    "audit",
    "bodies",
    "changes",
    "contacts",
    "decisions",
    "description",
    "docs",
    "edge",
    "health",
    "home",
    "keys",
    "lexicon",
    "parts",
    "people",
    "request_log",
    "reviews",
    "revisions",
    "scripts",
    "service_log",
    "vocabulary",
]
