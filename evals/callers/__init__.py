"""How do whole calls go when written customers hold them with the service?"""

__all__ = ["cases", "command", "cues", "customers"]
