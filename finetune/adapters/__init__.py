"""What is an adapter on disk, and when may it be served?"""

__all__ = ["adapter", "card", "export", "preflight"]
