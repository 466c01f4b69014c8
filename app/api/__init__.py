"""What does the service answer over HTTP, one module a resource?"""

__all__ = [
    "bodies",
    "contacts",
    "decisions",
    "description",
    "docs",
    "edge",
    "health",
    "home",
    "keys",
    "parts",
    "people",
    "request_log",
    "reviews",
    "scripts",
    "service_log",
    "vocabulary",
]
