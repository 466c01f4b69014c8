"""Is an adapter better or worse than its base?"""

__all__ = ["compare"]
