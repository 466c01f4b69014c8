"""What does the service answer over HTTP, one module a resource?"""

__all__ = ["bodies", "edge", "health", "parts", "reviews", "scripts", "vocabulary"]
