"""Which numbers does a Chinese text state, of what quantity and value?"""

__all__ = ["context", "dates", "drafts", "scan", "units"]
