"""Which banned words does a text say, in whatever spelling, and does it mean them?"""

__all__ = ["compiled", "guard", "heard", "sounds", "syllables"]
