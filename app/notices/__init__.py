"""Who outside is told what waits, what came into force and what failed?"""

__all__ = ["desk"]
